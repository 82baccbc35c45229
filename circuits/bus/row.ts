import { inverseOfPower, Linear, linear, modulo, ON, type Wire } from "./linear.ts";
import { Ranges } from "./ranges.ts";
import { type FieldsOf, rangesOf, type TupleName, TUPLES } from "./tuples.ts";

/** A sum of wires, or a constant. */
export type Term = Linear | bigint | number;

/** Where a wire's value comes from. The first two kinds are committed to before the challenges are drawn. */
export type WireSource =
  | { readonly kind: "given"; readonly name: string }
  | {
      /** Follows from others, but is pinned by constraints and look-ups alone. */
      readonly kind: "hint";
      readonly name: string;
      readonly of: readonly Linear[];
      readonly compute: (...values: bigint[]) => bigint;
    }
  | { readonly kind: "product"; readonly one: Linear; readonly other: Linear }
  /** `on` where `of` is 0, else 0. */
  | { readonly kind: "isZero"; readonly of: Linear }
  /** circomlib's Poseidon. */
  | { readonly kind: "hash"; readonly inputs: readonly Linear[] };

/** one · other = product. */
export interface Constraint {
  readonly one: Linear;
  readonly other: Linear;
  readonly product: Linear;
  readonly why: string;
}

/** What a row adds to the bus: `times` / (γ − compression of the tuple). */
export interface BusTerm {
  readonly tuple: TupleName;
  /** e_0 first. */
  readonly elements: readonly Linear[];
  readonly times: Linear;
}

/** A factor γ − value of the product of a code's slot; 1 where `on` is 0. */
export type Factor =
  | { readonly slot: number; readonly value: Linear }
  | { readonly slot: number; readonly tuple: TupleName; readonly elements: readonly Linear[] };

/** A type of row: its wires, what holds among them, and what it sends and receives. */
export interface RowType {
  readonly name: string;
  /** What is true if the row is on. */
  readonly claim: string;
  /** In the order of their wires; wire 0, `on`, is given. */
  readonly wires: readonly WireSource[];
  readonly constraints: readonly Constraint[];
  readonly terms: readonly BusTerm[];
  readonly factor?: Factor;
  /** Bounds that follow from something else than the row itself, with the reason. */
  readonly assumed: readonly string[];
}

/** A row that breaks one of the rules of docs/proving-evm.md, section 4. The build ends. */
export class RowError extends Error {
  constructor(row: string, message: string) {
    super(`Row ${row}: ${message}`);
  }
}

/**
 * Describes a type of row.
 * @throws {RowError} when it sends a field whose range is not proven, or packs such a part.
 */
export function row(name: string, claim: string, describe: (r: RowBuilder) => void): RowType {
  const builder = new RowBuilder(name, claim);
  describe(builder);
  return builder.build();
}

const LIMB_BITS = 12;
/** Flags of which all values are tried. */
const MOST_FLAGS = 10;

export class RowBuilder {
  readonly #name: string;
  readonly #claim: string;
  readonly #wires: WireSource[] = [{ kind: "given", name: "on" }];
  readonly #constraints: Constraint[] = [];
  readonly #terms: BusTerm[] = [];
  readonly #assumed: string[] = [];
  /** Wires that are 0 in a row that is not used, whatever it commits to. */
  readonly #gated = new Set<Wire>([ON]);
  readonly #ranges = new Ranges();
  readonly #products = new Map<string, Linear>();
  #factor: Factor | undefined;
  /** 1 in a row that is used. */
  readonly on = Linear.wire(ON);

  constructor(name: string, claim: string) {
    this.#name = name;
    this.#claim = claim;
    this.#constrain(this.on, this.on, this.on, "on is 0 or 1");
    this.#ranges.learn(this.on, 1n, this.on);
  }

