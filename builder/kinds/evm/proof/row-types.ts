import type { RowType } from "../../../../circuits/bus/row.ts";
import { circuit } from "../../../../circuits/evm/index.ts";

const types = new Map(circuit.rows.map(({ type }) => [type.name, type]));

/**
 * A type of row of the circuit `evm`.
 * @throws {RangeError} for a name that it does not have.
 */
export function rowTypeNamed(name: string): RowType {
  const type = types.get(name);
  if (type === undefined) throw new RangeError(`the circuit has no row ${name}`);
  return type;
}
