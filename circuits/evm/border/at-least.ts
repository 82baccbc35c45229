import { linear, type Linear } from "../../bus/linear.ts";
import type { RowBuilder, Term } from "../../bus/row.ts";

export interface Comparison {
  readonly name: string;
  readonly one: Term;
  readonly other: Term;
  /** Both are below 2^bits, where `where` is 1. */
  readonly bits: number;
  readonly where: Linear;
}

/** 1 if one ≥ other, else 0: each answer is proven, where `where` is 1. */
export function isAtLeast(r: RowBuilder, { name, one, other, bits, where }: Comparison): Linear {
  const result = r.flagHint(name, [r.on, linear(one), linear(other)], (on, a, b) =>
    on === 1n && a >= b ? 1n : 0n,
  );
  const difference = linear(one).minus(other);
  r.range(r.choose(result, difference, difference.times(-1n).minus(r.on)), bits, where);
  return result;
}
