import { createHash } from "node:crypto";
import { FIELD_MODULUS as P } from "../../../builder/protocol/ids.ts";
import { addTo, constantOf, type Form, inverse, linearOf, mod, type Row, type System } from "./rows.ts";

/**
 * Whether a simplified system says the same as the plain one that it was made of; if not, what differs.
 *
 * The simplified system keeps some of the plain one's wires. From the plain system's linear constraints, and
 * those that become linear on the way, the other wires are solved for: exactly, by elimination over the
 * field. Every solution of the plain system satisfies what is solved, so its kept wires satisfy all
 * constraints after substitution; and a solution of the constraints after substitution gives one of the plain
 * system, the solved wires computed. So the two say the same about the kept wires, public ones among them, if
 *
 * - every other wire is solved for,
 * - nothing linear is left over that is not a constraint of the simplified system as well,
 * - and the constraints after substitution are those of the simplified system: one by one, up to the order
 *   and the scale of factors.
 */
export function differences(plain: System, simplified: System): string[] {
  const kept = keptWires(plain, simplified);
  if (typeof kept === "string") return [kept];
  const { solved, unsolved, rest } = eliminate(plain, kept);
  if (unsolved.length > 0)
    return unsolved.map((wire) => `nothing says what ${nameOf(plain, wire)} is, which was removed`);

  const found: string[] = [];
  const wanted = new Map(simplified.rows.map((row, at) => [normalForm(row), at] as const));
  const seen = new Set<string>();
  for (const row of rest) {
    const substituted = substitute(row, solved, kept);
    const linear = linearOf(substituted);
    if (linear?.size === 0) continue;
    const text = normalForm(substituted);
    if (!wanted.has(text)) found.push(`missing: ${describe(plain, row)}`);
    seen.add(text);
  }
  for (const [text, at] of wanted) {
    const row = simplified.rows[at];
    if (!seen.has(text) && row !== undefined) found.push(`not implied: ${describe(simplified, row)}`);
  }
  return found;
}

/** The simplified system's wire of each plain wire that stands for it; or why there is no such thing. */
function keptWires(plain: System, simplified: System): ReadonlyMap<number, number> | string {
  const kept = new Map([[0, 0]]);
  const taken = new Set([0]);
  for (const [label, wire] of simplified.wireOfLabel) {
    const original = plain.wireOfLabel.get(label) ?? -1;
    if (wire < 0 || original < 0 || taken.has(wire)) continue;
    // Two wires of one plain wire would have to be equal, which the simplified system then has to say.
    if (kept.has(original)) continue;
    kept.set(original, wire);
    taken.add(wire);
  }
  for (let wire = 0; wire < simplified.wires; wire++)
    if (!taken.has(wire)) return `${nameOf(simplified, wire)} stands for no wire of the plain system`;
  if (plain.outputs !== simplified.outputs) return "another number of outputs";
  for (let wire = 1; wire <= plain.outputs; wire++)
    if (kept.get(wire) !== wire) return `output ${nameOf(plain, wire)} is another wire`;
  return kept;
}

interface Eliminated {
  /** Each solved wire as a form over kept ones. */
  readonly solved: ReadonlyMap<number, Form>;
  readonly unsolved: readonly number[];
  /** Rows that were not used to solve for a wire. */
  readonly rest: readonly Row[];
}

function eliminate(plain: System, kept: ReadonlyMap<number, number>): Eliminated {
  return new Elimination(plain, kept).run();
}

/** Solves for all wires that are not kept, by whatever is linear, or becomes so. */
class Elimination {
  readonly #plain: System;
  readonly #kept: ReadonlyMap<number, number>;
  readonly #solved = new Map<number, Form>();
  readonly #used = new Set<number>();
  /** Per row: wires to be solved for, and wires of each factor that are not known to be constant. */
  readonly #open: readonly Set<number>[];
  readonly #varying: readonly (readonly [Set<number>, Set<number>])[];
  readonly #rowsOf = new Map<number, number[]>();
  readonly #ready: number[] = [];

