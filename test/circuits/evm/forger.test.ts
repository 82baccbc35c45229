import { expect } from "chai";
import fc from "fast-check";
import type { Address } from "viem";
import { FIELD_MODULUS as P, L1 } from "../../../builder/protocol/ids.ts";
import { callAction } from "../../../builder/protocol/action.ts";
import { traceVisit } from "../../../builder/kinds/evm/trace/visit.ts";
import { RollupProxies } from "../../../builder/proving/bus/proxies.ts";
import { loadPoseidon, type Poseidon } from "../../../builder/state/poseidon.ts";
import { recentPoseidon } from "../../../builder/state/recent.ts";
import { seedOf } from "../../contracts/seed.ts";
import { SELF, TestRollup } from "../../kinds/evm/reference/rollup.ts";
import { type Forgery, linked, pairs, renamed, single } from "./support/forgeries.ts";
import { Forger, type Outcome } from "./support/forger.ts";
import { runtimeCode } from "./support/runtime-code.ts";

const SENDER: Address = "0x00000000000000000000000000000000c0ffee01";
const NOBODY: Address = "0x00000000000000000000000000000000000abcde";
const SEED = seedOf("LOCKSTEP_CIRCUITS_SEED");
/** Of how many forgeries one is tried. */
const EVERY = process.env.LOCKSTEP_TEST === "full" ? 1 : 40;

/** Forgeries by the type of the first row that they change. */
type Report = Map<string, Record<Outcome, number>>;

describe(`evm: the forger (seed ${SEED}, 1 of ${EVERY})`, function () {
  let poseidon: Poseidon;
  const forgers = new Map<string, Forger>();
  const report: Report = new Map();

  before(async function () {
    poseidon = recentPoseidon(await loadPoseidon(), 1 << 15);
    const proxies = await RollupProxies.read();
    const rollup = await TestRollup.open();
    const counter = (await rollup.deploy(await runtimeCode("examples/Counter.sol", "Counter"))).address;
    const calls = {
      "the first increment": {},
      "the second increment": {},
      "a call that reverts": { value: 3n },
      "Ether for an account": { target: NOBODY, value: 7n },
    };
    for (const [name, fields] of Object.entries(calls)) {
      const call = { from: L1, to: SELF, sender: SENDER, target: counter, value: 0n, isStatic: false };
      const run = await rollup.run(callAction({ ...call, data: "0xd09de08a", ...fields }));
      const { rows, told, codes } = await traceVisit({ poseidon, proxies, ...run });
      forgers.set(name, new Forger(rows, told, codes, poseidon));
    }
    await rollup.close();
  });

  after(function () {
    for (const [name, { constraint, "look-up": lookUp, code, bus, same, survived }] of [...report].sort())
      console.log(
        `      ${name.padEnd(18)} tried ${constraint + lookUp + code + bus + same + survived}: constraint ` +
          `${constraint}, look-up ${lookUp}, code ${code}, bus ${bus}, says the same ${same}, survivors ${survived}`,
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
        for (const { how, changes } of forgeries(forger, random)) {
          if (count++ % EVERY !== 0) continue;
          const outcome = forger.try(changes);
          for (const at of changes.keys()) {
            note(report, forger.rows[at]?.type.name ?? "", outcome);
            break;
          }
          if (outcome === "survived") survivors.push(`${name}: ${how}`);
        }
      }
      expect(survivors.slice(0, 40), `${survivors.length} survivors`).to.deep.equal([]);
    });
});

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
