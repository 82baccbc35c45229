import { FIELD_MODULUS as P } from "../../builder/protocol/ids.ts";
import { type Linear, ON, type Wire } from "./linear.ts";
import type { BusTerm, RowType, WireSource } from "./row.ts";
import { TUPLES } from "./tuples.ts";
import { WirePowers } from "./wire-powers.ts";

/** A row type's template, and what it costs. */
export interface RowText {
  readonly template: string;
  readonly text: string;
  /** As circom's `--O2` counts them. */
  readonly constraints: number;
  /** Number of its terms; it takes a function of as many quotients. */
  readonly terms: number;
}

/** A sum of products of signals with coefficients, for circom. */
export function sumText(terms: Iterable<readonly [factor: bigint, signal: string]>): string {
  let text = "";
  for (const [factor, signal] of terms) {
    if (factor === 0n) continue;
    const isNegative = factor > P / 2n;
    const size = isNegative ? P - factor : factor;
    const product = signal === "" ? String(size) : size === 1n ? signal : `${size} * ${signal}`;
    text += text === "" ? (isNegative ? `-${product}` : product) : ` ${isNegative ? "-" : "+"} ${product}`;
  }
  return text === "" ? "0" : text;
}

/** Constraints of `lib/hash.circom`: 3 for each S-box but the first, whose input is a constant. */
export function hashConstraints(inputs: number): number {
  const partialRounds = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];
  return 3 * (8 * (inputs + 1) + (partialRounds[inputs - 1] ?? 0)) - 3;
}

/** Name of the function that divides as many terms at once: an inversion costs as much as 300 products. */
export function quotientsName(terms: number): string {
  return `quotients${terms}`;
}

/**
 * The template of a row type. Inputs: `gamma`; `beta`, its powers from the first on; `c`, what the row
 * commits to. Outputs: `s`, its part of the bus; `factor`, its part of a slot's product, where it vouches.
 */
export function rowText(type: RowType, powers: number): RowText {
  const writer = new RowWriter(type);
  const body = [...writer.wires(), ...writer.constraints(), ...writer.bus(), ...writer.factor()];
  const { committed, cost } = writer;
  const template = type.name.charAt(0).toUpperCase() + type.name.slice(1);
  const text = [
    `// Claim, where c[0] is 1: ${type.claim}`,
    `// Constraints: ${cost}. Committed: ${committed.map((name, index) => `c[${index}] ${name}`).join(", ")}.`,
    `template ${template}() {`,
    "    signal input gamma;",
    `    signal input beta[${powers}];`,
    `    signal input c[${committed.length}];`,
    "    signal output s;",
    ...body.map((line) => `    ${line}`),
    "}",
    "",
  ].join("\n");
  return { template, text, constraints: cost, terms: type.terms.length };
}

class RowWriter {
  readonly committed: string[] = [];
  cost = 0;
  readonly #type: RowType;
  readonly #names = new Map<Wire, string>();
  readonly #powers = new WirePowers((linear) => this.#text(linear));

  constructor(type: RowType) {
    this.#type = type;
    for (const [wire, source] of type.wires.entries()) {
      if (source.kind === "given" || source.kind === "hint") {
        this.#names.set(wire, `c[${this.committed.length}]`);
        this.committed.push(source.name);
      } else this.#names.set(wire, `${source.kind}${wire}`);
    }
  }

  wires(): string[] {
    return this.#type.wires.flatMap((source, wire) => this.#wire(source, this.#names.get(wire) ?? ""));
  }

