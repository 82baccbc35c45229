import type { Hex } from "viem";
import type { TraceFrame } from "../trace/frame.ts";

/** By how much an account's Ether changes, fees apart. */
export interface EtherMove {
  readonly chain: Hex;
  readonly address: Hex;
  readonly change: bigint;
}

const MOVING: ReadonlySet<string> = new Set(["CALL", "CREATE", "CREATE2", "SELFDESTRUCT"]);

/**
 * What the calls of a trace leave of the Ether that they carry, account by account. On a rollup, Ether that
 * comes from another chain is made where it arrives, and what leaves is gone; on L1 `Rollups` holds it
 * meanwhile. Frames that stand for a chain without frames are passed over: its accounts are not Ethereum's.
 */
export function etherMoves(root: TraceFrame): EtherMove[] {
  const moves = new Map<string, EtherMove>();
  const add = (chain: Hex, address: Hex | undefined, change: bigint): void => {
    if (address === undefined || change === 0n) return;
    const account = { chain, address: lowerCase(address) };
    const key = `${chain}:${account.address}`;
    moves.set(key, { ...account, change: (moves.get(key)?.change ?? 0n) + change });
  };
  const waiting: { readonly frame: TraceFrame; readonly arrives: boolean }[] = [
    { frame: root, arrives: false },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { frame, arrives } = next;
    // What a frame that fails did is undone with it.
    if (frame.error !== undefined) continue;
    const leaves = frame.crossing !== undefined;
    const isL1 = frame.chain === "0x0";
    // A frame without any gas is made up: what carries value has the stipend.
    if (MOVING.has(frame.type) && BigInt(frame.gas) > 0n) {
      const value = BigInt(frame.value ?? "0x0");
      if (isL1 || !arrives) add(frame.chain, frame.from, -value);
      if (isL1 || !leaves) add(frame.chain, frame.to, value);
    }
    waiting.push(...(frame.calls ?? []).map((call) => ({ frame: call, arrives: leaves })).toReversed());
  }
  return [...moves.values()].filter(({ change }) => change !== 0n);
}

function lowerCase(address: Hex): Hex {
  return `0x${address.slice(2).toLowerCase()}`;
}
