import type { Knowledge } from "./knowledge.ts";
import { bytesInWords, etherInWords } from "../words/values.ts";
import { addressInWords } from "./values.ts";
import type { CallNode } from "./call-tree.ts";

/** A line of text, and what it is about. */
export interface TreeLine {
  /** What draws the tree, in front of the text. */
  readonly prefix: string;
  readonly chain: string;
  readonly text: string;
  readonly node: CallNode;
}

/**
 * The tree as lines of text, in the order in which the calls were made.
 * @example
 * ```ts
 * import { callTree, treeLines } from "lockstep-client/tree";
 * import type { Knowledge, TraceFrame } from "lockstep-client/tree";
 *
 * export function show(frame: TraceFrame, knowledge: Knowledge): string {
 *   const lines = treeLines(callTree(frame, knowledge), knowledge);
 *   return lines.map(({ prefix, chain, text }) => `${prefix}${chain} ${text}`).join("\n");
 * }
 * ```
 */
export function treeLines(root: CallNode, knowledge: Knowledge): TreeLine[] {
  const lines: TreeLine[] = [];
  const add = (node: CallNode, prefix: string, indent: string): void => {
    lines.push({ prefix, chain: knowledge.chain(node.chain), text: textOf(node, knowledge), node });
    node.calls.forEach((call, index) => {
      const isLast = index === node.calls.length - 1;
      add(call, `${indent}${isLast ? "└─ " : "├─ "}`, `${indent}${isLast ? "   " : "│  "}`);
    });
  };
  add(root, "", "");
  return lines;
}

function textOf(node: CallNode, knowledge: Knowledge): string {
  const { chain, type, to, value, error, isUndone, missing, warning, cameFrom } = node;
  const callee = to === undefined ? "a new contract" : addressInWords(to, chain, knowledge);
  const parts = [
    `${kindOf(type)}${callee}${calldataOf(node)}`,
    ...(value === 0n ? [] : [`with ${etherInWords(value)}`]),
    ...(cameFrom === undefined ? [] : [`from ${knowledge.chain(cameFrom)}`]),
    ...resultOf(node),
    ...(error === undefined ? [] : [`✗ ${error}`]),
    ...(isUndone ? ["(undone)"] : []),
    ...(missing === undefined ? [] : [`(${missing})`]),
    ...(warning === undefined ? [] : [`! ${warning}`]),
  ];
  return parts.join(" ");
}

function kindOf(type: string): string {
  if (type === "STATICCALL") return "reads ";
  if (type === "DELEGATECALL" || type === "CALLCODE") return "runs code of ";
  if (type === "SELFDESTRUCT") return "is destroyed, its Ether to ";
  return type.startsWith("CREATE") ? "creates " : "";
}

function calldataOf({ type, call, input }: CallNode): string {
  if (type.startsWith("CREATE")) return "";
  if (call !== undefined) return `.${call.function}(${call.args.join(", ")})`;
  return input === "0x" ? "" : ` ${bytesInWords(input)}`;
}

function resultOf({ type, call, output, error }: CallNode): string[] {
  if (error !== undefined || type.startsWith("CREATE")) return [];
  if (call?.result !== undefined) return [`→ ${call.result}`];
  return output === undefined || output === "0x" || call !== undefined ? [] : [`→ ${bytesInWords(output)}`];
}
