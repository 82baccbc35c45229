import { type Address, decodeFunctionResult, encodeFunctionData, type Hex, parseAbi } from "viem";
import { lowerCase } from "../../builder/protocol/address.ts";
import { traceTransaction } from "../../builder/l1/call-tracer.ts";
import type { L1Client } from "../../builder/l1/client.ts";
import { NOTED } from "./batch.ts";
import type { ActorState } from "./observation.ts";

const INSPECTOR = parseAbi([
  "struct Contents { uint256[8] slots; uint256 childCount; uint256 balance; }",
  "function inspect(address[] actors) view returns (Contents[][] contents)",
]);

/** What actors on L1 hold, as the inspector reads it. */
export async function inspect(
  l1: L1Client,
  inspector: Address,
  actors: readonly Address[],
): Promise<Pick<ActorState, "slots" | "balance" | "childCount" | "children">[]> {
  const call = { abi: INSPECTOR, functionName: "inspect" } as const;
  const data = await l1.request({
    method: "eth_call",
    params: [{ to: inspector, data: encodeFunctionData({ ...call, args: [actors] }) }, "latest"],
  });
  return decodeFunctionResult({ ...call, data }).map(([own, ...children]) => {
    if (own === undefined) throw new Error("an actor does not answer");
    return {
      ...own,
      children: children.map(({ slots, balance }) => ({ slots, balance })),
    };
  });
}

/** The actor's events among a chain's, those left out that measure something. */
export function notesOf(
  logs: readonly { readonly address: Address; readonly topics: readonly Hex[]; readonly data: Hex }[],
  actor: Address,
): ActorState["logs"] {
  return logs
    .filter(({ address, topics }) => lowerCase(address) === actor && topics[0] === NOTED)
    .map(({ topics, data }) => ({ tag: BigInt(topics[1] ?? 0), observed: data }));
}

/** Return or revert data of a transaction that L1 has included. */
export async function outputOf(l1: L1Client, hash: Hex): Promise<Hex> {
  return (await traceTransaction(l1, hash, false)).output;
}
