import { CLASS, OPCODES } from "../../../../circuits/evm/opcodes.ts";

/** An instruction by its name, or a number that is pushed by the shortest PUSH. */
export type Part = string | bigint | number;

const BYTES = new Map(
  OPCODES.map((opcode) => [
    opcode.name,
    opcode.class === CLASS.push || opcode.class === CLASS.log
      ? opcode.class + opcode.parameter
      : opcode.class === CLASS.dup || opcode.class === CLASS.swap
        ? opcode.class + opcode.parameter - 1
        : opcode.class,
  ]),
);

/**
 * Bytecode of parts. "0x…" are bytes as they are, so that immediates can be written by hand.
 * @throws {RangeError} for a name that is no opcode's.
 */
export function assemble(...parts: readonly Part[]): Uint8Array {
  return Buffer.from(parts.map(hexOf).join(""), "hex");
}

function hexOf(part: Part): string {
  if (typeof part !== "string") {
    const digits = BigInt(part).toString(16);
    const value = part === 0 || part === 0n ? "" : digits.padStart(digits.length + (digits.length % 2), "0");
    return (0x5f + value.length / 2).toString(16) + value;
  }
  if (part.startsWith("0x")) return part.slice(2);
  const byte = BYTES.get(part);
  if (byte === undefined) throw new RangeError(`${part} is no opcode`);
  return byte.toString(16).padStart(2, "0");
}
