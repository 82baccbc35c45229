import { type Address, encodeDeployData, type Hex, type LocalAccount, parseEther, parseGwei } from "viem";
import type { Builder } from "../core/builder.ts";
import type { ChainId } from "../protocol/ids.ts";
import { compiledContract } from "../node/deployment/contracts.ts";
import { DeploymentError } from "../node/errors.ts";

/** Wei that each account gets on each rollup. */
const AMOUNT = parseEther("100");
/** For each account on each rollup: making its proxy, and a call through it. */
const GAS_PER_ACCOUNT = 700_000n;
/** How many accounts, counted on each rollup, fit into a transaction of 2^24 gas (EIP-7825). */
const MOST_TOGETHER = 20;
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
}: FundingOptions): Promise<void> {
  const { abi, bytecode } = await compiledContract("devnet/AccountFunding.sol");
  // A fork has the base fee of the chain that it comes from.
  const { baseFeePerGas } = await builder.l1.getBlock();
  const fee = parseGwei("100") + 2n * (baseFeePerGas ?? 0n);
  let nonce = await builder.l1.getTransactionCount({ address: payer.address });
  for (const some of portions(rollups, MOST_TOGETHER))
    for (const few of portions(accounts, Math.floor(MOST_TOGETHER / some.length))) {
      const count = BigInt(some.length * few.length);
      const raw = await payer.signTransaction({
        type: "eip1559",
        chainId: Number(builder.l1ChainId),
        nonce: nonce++,
        data: encodeDeployData({ abi, bytecode, args: [builder.manager, some, few] }),
        value: amount * count,
        gas: GAS_PER_ACCOUNT * count,
        maxFeePerGas: fee,
        maxPriorityFeePerGas: 1n,
      });
      await included(builder, raw);
    }
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
