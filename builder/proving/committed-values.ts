import { FIELD_MODULUS } from "../protocol/ids.ts";
import type { CircuitInput, CircuitValue } from "./circuit-job.ts";
import { ELEMENT_BYTES, writeElement } from "./keys/little-endian.ts";
import { viewOf } from "./keys/binary-file.ts";

/**
 * The values of committed inputs as a commitment takes them: 32 bytes each, little-endian, in the order of
 * the inputs, arrays in row order.
 * @param names of the inputs.
 * @param wires how many values there are.
 * @throws {RangeError} when an input is missing, a value is not in the field, or there is another number of
 * them.
 */
export function committedValues(names: readonly string[], wires: number, trace: CircuitInput): Uint8Array {
  const bytes = new Uint8Array(wires * ELEMENT_BYTES);
  const view = viewOf(bytes);
  let count = 0;
  const write = (value: CircuitValue, name: string): void => {
    if (typeof value !== "bigint") {
      for (const element of value) write(element, name);
      return;
    }
    if (value < 0n || value >= FIELD_MODULUS)
      throw new RangeError(`input ${name} holds ${value}: not in the field`);
    if (count < wires) writeElement(view, count * ELEMENT_BYTES, value);
    count++;
  };
  for (const name of names) {
    const value = trace[name];
    if (value === undefined) throw new RangeError(`input ${name} is not given`);
    write(value, name);
  }
  if (count !== wires)
    throw new RangeError(`${count} values are given to be committed to instead of ${wires}`);
  return bytes;
}
