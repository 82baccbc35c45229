import type { Circuit } from "./circuit.ts";
import { FIELD_MODULUS } from "../../../builder/protocol/ids.ts";

/**
 * Names of the wires that could have another value in this witness without any constraint noticing: none, if
 * nothing is free. Only one wire is changed at a time.
 */
export function freeWires(circuit: Circuit, witness: readonly bigint[]): string[] {
  const broken = circuit.constraints.load(witness);
  if (broken !== undefined) throw new Error(`constraint ${broken} does not hold to begin with`);
  const free: number[] = [];
  for (let wire = 1; wire < circuit.constraints.wires; wire++) {
    const value = witness[wire] ?? 0n;
    // Two changes: a boolean's other value is the likeliest to slip through, and a value of no special form.
    const others = [value === 0n ? 1n : 0n, (value + 0x1234567n) % FIELD_MODULUS];
    if (others.some((other) => !circuit.constraints.breaks(wire, other))) free.push(wire);
  }
  if (free.length === 0) return [];
  const names = new Map([...circuit.wires].map(([name, wire]) => [wire, name]));
  return free.map((wire) => names.get(wire) ?? `wire ${wire}`);
}
