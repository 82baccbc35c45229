import { CONTENT } from "../../../../circuits/evm/opcodes.ts";
import { codeRows } from "../../../proving/bus/code-rows.ts";

/** An instruction as L1 decodes it (docs/proving-evm.md, section 5). */
export interface Instruction {
  readonly place: number;
  readonly class: number;
  readonly parameter: number;
  /** Bytes of the immediate, and the immediate. */
  readonly width: number;
  readonly value: bigint;
}

/** The instructions of a code by their place, STOP behind the last one included. */
export function decodeCode(code: Uint8Array): ReadonlyMap<number, Instruction> {
  const instructions = new Map<number, Instruction>();
  for (const row of codeRows(code)) {
    const part = (at: bigint, bits: number): number => Number(BigInt.asUintN(bits, row >> at));
    const [place, kind, value] = [part(0n, 24), part(24n, 16), row >> 64n];
    const known = instructions.get(place);
    if (kind < CONTENT.word)
      instructions.set(place, { place, class: kind, parameter: part(40n, 8), width: part(48n, 8), value });
    else if (kind === CONTENT.immediateHigh && known !== undefined)
      instructions.set(place, { ...known, value: known.value | (value << 128n) });
  }
  return instructions;
}
