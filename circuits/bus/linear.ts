import { FIELD_MODULUS as P } from "../../builder/protocol/ids.ts";

/** Number of a wire within a row. Wire 0 is `on`: 1 in a row that is used, 0 in one that is not. */
export type Wire = number;
export const ON: Wire = 0;

/**
 * A sum of wires with coefficients in the scalar field. Constants are multiples of `on`, so that a row that
 * is not used satisfies everything with zeros.
 */
export class Linear {
  readonly terms: ReadonlyMap<Wire, bigint>;

  constructor(terms: Iterable<readonly [Wire, bigint]>) {
    this.terms = new Map([...terms].filter(([, coefficient]) => coefficient !== 0n));
  }

  static constant(value: bigint | number): Linear {
    return new Linear([[ON, modulo(BigInt(value))]]);
  }

  static wire(wire: Wire): Linear {
    return new Linear([[wire, 1n]]);
  }

  plus(other: Linear | bigint | number): Linear {
    const sum = new Map(this.terms);
    for (const [wire, coefficient] of linear(other).terms)
      sum.set(wire, modulo((sum.get(wire) ?? 0n) + coefficient));
    return new Linear(sum);
  }

  minus(other: Linear | bigint | number): Linear {
    return this.plus(linear(other).times(-1n));
  }

  times(factor: bigint | number): Linear {
    const by = modulo(BigInt(factor));
    return new Linear([...this.terms].map(([wire, coefficient]) => [wire, (coefficient * by) % P] as const));
  }

  get isZero(): boolean {
    return this.terms.size === 0;
  }

  /** The same text for the same sum. */
  get key(): string {
    return [...this.terms]
      .sort(([a], [b]) => a - b)
      .map(([wire, coefficient]) => `${coefficient}*${wire}`)
      .join("+");
  }

  /** @param values of all wires, in order. */
  evaluate(values: readonly bigint[]): bigint {
    let sum = 0n;
    for (const [wire, coefficient] of this.terms) {
      const value = values[wire];
      if (value === undefined) throw new RangeError(`wire ${wire} has no value yet`);
      sum += coefficient * value;
    }
    return sum % P;
  }
}

export function linear(value: Linear | bigint | number): Linear {
  return value instanceof Linear ? value : Linear.constant(value);
}

/** The representative in [0, p). */
export function modulo(value: bigint): bigint {
  return ((value % P) + P) % P;
}

/** 2^-bits in the scalar field. */
export function inverseOfPower(bits: number): bigint {
  const half = (P + 1n) / 2n;
  let result = 1n;
  for (let i = 0; i < bits; i++) result = (result * half) % P;
  return result;
}
