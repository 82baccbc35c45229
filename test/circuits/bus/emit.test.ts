import { invert } from "@noble/curves/abstract/modular.js";
import { expect } from "chai";
import fc from "fast-check";
import { FIELD_MODULUS as P } from "../../../builder/protocol/ids.ts";
import { loadPoseidon } from "../../../builder/state/poseidon.ts";
import { emitCircuit } from "../../../circuits/bus/emit.ts";
import {
  type BusEntry,
  evaluatedRow,
  evaluateRow,
  type FilledRow,
  type Hash,
} from "../../../circuits/bus/evaluate.ts";
import { TUPLES } from "../../../circuits/bus/tuples.ts";
import { seedOf } from "../../contracts/seed.ts";
import type { Circuit } from "../support/circuit.ts";
import { compileRows } from "../support/compile.ts";
import { mixed, tiny } from "./tiny.ts";

const ADVERSE = [
  0n,
  1n,
  2n,
  4095n,
  4096n,
  (1n << 30n) - 1n,
  1n << 30n,
  (1n << 128n) - 1n,
  1n << 128n,
  P - 1n,
];
const element = fc.oneof(fc.constantFrom(...ADVERSE), fc.bigInt(0n, P - 1n));
const small = fc.bigInt(0n, 4095n);
/** Pairs of challenges that are no place of a pole but for a negligible chance. */
const challenge = fc.bigInt(1n << 200n, P - 1n);

describe("circuits/bus: what is emitted and what is evaluated", function () {
  let hash: Hash;
  let circuit: Circuit;

  before(async function () {
    hash = await loadPoseidon();
    circuit = await compileRows(tiny);
  });

  it("takes as many constraints as it says", function () {
    const { parts } = emitCircuit(tiny);
    const rows = parts.reduce((sum, part) => sum + part.rows * part.constraints, 0);
    // The powers of β from the second on, the product without factors, but not the first factor, which is
    // a product already.
    const powers = 5;
    expect(circuit.constraints.count).to.equal(rows + powers - 1 + 1 - 1);
  });

  it("agree on the sum, on products and on constraints, whatever a row commits to", async function () {
    const honest = fc.record({ lo: small, hi: small, time: fc.bigInt(1n, 4095n), flag: fc.bigInt(0n, 1n) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(honest, { maxLength: 3 }),
        fc.option(fc.tuple(fc.nat(tiny.committed - 1), element), { nil: undefined }),
        challenge,
        challenge,
        async (given, change, beta, gamma) => {
          const rows = given.map(({ lo, hi, time, flag }): FilledRow => {
            const digest = flag === 1n ? hash([lo, hi]) : 5n;
            const old = flag === 1n ? time - 1n : 0n;
            return evaluatedRow(mixed, { lo, hi, time, old, digest, flag }, hash);
          });
          const vector = tiny.commit(rows);
          if (change !== undefined) vector[change[0]] = change[1];
          expect(await compare(vector, beta, gamma)).to.equal(true);
        },
      ),
      { seed: seedOf("LOCKSTEP_CIRCUITS_SEED"), numRuns: 30 },
    );
  });

  /** Whether circuit and evaluator say the same of a committed vector. */
  async function compare(vector: readonly bigint[], beta: bigint, gamma: bigint): Promise<boolean> {
    const entries: BusEntry[] = [];
    const broken: string[] = [];
    const products = [1n, 1n];
    let at = 0;
    for (const { tuple, rows } of tiny.tables)
      for (const elements of rows) {
        const times = vector[at++] ?? 0n;
        if (times !== 0n) entries.push({ tuple, elements, times });
      }
    for (const { type, capacity } of tiny.rows)
      for (let i = 0; i < capacity; i++) {
        const width = type.wires.filter(({ kind }) => kind === "given" || kind === "hint").length;
        const row = evaluateRow(type, vector.slice(at, (at += width)), hash);
        entries.push(...row.entries);
        broken.push(...row.broken);
        for (const each of row.vouched) {
          const value = "value" in each ? each.value : compress(each.tuple, each.elements, beta);
          products[each.slot] = ((products[each.slot] ?? 1n) * (gamma - value + P)) % P;
        }
      }
    const input = { beta, gamma, w: [...vector] };
    if (broken.length > 0) return await circuit.refuses(input);
    const witness = await circuit.checked(input);
    const sum = entries.reduce(
      (total, { tuple, elements, times }) =>
        (total + times * invert((gamma - compress(tuple, elements, beta) + P) % P, P)) % P,
      0n,
    );
    expect(circuit.value(witness, "sum")).to.equal((sum + P) % P);
    for (const [slot, product] of products.entries())
      expect(circuit.value(witness, `product[${slot}]`)).to.equal(product);
    return true;
  }
});

function compress(
  tuple: BusEntry["tuple"],
  [first = 0n, ...others]: readonly bigint[],
  beta: bigint,
): bigint {
  let power = beta;
  let sum = first + BigInt(TUPLES[tuple].tag) * power;
  for (const each of others) {
    power = (power * beta) % P;
    sum += each * power;
  }
  return sum % P;
}
