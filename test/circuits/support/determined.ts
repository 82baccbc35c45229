import { FIELD_MODULUS as P } from "../../../builder/protocol/ids.ts";
import { addTo, constantOf, type Form, inverse, linearOf, type Row, type System } from "./rows.ts";

/** What `circuits/unconstrained.json` says of wires, as patterns of their names. */
export interface Exceptions {
  /** Quotients: what they are divided by is never 0, for the reason given there. */
  readonly quotients: readonly RegExp[];
  /** Hints that nothing else reads while they are free. */
  readonly free: readonly RegExp[];
}

export interface Determination {
  /** Names of wires that do not follow from the inputs. */
  readonly undetermined: readonly string[];
  /** Wires that are quotients by something that varies, by the pattern that allows them. */
  readonly quotients: ReadonlyMap<RegExp, number>;
  /** Free hints, by the pattern that allows them. */
  readonly free: ReadonlyMap<RegExp, number>;
}

/** Sums of more groups of booleans than this are not looked at. */
const MOST_STATES = 100_000;

/**
 * Which wires of a system follow uniquely from its inputs, public and private: whatever satisfies all
 * constraints with these inputs has these values there. Begins with the constant and the inputs and goes on
 * by rules, none of which looks at any value:
 *
 * - **Equal.** Wires that a constraint says are equal count as one.
 * - **Single.** A constraint with one wire that is not known, where that wire's coefficient is not 0: it
 *   stands in c alone, or in one factor while the other factor is a constant. With a known factor that
 *   varies, the wire is a quotient; that holds only if the factor cannot be 0, so only for wires that the
 *   exceptions name.
 * - **Sum.** A constraint whose other wires are known says what a sum of booleans is. If each coefficient, as
 *   a number of either sign, is larger than all smaller ones together, and all of them together are below p,
 *   two choices cannot have the same sum: in their difference the largest coefficient that counts outweighs
 *   the rest, and the sum of all cannot wrap. (Bits of a number.)
 * - **States.** The same for other coefficients, by trying: of booleans that only fall (x·(1 - y) = 0: y or
 *   not x) and of which exactly one is 1 (their sum is 1), only few choices are possible. If no two of all
 *   possible ones have the same sum, it says which it is.
 * - **Zero test.** L·i = c + d·o and L·o = 0 with known forms L and c: where L is 0, o is -c/d, else it is 0.
 *   So o follows. With i·o = 0 and a constant c ≠ 0 so does i: it is 0 where L is 0, else c/L. Without, i is
 *   free where L is 0; only the exceptions allow that.
 * - **Below p.** 254 bits of a known number, of which there may be two choices: n, and n + p if that is below
 *   2^254. circomlib's CompConstant excludes the second one, see {@link comparesWithModulus}.
 * - **Joined.** Wires that linear constraints say are sums of booleans, put into another linear constraint:
 *   it says a sum of booleans, too.
 *
 * What follows in a system that the compiler left plain follows in the simplified one as well, if the two are
 * equivalent (`equivalence.ts`): its wires are some of the plain one's.
 */
export function determine(system: System, exceptions: Exceptions): Determination {
  return new Propagation(joinEqual(system), exceptions).run();
}

/** A system in which equal wires are one. */
interface Joined extends System {
  /** The wire that stands for each. */
  readonly representative: readonly number[];
}

function joinEqual(system: System): Joined {
  const parent = Array.from({ length: system.wires }, (_, wire) => wire);
  const find = (wire: number): number => {
    let at = wire;
    for (let up = parent[at]; up !== undefined && up !== at; up = parent[at]) {
      parent[at] = parent[up] ?? up;
      at = up;
    }
    return at;
  };
  for (const row of system.rows) {
    const linear = linearOf(row);
    if (linear?.size !== 2 || linear.has(0)) continue;
    const [[x, coefficient] = [0, 0n], [y, other] = [0, 0n]] = linear;
    if (coefficient + other === P) parent[Math.max(find(x), find(y))] = Math.min(find(x), find(y));
  }
  const representative = parent.map((_, wire) => find(wire));
  const renamed = (form: Form): Form => {
    const sum: Form = new Map();
    for (const [wire, coefficient] of form) addTo(sum, new Map([[find(wire), 1n]]), coefficient);
    return sum;
  };
  const rows = system.rows
    .map(({ a, b, c }) => ({ a: renamed(a), b: renamed(b), c: renamed(c) }))
    .filter((row) => linearOf(row)?.size !== 0);
  const names = new Map<number, readonly string[]>();
  for (const [wire, own] of system.names) names.set(find(wire), [...(names.get(find(wire)) ?? []), ...own]);
  return { ...system, rows, names, representative };
}

