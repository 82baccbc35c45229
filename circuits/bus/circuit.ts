import { committedNames, type FilledRow } from "./evaluate.ts";
import type { RowType } from "./row.ts";
import { type Table, TABLES } from "./tables.ts";
import type { TupleName } from "./tuples.ts";

/** A type of row with the number of its rows in each proof. */
export interface RowCapacity {
  readonly type: RowType;
  readonly capacity: number;
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
  return committedNames(type).length;
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
  /** Where the multiplicity of each table's tuple stands, by {@link keyOf}. */
  readonly #places = new Map<string, number>();
  readonly #looksUpIn: ReadonlySet<TupleName>;

  /**
   * @param tables beside {@link TABLES}; those that no row looks up in are left out.
   * @throws {CircuitError} for two types of one name, or a row that vouches for a slot that is not there.
   */
  constructor({ rows, slots, tables = [] }: RowCircuitOptions) {
    this.rows = rows;
    this.slots = slots;
    const received = new Set(rows.flatMap(({ type }) => type.terms.map(({ tuple }) => tuple)));
    this.tables = [...TABLES, ...tables].filter(({ tuple }) => received.has(tuple));
    this.#looksUpIn = new Set(this.tables.map(({ tuple }) => tuple));
    for (const { tuple, rows: tuples } of this.tables)
      for (const elements of tuples) this.#places.set(keyOf(tuple, elements), this.#places.size);
    let next = this.#places.size;
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
  commit(rows: readonly FilledRow[]): bigint[] {
    const vector = new Array<bigint>(this.committed).fill(0n);
    const used = new Map<RowType, number>();
    for (const { type, committed } of rows) {
      const number = used.get(type) ?? 0;
      if (number >= this.capacityOf(type)) throw new CircuitError(`There are too many rows ${type.name}`);
      used.set(type, number + 1);
      const at = this.offsetOf(type) + number * committedWires(type);
      for (const [index, value] of committed.entries()) vector[at + index] = value;
    }
    this.#countLookUps(rows, vector);
    return vector;
  }

  #countLookUps(rows: readonly FilledRow[], vector: bigint[]): void {
    for (const { type, entries } of rows)
      for (const { tuple, elements, times } of entries) {
        if (!this.#looksUpIn.has(tuple)) continue;
        const place = this.#places.get(keyOf(tuple, elements));
        if (place === undefined)
          throw new CircuitError(`Row ${type.name} looks up ${keyOf(tuple, elements)}, which is not there`);
        vector[place] = (vector[place] ?? 0n) - times;
      }
  }
}

function keyOf(tuple: string, elements: readonly bigint[]): string {
  return `${tuple}(${elements.join(", ")})`;
}
