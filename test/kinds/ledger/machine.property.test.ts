import { expect } from "chai";
import fc from "fast-check";
import { concatHex, type Hex, numberToHex, slice, toHex } from "viem";
import { LEDGER } from "../../../builder/kinds/ledger/abi.ts";
import { LedgerAccount } from "../../../builder/kinds/ledger/client.ts";
import { ledgerKind } from "../../../builder/kinds/ledger/index.ts";
import type { LedgerMachine } from "../../../builder/kinds/ledger/machine.ts";
import type { LedgerVisitRecord } from "../../../builder/kinds/ledger/record.ts";
import type { CompletedVisit, Delivery } from "../../../builder/kinds/kind.ts";
import { type Action, ActionKind, l2txAction } from "../../../builder/protocol/action.ts";
import { chainId, L1 } from "../../../builder/protocol/ids.ts";
import { loadPoseidon, type Poseidon } from "../../../builder/state/poseidon.ts";
import { verifyUpsert } from "../../../builder/state/verify.ts";
import { naiveStateRoot } from "../../state/naive-tree.ts";
import { agrees, type Answer, NaiveLedger } from "./naive-ledger.ts";
import { address, balanceOf, call, CONTEXT, OTHER, returned, SELF, send, transfer } from "./scenario.ts";

/** How one operation goes: its call, and if it sends, what happens before the answer and what that is. */
interface Plan {
  readonly signed: boolean;
  readonly from: bigint;
  readonly sender: bigint;
  readonly target: bigint;
  readonly value: bigint;
  readonly isStatic: boolean;
  readonly gas: number;
  readonly calldata: Hex;
  readonly failed: boolean;
  readonly returned: Hex;
  readonly inner?: Plan | undefined;
}

const chain = fc.constantFrom(L1, SELF, OTHER);
const who = fc.bigInt({ min: 0n, max: 3n }).map(address);
const amount = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt({ min: 0n, max: 60n }) },
  fc.constantFrom(2n ** 128n, 2n ** 256n - 1n),
);
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => toHex(array));
const payload = bytes(256);

const wellFormed = fc.oneof(
  fc.tuple(chain, who, amount).map(([c, w, a]) => transfer(c, w, a)),
  fc.tuple(chain, who).map(([c, w]) => balanceOf(c, w)),
  fc.tuple(chain, who, amount, payload).map(([c, w, a, d]) => send(c, w, a, d)),
);
/** One byte changed, cut off or added: mostly malformed, sometimes another call, sometimes only padding. */
const bent = fc
  .tuple(wellFormed, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.constantFrom("flip", "cut", "add"))
  .map(([data, at, by, how]) => {
    const length = (data.length - 2) / 2;
    const place = at % length;
    const byte = Number(BigInt(slice(data, place, place + 1)));
    if (how === "cut") return place === 0 ? "0x" : slice(data, 0, place);
    if (how === "add") return concatHex([data, numberToHex(by, { size: 1 })]);
    const before = place === 0 ? "0x" : slice(data, 0, place);
    const after = place + 1 === length ? "0x" : slice(data, place + 1);
    return concatHex([before, numberToHex(byte ^ by, { size: 1 }), after]);
  })
  .filter((data) => (data.length - 2) / 2 <= 424);
const calldata: fc.Arbitrary<Hex> = fc.oneof(
  { weight: 6, arbitrary: wellFormed },
  { weight: 2, arbitrary: bent },
  fc.constant<Hex>("0x"),
  bytes(424),
);

const plan = (inner: fc.Arbitrary<Plan | undefined>, signed: fc.Arbitrary<boolean>): fc.Arbitrary<Plan> =>
  fc
    .record({
      signed,
      from: fc.constantFrom(0n, 2n),
      sender: fc.bigInt({ min: 0n, max: 3n }),
      target: fc.oneof(
        { weight: 6, arbitrary: fc.constant(BigInt(LEDGER)) },
        fc.bigInt({ min: 0n, max: 3n }),
      ),
      value: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 100n })),
      isStatic: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
      gas: fc.constantFrom(0, 1, 2 ** 32 - 1),
      calldata,
      failed: fc.boolean(),
      returned: payload,
      inner,
    })
    .map((p) => ({ ...p, value: p.isStatic ? 0n : p.value }));
const reentrant = plan(fc.constant(undefined), fc.constant(false));
const visits = fc.array(plan(fc.option(reentrant, { nil: undefined }), fc.boolean()), { maxLength: 12 });

