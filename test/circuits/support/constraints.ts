import { ELEMENT_BYTES, readElement } from "../../../builder/proving/keys/little-endian.ts";
import type { ConstraintSystem } from "../../../builder/proving/keys/r1cs.ts";
import { FIELD_MODULUS } from "../../../builder/protocol/ids.ts";

const SIDES = 3;

/** An R1CS (a·w)(b·w) = c·w that answers quickly which single changes of a witness it would notice. */
export class Constraints {
  readonly count: number;
  readonly wires: number;
  /** Outputs and public inputs: wires 1 … publicSignals. */
  readonly publicSignals: number;
  readonly #coefficients: bigint[] = [];
  /** Per term in file order: its wire, and 3·constraint + side. */
  readonly #wire: Uint32Array;
  readonly #place: Uint32Array;
  /** Terms of wire w: #terms[#start[w] … #start[w + 1]]. */
  readonly #start: Uint32Array;
  readonly #terms: Uint32Array;
  /** a·w, b·w, c·w of every constraint for the witness loaded last. */
  #sums: bigint[] = [];
  #witness: readonly bigint[] = [];

  constructor({ constraints, wires, publicSignals, terms }: ConstraintSystem) {
    this.count = constraints;
    this.wires = wires;
    this.publicSignals = publicSignals;
    const most = Math.floor(terms.length / (4 + ELEMENT_BYTES));
    const wire = new Uint32Array(most);
    const place = new Uint32Array(most);
    const view = new DataView(terms.buffer, terms.byteOffset, terms.byteLength);
    let at = 0;
    let used = 0;
    for (let side = 0; side < SIDES * constraints; side++) {
      const length = view.getUint32(at, true);
      at += 4;
      for (let i = 0; i < length; i++, at += 4 + ELEMENT_BYTES, used++) {
        wire[used] = view.getUint32(at, true);
        place[used] = side;
        this.#coefficients.push(readElement(terms, at + 4));
      }
    }
    this.#wire = wire.subarray(0, used);
    this.#place = place.subarray(0, used);
    this.#start = new Uint32Array(wires + 1);
    for (const w of this.#wire) this.#start[w + 1] = (this.#start[w + 1] ?? 0) + 1;
    for (let w = 0; w < wires; w++) this.#start[w + 1] = (this.#start[w + 1] ?? 0) + (this.#start[w] ?? 0);
    const next = this.#start.slice();
    this.#terms = new Uint32Array(used);
    this.#wire.forEach((w, term) => {
      const slot = next[w] ?? 0;
      this.#terms[slot] = term;
      next[w] = slot + 1;
    });
  }

  /** Number of constraints' sides in which the wire stands. */
  uses(wire: number): number {
    return (this.#start[wire + 1] ?? 0) - (this.#start[wire] ?? 0);
  }

  /** Remembers the witness and returns the number of the first constraint that it breaks, if any. */
  load(witness: readonly bigint[]): number | undefined {
    if (witness.length !== this.wires) throw new Error(`${witness.length} values for ${this.wires} wires`);
    this.#witness = witness;
    const sums = new Array<bigint>(SIDES * this.count).fill(0n);
    this.#wire.forEach((wire, term) => {
      const side = this.#place[term] ?? 0;
      const value = witness[wire] ?? 0n;
      if (value !== 0n) sums[side] = (sums[side] ?? 0n) + value * (this.#coefficients[term] ?? 0n);
    });
    this.#sums = sums.map((sum) => sum % FIELD_MODULUS);
    for (let constraint = 0; constraint < this.count; constraint++) {
      if (!holds(this.#sum(constraint, 0), this.#sum(constraint, 1), this.#sum(constraint, 2)))
        return constraint;
    }
    return undefined;
  }

  /** Whether the witness loaded last breaks a constraint when one wire has another value. */
  breaks(wire: number, value: bigint): boolean {
    const change = value - (this.#witness[wire] ?? 0n);
    if (change === 0n) throw new Error(`wire ${wire} has that value already`);
    const to = this.#start[wire + 1] ?? 0;
    for (let slot = this.#start[wire] ?? 0; slot < to;) {
      const constraint = Math.floor((this.#place[this.#terms[slot] ?? 0] ?? 0) / SIDES);
      const delta = [0n, 0n, 0n];
      for (; slot < to; slot++) {
        const term = this.#terms[slot] ?? 0;
        const place = this.#place[term] ?? 0;
        if (Math.floor(place / SIDES) !== constraint) break;
        const side = place % SIDES;
        delta[side] = (delta[side] ?? 0n) + change * (this.#coefficients[term] ?? 0n);
      }
      const [a = 0n, b = 0n, c = 0n] = delta;
      const after = [
        this.#sum(constraint, 0) + a,
        this.#sum(constraint, 1) + b,
        this.#sum(constraint, 2) + c,
      ];
      if (!holds(after[0] ?? 0n, after[1] ?? 0n, after[2] ?? 0n)) return true;
    }
    return false;
  }

  #sum(constraint: number, side: number): bigint {
    return this.#sums[SIDES * constraint + side] ?? 0n;
  }
}

function holds(a: bigint, b: bigint, c: bigint): boolean {
  return (a * b - c) % FIELD_MODULUS === 0n;
}
