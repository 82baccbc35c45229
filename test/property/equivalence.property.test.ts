import { expect } from "chai";
import { seedOf } from "../contracts/seed.ts";
import { sharedEquivalence } from "./equivalence.ts";
import { programsOf } from "./shard.ts";

const RUNS = 300;
const DEPTH = 6;

describe("single-chain equivalence of random programs", function () {
  this.timeout(1_200_000);

  const seed = seedOf("LOCKSTEP_EQUIVALENCE_SEED");

  it(`${RUNS} programs of seed ${seed} do on several chains what they do on one`, async () => {
    const equivalence = await sharedEquivalence();
    for (const { index, program } of programsOf({ seed, depth: DEPTH, from: 0, to: RUNS })) {
      await equivalence.check(program).catch((error: unknown) => {
        throw new Error(`npm run fuzz -- --seed ${seed} --depth ${DEPTH} --replay ${index}`, {
          cause: error,
        });
      });
    }
    expect(equivalence.refusals.excess(equivalence.runs), "refusals beyond their bounds").to.deep.equal([]);
    expect(equivalence.coverage.missing(), "rules never reached").to.deep.equal([]);
  });
});
