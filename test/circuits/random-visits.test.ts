import { expect } from "chai";
import fc from "fast-check";
import { type Address, type Hex, numberToHex } from "viem";
import { ActionKind } from "../../builder/protocol/action.ts";
import { chainId, L1 } from "../../builder/protocol/ids.ts";
import type { Circuit } from "./support/circuit.ts";
import { loadInstance } from "./support/compile.ts";
import { ask, call, HEADER, jobOf, LedgerFixture, OTHER, reply, SELF, type Visit } from "./support/visits.ts";

const FULL = process.env.LOCKSTEP_TEST === "full";

/** Few accounts, so that visits meet each other's. */
const address = fc.integer({ min: 1, max: 4 }).map((n): Address => numberToHex(n, { size: 20 }));
const caller = fc.constantFrom(L1, OTHER);
const home = fc.constantFrom(0n, BigInt(OTHER), BigInt(SELF), 1n << 63n);
const amount = fc.oneof(fc.bigInt({ min: 0n, max: 50n }), fc.constant(1n << 128n));
const bytes = fc
  .uint8Array({ maxLength: 256 })
  .map((array): Hex => `0x${Buffer.from(array).toString("hex")}`);

const calldata = fc.oneof(
  fc.constant<Hex>("0x"),
  fc.tuple(home, address, amount).map(([chain, to, wei]) => ask.transfer(chain, to, wei)),
  fc.tuple(home, address).map(([chain, who]) => ask.balanceOf(chain, who)),
  {
    weight: 4,
    arbitrary: fc
      .tuple(home, address, amount, bytes)
      .map(([chain, to, wei, data]) => ask.send(chain, to, wei, data)),
  },
  bytes,
);

const incoming = fc
  .record({
    from: caller,
    sender: address,
    value: fc.bigInt({ min: 0n, max: 30n }),
    isStatic: fc.boolean(),
    gas: fc.constantFrom(0, 1, 2 ** 32 - 1),
    toLedger: fc.integer({ min: 0, max: 4 }).map((n) => n > 0),
    target: address,
    data: calldata,
  })
  .map(({ toLedger, target, isStatic, value, gas, data, ...rest }) =>
    call(data, {
      ...rest,
      isStatic,
      gas: rest.from === L1 ? 0 : gas,
      value: isStatic ? 0n : value,
      ...(!toLedger && { target }),
    }),
  );

/** What is played in one visit, as far as the ledger's answers call for it. */
const script = fc.record({
  signed: fc.option(calldata, { freq: 4 }),
  first: incoming,
  inner: fc.option(incoming),
  failures: fc.tuple(fc.boolean(), fc.boolean()),
  answers: fc.tuple(bytes, bytes),
});

describe("circuits: random visits are provable", function () {
  this.timeout(FULL ? 3_600_000 : 600_000);
  const circuits = new Map<string, Circuit>();

  before(async function () {
    for (const name of ["ledger1", "ledger2"]) circuits.set(name, await loadInstance(name));
  });

  async function play(
    ledger: LedgerFixture,
    plan: typeof script extends fc.Arbitrary<infer T> ? T : never,
  ): Promise<Visit> {
    const deliver = ledger.machine.deliver.bind(ledger.machine);
    const selects = plan.signed !== null && plan.signed.length >= 10 && !isUnknown(plan.signed);
    const trigger = selects && plan.signed !== null ? ledger.transaction(plan.signed) : plan.first;
    let delivery = await deliver(trigger, HEADER);
    const callees: bigint[] = [];
    let inner = plan.inner;
    let replies = 0;
    while (delivery.visit === undefined) {
      if (delivery.action.kind === ActionKind.CALL) callees.push(delivery.action.to);
      if (inner !== null) {
        delivery = await deliver(inner, HEADER);
        inner = null;
        continue;
      }
      const failed = plan.failures[replies] ?? false;
      const answer = plan.answers[replies] ?? "0x";
      replies++;
      delivery = await deliver(reply(chainId(callees.pop() ?? 0n), answer, failed), HEADER);
    }
    return delivery.visit;
  }

  it("and their public inputs are what the circuit computes", async function () {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(script, { minLength: 1, maxLength: 6 }), async (plans) => {
        const ledger = await LedgerFixture.open();
        for (const from of [L1, OTHER]) await ledger.fund(from, numberToHex(1n, { size: 20 }), 200n);
        await ledger.fund(SELF, ledger.signer.address, 100n);
        try {
          for (const plan of plans) {
            const visit = await play(ledger, plan);
            const job = await jobOf(visit);
            const circuit = circuits.get(job.circuit);
            if (circuit === undefined) throw new Error(`no circuit ${job.circuit}`);
            const witness = await circuit.checked(job.input);
            expect(witness.slice(1, 4)).to.deep.equal([
              job.commitment,
              job.input.challenge,
              job.input.evaluation,
            ]);
            seen.add(job.circuit);
          }
        } finally {
          await ledger.close();
        }
      }),
      { numRuns: FULL ? 300 : 5, seed: FULL ? Date.now() : 20260801 },
    );
    expect([...seen].sort()).to.deep.equal(["ledger1", "ledger2"]);
  });
});

/** Calldata that an L2TX may not have. */
function isUnknown(data: Hex): boolean {
  return !["0xf8548e36", "0x3656eec2", "0xd611067e"].includes(data.slice(0, 10));
}