  build(): RowType {
    return {
      name: this.#name,
      claim: this.#claim,
      wires: this.#wires,
      constraints: this.#constraints,
      terms: this.#terms,
      assumed: this.#assumed,
      ...(this.#factor === undefined ? {} : { factor: this.#factor }),
    };
  }

  // -------------------------------------------------------------------------------------------- wires

  /** A value of the trace, committed to. */
  given(name: string): Linear {
    return this.#wire({ kind: "given", name });
  }

  /** A committed value that the evaluator finds by itself; constraints must pin it. */
  hint(name: string, of: readonly Term[], compute: (...values: bigint[]) => bigint): Linear {
    return this.#wire({ kind: "hint", name, of: of.map(linear), compute });
  }

  /** A committed 0 or 1, and 0 in a row that is not used. */
  flag(name: string): Linear {
    return this.#isFlag(this.given(name), name);
  }

  /** A flag that the evaluator finds by itself. */
  flagHint(name: string, of: readonly Term[], compute: (...values: bigint[]) => bigint): Linear {
    return this.#isFlag(this.hint(name, of, compute), name);
  }

  /** The sum is 0 or 1, and 0 in a row that is not used. */
  assertFlag(value: Linear, why: string): void {
    this.#constrain(value, this.on.minus(value), linear(0), why);
    this.#ranges.learn(value, 1n, this.on);
  }

  /** A committed number of times that a true tuple is sent: any, but 0 in a row that is not used. */
  multiplicity(name: string): Linear {
    const times = this.given(name);
    this.#constrain(this.on, times, times, `${name} is 0 in a row that is not used`);
    return this.#gate(times);
  }

  product(one: Term, other: Term): Linear {
    const [a, b] = [linear(one), linear(other)];
    const key = [a.key, b.key].sort().join(" · ");
    let product = this.#products.get(key);
    if (product === undefined) {
      product = this.#wire({ kind: "product", one: a, other: b });
      this.#products.set(key, product);
      if (this.#isGated(a) || this.#isGated(b)) this.#gate(product);
      const limits = [this.#ranges.limit(a, this.on), this.#ranges.limit(b, this.on)] as const;
      if (limits[0] !== undefined && limits[1] !== undefined)
        this.#ranges.learn(product, limits[0] * limits[1], this.on);
    }
    return product;
  }

  /** `one` where the flag is 1, `other` where it is 0. */
  choose(flag: Linear, one: Term, other: Term): Linear {
    return linear(other).plus(this.product(flag, linear(one).minus(other)));
  }

  /** 1 where the value is 0, else 0; 0 in a row that is not used. */
  isZero(value: Term): Linear {
    const result = this.#gate(this.#wire({ kind: "isZero", of: linear(value) }));
    this.#ranges.learn(result, 1n, this.on);
    return result;
  }

  /** Poseidon of 1 to 16 elements. */
  hash(...inputs: Term[]): Linear {
    return this.#wire({ kind: "hash", inputs: inputs.map(linear) });
  }

  // ------------------------------------------------------------------------------------- constraints

  /** one = other, in a row that is used (and where `where` is 1). */
  equal(one: Term, other: Term, why: string, where: Linear = this.on): void {
    this.#constrain(where, linear(one).minus(other), linear(0), why);
  }

  /** one · other = product; nothing of it may have a constant that is not `on`'s. */
  multiply(one: Term, other: Term, product: Term, why: string): void {
    this.#constrain(linear(one), linear(other), linear(product), why);
  }

  /** 0 ≤ value < 2^bits, by look-ups of limbs of 12 bits; where `where` is 1. */
  range(value: Term, bits: number, where: Linear = this.on): void {
    const whole = linear(value);
    const limbs = Math.ceil(bits / LIMB_BITS);
    let rest = whole;
    for (let i = 0; i < limbs - 1; i++) {
      const limb = this.hint(`limb ${i}`, [whole], (x) => (x >> BigInt(LIMB_BITS * i)) & 0xfffn);
      this.receive("range", { value: limb }, where);
      rest = rest.minus(limb.times(1n << BigInt(LIMB_BITS * i)));
    }
    const top = rest.times(inverseOfPower(LIMB_BITS * (limbs - 1)));
    this.receive("range", { value: top }, where);
    const spare = limbs * LIMB_BITS - bits;
    if (spare > 0) this.receive("range", { value: top.times(1n << BigInt(spare)) }, where);
    this.#ranges.learn(whole, (1n << BigInt(bits)) - 1n, where);
  }

  /** value ≤ max, for a value that is known to be an integer of at most 248 bits. */
  atMost(value: Term, max: bigint, where: Linear = this.on): void {
    const known = this.#ranges.limit(linear(value), where);
    if (known === undefined || known >= 1n << 248n) throw this.#error("atMost of a value without a range");
    this.range(linear(max).minus(value), max.toString(2).length, where);
    this.#ranges.learn(linear(value), max, where);
  }

  /** old < now, both being times: the difference is below 2^24. */
  before(old: Term, now: Term, where: Linear = this.on): void {
    this.range(linear(now).minus(old).minus(where), 24, where);
  }

  /** A bound that follows from something else than look-ups of this row; the reason stands in the table. */
  bounded(value: Term, max: bigint, because: string): void {
    this.#assumed.push(because);
    this.#ranges.learn(linear(value), max, this.on);
  }

  /**
   * Parts side by side in one number, the lowest first.
   * @throws {RowError} when a part is not proven to fit its place.
   */
  pack(...parts: readonly (readonly [part: Term, bits: number])[]): Linear {
    let sum = linear(0);
    let at = 0;
    for (const [part, bits] of parts) {
      this.#requireRange(linear(part), bits, this.on, "a packed part");
      sum = sum.plus(linear(part).times(1n << BigInt(at)));
      at += bits;
    }
    this.#ranges.learn(sum, (1n << BigInt(at)) - 1n, this.on);
    return sum;
  }

  // --------------------------------------------------------------------------------------------- bus

  /**
   * Sends a tuple, `times` times: 0 or 1, or any number where the sender proves it true.
   * @throws {RowError} when a field's declared range is not proven, or `times` not.
   */
  send<Name extends TupleName>(tuple: Name, fields: FieldsOf<Name, Term>, times: Term = this.on): void {
    const elements = this.#elements(tuple, fields);
    const names = Object.keys(TUPLES[tuple].fields);
    for (const [index, range] of rangesOf(tuple).entries())
      if (range !== "element")
        this.#requireRange(
          elements[index] ?? linear(0),
          range,
          linear(times),
          `${tuple}.${names[index] ?? ""}`,
        );
    if (TUPLES[tuple].multiplicity === "once") this.#requireFlag(linear(times), tuple);
    this.#add({ tuple, elements, times: linear(times) });
  }

  /**
   * Receives a tuple, `times` times (0 or 1), and takes the declared ranges of its fields for granted.
   * @throws {RowError} when `times` is not proven to be 0 or 1.
   */
  receive<Name extends TupleName>(tuple: Name, fields: FieldsOf<Name, Term>, times: Term = this.on): void {
    const elements = this.#elements(tuple, fields);
    this.#requireFlag(linear(times), tuple);
    for (const [index, range] of rangesOf(tuple).entries()) {
      const element = elements[index];
      if (typeof range === "number" && element !== undefined)
        this.#ranges.learn(element, (1n << BigInt(range)) - 1n, linear(times));
    }
    this.#add({ tuple, elements, times: linear(times).times(-1n) });
  }

  /** Vouches for a row of the code in `slot`: γ − value becomes a factor of the slot's product. */
  vouch(slot: number, value: Linear): void {
    this.#setFactor({ slot, value });
  }

  /** The same for a tuple. */
  vouchTuple<Name extends TupleName>(slot: number, tuple: Name, fields: FieldsOf<Name, Term>): void {
    this.#setFactor({ slot, tuple, elements: this.#elements(tuple, fields) });
  }

  // ----------------------------------------------------------------------------------------- private

  #wire(source: WireSource): Linear {
    this.#wires.push(source);
    return Linear.wire(this.#wires.length - 1);
  }

  #isFlag(flag: Linear, name: string): Linear {
    this.#constrain(flag, this.on.minus(flag), linear(0), `${name} is 0, or on`);
    this.#ranges.learn(flag, 1n, this.on);
    return this.#gate(flag);
  }

  #gate(wire: Linear): Linear {
    for (const each of wire.terms.keys()) this.#gated.add(each);
    return wire;
  }

