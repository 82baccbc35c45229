import type { Address, Hex } from "viem";
import { SYSTEM } from "../../kinds/evm/system.ts";
import { L1 } from "../../protocol/ids.ts";
import type { DevnetDescription } from "../../node/deployment/description.ts";
import { counterAbi, counterCallerAbi, managerAbi } from "./abi.ts";
import type { TourListener } from "./tour-listener.ts";
import { l1TransactionOf } from "./l1-transaction-of.ts";
import type { Checks } from "./checks.ts";
import { type Dapp, openDapp } from "./dapp.ts";

/** A chain on which contracts are deployed, as the act sees it. */
interface Place {
  readonly dapp: Dapp;
  readonly id: bigint;
  readonly name: string;
  /** What makes proxies there. */
  readonly manager: Address;
}

/**
 * Solidity on a rollup: a contract on L1 calls one there, and one there calls L1, each inside one
 * transaction.
 */
export async function runSolidityTour(
  devnet: DevnetDescription,
  checks: Checks,
  listener: TourListener,
): Promise<void> {
  const rollup = devnet.rollups.find(({ kind }) => kind === "evm");
  if (rollup === undefined) throw new RangeError("the devnet has no EVM rollup");
  const l1 = { dapp: openDapp(devnet, 1), id: L1, name: "L1", manager: devnet.l1.rollups };
  const { name } = rollup;
  const there = { dapp: openDapp(devnet, 1, rollup), id: BigInt(rollup.id), name, manager: SYSTEM };

  listener.describe(
    `Solidity on ${name}: a contract on L1 increments a counter there, in one L1 transaction`,
  );
  const down = await bump(l1, there, checks, listener);
  await listener.transaction(down);

  listener.describe(
    `The other way round: a contract on ${name} increments a counter on L1, in one of ${name}'s`,
  );
  const up = await bump(there, l1, checks, listener);
  await listener.transaction(await l1TransactionOf(there.dapp.publicClient, up));
}

/**
 * A caller on `near` increments a counter on `far` and keeps what it answered.
 * @returns the caller's transaction.
 */
async function bump(near: Place, far: Place, checks: Checks, listener: TourListener): Promise<Hex> {
  const counter = await far.dapp.deploy("Counter");
  listener.named({ chain: far.id, address: counter, name: "Counter", abi: counterAbi });
  const proxies = { address: near.manager, abi: managerAbi } as const;
  const args = [counter, far.id] as const;
  await near.dapp.write({ ...proxies, functionName: "createProxy", args });
  const proxy = await near.dapp.publicClient.readContract({ ...proxies, functionName: "proxyOf", args });
  const caller = await near.dapp.deploy("CounterCaller", [proxy]);
  listener.named({ chain: near.id, address: caller, name: "CounterCaller" });

  const call = { address: caller, abi: counterCallerAbi } as const;
  const { transactionHash } = await near.dapp.write({ ...call, functionName: "bump" });
  checks.equal(
    `the contract on ${near.name} kept what the counter answered`,
    await near.dapp.publicClient.readContract({ ...call, functionName: "lastResult" }),
    1n,
  );
  checks.equal(
    `the counter on ${far.name} stands at one`,
    await far.dapp.publicClient.readContract({ address: counter, abi: counterAbi, functionName: "count" }),
    1n,
  );
  return transactionHash;
}
