/** A transaction's calls over all chains as a tree, and as text: what `lockstep trace` prints. */
export { type CallNode, callTree } from "./call-tree.ts";
export { isTraceFrame } from "./frame.ts";
export type { Knowledge } from "./knowledge.ts";
export { type TreeLine, treeLines } from "./tree-lines.ts";
export { addressInWords, type CallInWords, errorInWords } from "./values.ts";
export type { ChainNumber, Hex, TraceFrame } from "../rpc-types.ts";
