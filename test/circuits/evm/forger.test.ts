import { expect } from "chai";
import fc from "fast-check";
import { type Address, type Hex, zeroAddress } from "viem";
import { FIELD_MODULUS as P, L1 } from "../../../builder/protocol/ids.ts";
import { type Action, callAction, resultAction } from "../../../builder/protocol/action.ts";
import { lowerCase } from "../../../builder/protocol/address.ts";
import { committedWires } from "../../../circuits/bus/circuit.ts";
import { evaluateRow } from "../../../circuits/bus/evaluate.ts";
import type { Linear } from "../../../circuits/bus/linear.ts";
import { row, type RowBuilder } from "../../../circuits/bus/row.ts";
import { circuit } from "../../../circuits/evm/index.ts";
import { traceVisit } from "../../../builder/kinds/evm/trace/visit.ts";
import { RollupProxies } from "../../../builder/proving/bus/proxies.ts";
import { loadPoseidon, type Poseidon } from "../../../builder/state/poseidon.ts";
import { recentPoseidon } from "../../../builder/state/recent.ts";
import { seedOf } from "../../contracts/seed.ts";
import { L1_CHAIN_ID, SELF, TestRollup, USER, type VisitRun } from "../../kinds/evm/reference/rollup.ts";
import { type Forgery, linked, pairs, renamed, single } from "./support/forgeries.ts";
import { Forger, type Outcome } from "./support/forger.ts";
import { programs } from "./support/programs.ts";
import { runtimeCode } from "./support/runtime-code.ts";

const SENDER: Address = "0x00000000000000000000000000000000c0ffee01";
const NOBODY: Address = "0x00000000000000000000000000000000000abcde";
const INCREMENT: Hex = "0xd09de08a";
/** What no visit here has: a second code. Its rows are as those of the first. */
const UNMET = ["codeHead1", "codeRow1"];
const SEED = seedOf("LOCKSTEP_CIRCUITS_SEED");
/** Of how many forgeries one is tried. */
const EVERY = [process.env.LOCKSTEP_TEST, process.env.LOCKSTEP_FORGER].includes("full") ? 1 : 40;

/** Forgeries by the type of the first row that they change. */
type Report = Map<string, Record<Outcome, number>>;