describe("ledger machine against the naive ledger", function () {
  this.timeout(240_000);
  let poseidon: Poseidon;
  let signer: LedgerAccount;

  before(async function () {
    poseidon = await loadPoseidon();
    signer = await LedgerAccount.fromSeed(`0x${"07".repeat(32)}`);
  });

  /** Plays a plan on both, to its RESULT. */
  async function play(
    machine: LedgerMachine,
    model: NaiveLedger,
    p: Plan,
  ): Promise<Delivery<LedgerVisitRecord>> {
    const { action, expected } = trigger(machine, model, p);
    const delivery = await machine.deliver(action, CONTEXT);
    expect(agrees(expected(), delivery.action), JSON.stringify(delivery.action, text)).to.equal(true);
    if (delivery.action.kind !== ActionKind.CALL) return delivery;

    expect(machine.suspended).to.equal(true);
    if (p.inner !== undefined) await play(machine, model, p.inner);
    const answer = returned(p.returned, { from: delivery.action.to, failed: p.failed });
    const last = await machine.deliver(answer, CONTEXT);
    expect(agrees(model.result(p.failed, p.returned), last.action)).to.equal(true);
    expect(last.action.to).to.equal(action.from);
    return last;
  }

  /** The plan's first action, and what the model answers it. */
  function trigger(
    machine: LedgerMachine,
    model: NaiveLedger,
    p: Plan,
  ): { action: Action; expected: () => Answer } {
    const known = isLedgerFunction(p.calldata);
    if (!p.signed || !known) {
      const from = chainId(p.from);
      const action = call(p.calldata, p.value, {
        from,
        sender: address(p.sender),
        target: address(p.target),
        isStatic: p.isStatic,
        gas: from === L1 ? 0 : p.gas,
      });
      return { action, expected: () => model.call(action) };
    }
    const { nonce } = machine.account(SELF, BigInt(signer.address));
    const domain = { l1ChainId: CONTEXT.l1ChainId, manager: CONTEXT.manager, rollup: SELF };
    const data = signer.signCalldata(p.calldata, { domain, nonce, deadline: CONTEXT.timestamp });
    const action = l2txAction(SELF, data);
    return { action, expected: () => model.transaction(BigInt(signer.address), action, p.calldata) };
  }

  function checkVisit(visit: CompletedVisit<LedgerVisitRecord>, model: NaiveLedger): void {
    expect(visit.rootAfter).to.equal(naiveStateRoot(poseidon, "fixed", [...model.accounts]));
    expect(visit.actions).to.deep.equal(visit.record.steps.flatMap((step) => [step.in, step.out]));
    const last = visit.actions.at(-1);
    if (last?.failed === true || visit.actions[0]?.isStatic === true)
      expect(visit.rootAfter).to.equal(visit.rootBefore);

    // Every witness holds, and they chain from root to root but where a failed result went back.
    const failed = visit.record.steps.some((step) => step.type === "result" && step.in.failed);
    let root = visit.rootBefore;
    for (const step of visit.record.steps) {
      if (step.type === "result") continue;
      for (const witness of [step.account, step.counterparty]) {
        if (witness === undefined) continue;
        expect(verifyUpsert(poseidon, "fixed", witness)).to.equal(undefined);
        if (!failed) expect(witness.rootBefore).to.equal(root);
        root = witness.rootAfter;
      }
    }
    if (!failed) expect(root).to.equal(visit.rootAfter);
  }

  /** Wei that the visit brought in less what it sent out, from its actions alone: nothing when it failed. */
  function netValue(visit: CompletedVisit<LedgerVisitRecord>): bigint {
    const open: bigint[] = [];
    let net = 0n;
    for (const action of visit.actions) {
      if (action.kind === ActionKind.RESULT) {
        const before = open.pop();
        if (before === undefined) throw new Error("a RESULT without a call");
        if (action.failed) net = before;
      } else {
        open.push(net);
        net += action.to === SELF ? action.value : -action.value;
      }
    }
    return net;
  }

  it("decides the same, byte for byte, reaches the same roots and conserves Ether", async function () {
    await fc.assert(
      fc.asyncProperty(visits, async (plans) => {
        const machine = await ledgerKind.open({ id: SELF });
        const model = new NaiveLedger(SELF);
        let total = 0n;
        for (const p of plans) {
          const { visit } = await play(machine, model, p);
          if (visit === undefined) throw new Error("the visit did not end");
          checkVisit(visit, model);
          total += netValue(visit);
          expect(model.total()).to.equal(total);
        }
        for (const [key, value] of model.accounts) {
          const { balance, nonce } = machine.account(chainId(key >> 160n), key % 2n ** 160n);
          expect(balance + (nonce << 128n)).to.equal(value);
        }
        await machine.close();
      }),
      { numRuns: 30 },
    );
  });

  it("goes back exactly over whole visits, however levels nest", async function () {
    const step = fc.oneof(
      { weight: 4, arbitrary: reentrant },
      fc.constantFrom("checkpoint" as const, "revert" as const, "commit" as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const machine = await ledgerKind.open({ id: SELF });
        const model = new NaiveLedger(SELF);
        const saved: Map<bigint, bigint>[] = [];
        for (const each of steps) {
          if (each === "checkpoint") {
            machine.checkpoint();
            saved.push(new Map(model.accounts));
          } else if (typeof each === "string") {
            const before = saved.pop();
            if (before === undefined) continue;
            machine[each]();
            if (each === "revert") model.accounts = before;
          } else {
            await play(machine, model, each);
          }
        }
        expect(machine.stateRoot()).to.equal(naiveStateRoot(poseidon, "fixed", [...model.accounts]));
        await machine.close();
      }),
      { numRuns: 30 },
    );
  });
});

const SELECTORS = [transfer(L1, address(0), 0n), balanceOf(L1, address(0)), send(L1, address(0), 0n)].map(
  (data) => slice(data, 0, 4),
);
const isLedgerFunction = (data: Hex): boolean => SELECTORS.some((selector) => data.startsWith(selector));
const text = (_: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);
