import { type Address, encodeDeployData, type Hex, type LocalAccount, parseEther, parseGwei } from "viem";
import type { Builder } from "../core/builder.ts";
import type { ChainId } from "../protocol/ids.ts";
import { compiledContract } from "../node/deployment/contracts.ts";
import { DeploymentError } from "../node/errors.ts";
import { fundingCall } from "./funding-at-once.ts";

/** Wei that each account gets on each rollup. */
const AMOUNT = parseEther("100");
/** For each account on each rollup: making its proxy, and a call through it. */
const GAS_PER_ACCOUNT = 700_000n;
/** How many accounts, counted on each rollup, fit into a transaction of 2^24 gas (EIP-7825). */
const MOST_TOGETHER = 20;
/** How many do where they are shared out on the rollup, and how many rollups. */
const MOST_SHARED = { accounts: 20, rollups: 4 } as const;
/** Milliseconds for which a transaction is waited for. */
const TIMEOUT = 120_000;

export interface FundingOptions {
  readonly builder: Builder;
  /** Who pays. */
  readonly payer: LocalAccount;
  readonly accounts: readonly Address[];
  readonly rollups: readonly ChainId[];
  /** Wei for each account on each rollup; default 100 ETH. */
  readonly amount?: bigint;
  /** Whether L1 and these rollups have the contract that shares it out (`canShareOut`); default false. */
  readonly sharedOut?: boolean;
}

/**
 * Brings Ether from L1 to accounts on rollups, in transactions that are proven as every other: one, unless
 * there are many accounts. Tools such as Hardhat offer a fee even where none is asked for, so that an account
 * without Ether could do nothing there.
 * @throws `DEPLOYMENT`.
 */
export async function fundAccounts({
  builder,
  payer,
  accounts,
  rollups,
  amount = AMOUNT,
  sharedOut = false,
}: FundingOptions): Promise<void> {
  // A fork has the base fee of the chain that it comes from.
  const { baseFeePerGas } = await builder.l1.getBlock();
  const fee = parseGwei("100") + 2n * (baseFeePerGas ?? 0n);
  let nonce = await builder.l1.getTransactionCount({ address: payer.address });
  const most = sharedOut ? MOST_SHARED.rollups : MOST_TOGETHER;
  for (const some of portions(rollups, most)) {
    const together = sharedOut ? MOST_SHARED.accounts : Math.floor(MOST_TOGETHER / some.length);
    for (const few of portions(accounts, together)) {
      const transaction = sharedOut
        ? await fundingCall(builder, some, few, amount)
        : await oneByOne(builder, some, few, amount);
      const raw = await payer.signTransaction({
        ...transaction,
        type: "eip1559",
        chainId: Number(builder.l1ChainId),
        nonce: nonce++,
        maxFeePerGas: fee,
        maxPriorityFeePerGas: 1n,
      });
      await included(builder, raw);
    }
  }
}

/** Each account gets a proxy on L1, and a call through it. */
async function oneByOne(
  { manager }: Builder,
  rollups: readonly ChainId[],
  accounts: readonly Address[],
  amount: bigint,
): Promise<{ readonly data: Hex; readonly value: bigint; readonly gas: bigint }> {
  const { abi, bytecode } = await compiledContract("devnet/AccountFunding.sol");
  const count = BigInt(rollups.length * accounts.length);
  return {
    data: encodeDeployData({ abi, bytecode, args: [manager, rollups, accounts] }),
    value: amount * count,
    gas: GAS_PER_ACCOUNT * count,
  };
}

function portions<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

async function included(builder: Builder, raw: Hex): Promise<void> {
  const what = "bringing Ether to the rollups";
  const hash = await builder.submit(raw, () =>
    Promise.reject(new DeploymentError(what, "the transaction touches no rollup")),
  );
  await builder.settled(hash, TIMEOUT);
  const status = builder.status(hash);
  if (status?.state === "posted") return;
  throw new DeploymentError(what, status?.state === "failed" ? status.reason : "it takes too long");
}
