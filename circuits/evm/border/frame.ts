import type { Linear } from "../../bus/linear.ts";
import type { RowBuilder, Term } from "../../bus/row.ts";
import { FRAME_ATTRIBUTE, type FrameAttribute, FRAME_ATTRIBUTES } from "../attributes.ts";

export interface FrameBeginning {
  readonly context: Linear;
  readonly time: Linear;
  readonly gas: Term;
  /** Of the code that runs. */
  readonly hash: { readonly hashLo: Linear; readonly hashHi: Linear };
  /** 1 if there is code to run. */
  readonly where: Linear;
  /** Changes that were made for it already, and are undone with it. */
  readonly undoings?: Linear;
}

/** Begins a frame: what exists once in each is sent by this row alone. given: slot (that has the code). */
export function beginFrame(
  r: RowBuilder,
  { context, time, gas, hash, where, undoings }: FrameBeginning,
): void {
  const slot = r.given("slot");
  r.receive("slot", { lo: hash.hashLo, slot, hi: hash.hashHi }, where);
  r.send("state", { gas, context, time, sp: 0, pc: 0, slot }, where);
  r.send("memorySize", { words: 0, context, time: 0, quotient: 0 }, where);
  r.send("freshMemory", { index: 0, context }, where);
  r.send("undoings", { count: undoings ?? 0, context }, where);
}

/** Sends what a frame may ask for. given: reads `name`, how often each attribute is received. */
export function sendAttributes(
  r: RowBuilder,
  context: Linear,
  attributes: Readonly<Record<FrameAttribute, { readonly lo: Term; readonly hi: Term }>>,
): void {
  for (const name of FRAME_ATTRIBUTES)
    r.send(
      "attribute",
      { ...attributes[name], context, kind: FRAME_ATTRIBUTE[name] },
      r.multiplicity(`reads ${name}`),
    );
}

/**
 * Sends the word of zeros behind `words` words of calldata: what begins within the last word goes on there.
 *
 * given: reads behind, how often it is received.
 */
export function sendWordBehind(r: RowBuilder, context: Linear, words: Linear): void {
  r.send("calldata", { lo: 0, context, index: words, hi: 0 }, r.multiplicity("reads behind"));
}
