import { expect } from "chai";
import fc from "fast-check";
import { assign, type Capacity, type Demand } from "../../../builder/proving/pool/schedule.ts";

interface Situation {
  readonly capacities: readonly Capacity[];
  readonly demands: readonly Demand[];
}

const freeIn = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1_000_000 })), {
  minLength: 1,
  maxLength: 3,
});
const rate = fc.integer({ min: 1, max: 1_000 });
const capacity: fc.Arbitrary<Capacity> = fc
  .record({ freeIn, small: rate, large: rate, ahead: fc.nat({ max: 2 }) })
  .map(({ freeIn: slots, small, large, ahead }) => ({
    freeIn: slots,
    room: slots.filter((slot) => slot === 0).length + ahead,
    rateOf: (circuit) => (circuit === "small" ? small : large),
  }));

/** As fast with every circuit. */
function steady(room: number, freeIn: readonly number[], each: number): Capacity {
  return { room, freeIn, rateOf: () => each };
}

function situations(backends: fc.Arbitrary<number>): fc.Arbitrary<Situation> {
  return backends.chain((count) =>
    fc.record({
      capacities: fc.array(capacity, { minLength: count, maxLength: count }),
      demands: fc.array(
        fc.record({
          circuit: fc.constantFrom("small", "large"),
          constraints: fc.integer({ min: 1, max: 1_000 }),
          candidates: fc.shuffledSubarray([...Array(count).keys()]),
        }),
        { maxLength: 8 },
      ),
    }),
  );
}

const any = situations(fc.integer({ min: 0, max: 4 }));

function holds(check: (situation: Situation, chosen: readonly (number | undefined)[]) => void): void {
  fc.assert(
    fc.property(any, (situation) => check(situation, assign(situation.capacities, situation.demands))),
    { numRuns: 500 },
  );
}

describe("schedule of proofs", () => {
  it("has one entry for each proof, and gives none to a backend that may not make it", () => {
    holds(({ demands }, chosen) => {
      expect(chosen).to.have.length(demands.length);
      for (const [index, { candidates }] of demands.entries())
        if (chosen[index] !== undefined) expect(candidates).to.include(chosen[index]);
    });
  });

  it("gives no backend more than it has room for", () => {
    holds(({ capacities }, chosen) => {
      for (const [backend, each] of capacities.entries())
        expect(chosen.filter((choice) => choice === backend).length).to.be.at.most(each.room);
    });
  });

  it("lets a proof wait only if somebody who may make it is busy, with others or with more important ones", () => {
    holds(({ capacities, demands }, chosen) => {
      for (const [index, { candidates }] of demands.entries()) {
        if (chosen[index] !== undefined || candidates.length === 0) continue;
        const taken = chosen.slice(0, index);
        const isBusy = candidates.some(
          (backend) =>
            taken.includes(backend) || capacities[backend]!.freeIn.some((milliseconds) => milliseconds > 0),
        );
        expect(isBusy).to.equal(true);
      }
    });
  });

  it("starts each proof where it ends first, and lets it wait where waiting ends sooner", () => {
    holds(({ capacities, demands }, chosen) => {
      // Follows the decisions one by one.
      const slots = capacities.map((each) => [...each.freeIn]);
      const room = capacities.map((each) => each.room);
      for (const [index, { circuit, constraints, candidates }] of demands.entries()) {
        const ways = candidates.flatMap((backend) =>
          slots[backend]!.map((begin, slot) => {
            const end = begin + constraints * capacities[backend]!.rateOf(circuit);
            return { backend, slot, begin, end };
          }),
        );
        const [first] = ways.sort((a, b) => a.end - b.end);
        if (first === undefined) {
          expect(chosen[index]).to.equal(undefined);
          continue;
        }
        // Of two equally good ones either may be chosen, and then what follows differs.
        fc.pre(!ways.some(({ backend, end }) => backend !== first.backend && end === first.end));
        expect(chosen[index]).to.equal(room[first.backend]! > 0 ? first.backend : undefined);
        room[first.backend]!--;
        slots[first.backend]![first.slot] = first.end;
      }
    });
  });

  it("keeps to the order of importance: with one backend the first ones start", () => {
    fc.assert(
      fc.property(situations(fc.constant(1)), ({ capacities, demands }) => {
        const chosen = assign(capacities, demands).filter(
          (_, index) => demands[index]!.candidates.length > 0,
        );
        const starting = Math.min(chosen.length, capacities[0]!.room);
        expect(chosen).to.deep.equal(chosen.map((_, index) => (index < starting ? 0 : undefined)));
      }),
      { numRuns: 500 },
    );
  });

  it("prefers a fast backend that is soon free to a slow one, but no longer than that pays", () => {
    const slow = steady(1, [0], 10);
    const demand: Demand = { circuit: "small", constraints: 10, candidates: [0, 1] };
    expect(assign([slow, steady(0, [89], 1)], [demand])).to.deep.equal([undefined]);
    expect(assign([slow, steady(0, [91], 1)], [demand])).to.deep.equal([0]);
    // The fast one's next ten milliseconds are the first proof's; then the second ends sooner here.
    expect(assign([slow, steady(0, [85], 1)], [demand, demand])).to.deep.equal([undefined, 0]);
  });

  it("gives large circuits to a device and small ones to processors, at once", () => {
    // A device that pays for itself from some size on; processors that take as long for each constraint.
    const device: Capacity = { room: 1, freeIn: [0], rateOf: (circuit) => (circuit === "large" ? 1 : 50) };
    const processors = steady(1, [0], 10);
    const small: Demand = { circuit: "small", constraints: 10, candidates: [0, 1] };
    const large: Demand = { circuit: "large", constraints: 100, candidates: [0, 1] };
    expect(assign([device, processors], [large, small])).to.deep.equal([0, 1]);
    expect(assign([device, processors], [small, large])).to.deep.equal([1, 0]);
  });

  it("lets a proof wait that nobody may make", () => {
    const demand: Demand = { circuit: "small", constraints: 1, candidates: [] };
    expect(assign([steady(1, [0], 1)], [demand])).to.deep.equal([undefined]);
    expect(assign([], [demand])).to.deep.equal([undefined]);
  });
});