describe(`evm: the forger (seed ${SEED}, 1 of ${EVERY})`, function () {
  let poseidon: Poseidon;
  const forgers = new Map<string, Forger>();
  const report: Report = new Map();

  before(async function () {
    poseidon = recentPoseidon(await loadPoseidon(), 1 << 15);
    const proxies = RollupProxies.read();
    const rollup = await TestRollup.open();
    const counter = (await rollup.deploy(await runtimeCode("examples/Counter.sol", "Counter"))).address;
    const add = async (name: string, run: VisitRun): Promise<void> => {
      const { rows, told, codes } = await traceVisit({ poseidon, proxies, ...run });
      forgers.set(name, new Forger(rows, told, codes, poseidon));
    };
    const call = (target: Address, value = 0n): Action =>
      callAction({ from: L1, to: SELF, sender: SENDER, target, value, isStatic: false, data: INCREMENT });
    await add("the first increment", await rollup.run(call(counter)));
    await add("the second increment", await rollup.run(call(counter)));
    await add("a call that reverts", await rollup.run(call(counter, 3n)));
    await add("Ether for an account", await rollup.run(call(NOBODY, 7n)));
    for (const [name, code] of programs)
      await add(name, await rollup.run(call((await rollup.deploy(code)).address)));
    const fees = { maxPriorityFeePerGas: 3n, maxFeePerGas: 5n, gas: 100_000n };
    for (const [name, fields] of Object.entries({
      "a transaction": { to: counter, data: INCREMENT },
      "a transaction that reverts": { to: counter, data: INCREMENT, value: 9n },
      "a payment": { to: NOBODY, value: 7n },
    } as const))
      await add(name, await rollup.run(await rollup.signed({ ...fees, ...fields })));
    // Ends of frames that wrote: a REVERT, and an SSTORE that cannot be paid.
    for (const [name, code] of Object.entries<Hex>({
      "what a transaction undoes": "0x60075f555f5460085f555f6001545ffd",
      "a transaction that runs out of gas": "0x60075f5560086001556009600255",
    })) {
      const { address } = await rollup.deploy(code);
      await add(name, await rollup.run(await rollup.signed({ ...fees, gas: 70_000n, to: address })));
    }
    await add(
      "an invalid transaction",
      invalidRun(rollup, await rollup.signed({ ...fees, to: NOBODY, nonce: 99 })),
    );
    await rollup.close();
  });

  after(function () {
    if (EVERY > 1) return;
    for (const [name, outcomes] of [...report].sort())
      process.stdout.write(
        `      ${name}: ${Object.entries(outcomes)
          .map(([outcome, times]) => `${outcome} ${times}`)
          .join(", ")}\n`,
      );
  });

  it("meets every type of row", function () {
    const met = new Set([...forgers.values()].flatMap(({ rows }) => rows.map(({ type }) => type.name)));
    expect(circuit.rows.map(({ type: { name } }) => name).filter((name) => !met.has(name))).to.deep.equal(
      UNMET,
    );
  });

  const ways: Readonly<Record<string, (forger: Forger, random: () => bigint) => Iterable<Forgery>>> = {
    "one value": (forger, random) => single(forger, poseidon, random),
    "two values of one sum": (forger, random) => pairs(forger, poseidon, random),
    "a field of a tuple in the row that sends it and the row that receives it": (forger, random) =>
      linked(forger, poseidon, random),
    "a value wherever it stands": (forger, random) => renamed(forger, poseidon, random),
  };
  for (const [way, forgeries] of Object.entries(ways))
    it(`changes ${way}: nothing survives`, function () {
      this.timeout(EVERY === 1 ? 3_600_000 : 120_000);
      const survivors: string[] = [];
      for (const [name, forger] of forgers) {
        const random = randomElements(SEED);
        let count = Number(random() % BigInt(EVERY));
        for (const { how, make } of forgeries(forger, random)) {
          if (count++ % EVERY !== 0) continue;
          const changes = make();
          const outcome = forger.try(changes);
          const [first = 0] = changes.keys();
          note(report, forger.rows[first]?.type.name ?? "", outcome);
          if (outcome === "survived") survivors.push(`${name}: ${how}`);
        }
      }
      expect(survivors.slice(0, 40), `${survivors.length} survivors`).to.deep.equal([]);
    });

  it("finds what a row does not prove", function () {
    const frame = { context: 1, time: 0 };
    const size = (r: RowBuilder): { words: Linear; quotient: Linear } => {
      const [words, quotient] = [r.given("words"), r.given("quotient")];
      r.range(words, 32);
      r.range(quotient, 40);
      return { words, quotient };
    };
    const says = row("says", "any number is the quotient of 5 words", (r) => {
      const { words, quotient } = size(r);
      r.equal(words, 5, "5 words");
      r.send("memorySize", { ...frame, words, quotient });
    });
    const takes = row("takes", "takes it", (r) => {
      r.receive("memorySize", { ...frame, ...size(r) });
    });
    const rows = [says, takes].map((type) => ({ type, given: { words: 5n, quotient: 9n } }));
    const forger = new Forger(rows, [], [], poseidon);
    const outcomes = [...linked(forger, poseidon, randomElements(SEED))].map(({ how, make }) => ({
      how,
      outcome: forger.try(make()),
    }));
    const survivors = outcomes.filter(({ outcome }) => outcome === "survived");
    expect(survivors.map(({ how }) => how)).to.include("element 3 of memorySize, from says to takes, by 1");
    expect(survivors.some(({ how }) => how.startsWith("element 0"))).to.equal(false);
    expect(
      [...single(forger, poseidon, randomElements(SEED))].map(({ make }) => forger.try(make())),
    ).to.not.include("survived");
  });

  it("unused rows put nothing on the bus, whatever they commit to", function () {
    const random = randomElements(SEED);
    for (const { type } of circuit.rows) {
      const width = committedWires(type);
      for (let i = 0; i < 200; i++) {
        // All random, or few values that are not 0: other rows break a constraint.
        const committed = Array.from({ length: width }, (_, place) =>
          place === 0 || (i > 0 && random() % BigInt(width) > 2n) ? 0n : random() % 3n === 0n ? 1n : random(),
        );
        const { broken, entries, vouched } = evaluateRow(type, committed, poseidon);
        if (broken.length > 0) continue;
        expect([entries, vouched], type.name).to.deep.equal([[], []]);
      }
    }
  });
});

/** An L2TX without effect. */
function invalidRun({ store }: TestRollup, action: Action): VisitRun {
  const root = store.stateRoot();
  const accounts = new Set([lowerCase(USER.address), NOBODY, zeroAddress]);
  return {
    header: {
      l1ChainId: L1_CHAIN_ID,
      manager: NOBODY,
      rollup: SELF,
      timestamp: store.block.timestamp,
      blobs: 0n,
    },
    visit: {
      rootBefore: root,
      rootAfter: root,
      actions: [action, resultAction({ from: SELF, to: L1, failed: true, data: "0x" })],
    },
    witness: store.witnessOf({ accounts, slots: new Map() }),
  };
}

function note(report: Report, name: string, outcome: Outcome): void {
  const zero: Record<Outcome, number> = {
    ...{ constraint: 0, "look-up": 0, code: 0, bus: 0, same: 0, survived: 0 },
  };
  const counts = report.get(name) ?? zero;
  report.set(name, counts);
  counts[outcome]++;
}

function randomElements(seed: number): () => bigint {
  const values = fc.sample(fc.bigInt(0n, P - 1n), { seed, numRuns: 1_000 });
  let next = 0;
  return () => values[next++ % values.length] ?? 0n;
}
