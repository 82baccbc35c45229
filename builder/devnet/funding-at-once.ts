import { type Address, encodeFunctionData, type Hex, parseAbi } from "viem";
import type { GenesisAccounts } from "../kinds/evm/genesis/read.ts";
import type { PredeployName } from "../kinds/evm/genesis/names.ts";
import { PREDEPLOYS } from "../kinds/evm/genesis/predeploys.ts";
import type { L1Client } from "../l1/client.ts";
import { crossChainManagerAbi } from "../protocol/abi.ts";
import type { ChainId } from "../protocol/ids.ts";

const multicallAbi = parseAbi([
  "struct Call { address target; bool allowFailure; uint256 value; bytes callData; }",
  "struct Result { bool success; bytes returnData; }",
  "function aggregate3Value(Call[] calls) payable returns (Result[])",
]);
const [MULTICALL] = PREDEPLOYS.multicall3.accounts;

/** For what a call of each rollup takes, and what each account adds on it and on L1. */
const GAS_PER_ROLLUP = 1_500_000n;
const GAS_PER_ACCOUNT = 100_000n;

/** A transaction of L1, unsigned. */
export interface FundingCall {
  readonly to: Address;
  readonly data: Hex;
  readonly value: bigint;
  readonly gas: bigint;
}

/** Whether L1 and all rollups have a contract that shares Ether out: Multicall3, where it always is. */
export function canShareOut(
  predeploys: readonly PredeployName[],
  genesis: readonly GenesisAccounts[] = [],
): boolean {
  if (MULTICALL === undefined || !predeploys.includes("multicall3")) return false;
  const { address } = MULTICALL;
  return genesis.every((own) => !own.has(address));
}

/**
 * Ether for many accounts of several rollups, by one call of each rollup: the contract that shares it out
 * stands there. An account by itself would take a proxy and a call.
 * @param amount wei for each account on each rollup.
 */
export async function fundingCall(
  { l1, manager }: { readonly l1: L1Client; readonly manager: Address },
  rollups: readonly ChainId[],
  accounts: readonly Address[],
  amount: bigint,
): Promise<FundingCall> {
  if (MULTICALL === undefined) throw new RangeError("Multicall3 has an address");
  const { address: to } = MULTICALL;
  const count = BigInt(accounts.length);
  const shares = accounts.map(
    (target) => ({ target, allowFailure: false, value: amount, callData: "0x" }) as const,
  );
  const callData = encodeFunctionData({ abi: multicallAbi, functionName: "aggregate3Value", args: [shares] });
  const createProxy = (rollup: ChainId): Hex =>
    encodeFunctionData({ abi: crossChainManagerAbi, functionName: "createProxy", args: [to, rollup] });
  const calls = await Promise.all(
    rollups.map(async (rollup) => {
      const proxy = await l1.readContract({
        address: manager,
        abi: crossChainManagerAbi,
        functionName: "proxyOf",
        args: [to, rollup],
      });
      return [
        { target: manager, allowFailure: false, value: 0n, callData: createProxy(rollup) },
        { target: proxy, allowFailure: false, value: amount * count, callData },
      ];
    }),
  );
  return {
    to,
    data: encodeFunctionData({ abi: multicallAbi, functionName: "aggregate3Value", args: [calls.flat()] }),
    value: amount * count * BigInt(rollups.length),
    gas: (GAS_PER_ROLLUP + GAS_PER_ACCOUNT * count) * BigInt(rollups.length),
  };
}
