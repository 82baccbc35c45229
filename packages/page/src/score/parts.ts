import type { Hex, SettledVisit } from "../chains/rpc-types.ts";
import type { ChainIndex, CrossingNode, FrameNode } from "./model.ts";

/** What is written into and beside the picture. */
export interface Labels {
  /** A frame: what was called, and with which arguments; lines that are empty are left out. */
  readonly frame: (node: FrameNode) => { readonly title: string; readonly detail: string };
  /** How a frame ended. */
  readonly result: (node: FrameNode) => string;
  /** A call between chains: function and value. */
  readonly call: (node: CrossingNode) => string;
  /** Its answer. */
  readonly answer: (node: CrossingNode) => string;
  /** What proves a visit, a line each. */
  readonly proof: (visit: SettledVisit) => readonly string[];
}

/** How a part of the picture is drawn. */
export type PartState = "done" | "failed" | "undone";

export interface Column {
  readonly chain: ChainIndex;
  readonly x: number;
  readonly width: number;
}

export interface Box {
  readonly id: string;
  readonly chain: ChainIndex;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly detail: string;
  readonly result: string;
  readonly state: PartState;
  /** A call that changes nothing. */
  readonly isStatic: boolean;
  readonly warning: string | undefined;
}

/** Several calls that are not drawn until they are asked for. */
export interface Fold {
  /** Of the frame that they are inside of. */
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly count: number;
}

export interface Arrow {
  readonly id: string;
  readonly kind: "call" | "answer";
  readonly from: number;
  readonly to: number;
  readonly y: number;
  readonly label: string;
  readonly state: PartState;
  /** Place of its step in the order of the cursor. */
  readonly position: number | undefined;
}

/** A rollup between two changes of its root, or of whether it waits for another chain. */
export interface Band {
  readonly chain: ChainIndex;
  readonly y: number;
  readonly height: number;
  /** Undefined where the batch does not say. */
  readonly root: Hex | undefined;
  readonly isWaiting: boolean;
}

export interface Bracket {
  readonly id: string;
  readonly chain: ChainIndex;
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly lines: readonly string[];
  readonly textX: number;
  readonly textY: number;
  readonly isProven: boolean;
  readonly isUndone: boolean;
}

/** From what was undone to what was done in its place. */
export interface Instead {
  readonly x: number;
  readonly from: number;
  readonly to: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly columns: readonly Column[];
  readonly boxes: readonly Box[];
  readonly folds: readonly Fold[];
  readonly arrows: readonly Arrow[];
  readonly bands: readonly Band[];
  readonly brackets: readonly Bracket[];
  readonly insteads: readonly Instead[];
}