  #isGated(value: Linear): boolean {
    return [...value.terms.keys()].every((wire) => this.#gated.has(wire));
  }

  #constrain(one: Linear, other: Linear, product: Linear, why: string): void {
    this.#constraints.push({ one, other, product, why });
  }

  #elements<Name extends TupleName>(tuple: Name, fields: FieldsOf<Name, Term>): Linear[] {
    const given: Readonly<Record<string, Term>> = fields;
    return Object.keys(TUPLES[tuple].fields).map((field) => {
      const value = given[field];
      if (value === undefined) throw this.#error(`${tuple} has no ${field}`);
      return linear(value);
    });
  }

  #add(term: BusTerm): void {
    if (!this.#isGated(term.times))
      throw this.#error(`${term.tuple} is on the bus though the row is not used`);
    this.#terms.push(term);
  }

  /** `times` is 0 or 1: it is known to be so, or for all values of the flags it is made of. */
  #requireFlag(times: Linear, tuple: TupleName): void {
    if (this.#isFlagAlready(times)) return;
    const flags = new Set<Wire>();
    const isMadeOfFlags = [...times.terms.keys()].every((wire) => this.#collectFlags(wire, flags));
    const count = isMadeOfFlags ? flags.size : Infinity;
    for (let assignment = 0; assignment < 2 ** count; assignment++) {
      const values: bigint[] = [1n];
      for (const [index, flag] of [...flags].entries()) values[flag] = BigInt((assignment >> index) & 1);
      if (count > MOST_FLAGS || this.#fill(times, values) > 1n)
        throw this.#error(`${tuple} may be on the bus other than once`);
    }
  }

  #isFlagAlready(value: Linear): boolean {
    return (this.#ranges.limit(value, this.on) ?? 2n) <= 1n;
  }

  /** The flags that a wire is a product of. @returns whether it is one. */
  #collectFlags(wire: Wire, flags: Set<Wire>): boolean {
    const source = this.#wires[wire];
    if (wire === ON) return true;
    if (source?.kind === "product")
      return [source.one, source.other].every((factor) =>
        [...factor.terms.keys()].every((each) => this.#collectFlags(each, flags)),
      );
    flags.add(wire);
    return this.#isFlagAlready(Linear.wire(wire));
  }

  /** The value of a sum of flags and their products. */
  #fill(sum: Linear, values: bigint[]): bigint {
    for (const wire of sum.terms.keys()) {
      const source = this.#wires[wire];
      if (values[wire] === undefined && source?.kind === "product")
        values[wire] = modulo(this.#fill(source.one, values) * this.#fill(source.other, values));
    }
    return sum.evaluate(values);
  }

  #setFactor(factor: Factor): void {
    if (this.#factor !== undefined) throw this.#error("vouches twice");
    this.#factor = factor;
  }

  #requireRange(value: Linear, bits: number, where: Linear, what: string): void {
    const limit = this.#ranges.limit(value, where);
    if (limit === undefined || limit >= 1n << BigInt(bits))
      throw this.#error(`${what} is not proven to be below 2^${bits}`);
  }

  #error(message: string): RowError {
    return new RowError(this.#name, message);
  }
}
