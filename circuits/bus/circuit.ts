import { evaluateRow, type Hash } from "./evaluate.ts";
import type { RowType } from "./row.ts";
import { type Table, TABLES } from "./tables.ts";

/** A type of row with the number of its rows in each proof. */
export interface RowCapacity {
  readonly type: RowType;
  readonly capacity: number;
}

/** A row with what it commits to (`fillRow`). */
export interface FilledRow {
  readonly type: RowType;
  readonly committed: readonly bigint[];
}

/** Rows of a circuit that do not fit it, or a circuit that cannot be. */
export class CircuitError extends Error {}

export interface RowCircuitOptions {
  readonly rows: readonly RowCapacity[];
  readonly slots: number;
  readonly tables?: readonly Table[];
}

/** Number of values that a row of the type commits to. */
export function committedWires(type: RowType): number {
  return type.wires.filter(({ kind }) => kind === "given" || kind === "hint").length;
}

/**
 * A circuit that is made of rows: types with capacities, and the tables that they look up in. What it commits
 * to is one vector: the multiplicities of each table, then the rows, type by type.
 */
export class RowCircuit {
  readonly rows: readonly RowCapacity[];
  /** Slots for codes, each with a product among the public signals. */
  readonly slots: number;
  /** Those that a row looks up in. */
  readonly tables: readonly Table[];
  /** Length of the committed vector. */
  readonly committed: number;
  /** Where each type's rows begin in it. */
  readonly #offsets = new Map<string, number>();

  /**
   * @param tables beside {@link TABLES}; those that no row looks up in are left out.
   * @throws {CircuitError} for two types of one name, or a row that vouches for a slot that is not there.
   */
  constructor({ rows, slots, tables = [] }: RowCircuitOptions) {
    this.rows = rows;
    this.slots = slots;
    const received = new Set(rows.flatMap(({ type }) => type.terms.map(({ tuple }) => tuple)));
    this.tables = [...TABLES, ...tables].filter(({ tuple }) => received.has(tuple));
    let next = this.tables.reduce((sum, { rows: { length } }) => sum + length, 0);
    for (const { type, capacity } of rows) {
      if (this.#offsets.has(type.name)) throw new CircuitError(`Two types of rows are called ${type.name}`);
      if (type.factor !== undefined && type.factor.slot >= slots)
        throw new CircuitError(`Row ${type.name} vouches for slot ${type.factor.slot} of ${slots}`);
      this.#offsets.set(type.name, next);
      next += capacity * committedWires(type);
    }
    this.committed = next;
  }

  capacityOf(type: RowType): number {
    return this.rows.find((each) => each.type === type)?.capacity ?? 0;
  }

  /** Where the rows of a type begin in the committed vector. */
  offsetOf({ name }: RowType): number {
    const offset = this.#offsets.get(name);
    if (offset === undefined) throw new CircuitError(`The circuit has no row ${name}`);
    return offset;
  }

  /**
   * What a proof commits to: its rows, zeros in those that are not used, and how often each table's tuples
   * are received by its rows.
   * @throws {CircuitError} when more rows of a type are given than it has, or a look-up finds nothing.
   */
  commit(rows: readonly FilledRow[], hash: Hash): bigint[] {
    const vector = new Array<bigint>(this.committed).fill(0n);
    const used = new Map<RowType, number>();
    for (const { type, committed } of rows) {
      const number = used.get(type) ?? 0;
      if (number >= this.capacityOf(type)) throw new CircuitError(`There are too many rows ${type.name}`);
      used.set(type, number + 1);
      const at = this.offsetOf(type) + number * committedWires(type);
      for (const [index, value] of committed.entries()) vector[at + index] = value;
    }
    this.#countLookUps(rows, vector, hash);
    return vector;
  }

  #countLookUps(rows: readonly FilledRow[], vector: bigint[], hash: Hash): void {
    const places = new Map<string, number>();
    for (const { tuple, rows: tuples } of this.tables)
      for (const elements of tuples) places.set(keyOf(tuple, elements), places.size);
    const names = new Set(this.tables.map(({ tuple }) => tuple));
    for (const { type, committed } of rows)
      for (const { tuple, elements, times } of evaluateRow(type, committed, hash).entries) {
        if (!names.has(tuple)) continue;
        const place = places.get(keyOf(tuple, elements));
        if (place === undefined)
          throw new CircuitError(`Row ${type.name} looks up ${keyOf(tuple, elements)}, which is not there`);
        vector[place] = (vector[place] ?? 0n) - times;
      }
  }
}

function keyOf(tuple: string, elements: readonly bigint[]): string {
  return `${tuple}(${elements.join(", ")})`;
}
