import { expect } from "chai";
import type { LedgerOperationStep } from "../../builder/kinds/ledger/record.ts";
import type { CircuitInput } from "../../builder/kinds/kind.ts";
import { fieldElement, L1 } from "../../builder/protocol/ids.ts";
import { loadPoseidon, type Poseidon } from "../../builder/state/poseidon.ts";
import { rootOfPath } from "../../builder/state/verify.ts";
import { hashLeaf } from "../../builder/state/hashes.ts";
import { TREE_DEPTH, TREE_PLACES, type UpsertWitness } from "../../builder/state/types.ts";
import { SparseTree } from "../state/sparse-tree.ts";
import type { Circuit } from "./support/circuit.ts";
import { compileTemplate, loadInstance } from "./support/compile.ts";
import { ReferenceTree } from "./support/reference-tree.ts";
import { ALICE, ask, BOB, call, jobOf, LedgerFixture, OTHER, reply, type Visit } from "./support/visits.ts";

const FULL = BigInt(TREE_PLACES);

describe("circuits: a full tree", function () {
  this.timeout(600_000);
  let poseidon: Poseidon;

  before(async function () {
    poseidon = await loadPoseidon();
  });

  it("is read and changed like any other, and takes no new leaf, at a depth of 2", async function () {
    const write = await compileTemplate("lib/tree_write.circom", "TreeWrite", [2]);
    const tree = new ReferenceTree(2, poseidon);
    // The last insert takes the last place.
    for (let key = 1n; key < 16n; key++) await write.checked(tree.upsert(10n * key, key));
    expect(tree.leaves).to.have.length(16);
    for (const [key, value] of [
      [10n, 77n], // changed
      [150n, 15n], // read
      [70n, 0n], // emptied
      [71n, 0n], // shown to be absent
      [0n, 0n],
    ] as const) {
      const witness = await write.checked(tree.upsert(key, value));
      expect(write.value(witness, "rootAfter")).to.equal(tree.root());
      expect(write.value(witness, "sizeAfter")).to.equal(16n);
    }
    expect(await write.refuses(tree.upsert(71n, 1n))).to.equal(true);
  });

  it("the same at the depth that is deployed, up to the last place and no further", async function () {
    const write = await compileTemplate("lib/tree_write.circom", "TreeWrite", [TREE_DEPTH]);
    const tree = new SparseTree(poseidon, "fixed", FULL - 2n);
    for (const [key, value] of [
      [500n, 1n],
      [700n, 2n], // takes the last place
      [500n, 3n],
      [600n, 0n],
      [700n, 0n],
    ] as const) {
      const upsert = tree.upsert(key, fieldElement(value));
      const witness = await write.checked(writeInput(poseidon, upsert));
      expect(poseidon([write.value(witness, "rootAfter"), write.value(witness, "sizeAfter")])).to.equal(
        upsert.rootAfter,
      );
    }
    expect(tree.size).to.equal(FULL);
    expect(await write.refuses(writeInput(poseidon, tree.upsert(600n, fieldElement(1n))))).to.equal(true);
  });

  describe("of a ledger", function () {
    let ledger1: Circuit;
    let ledger: LedgerFixture;
    let tree: SparseTree;

    before(async function () {
      ledger1 = await loadInstance("ledger1");
    });
    beforeEach(async function () {
      ledger = await LedgerFixture.open();
      tree = new SparseTree(poseidon, "fixed", FULL - 2n);
      // ALICE and BOB on L1 take the last two places.
      for (const sender of [ALICE, BOB])
        expect(await isProven(await ledger.fund(L1, sender, 1000n))).to.equal(true);
      expect(tree.size).to.equal(FULL);
    });
    afterEach(async function () {
      await ledger.close();
    });

    /**
     * Whether the circuit accepts the visit, played on the tree that is nearly full instead of the scene's
     * own.
     */
    async function isProven(visit: Visit): Promise<boolean> {
      const rootBefore = tree.stateRoot();
      const again = (upsert: UpsertWitness): UpsertWitness => tree.upsert(upsert.key, upsert.newValue);
      const steps = visit.record.steps.map((step) => (step.type === "result" ? step : replayed(step, again)));
      const rootAfter = visit.actions.at(-1)?.failed === true ? rootBefore : tree.stateRoot();
      const { input } = await jobOf({ ...visit, rootBefore, rootAfter, record: { steps } });
      return !(await ledger1.refuses(input));
    }

    it("pays, reads, sends and fails on", async function () {
      for (const actions of [
        [call("0x", { value: 1n })],
        [call(ask.transfer(L1, BOB, 10n))],
        [call(ask.balanceOf(L1, BOB))],
        [call(ask.balanceOf(OTHER, BOB))], // of an absent account
        [call(ask.transfer(L1, BOB, 5000n))],
        [call(ask.send(OTHER, BOB, 5n, "0x12")), reply(OTHER, "0x34")],
        [call(ask.transfer(L1, BOB, 1n), { from: OTHER })], // fails: that account has nothing
      ])
        expect(await isProven(await ledger.visit(...actions))).to.equal(true);
      expect(tree.size).to.equal(FULL);
    });

    it("takes no new account, as payer or as recipient", async function () {
      expect(await isProven(await ledger.visit(call("0x", { from: OTHER, value: 1n })))).to.equal(false);
      await ledger.close();
      ledger = await LedgerFixture.open();
      tree = new SparseTree(poseidon, "fixed", FULL - 1n);
      expect(await isProven(await ledger.fund(L1, ALICE, 1000n))).to.equal(true);
      expect(await isProven(await ledger.visit(call(ask.transfer(OTHER, BOB, 1n))))).to.equal(false);
    });
  });
});

/** The operation with the same upserts on another tree. */
function replayed(
  step: LedgerOperationStep,
  again: (upsert: UpsertWitness) => UpsertWitness,
): LedgerOperationStep {
  const account = again(step.account);
  return step.counterparty === undefined
    ? { ...step, account }
    : { ...step, account, counterparty: again(step.counterparty) };
}

/** Inputs of TreeWrite for the upsert. */
function writeInput(poseidon: Poseidon, upsert: UpsertWitness): CircuitInput {
  const { key, low, lowIndex, lowSiblings, newValue, sizeBefore, inserted } = upsert;
  const nothing = Array.from({ length: TREE_DEPTH }, () => [0n, 0n, 0n]);
  return {
    enabled: 1n,
    present: low.key === key ? 1n : 0n,
    key,
    newValue,
    lowKey: low.key,
    lowNextKey: low.nextKey,
    lowValue: low.value,
    lowIndex,
    lowSiblings: lowSiblings.map((level) => [...level]),
    insertedSiblings: inserted?.siblings.map((level) => [...level]) ?? nothing,
    root: rootOfPath(poseidon, hashLeaf(poseidon, low), lowIndex, lowSiblings) ?? 0n,
    size: sizeBefore,
  };
}
