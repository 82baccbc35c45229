import {
  type Address,
  encodeAbiParameters,
  type Hex,
  hexToNumber,
  keccak256,
  numberToHex,
  zeroAddress,
} from "viem";
import { type ChainId, L1 } from "./ids.ts";

/** Kinds of action, numbered as in `contracts/interfaces/Actions.sol`. */
export const ActionKind = { CALL: 0, RESULT: 1, L2TX: 2, REVERT: 3, REVERT_CONTINUE: 4 } as const;
export type ActionKind = (typeof ActionKind)[keyof typeof ActionKind];

/** One transfer of control between two chains (docs/spec.md, "Actions"). */
export interface Action {
  readonly kind: ActionKind;
  /** The chain that gives up control. */
  readonly from: ChainId;
  /** The chain that receives it. */
  readonly to: ChainId;
  readonly sender: Address;
  readonly target: Address;
  /** Wei that moves with the action; < 2^128. */
  readonly value: bigint;
  readonly failed: boolean;
  readonly isStatic: boolean;
  /**
   * Of a CALL of a rollup: gas that L1 gives to a callee of its own, in this call or inside it; 0: what L1
   * has. < 2^32.
   */
  readonly gas: number;
  readonly data: Hex;
}

/** ABI type of an action, field for field the Solidity struct. */
export const actionAbi = {
  type: "tuple",
  components: [
    { name: "kind", type: "uint8" },
    { name: "from", type: "uint64" },
    { name: "to", type: "uint64" },
    { name: "sender", type: "address" },
    { name: "target", type: "address" },
    { name: "value", type: "uint128" },
    { name: "failed", type: "bool" },
    { name: "isStatic", type: "bool" },
    { name: "gas", type: "uint32" },
    { name: "data", type: "bytes" },
  ],
} as const;

/** `keccak256(abi.encode(action))`. */
export function hashAction(action: Action): Hex {
  return keccak256(encodeAbiParameters([actionAbi], [action]));
}

/**
 * A CALL from `sender` on `from` to `target` on `to`; without `gas`, L1's callees get what L1 has.
 * @example
 * ```ts
 * import { callAction, hashAction } from "./builder/protocol/action.ts";
 * import { chainId, L1 } from "./builder/protocol/ids.ts";
 *
 * const call = callAction({
 *   from: L1,
 *   to: chainId(1),
 *   sender: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
 *   target: "0x00000000000000000000000000004c6564676572",
 *   value: 1_000n,
 *   isStatic: false,
 *   data: "0x",
 * });
 * console.log(hashAction(call));
 * ```
 */
export function callAction(call: {
  from: ChainId;
  to: ChainId;
  sender: Address;
  target: Address;
  value: bigint;
  isStatic: boolean;
  gas?: number;
  data: Hex;
}): Action {
  return { kind: ActionKind.CALL, failed: false, gas: 0, ...call };
}

/**
 * The RESULT that answers a call or an L2 transaction; who answers whom is known from the order of actions.
 */
export function resultAction(result: { from: ChainId; to: ChainId; failed: boolean; data: Hex }): Action {
  return {
    kind: ActionKind.RESULT,
    sender: zeroAddress,
    target: zeroAddress,
    value: 0n,
    isStatic: false,
    gas: 0,
    ...result,
  };
}

/** A transaction signed for `rollup`; `data` is in the form of the rollup's kind. */
export function l2txAction(rollup: ChainId, data: Hex): Action {
  return bare({ kind: ActionKind.L2TX, from: L1, to: rollup, data });
}

/** A frame of `rollup` reverts that made calls: all since call number `number` of its operation is undone. */
export function revertAction(rollup: ChainId, number: number): Action {
  return bare({ kind: ActionKind.REVERT, from: rollup, to: L1, data: numberToHex(number, { size: 4 }) });
}

/** Which call of its operation is the first that a REVERT undoes. */
export function undoneFrom({ data }: Action): number {
  return hexToNumber(data);
}

/** L1's answer to a REVERT: what had to be undone is undone. */
export function revertContinueAction(rollup: ChainId): Action {
  return bare({ kind: ActionKind.REVERT_CONTINUE, from: L1, to: rollup, data: "0x" });
}

function bare({ kind, from, to, data }: Pick<Action, "kind" | "from" | "to" | "data">): Action {
  return {
    kind,
    from,
    to,
    sender: zeroAddress,
    target: zeroAddress,
    value: 0n,
    failed: false,
    isStatic: false,
    gas: 0,
    data,
  };
}
