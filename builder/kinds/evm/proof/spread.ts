import type { RowCircuit } from "../../../../circuits/bus/circuit.ts";
import type { FilledRow } from "../../../../circuits/bus/evaluate.ts";
import type { RowType } from "../../../../circuits/bus/row.ts";
import { NotYetProvableError } from "../trace/errors.ts";

/**
 * Spreads rows over as few proofs as hold them: those of each type evenly, so that proofs take about as long.
 * Which proof has a row means nothing: all are on one bus.
 * @param atLeast proofs, though fewer might do.
 * @param atMost proofs that L1 has gas for.
 * @throws {NotYetProvableError} when more would be needed, or the circuit has no row of a type.
 */
export function spread(
  rows: readonly FilledRow[],
  circuit: RowCircuit,
  { atLeast, atMost }: { readonly atLeast: number; readonly atMost: number },
): FilledRow[][] {
  const byType = new Map<RowType, FilledRow[]>();
  for (const row of rows) {
    const same = byType.get(row.type);
    if (same === undefined) byType.set(row.type, [row]);
    else same.push(row);
  }
  let count = atLeast;
  for (const [type, { length }] of byType) {
    const capacity = circuit.capacityOf(type);
    if (capacity === 0) throw new NotYetProvableError(`rows of type ${type.name}`);
    count = Math.max(count, Math.ceil(length / capacity));
  }
  if (count > atMost)
    throw new NotYetProvableError(
      `a visit that takes ${count} proofs, of which L1 verifies at most ${atMost}`,
    );
  const proofs = Array.from({ length: count }, (): FilledRow[] => []);
  for (const same of byType.values())
    for (const [index, row] of same.entries()) proofs[Math.floor((index * count) / same.length)]?.push(row);
  return proofs;
}
