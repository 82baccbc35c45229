import { type Address, concatHex, encodeFunctionData, type Hex } from "viem";
import { type BatchValue, encodeBatchValue } from "../../../builder/protocol/batch.ts";
import { rollupsAbi } from "../../../builder/protocol/abi.ts";
import type { Execution } from "../../../builder/protocol/execution.ts";
import type { ChainId } from "../../../builder/protocol/ids.ts";
import { batchId, type Step, step } from "../lists.ts";
import { actorAbi, type Setup } from "../setup.ts";

/** A batch that may be posted, and what it says. */
export interface Posting {
  readonly id: Hex;
  readonly input: BatchValue;
  readonly executions: readonly Execution[];
}

/** What an L1 contract may do in a world. Unless `mayFail`, a failure is passed on to the caller. */
export type Move = { readonly mayFail: boolean } & (
  | {
      /** Calls `original` on `rollup`: through the proxy, or as if it were the proxy, which must fail. */
      readonly kind: "call" | "relay";
      readonly original: Address;
      readonly rollup: ChainId;
      readonly value: bigint;
      readonly data: Hex;
      readonly isStatic: boolean;
    }
  /** Calls itself and moves on in there. */
  | { readonly kind: "frame"; readonly moves: readonly Move[] }
  | { readonly kind: "post"; readonly posting: Posting }
  /** Gives `Rollups` Ether that it cannot refuse. */
  | { readonly kind: "force"; readonly value: bigint }
  /** Reads what `Rollups` says of a rollup. */
  | { readonly kind: "ask"; readonly rollup: ChainId }
  | { readonly kind: "fail" }
);

export type CallMove = Extract<Move, { kind: "call" | "relay" }>;

/** What an L1 contract does when it is called with certain calldata. */
export interface Script {
  readonly actor: Address;
  readonly input: Hex;
  readonly moves: readonly Move[];
  readonly fails: boolean;
  /** Counts the call in storage, which a static frame cannot. */
  readonly writes: boolean;
  readonly answer: Hex;
}

/** Calldata on which the actors fail. */
export const FAIL: Hex = "0xff";
/** With this. */
export const FAILURE: Hex = "0xdead";

/** Where things are on L1, so that moves can be made and foreseen. */
export interface Places {
  readonly rollups: Address;
  /** Sends every wei it gets to `rollups` by SELFDESTRUCT. */
  readonly bomb: Address;
  readonly actors: readonly Address[];
  /** @throws when the proxy was not looked up before. */
  readonly proxyOf: (original: Address, rollup: ChainId) => Address;
  /** What an L1 address is the proxy of, if it is one. */
  readonly originalOf: (proxy: Address) => { original: Address; rollup: ChainId } | undefined;
}

/** The move as `Actor` takes it. */
export function stepOf(places: Places, self: Address, move: Move): Step {
  const { mayFail } = move;
  switch (move.kind) {
    case "call": {
      const { value, isStatic, data } = move;
      return step(places.proxyOf(move.original, move.rollup), data, { value, isStatic, mayFail });
    }
    case "relay": {
      const args = [move.rollup, move.original, self, move.data] as const;
      const data = encodeFunctionData({ abi: rollupsAbi, functionName: "relay", args });
      return step(places.rollups, data, { value: move.value, mayFail });
    }
    case "frame": {
      const steps = move.moves.map((inner) => stepOf(places, self, inner));
      const data = encodeFunctionData({ abi: actorAbi, functionName: "play", args: [steps] });
      return step(self, data, { mayFail });
    }
    case "post":
      return step(places.rollups, encodeBatchValue(move.posting.input), { mayFail });
    case "force":
      return step(places.bomb, "0x", { value: move.value, mayFail });
    case "ask": {
      const data = encodeFunctionData({ abi: rollupsAbi, functionName: "rollupOf", args: [move.rollup] });
      return step(places.rollups, data, { mayFail });
    }
    case "fail":
      return step(self, FAIL, { mayFail });
  }
}

export function posting(input: BatchValue, executions: readonly Execution[]): Posting {
  return { id: batchId(input), input, executions };
}

/** Puts the bomb on L1. */
export async function deployBomb(setup: Setup): Promise<Address> {
  // PUSH20 rollups SELFDESTRUCT; a contract from an earlier transaction gives its Ether away and stays
  // (EIP-6780).
  const runtime = concatHex(["0x73", setup.rollups.address, "0xff"]);
  // PUSH1 22 PUSH1 12 PUSH1 0 CODECOPY PUSH1 22 PUSH1 0 RETURN
  const bytecode = concatHex(["0x6016600c60003960166000f3", runtime]);
  const hash = await setup.walletClient.deployContract({ abi: [], bytecode });
  const { contractAddress } = await setup.publicClient.waitForTransactionReceipt({ hash });
  if (contractAddress === null || contractAddress === undefined) throw new Error("the bomb was not deployed");
  return contractAddress;
}