  constructor(plain: System, kept: ReadonlyMap<number, number>) {
    this.#plain = plain;
    this.#kept = kept;
    const wires = ({ a, b, c }: Row): Set<number> => new Set([...a.keys(), ...b.keys(), ...c.keys()]);
    this.#open = plain.rows.map((row) => new Set([...wires(row)].filter((wire) => !kept.has(wire))));
    this.#varying = plain.rows.map(
      ({ a, b }) =>
        [new Set(a.keys()), new Set(b.keys())].map((factor) => (factor.delete(0), factor)) as never,
    );
    this.#open.forEach((open, at) => {
      for (const wire of open) {
        const rows = this.#rowsOf.get(wire);
        if (rows === undefined) this.#rowsOf.set(wire, [at]);
        else rows.push(at);
      }
      this.#enqueue(at);
    });
  }

  run(): Eliminated {
    do this.#stepByStep();
    while (this.#cancel() || this.#together());
    const { wires, rows } = this.#plain;
    return {
      solved: this.#solved,
      unsolved: Array.from({ length: wires }, (_, wire) => wire).filter(
        (wire) => !this.#kept.has(wire) && !this.#solved.has(wire),
      ),
      rest: rows.filter((_, at) => !this.#used.has(at)),
    };
  }

  #stepByStep(): void {
    for (let at = this.#ready.pop(); at !== undefined; at = this.#ready.pop()) {
      const [wire] = this.#open[at] ?? [];
      // Another row may have said already what its wire is; then this one is a row like any other.
      if (wire === undefined) continue;
      const form = this.#linear(at);
      // The wire may cancel out where a factor is constant.
      if (!form.has(wire)) continue;
      this.#used.add(at);
      this.#settle(wire, expressed(form, wire));
    }
  }

  /**
   * Finds factors that are constant because their varying wires cancel out.
   * @returns whether that says what a wire is.
   */
  #cancel(): boolean {
    this.#plain.rows.forEach(({ a, b }, at) => {
      if ((this.#open[at]?.size ?? 0) === 0 || this.#isLinear(at)) return;
      for (const [side, factor] of [a, b].entries())
        if (constantOf(expand(factor, this.#solved)) !== undefined) this.#varying[at]?.[side]?.clear();
      this.#enqueue(at);
    });
    return this.#ready.length > 0;
  }

  /**
   * Solves sets of rows that share open wires.
   * @returns whether any wire was.
   */
  #together(): boolean {
    const before = this.#solved.size;
    const candidates = this.#open.flatMap((open, at) => (open.size > 0 && this.#isLinear(at) ? [at] : []));
    for (const rows of connected(candidates, (at) => this.#open[at] ?? [])) {
      /** Each wire by open ones that have no entry of their own. */
      const pivots = new Map<number, Form>();
      for (const at of rows) {
        const form = expand(this.#linear(at), pivots);
        const wire = [...form.keys()].find((each) => this.#isOpen(each));
        if (wire === undefined) continue;
        const value = expressed(form, wire);
        const alone = new Map([[wire, value]]);
        for (const [other, its] of pivots) if (its.has(wire)) pivots.set(other, expand(its, alone));
        pivots.set(wire, value);
      }
      // What the rows say after substitution has to be implied, as of any other row: it is, of those that
      // were needed.
      const settled = [...pivots].filter(([, form]) => ![...form.keys()].some((wire) => this.#isOpen(wire)));
      for (const [wire, form] of settled) this.#settle(wire, form);
    }
    return this.#solved.size > before;
  }

  #settle(wire: number, value: Form): void {
    this.#solved.set(wire, value);
    const isConstant = constantOf(value) !== undefined;
    for (const at of this.#rowsOf.get(wire) ?? []) {
      this.#open[at]?.delete(wire);
      if (isConstant) for (const factor of this.#varying[at] ?? []) factor.delete(wire);
      this.#enqueue(at);
    }
  }

  #enqueue(at: number): void {
    if (this.#open[at]?.size === 1 && this.#isLinear(at)) this.#ready.push(at);
  }

  #isLinear(at: number): boolean {
    return this.#varying[at]?.some((factor) => factor.size === 0) === true;
  }

  /** The form that a linear row says is 0, over kept and open wires. */
  #linear(at: number): Form {
    const row = this.#plain.rows[at];
    const form =
      row && linearOf({ a: expand(row.a, this.#solved), b: expand(row.b, this.#solved), c: row.c });
    if (form === undefined) throw new Error("the row is not linear");
    return expand(form, this.#solved);
  }

  #isOpen(wire: number): boolean {
    return !this.#kept.has(wire) && !this.#solved.has(wire);
  }
}

/** Groups of rows that share wires, directly or through others. */
function connected(rows: readonly number[], wiresOf: (row: number) => Iterable<number>): number[][] {
  const rowsOf = new Map<number, number[]>();
  for (const row of rows)
    for (const wire of wiresOf(row)) rowsOf.set(wire, [...(rowsOf.get(wire) ?? []), row]);
  const seen = new Set<number>();
  return rows.flatMap((first) => {
    const group: number[] = [];
    const pending = [first];
    for (let row = pending.pop(); row !== undefined; row = pending.pop()) {
      if (seen.has(row)) continue;
      seen.add(row);
      group.push(row);
      for (const wire of wiresOf(row)) pending.push(...(rowsOf.get(wire) ?? []));
    }
    return group.length === 0 ? [] : [group];
  });
}

/** What the wire is if the form is 0. */
function expressed(form: Form, wire: number): Form {
  const factor = form.get(wire);
  if (factor === undefined) throw new Error(`wire ${wire} is not in its equation`);
  const value: Form = new Map();
  const others = new Map(form);
  others.delete(wire);
  addTo(value, others, P - inverse(factor));
  return value;
}

function expand(form: Form, solved: ReadonlyMap<number, Form>): Form {
  if (![...form.keys()].some((wire) => solved.has(wire))) return form;
  const sum: Form = new Map();
  for (const [wire, coefficient] of form) addTo(sum, solved.get(wire) ?? new Map([[wire, 1n]]), coefficient);
  return sum;
}

function substitute(row: Row, solved: ReadonlyMap<number, Form>, kept: ReadonlyMap<number, number>): Row {
  const renamed = (form: Form): Form =>
    new Map([...expand(form, solved)].map(([wire, coefficient]) => [kept.get(wire) ?? -1, coefficient]));
  return { a: renamed(row.a), b: renamed(row.b), c: renamed(row.c) };
}

/** Equal for rows that are equal up to the order and the scale of their factors. */
function normalForm(row: Row): string {
  const linear = linearOf(row);
  if (linear !== undefined) return digest([text(linear, scaleOf(linear))]);
  const [left, right] = [scaleOf(row.a), scaleOf(row.b)];
  const factors = [text(row.a, left), text(row.b, right)].sort();
  return digest([...factors, text(row.c, (left * right) % P)]);
}

/** Makes the coefficient of the first wire 1. */
function scaleOf(form: Form): bigint {
  if (form.size === 0) return 1n;
  return inverse(form.get(Math.min(...form.keys())) ?? 1n);
}

function text(form: Form, scale: bigint): string {
  return [...form]
    .sort(([x], [y]) => x - y)
    .map(([wire, coefficient]) => `${wire}:${((coefficient * scale) % P).toString(36)}`)
    .join();
}

function digest(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("|")).digest("base64");
}

export function nameOf(system: System, wire: number): string {
  return system.names.get(wire)?.[0] ?? `wire ${wire}`;
}

/** The row in names, shortened. */
export function describe(system: System, { a, b, c }: Row): string {
  const show = (form: Form): string => {
    const terms = [...form].slice(0, 4).map(([wire, coefficient]) => {
      const value = mod(coefficient) > P / 2n ? mod(coefficient) - P : mod(coefficient);
      return wire === 0 ? value.toString() : `${value}·${nameOf(system, wire)}`;
    });
    return terms.join(" + ") + (form.size > 4 ? ` + … (${form.size} terms)` : "") || "0";
  };
  return `(${show(a)}) · (${show(b)}) = ${show(c)}`;
}
