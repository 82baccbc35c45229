import { FIELD_MODULUS as P } from "../../builder/protocol/ids.ts";
import { Linear, ON } from "./linear.ts";

interface Known {
  readonly max: bigint;
  /** Key of the flag under which it is known. */
  readonly where: string;
}

/** What a row knows of the greatest value of sums of its wires, as integers from 0 on. */
export class Ranges {
  readonly #known = new Map<string, Known[]>();

  /** `where`: the flag, 0 or 1, that has to be 1 for it. */
  learn(value: Linear, max: bigint, where: Linear): void {
    const list = this.#known.get(value.key) ?? [];
    list.push({ max, where: where.key });
    this.#known.set(value.key, list);
  }

  /** The greatest value where the flag `where` is 1, if known. A flag is 1 only in a row that is on. */
  limit(value: Linear, where: Linear): bigint | undefined {
    const limits = [this.#proven(value, where), this.#bySum(value, where)].filter(
      (limit) => limit !== undefined,
    );
    return limits.length === 0 ? undefined : limits.reduce((a, b) => (a < b ? a : b));
  }

  #proven(value: Linear, where: Linear): bigint | undefined {
    const always = Linear.wire(ON).key;
    const limits = (this.#known.get(value.key) ?? [])
      .filter((known) => known.where === where.key || known.where === always)
      .map(({ max }) => max);
    return limits.length === 0 ? undefined : limits.reduce((a, b) => (a < b ? a : b));
  }

  /** Of a sum with positive coefficients, each of whose wires has a limit. */
  #bySum(value: Linear, where: Linear): bigint | undefined {
    let sum = 0n;
    for (const [wire, coefficient] of value.terms) {
      const limit = wire === ON ? 1n : this.#proven(Linear.wire(wire), where);
      if (limit === undefined || coefficient > P / 2n) return undefined;
      sum += coefficient * limit;
    }
    return sum < P ? sum : undefined;
  }
}
