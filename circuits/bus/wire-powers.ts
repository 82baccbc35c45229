import { invert } from "@noble/curves/abstract/modular.js";
import { FIELD_MODULUS as P } from "../../builder/protocol/ids.ts";
import { linear, type Linear, modulo, type Wire } from "./linear.ts";

/** A sum of signals with coefficients. */
type Combination = Map<string, bigint>;

/** A sum of wires, in which the pivot has the coefficient 1, and its product with the power as signals. */
interface Known {
  readonly pivot: Wire;
  readonly sum: Linear;
  readonly product: Combination;
}

/**
 * The products of a row's wires with powers of β. For each power as many are made as the sums that are
 * multiplied with it have dimensions; the others are sums of those.
 */
export class WirePowers {
  readonly #text: (sum: Linear) => string;
  readonly #known = new Map<number, Known[]>();
  #lines: string[] = [];
  #made = 0;

  constructor(text: (sum: Linear) => string) {
    this.#text = text;
  }

  /** sum · beta[power] in terms of signals, for which new ones are made where need be. */
  product(power: number, sum: Linear): Combination {
    const known = this.#known.get(power) ?? [];
    this.#known.set(power, known);
    const result: Combination = new Map();
    let rest = sum;
    for (const { pivot, sum: other, product } of known) {
      const factor = rest.terms.get(pivot) ?? 0n;
      if (factor === 0n) continue;
      rest = rest.minus(other.times(factor));
      addTo(result, product, factor);
    }
    const [first] = rest.terms;
    if (first === undefined) return result;
    const signal = `power${power}_${known.length}`;
    this.#lines.push(`signal ${signal} <== beta[${power}] * (${this.#text(sum)});`);
    this.#made++;
    const [pivot, coefficient] = first;
    const scale = invert(coefficient, P);
    const product: Combination = new Map();
    addTo(product, new Map([[signal, 1n]]), scale);
    addTo(product, result, P - scale);
    known.push({ pivot, sum: linear(rest).times(scale), product });
    return new Map([[signal, 1n]]);
  }

  /** How many were made since the last call. */
  made(): number {
    const made = this.#made;
    this.#made = 0;
    return made;
  }

  /** The lines that make them, each once. */
  take(): string[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }
}

function addTo(sum: Combination, other: Combination, factor: bigint): void {
  for (const [signal, coefficient] of other)
    sum.set(signal, modulo((sum.get(signal) ?? 0n) + coefficient * factor));
}
