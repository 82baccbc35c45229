import { type Address, encodeDeployData, type LocalAccount, parseEther, parseGwei } from "viem";
import type { Builder } from "../core/builder.ts";
import type { ChainId } from "../protocol/ids.ts";
import { compiledContract } from "../node/deployment/contracts.ts";
import { DeploymentError } from "../node/errors.ts";

/** Wei that each account gets on each rollup. */
const AMOUNT = parseEther("100");
/** For each account on each rollup: making its proxy, and a call through it. */
const GAS_PER_ACCOUNT = 700_000n;
/** Milliseconds for which the transaction is waited for. */
const TIMEOUT = 120_000;

export interface FundingOptions {
  readonly builder: Builder;
  /** Who pays. */
  readonly payer: LocalAccount;
  readonly accounts: readonly Address[];
  readonly rollups: readonly ChainId[];
}

/**
 * Brings Ether from L1 to accounts on rollups, in one transaction that is proven as every other. Tools such
 * as Hardhat offer a fee even where none is asked for, so that an account without Ether could do nothing
 * there.
 * @throws `DEPLOYMENT`.
 */
export async function fundAccounts({ builder, payer, accounts, rollups }: FundingOptions): Promise<void> {
  if (rollups.length === 0) return;
  const { abi, bytecode } = await compiledContract("devnet/AccountFunding.sol");
  const count = BigInt(rollups.length * accounts.length);
  const raw = await payer.signTransaction({
    type: "eip1559",
    chainId: Number(builder.l1ChainId),
    nonce: await builder.l1.getTransactionCount({ address: payer.address }),
    data: encodeDeployData({ abi, bytecode, args: [builder.manager, rollups, accounts] }),
    value: AMOUNT * count,
    gas: GAS_PER_ACCOUNT * count,
    maxFeePerGas: parseGwei("100"),
    maxPriorityFeePerGas: 1n,
  });
  const what = "bringing Ether to the rollups";
  const hash = await builder.submit(raw, () =>
    Promise.reject(new DeploymentError(what, "the transaction touches no rollup")),
  );
  await builder.settled(hash, TIMEOUT);
  const status = builder.status(hash);
  if (status?.state === "posted") return;
  throw new DeploymentError(what, status?.state === "failed" ? status.reason : "it takes too long");
}