class Propagation {
  readonly #system: Joined;
  readonly #exceptions: Exceptions;
  readonly #known: Uint8Array;
  readonly #boolean: Uint8Array;
  readonly #rowsOf: number[][];
  readonly #wiresOf: readonly (readonly number[])[];
  /** Wires of a row that are not known, and how many of those are no booleans. */
  readonly #open: Uint32Array;
  readonly #others: Uint32Array;
  readonly #queue: number[] = [];
  readonly #queued: Uint8Array;
  /** Booleans that are 0 where this one is: y by x for x·(1 - y) = 0. */
  readonly #above = new Map<number, number>();
  /** Sets of booleans of which one is 1, by member. */
  readonly #oneOf = new Map<number, readonly number[]>();
  readonly #quotients = new Map<RegExp, number>();
  readonly #free = new Map<RegExp, number>();
  readonly #freeWires = new Set<number>();
  /** Values of wires that are the same whatever the inputs are. */
  readonly #constants = new Map([[0, 1n]]);

  constructor(system: Joined, exceptions: Exceptions) {
    this.#system = system;
    this.#exceptions = exceptions;
    const { wires, rows } = system;
    this.#known = new Uint8Array(wires);
    this.#boolean = new Uint8Array(wires);
    this.#rowsOf = Array.from({ length: wires }, () => []);
    this.#wiresOf = rows.map(({ a, b, c }) => [...new Set([...a.keys(), ...b.keys(), ...c.keys()])]);
    this.#open = new Uint32Array(rows.length);
    this.#others = new Uint32Array(rows.length);
    this.#queued = new Uint8Array(rows.length);
    for (const row of rows) {
      const wire = booleanOf(row);
      if (wire !== undefined) this.#boolean[wire] = 1;
    }
    this.#wiresOf.forEach((all, at) => {
      for (const wire of all) this.#rowsOf[wire]?.push(at);
      this.#open[at] = all.length;
      this.#others[at] = all.filter((wire) => this.#boolean[wire] === 0).length;
    });
    for (const row of rows) this.#relate(row);
  }

  run(): Determination {
    const { wires, outputs, inputs, names, representative } = this.#system;
    for (let at = 0; at < this.#wiresOf.length; at++) this.#enqueue(at);
    this.#learn(0);
    for (let wire = outputs + 1; wire <= outputs + inputs; wire++) this.#learn(representative[wire] ?? wire);
    do {
      for (let at = this.#queue.pop(); at !== undefined; at = this.#queue.pop()) {
        this.#queued[at] = 0;
        this.#look(at);
      }
    } while (this.#lookAgain() || this.#join());
    const undetermined = Array.from({ length: wires }, (_, wire) => wire).filter(
      (wire) => representative[wire] === wire && this.#known[wire] === 0 && !this.#freeWires.has(wire),
    );
    return {
      undetermined: undetermined.map((wire) => names.get(wire)?.[0] ?? `wire ${wire}`),
      quotients: this.#quotients,
      free: this.#free,
    };
  }

  #learn(wire: number): void {
    if (this.#known[wire] === 1) return;
    this.#known[wire] = 1;
    for (const at of this.#rowsOf[wire] ?? []) {
      this.#open[at] = (this.#open[at] ?? 0) - 1;
      if (this.#boolean[wire] === 0) this.#others[at] = (this.#others[at] ?? 0) - 1;
      this.#enqueue(at);
    }
  }

  /** Looks at a row for which there may be a rule. */
  #enqueue(at: number): void {
    if (this.#open[at] === 0 || (this.#others[at] !== 0 && (this.#open[at] ?? 0) > 2)) return;
    if (this.#queued[at] === 1) return;
    this.#queued[at] = 1;
    this.#queue.push(at);
  }

  #openWires(at: number): number[] {
    return (this.#wiresOf[at] ?? []).filter((wire) => this.#known[wire] === 0);
  }

  #look(at: number): void {
    const row = this.#system.rows[at];
    const open = this.#openWires(at);
    const [first, second, ...more] = open;
    if (row === undefined || first === undefined) return;
    if (second === undefined) {
      if (!this.#single(row, first)) return;
      this.#noteConstant(row, first);
      this.#learn(first);
      return;
    }
    if (more.length === 0 && (this.#zeroTest(row, first, second) || this.#zeroTest(row, second, first)))
      return;
    if (this.#others[at] === 0) {
      const sum = this.#sumOf(row, open);
      if (sum !== undefined) for (const wire of this.#settledBy(sum)) this.#learn(wire);
    }
  }

  #single({ a, b, c }: Row, wire: number): boolean {
    const [inA, inB, inC] = [a.get(wire), b.get(wire), c.get(wire)];
    if (inA !== undefined && inB !== undefined) return false;
    const coefficient = inA ?? inB;
    if (coefficient === undefined) return inC !== undefined;
    const factor = constantOf(inA === undefined ? a : b);
    if (factor !== undefined) return (coefficient * factor - (inC ?? 0n)) % P !== 0n;
    if (inC !== undefined) return false;
    const divisor = this.#constant(inA === undefined ? a : b);
    if (divisor !== undefined) return divisor !== 0n;
    return this.#allow(this.#exceptions.quotients, this.#quotients, wire);
  }

  /** The form's value, if it is the same whatever the inputs are. */
  #constant(form: Form): bigint | undefined {
    let sum = 0n;
    for (const [wire, coefficient] of form) {
      const value = this.#constants.get(wire);
      if (value === undefined) return undefined;
      sum = (sum + value * coefficient) % P;
    }
    return sum;
  }

  /** Keeps the value of a wire that a row makes of constants alone. */
  #noteConstant({ a, b, c }: Row, wire: number): void {
    const without = (form: Form): Form => new Map([...form].filter(([each]) => each !== wire));
    const [left, right, product] = [a, b, c].map((form) => this.#constant(without(form)));
    if (left === undefined || right === undefined || product === undefined) return;
    // (left + x·wire)(right + y·wire) = product + z·wire, where x or y is 0.
    const [x, y, z] = [a, b, c].map((form) => form.get(wire) ?? 0n);
    const coefficient = (x ?? 0n) * right + (y ?? 0n) * left - (z ?? 0n);
    const value = (product - left * right) * inverse(((coefficient % P) + P) % P);
    this.#constants.set(wire, ((value % P) + P) % P);
  }

  #allow(patterns: readonly RegExp[], counts: Map<RegExp, number>, wire: number): boolean {
    const names = this.#system.names.get(wire) ?? [];
    const pattern = patterns.find((each) => names.some((name) => each.test(name)));
    if (pattern !== undefined) counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
    return pattern !== undefined;
  }

  /**
   * @param hint i,
   * @param result o of the rule.
   */
  #zeroTest(row: Row, hint: number, result: number): boolean {
    for (const [tested, other] of [
      [row.a, row.b],
      [row.b, row.a],
    ] as const) {
      if (tested.has(hint) || tested.has(result) || other.size !== 1 || !other.has(hint)) continue;
      if (row.c.has(hint) || !row.c.has(result)) continue;
      const others = (this.#rowsOf[result] ?? []).flatMap((at) => this.#system.rows[at] ?? []);
      if (!others.some((each) => isProductZero(each, tested, new Map([[result, 1n]])))) continue;
      const isNeverZero = row.c.size === 2 && row.c.has(0);
      const pinned =
        isNeverZero &&
        others.some((each) => isProductZero(each, new Map([[hint, 1n]]), new Map([[result, 1n]])));
      this.#learn(result);
      if (pinned) this.#learn(hint);
      else if (!this.#freeWires.has(hint) && this.#allow(this.#exceptions.free, this.#free, hint))
        this.#freeWires.add(hint);
      return true;
    }
    return false;
  }

  /** The booleans' part of a constraint that says what their sum is. */
  #sumOf(row: Row, open: readonly number[]): Form | undefined {
    const form = open.some((wire) => row.a.has(wire) || row.b.has(wire)) ? linearOf(row) : row.c;
    return (
      form && new Map(open.flatMap((wire) => (form.has(wire) ? [[wire, form.get(wire) ?? 0n] as const] : [])))
    );
  }

  /** The booleans that follow from their sum. */
  #settledBy(sum: Form): readonly number[] {
    if (isSuperincreasing(sum)) return [...sum.keys()];
    const facts = {
      rows: this.#system.rows,
      rowsOf: (wire: number) => this.#rowsOf[wire] ?? [],
      isBoolean: (wire: number) => this.#boolean[wire] === 1,
      isZero: (wire: number) => this.#constants.get(wire) === 0n,
    };
    if (comparesWithModulus(sum, facts)) return [...sum.keys()];
    return this.#byStates(sum);
  }

  #byStates(sum: Form): readonly number[] {
    const left = new Set(sum.keys());
    const settled: number[] = [];
    /** What each group adds to the sum in each of its states. */
    const groups: bigint[][] = [];
    const value = (wire: number): bigint => sum.get(wire) ?? 0n;
    for (const wire of sum.keys()) {
      const members = left.has(wire) ? this.#oneOf.get(wire) : undefined;
      if (members === undefined || members.some((each) => this.#known[each] === 1)) continue;
      groups.push(members.map(value));
      for (const each of members) left.delete(each);
      settled.push(...members);
    }
    // Chains are followed from those that no other one of the sum depends on.
    const below = new Set([...left].flatMap((wire) => this.#above.get(wire) ?? []));
    for (const last of [...left].filter((wire) => !below.has(wire))) {
      const chain: number[] = [];
      for (let at: number | undefined = last; at !== undefined && left.has(at); at = this.#above.get(at)) {
        chain.unshift(at);
        left.delete(at);
      }
      const states = [0n];
      for (const wire of chain) states.push((states.at(-1) ?? 0n) + value(wire));
      groups.push(states);
      settled.push(...chain);
    }
    if (left.size > 0 || groups.reduce((product, { length }) => product * length, 1) > MOST_STATES) return [];
    let sums = [0n];
    for (const states of groups) sums = sums.flatMap((sum) => states.map((state) => (sum + state) % P));
    return new Set(sums).size === sums.length ? settled : [];
  }

  #relate(row: Row): void {
    const isBoolean = (wire: number): boolean => wire === 0 || this.#boolean[wire] === 1;
    for (const [x, y] of [
      [row.a, row.b],
      [row.b, row.a],
    ] as const) {
      const [lower] = x.keys();
      const upper = [...y.keys()].find((wire) => wire !== 0);
      if (row.c.size > 0 || x.size !== 1 || y.size !== 2 || lower === undefined || upper === undefined)
        continue;
      if (lower === 0 || lower === upper || !isBoolean(lower) || !isBoolean(upper)) continue;
      if (((y.get(0) ?? 0n) + (y.get(upper) ?? 0n)) % P === 0n) this.#above.set(lower, upper);
    }
    const linear = linearOf(row);
    if (linear === undefined || linear.size < 3 || ![...linear.keys()].every(isBoolean)) return;
    const members = [...linear.keys()].filter((wire) => wire !== 0);
    const constant = P - (linear.get(0) ?? 0n);
    if (members.every((wire) => linear.get(wire) === constant))
      for (const wire of members) this.#oneOf.set(wire, members);
  }

  /**
   * A sum may need what became known of wires that are not its own.
   * @returns whether any did.
   */
  #lookAgain(): boolean {
    const before = this.#queue.length;
    for (let at = 0; at < this.#wiresOf.length; at++)
      if (this.#others[at] === 0 && (this.#open[at] ?? 0) > 1) this.#look(at);
    return this.#queue.length > before;
  }

  /** @returns whether linear constraints together say what some wires are. */
  #join(): boolean {
    /** What is known of a wire that is no boolean: a sum of booleans and known wires. */
    const sums = new Map<number, Form>();
    const linear = this.#system.rows.flatMap((row, at) => {
      const form = (this.#open[at] ?? 0) === 0 ? undefined : linearOf(row);
      return form === undefined ? [] : [form];
    });
    const othersOf = (form: Form): number[] =>
      [...form.keys()].filter((wire) => this.#known[wire] === 0 && this.#boolean[wire] === 0);
    const rest = linear.filter((form) => {
      const [wire, ...more] = othersOf(form);
      if (wire === undefined || more.length > 0 || sums.has(wire)) return true;
      const sum: Form = new Map();
      addTo(sum, form, P - inverse(form.get(wire) ?? 1n));
      sum.delete(wire);
      sums.set(wire, sum);
      return false;
    });
    let found = false;
    for (const form of rest) {
      const others = othersOf(form);
      if (others.length === 0 || !others.every((wire) => sums.has(wire))) continue;
      const joined: Form = new Map();
      for (const [wire, coefficient] of form)
        addTo(
          joined,
          (this.#known[wire] === 0 ? sums.get(wire) : undefined) ?? new Map([[wire, 1n]]),
          coefficient,
        );
      const sum = new Map([...joined].filter(([wire]) => this.#known[wire] === 0));
      if (sum.size === 0) continue;
      for (const wire of this.#settledBy(sum)) {
        found ||= this.#known[wire] === 0;
        this.#learn(wire);
      }
    }
    return found;
  }
}

/** The wire of a constraint that says that it is 0 or 1. */
function booleanOf({ a, b, c }: Row): number | undefined {
  if (c.size > 0) return undefined;
  const roots = [a, b].map((form) => {
    const wire = [...form.keys()].find((each) => each !== 0);
    const coefficient = wire === undefined ? undefined : form.get(wire);
    if (wire === undefined || coefficient === undefined || form.size > (form.has(0) ? 2 : 1))
      return undefined;
    return { wire, root: ((P - (form.get(0) ?? 0n)) * inverse(coefficient)) % P };
  });
  const [left, right] = roots;
  if (left === undefined || left.wire !== right?.wire) return undefined;
  return [left.root, right.root].sort().join() === "0,1" ? left.wire : undefined;
}

/** Whether the row is x · y = 0, up to scale. */
function isProductZero({ a, b, c }: Row, x: Form, y: Form): boolean {
  return c.size === 0 && ((isMultiple(a, x) && isMultiple(b, y)) || (isMultiple(a, y) && isMultiple(b, x)));
}

function isMultiple(a: Form, b: Form): boolean {
  const [wire] = a.keys();
  if (wire === undefined || a.size !== b.size || !b.has(wire)) return false;
  const factor = ((a.get(wire) ?? 0n) * inverse(b.get(wire) ?? 1n)) % P;
  return [...a].every(([each, value]) => ((b.get(each) ?? 0n) * factor) % P === value);
}

/** Coefficients as numbers around 0. */
function signed(value: bigint): bigint {
  return value > P / 2n ? value - P : value;
}

function isSuperincreasing(sum: Form): boolean {
  const sizes = [...sum.values()].map((value) => (signed(value) < 0n ? -signed(value) : signed(value)));
  let total = 0n;
  for (const size of sizes.sort((x, y) => (x < y ? -1 : x > y ? 1 : 0))) {
    if (size <= total) return false;
    total += size;
  }
  return total < P;
}

const BITS = 254;
const SIGN_BIT = 127;

/**
 * Whether `sum` is made of the 254 bits b of a number n, and circomlib's CompConstant makes sure that n is
 * below p, so that n mod p says what n is.
 *
 * It adds up a number t_i for each two bits b_2i, b_2i+1, and takes the sum apart into bits of which bit 127
 * is none: it has to be 0. This is read off the constraints: t_i from the one that has no other wires than
 * those two bits and t_i, the sum from the one over all t_i. Then the least and the largest that the first i
 * terms can be mod 2^128, as a number around 0, are followed from the lowest pair to the highest, for numbers
 * up to p - 1 (cut off at the same place) and for greater ones. If the greater ones all are in [-2^127, 0),
 * bit 127 of theirs is 1: no such number satisfies the constraints.
 */
function comparesWithModulus(
  sum: Form,
  {
    rows,
    rowsOf,
    isBoolean,
    isZero,
  }: {
    readonly rows: readonly Row[];
    readonly rowsOf: (wire: number) => readonly number[];
    readonly isBoolean: (wire: number) => boolean;
    readonly isZero: (wire: number) => boolean;
  },
): boolean {
  if (sum.size !== BITS) return false;
  const bits = [...sum]
    .sort(([, x], [, y]) => (abs(signed(x)) < abs(signed(y)) ? -1 : 1))
    .map(([wire]) => wire);
  const sign = signed(sum.get(bits[0] ?? -1) ?? 0n);
  if (abs(sign) !== 1n || !bits.every((wire, i) => sum.get(wire) === ((sign + P) << BigInt(i)) % P))
    return false;
  for (const candidate of rowsOf(bits[0] ?? -1)) {
    const parts = pairTerm(rows[candidate], bits[0] ?? -1, bits[1] ?? -1);
    if (parts !== undefined && isBelow(parts.wire, bits)) return true;
  }
  return false;

  function isBelow(firstTerm: number, bits: readonly number[]): boolean {
    const terms = Array.from({ length: BITS / 2 }, (_, i) => {
      const [low = -1, high = -1] = [bits[2 * i], bits[2 * i + 1]];
      const found = rowsOf(low).flatMap((at) => pairTerm(rows[at], low, high) ?? []);
      return i === 0 ? found.find(({ wire }) => wire === firstTerm) : found[0];
    });
    const wires = terms.map((term) => term?.wire ?? -1);
    return rowsOf(firstTerm).some((at) => {
      const row = rows[at];
      const linear = row && linearOf(row);
      if (linear?.size !== wires.length + 1) return false;
      const total = [...linear.keys()].find((wire) => !wires.includes(wire));
      const one = linear.get(firstTerm) ?? 0n;
      const isSum = new Set(wires).size === wires.length && wires.every((wire) => linear.get(wire) === one);
      if (!isSum || total === undefined || ((linear.get(total) ?? 0n) + one) % P !== 0n) return false;
      return lacksSignBit(total) && excludes(terms.map((term) => term?.values ?? []));
    });
  }

  /** Whether the total is a sum of bits below 2^135 without the one of 2^127. */
  function lacksSignBit(total: number): boolean {
    return rowsOf(total).some((at) => {
      const row = rows[at];
      const linear = row && linearOf(row);
      if (linear === undefined) return false;
      const scale = P - inverse(linear.get(total) ?? 1n);
      return [...linear].every(([wire, coefficient]) => {
        if (wire === total) return true;
        const value = (coefficient * scale) % P;
        const isPower = value > 0n && (value & (value - 1n)) === 0n && value < 1n << 135n;
        return isBoolean(wire) && isPower && (value !== 1n << BigInt(SIGN_BIT) || isZero(wire));
      });
    });
  }

  function excludes(terms: readonly (readonly bigint[])[]): boolean {
    const half = 1n << BigInt(SIGN_BIT);
    type Range = readonly [bigint, bigint];
    let upTo: Range | undefined = [0n, 0n];
    let beyond: Range | undefined;
    const join = (x: Range | undefined, y: Range | undefined): Range | undefined =>
      x === undefined || y === undefined ? (x ?? y) : [x[0] < y[0] ? x[0] : y[0], x[1] > y[1] ? x[1] : y[1]];
    for (const [i, values] of terms.entries()) {
      const limit = Number(((P - 1n) >> BigInt(2 * i)) & 3n);
      let [less, more]: (Range | undefined)[] = [undefined, undefined];
      if (values.length !== 4) return false;
      for (const [pair, value] of values.entries()) {
        // The sum must not wrap mod p, so that its bits are those of the number itself.
        if (value < 0n || value >= 1n << 128n) return false;
        const around = value >= half ? value - 2n * half : value;
        const added = (range: Range | undefined): Range | undefined =>
          range && [range[0] + around, range[1] + around];
        const isMore = pair > limit;
        const isLess = pair < limit;
        if (!isMore) less = join(less, added(isLess ? join(upTo, beyond) : upTo));
        if (!isLess) more = join(more, added(isMore ? join(upTo, beyond) : beyond));
      }
      [upTo, beyond] = [less, more];
    }
    return beyond !== undefined && beyond[0] >= -half && beyond[1] < 0n;
  }
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** A wire that a row makes of two booleans alone, with its value for 00, 01, 10 and 11 (the low one last). */
function pairTerm(
  row: Row | undefined,
  low: number,
  high: number,
): { readonly wire: number; readonly values: readonly bigint[] } | undefined {
  if (row === undefined) return undefined;
  const wires = new Set([...row.a.keys(), ...row.b.keys(), ...row.c.keys()]);
  for (const wire of [0, low, high]) wires.delete(wire);
  const [wire, ...more] = wires;
  const coefficient = wire === undefined ? undefined : row.c.get(wire);
  if (
    wire === undefined ||
    coefficient === undefined ||
    more.length > 0 ||
    row.a.has(wire) ||
    row.b.has(wire)
  )
    return undefined;
  const values = [0n, 1n, 2n, 3n].map((pair) => {
    const at = (form: Form): bigint =>
      (form.get(0) ?? 0n) + (pair & 1n) * (form.get(low) ?? 0n) + (pair >> 1n) * (form.get(high) ?? 0n);
    return ((((at(row.a) * at(row.b) - at(row.c)) % P) + P) * inverse(coefficient)) % P;
  });
  return { wire, values };
}
