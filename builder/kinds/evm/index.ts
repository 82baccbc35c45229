import path from "node:path";
import { type Address, type Hex } from "viem";
import { UNPROVEN, unprovenProof } from "../unproven.ts";
import type { StateRoot } from "../../protocol/ids.ts";
import { loadPoseidon } from "../../state/poseidon.ts";
import type { OpenOptions, RollupKind } from "../kind.ts";
import { checkStatement } from "./reference/check-statement.ts";
import { isOutdatedChronicle, openChronicle } from "./chronicle/chronicle.ts";
import { isCheat } from "./cheats/envelope.ts";
import { signerOfCheat } from "./cheats/signer.ts";
import { signerOfTransaction } from "./execution/signer.ts";
import type { PredeployName } from "./genesis/names.ts";
import { type GenesisAccount, type GenesisAccounts, readPredeploys } from "./genesis/read.ts";
import { joinVisits } from "./join-visits.ts";
import { UnprovenKindError } from "../policy.ts";
import { type ElsewhereError, EvmMachine, type VisitJudge } from "./machine.ts";
import type { EvmVisitRecord } from "./record.ts";
import { genesisRoot, openEvmStore } from "./store/open.ts";
import { readSystemCode } from "./system-code.ts";

const NAME = "evm";

/** As many as are ever played for one batch. A batch's own limits hold besides. */
const TRANSACTIONS_PER_VISIT = 64;

export interface EvmKindOptions {
  /** Default: `evm`. */
  readonly name?: string;
  /** Code of the system contract; default: as compiled. */
  readonly systemCode?: Hex;
  /** Registered for tests: transactions may be cheats (docs/spec.md section 9). */
  readonly cheats?: boolean;
  /** Transactions in one visit, at most. */
  readonly transactionsPerVisit?: number;
  /** Contracts that stand from genesis on, besides it; by default none. */
  readonly predeploys?: readonly PredeployName[];
  /** Wei that accounts have from genesis on. No Ether on L1 backs it: for tests of what then happens. */
  readonly balances?: ReadonlyMap<Address, bigint>;
  /** More contracts that stand from genesis on: code by address. */
  readonly contracts?: () => Promise<ReadonlyMap<Address, Hex>>;
  /** And contracts that one rollup has, with all that they have there. */
  readonly accounts?: GenesisAccounts | undefined;
  /** Refuses visits of the kind's machines. */
  readonly judge?: VisitJudge;
  /** Why there are none on chains that are not local; by default since nothing proves them. */
  readonly elsewhere?: ElsewhereError;
}

/**
 * Solidity rollups (docs/spec.md section 7). UNPROVEN: a digest stands for the proof, on local chains only.
 */
export function createEvmKind(options: EvmKindOptions = {}): RollupKind<EvmVisitRecord> {
  const { name = NAME, judge, cheats } = options;
  const elsewhere = options.elsewhere ?? ((l1ChainId) => new UnprovenKindError(name, l1ChainId));
  const genesis = async () => ({
    systemCode: options.systemCode ?? (await readSystemCode()),
    accounts: new Map([
      ...(await readPredeploys(options.predeploys ?? [])),
      ...[...((await options.contracts?.()) ?? [])].map(
        ([address, code]) => [address, contractAt(code)] as const,
      ),
      ...(options.accounts ?? []),
    ]),
    ...(options.balances === undefined ? {} : { balances: options.balances }),
  });
  let root: Promise<StateRoot> | undefined;
  const rootOf = () =>
    (root ??= Promise.all([loadPoseidon(), genesis()]).then((parts) => genesisRoot(...parts)));
  return {
    name,
    circuits: [UNPROVEN],
    isProven: false,
    ...(cheats === undefined ? {} : { hasCheats: cheats }),
    hasFees: true,
    joint: { most: options.transactionsPerVisit ?? TRANSACTIONS_PER_VISIT, join: joinVisits },
    genesisRoot: rootOf,
    async open({ id, folder, places, onRebuild }: OpenOptions): Promise<EvmMachine> {
      const identity = `${name}:${id.toString()}`;
      const own = (part: string) => (folder === undefined ? {} : { folder: path.join(folder, part) });
      const poseidon = await loadPoseidon();
      // A chronicle is written by those visits that lead to the state: both are made again, or none.
      const rebuild = folder !== undefined && (await isOutdatedChronicle(id, path.join(folder, "chronicle")));
      const store = await openEvmStore({
        poseidon,
        identity,
        genesis: await genesis(),
        onRebuild,
        rebuild,
        ...own("state"),
        ...(places !== undefined && { places }),
      });
      try {
        const chronicle = await openChronicle({
          rollup: id,
          genesisRoot: await rootOf(),
          root: store.stateRoot(),
          ...own("chronicle"),
        });
        return new EvmMachine(id, store, chronicle, { judge, elsewhere, cheats });
      } catch (error) {
        await store.close();
        throw error;
      }
    },
    async check(header, visit, proof) {
      await checkStatement({ header, visit, witness: visit.record.witness, proof, cheats });
    },
    signerOf(data, l1ChainId, rollup) {
      if (cheats === true && isCheat(data)) return signerOfCheat(data);
      return signerOfTransaction(data, l1ChainId, rollup);
    },
    async proofJob(statement) {
      return unprovenProof(statement.words);
    },
  };
}

/** A contract at genesis. */
function contractAt(code: Hex): GenesisAccount {
  return { nonce: 1n, balance: 0n, code, slots: new Map() };
}

/** The kind as it comes. */
export const evmKind: RollupKind<EvmVisitRecord> = createEvmKind();