  constraints(): string[] {
    return this.#type.constraints.map(({ one, other, product, why }) => {
      this.cost++;
      return `(${this.#text(one)}) * (${this.#text(other)}) === ${this.#text(product)};  // ${why}`;
    });
  }

  bus(): string[] {
    const { terms } = this.#type;
    if (terms.length === 0) return ["s <== 0;"];
    const denominators = terms.map((term) => this.#denominator(term));
    this.cost += terms.length;
    return [
      ...this.#powers.take(),
      `var times[${terms.length}];`,
      `var below[${terms.length}];`,
      ...terms.flatMap(({ tuple, times }, index) => [
        `times[${index}] = ${this.#text(times)};  // ${tuple}`,
        `below[${index}] = ${denominators[index] ?? ""};`,
      ]),
      `var found[${terms.length}] = ${quotientsName(terms.length)}(times, below);`,
      `signal quotient[${terms.length}];`,
      "// Each is pinned by the line behind it, unless the tuple's compression is gamma, which is drawn after it.",
      ...terms.flatMap((_, index) => [
        `quotient[${index}] <-- found[${index}];`,
        `quotient[${index}] * below[${index}] === times[${index}];`,
      ]),
      `s <== ${terms.map((_, index) => `quotient[${index}]`).join(" + ")};`,
    ];
  }

  factor(): string[] {
    const { factor } = this.#type;
    if (factor === undefined) return [];
    const below =
      "value" in factor
        ? sumText([...this.#parts(factor.value, -1n), [1n, "gamma"]])
        : this.#denominator(factor);
    // This product, and that with the other factors of the slot.
    this.cost += 2;
    return [
      "signal output factor;",
      ...this.#powers.take(),
      `factor <== 1 + ${this.#name(ON)} * (${below} - 1);`,
    ];
  }

  // ----------------------------------------------------------------------------------------- private

  #wire(source: WireSource, name: string): string[] {
    switch (source.kind) {
      case "given":
      case "hint":
        return [];
      case "product":
        this.cost++;
        return [`signal ${name} <== (${this.#text(source.one)}) * (${this.#text(source.other)});`];
      case "isZero": {
        this.cost += 2;
        const [of, on] = [this.#text(source.of), this.#name(ON)];
        return [
          `signal ${name};`,
          `signal inverse_${name};`,
          `// Pinned by the line behind it where the value is not 0; free where it is, and read by nothing else.`,
          `inverse_${name} <-- (${of}) != 0 ? ${on} / (${of}) : 0;`,
          `${name} <== ${on} - (${of}) * inverse_${name};`,
          `(${of}) * ${name} === 0;`,
        ];
      }
      case "hash":
        this.cost += hashConstraints(source.inputs.length);
        return [
          `component hash_${name} = Hash(${source.inputs.length});`,
          ...source.inputs.map((input, index) => `hash_${name}.inputs[${index}] <== ${this.#text(input)};`),
          `signal ${name} <== hash_${name}.out;`,
        ];
    }
  }

  /**
   * gamma less the compression of a tuple. Constants stand there as such and not as multiples of `on`: where
   * that is 0, so is the number of times.
   */
  #denominator({ tuple, elements }: Pick<BusTerm, "tuple" | "elements">): string {
    const [first, ...others] = elements;
    const parts: (readonly [bigint, string])[] = [
      [1n, "gamma"],
      [P - BigInt(TUPLES[tuple].tag), "beta[0]"],
      ...(first === undefined ? [] : this.#parts(first, -1n)),
    ];
    for (const [index, element] of others.entries()) {
      const constant = element.terms.get(ON) ?? 0n;
      parts.push([(P - constant) % P, `beta[${index + 1}]`]);
      const products = this.#powers.product(index + 1, element.minus(constant));
      for (const [signal, factor] of products) parts.push([(P - factor) % P, signal]);
    }
    this.cost += this.#powers.made();
    return sumText(parts);
  }

  /** `factor`·linear, with constants as such. */
  #parts(linear: Linear, factor: bigint): (readonly [bigint, string])[] {
    return [...linear.times(factor).terms].map(([wire, coefficient]) => [
      coefficient,
      wire === ON ? "" : this.#name(wire),
    ]);
  }

  #text(linear: Linear): string {
    return sumText([...linear.terms].map(([wire, coefficient]) => [coefficient, this.#name(wire)] as const));
  }

  #name(wire: Wire): string {
    return this.#names.get(wire) ?? "";
  }
}
