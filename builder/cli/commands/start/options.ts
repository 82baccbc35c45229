import { z } from "zod";
import { ACCOUNT_COUNT } from "../../../devnet/account-count.ts";
import { mnemonicFault } from "../../../devnet/mnemonic.ts";
import { rollupsOption } from "../../../devnet/rollups-option.ts";
import {
  blockNumber,
  blockTime,
  callTimeout,
  freeTransactions,
  genesisContracts,
  genesisFiles,
  origins,
  pagePort,
  predeploys,
  proofs,
  redisUrl,
  rpcUrl,
  transactionLifetime,
} from "../../../node/configuration.ts";

/** Each needs a transaction on every EVM rollup when the devnet starts. */
const MOST_ACCOUNTS = 100;

/** What the command line or a configuration file says. */
export interface StartOptions {
  /** Names and kinds of its rollups: `name:kind`, separated by commas. */
  readonly rollups: string;
  /** How many accounts have Ether. */
  readonly accounts?: string;
  /** Whose accounts they are. */
  readonly mnemonic?: string;
  /** Seconds between two blocks of L1. */
  readonly blockTime?: string;
  /** A node of the chain that L1 is a fork of. */
  readonly fork?: string;
  /** Its block on which L1 goes on; by default its newest. */
  readonly block?: string;
  /** File from which it goes on, and where it is kept. */
  readonly state?: string;
  readonly portBase: number;
  readonly data: string;
  readonly play: boolean;
  /** Whether the page is served. */
  readonly page: boolean;
  /** Where. */
  readonly pagePort?: string;
  /** Folder of ceremony keys. */
  readonly keys?: string;
  /** `real`, or `none`: nothing is proven, for tests. */
  readonly proofs?: string;
  readonly redis?: string;
  readonly prover?: string;
  /** What stands on L1 and EVM rollups from genesis on: names, separated by commas, `all`, or `none`. */
  readonly predeploys: string;
  /** Files with contracts of a user's own: `<rollup>=<file>`, by the rollup's name or number. */
  readonly genesis?: readonly string[];
  /** The same, one by one: `<rollup>=<address>:<artifact or code>`. */
  readonly genesisContract?: readonly string[];
  /** Origins of web pages that may use the gateways, besides those that this machine serves. */
  readonly allowOrigin?: readonly string[];
  /** Seconds for which a call may run; 0: any time. */
  readonly callTimeout?: string;
  /** How many free transactions may wait; 0: none is taken. */
  readonly freeTransactions?: string;
  /** Seconds for which a transaction may wait whose fee is below the base fee. */
  readonly transactionLifetime?: string;
}

/** The same, checked; what needs no check is left out. */
export const startConfiguration = z.object({
  rollups: rollupsOption,
  accounts: z
    .string()
    .regex(/^\d{1,4}$/, "is not a number of accounts")
    .transform(Number)
    .pipe(z.int().min(1, "is 1 at least").max(MOST_ACCOUNTS, `is ${MOST_ACCOUNTS} at most`))
    .default(ACCOUNT_COUNT),
  mnemonic: z
    .string()
    .superRefine((text, context) => {
      const fault = mnemonicFault(text);
      if (fault !== undefined) context.addIssue(fault);
    })
    .optional(),
  blockTime,
  fork: rpcUrl.optional(),
  block: blockNumber,
  state: z.string().min(1, "is not a file's path").optional(),
  proofs,
  pagePort,
  redis: redisUrl.optional(),
  allowOrigin: origins,
  predeploys,
  genesis: genesisFiles,
  genesisContract: genesisContracts,
  callTimeout,
  freeTransactions,
  transactionLifetime,
});
