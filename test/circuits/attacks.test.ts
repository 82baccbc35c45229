import { expect } from "chai";
import type { CircuitInput, CircuitJob, CircuitValue } from "../../builder/kinds/kind.ts";
import { FIELD_MODULUS, L1 } from "../../builder/protocol/ids.ts";
import type { Circuit } from "./support/circuit.ts";
import { loadInstance } from "./support/compile.ts";
import { freeWires } from "./support/pinned.ts";
import { ALICE, ask, BOB, call, jobOf, LedgerFixture, OTHER, reply, SELF } from "./support/visits.ts";

const FULL = process.env.LOCKSTEP_TEST === "full";

/** Inputs that the compiler removed from the witness, because a linear constraint says what they are. */
const REMOVED_INPUTS = /^(value|isStatic|dataLength)\[\d\]$/;

/**
 * circomlib's IsZero leaves its hint free where it is 0; nothing else reads that hint. See
 * circuits/unconstrained.json.
 */
const CIRCOMLIB_FREE = /^transaction\.signature\.verifier\.(isZero|eqCheck[XY]\.isz|mulAny\.zeropoint)\.inv$/;

interface Leaf {
  readonly signal: string;
  readonly path: readonly number[];
  readonly value: bigint;
}

/** Every single number of a circuit's input. */
function leavesOf(input: CircuitInput): Leaf[] {
  const walk = (signal: string, value: CircuitValue, path: readonly number[]): Leaf[] =>
    typeof value === "bigint"
      ? [{ signal, path, value }]
      : value.flatMap((element, index) => walk(signal, element, [...path, index]));
  return Object.entries(input).flatMap(([signal, value]) => walk(signal, value, []));
}

function nameOf({ signal, path }: Leaf): string {
  return signal + path.map((index) => `[${index}]`).join("");
}

/** The input with one number changed. */
function changed(input: CircuitInput, { signal, path, value }: Leaf): CircuitInput {
  const replace = (old: CircuitValue, [index, ...rest]: readonly number[]): CircuitValue => {
    if (index === undefined || typeof old === "bigint") return (value + 1n) % FIELD_MODULUS;
    return old.map((element, at) => (at === index ? replace(element, rest) : element));
  };
  return { ...input, [signal]: replace(input[signal] ?? 0n, path) };
}

/** First, last and one pseudo-random number of each named input; all of them in full depth. */
function chosen(leaves: readonly Leaf[], seed: number): Leaf[] {
  if (FULL) return [...leaves];
  const groups = Map.groupBy(leaves, ({ signal }) => signal);
  return [...groups.values()].flatMap((group, index) => {
    const random = (seed * 7919 + index * 104729) % group.length;
    return [...new Set([0, group.length - 1, random])].flatMap((at) => group[at] ?? []);
  });
}

describe("circuits: changing one value of a valid witness", function () {
  this.timeout(FULL ? 3_600_000 : 600_000);
  let circuits: ReadonlyMap<string, Circuit>;
  let ledger: LedgerFixture;
  const jobs = new Map<string, CircuitJob>();

  before(async function () {
    circuits = new Map([
      ["ledger1", await loadInstance("ledger1")],
      ["ledger2", await loadInstance("ledger2")],
    ]);
    ledger = await LedgerFixture.open();
    await ledger.fund(L1, ALICE, 1000n);
    await ledger.fund(L1, BOB, 1n);
    await ledger.fund(SELF, ledger.signer.address, 50n);
    const keep = async (name: string, visit: Promise<Parameters<typeof jobOf>[0]>): Promise<void> => {
      jobs.set(name, await jobOf(await visit));
    };
    await keep("a transfer that inserts", ledger.visit(call(ask.transfer(OTHER, BOB, 7n), { value: 3n })));
    await keep("a transfer that fails", ledger.visit(call(ask.transfer(0n, BOB, 5000n))));
    await keep("a send", ledger.visit(call(ask.send(OTHER, BOB, 7n, "0xa1b2c3")), reply(OTHER, "0xd4e5f6")));
    await keep(
      "a send that fails",
      ledger.visit(call(ask.send(OTHER, BOB, 7n, "0xa1b2c3")), reply(OTHER, "0xd4e5f6", true)),
    );
    await keep(
      "a send that is re-entered",
      ledger.visit(
        call(ask.send(OTHER, BOB, 7n, "0xa1b2c3")),
        call(ask.transfer(0n, BOB, 1n), { value: 2n }),
        reply(OTHER, "0xd4e5f6"),
      ),
    );
    await keep("a signed transaction", ledger.visit(ledger.transaction(ask.transfer(0n, BOB, 7n))));
  });

  after(async function () {
    await ledger.close();
  });

  for (const name of [
    "a transfer that inserts",
    "a transfer that fails",
    "a send",
    "a send that fails",
    "a send that is re-entered",
    "a signed transaction",
  ]) {
    describe(name, function () {
      let job: CircuitJob;
      let circuit: Circuit;

      before(function () {
        const found = jobs.get(name);
        const itsCircuit = circuits.get(found?.circuit ?? "");
        if (found === undefined || itsCircuit === undefined) throw new Error(`no job ${name}`);
        job = found;
        circuit = itsCircuit;
      });

      it("breaks a constraint, whichever private or public input it is", async function () {
        const witness = await circuit.checked(job.input);
        let tried = 0;
        for (const leaf of leavesOf(job.input)) {
          const wire = circuit.wires.get(nameOf(leaf));
          if (wire === undefined) {
            expect(nameOf(leaf)).to.match(REMOVED_INPUTS);
            continue;
          }
          expect(witness[wire]).to.equal(leaf.value);
          for (const other of [(leaf.value + 1n) % FIELD_MODULUS, leaf.value === 0n ? 2n : 0n])
            expect(circuit.constraints.breaks(wire, other), nameOf(leaf)).to.equal(true);
          tried++;
        }
        expect(tried).to.be.greaterThan(1050);
      });

      it("breaks a constraint, whichever wire it is", async function () {
        const free = freeWires(circuit, await circuit.checked(job.input));
        expect(free.filter((wire) => !CIRCOMLIB_FREE.test(wire))).to.deep.equal([]);
      });

      it(`is refused by the generated program (${FULL ? "every" : "a sample of every"} input)`, async function () {
        for (const leaf of chosen(leavesOf(job.input), name.length))
          expect(await circuit.refuses(changed(job.input, leaf)), nameOf(leaf)).to.equal(true);
      });
    });
  }

  it("would be noticed on every wire that a circuit has", function () {
    for (const [name, { constraints }] of circuits)
      for (let wire = 0; wire < constraints.wires; wire++)
        expect(constraints.uses(wire), `${name}, wire ${wire}`).to.be.greaterThan(0);
  });
});
