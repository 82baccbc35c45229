import { encodeAbiParameters, type Hex, keccak256, numberToHex } from "viem";
import { actionAbi } from "../action.ts";
import type { Execution } from "../execution.ts";
import type { StateRoot } from "../ids.ts";

const visitAbi = {
  type: "tuple",
  components: [
    { name: "rollup", type: "uint64" },
    { name: "rootBefore", type: "bytes32" },
    { name: "rootAfter", type: "bytes32" },
  ],
} as const;

const markAbi = {
  type: "tuple",
  components: [
    { name: "kind", type: "uint8" },
    { name: "at", type: "uint32" },
    { name: "to", type: "uint32" },
  ],
} as const;

/** ABI type of an execution, field for field the Solidity struct. */
export const executionAbi = {
  type: "tuple",
  components: [
    { ...actionAbi, type: "tuple[]", name: "actions" },
    { ...visitAbi, type: "tuple[]", name: "visits" },
    { ...markAbi, type: "tuple[]", name: "marks" },
  ],
} as const;

/** A root as L1 writes it. */
export function rootHex(root: StateRoot): Hex {
  return numberToHex(root, { size: 32 });
}

/** The execution as the value of its ABI type. */
export function executionValue({ actions, visits, marks }: Execution) {
  return {
    actions,
    visits: visits.map(({ rollup, rootBefore, rootAfter }) => ({
      rollup,
      rootBefore: rootHex(rootBefore),
      rootAfter: rootHex(rootAfter),
    })),
    marks,
  };
}

/** Equal for two executions exactly if they are the same in every field. */
export function hashExecution(execution: Execution): Hex {
  return keccak256(encodeAbiParameters([executionAbi], [executionValue(execution)]));
}
