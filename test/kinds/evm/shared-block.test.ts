import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { type Chronicle, openChronicle } from "../../../builder/kinds/evm/chronicle/chronicle.ts";
import { type StateRoot, stateRoot } from "../../../builder/protocol/ids.ts";
import { callVisit, contract, GENESIS_ROOT, l1At, logOf, ROLLUP, signedVisit } from "../../gateway/visits.ts";

const EVERY_LOG = { addresses: [], topics: [] };

/** Batches may have the same timestamp, and then their visits are in the same block of an EVM rollup. */
describe("a rollup's block that several blocks of L1 went into", () => {
  const rootOf = (number: number): StateRoot => stateRoot(BigInt(100 + number));
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "lockstep-shared-block-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  const open = async (root: StateRoot): Promise<Chronicle> =>
    await openChronicle({ rollup: ROLLUP, genesisRoot: GENESIS_ROOT, root, folder });

  /** Block 1 in L1's block 10; block 2 in L1's blocks 11, 12 and, with two visits, 13. */
  async function fill(chronicle: Chronicle): Promise<void> {
    const logs = [logOf(contract, [1])];
    chronicle.append(callVisit(1), l1At(10), rootOf(1));
    await chronicle.persist();
    chronicle.append(callVisit(2, { logs }), l1At(11), rootOf(2));
    await chronicle.persist();
    chronicle.append(await signedVisit(2, 0, { logs }), l1At(12), rootOf(3));
    await chronicle.persist();
    chronicle.append(callVisit(2, { success: false }), l1At(13), rootOf(3));
    chronicle.append(callVisit(2, { logs }), l1At(13), rootOf(4));
    await chronicle.persist();
  }

  it("is the same as if all its visits had come at once", async () => {
    await using stack = new AsyncDisposableStack();
    const chronicle = await open(GENESIS_ROOT);
    stack.defer(() => chronicle.close());
    await fill(chronicle);
    const logs = [logOf(contract, [1])];
    const atOnce = await openChronicle({ rollup: ROLLUP, genesisRoot: GENESIS_ROOT, root: GENESIS_ROOT });
    stack.defer(() => atOnce.close());
    atOnce.append(callVisit(1), l1At(10), rootOf(1));
    atOnce.append(callVisit(2, { logs }), l1At(11), rootOf(2));
    atOnce.append(await signedVisit(2, 0, { logs }), l1At(12), rootOf(3));
    atOnce.append(callVisit(2, { success: false }), l1At(13), rootOf(3));
    atOnce.append(callVisit(2, { logs }), l1At(13), rootOf(4));
    await atOnce.persist();

    expect(chronicle.latest).to.deep.equal(atOnce.latest);
    const transactions = await chronicle.transactionsOf(chronicle.latest);
    expect(transactions).to.deep.equal(await atOnce.transactionsOf(atOnce.latest));
    expect(transactions).to.have.length(4);
    for (const { hash, l1 } of transactions) {
      expect(await chronicle.transaction(hash)).to.deep.equal(await atOnce.transaction(hash));
      expect(await chronicle.framesOf(hash)).to.deep.equal(await atOnce.framesOf(hash));
      expect(await chronicle.ofL1Transaction(l1.transaction)).to.deep.equal(
        await atOnce.ofL1Transaction(l1.transaction),
      );
    }
    expect(await chronicle.logs(0n, 2n, EVERY_LOG)).to.deep.equal(await atOnce.logs(0n, 2n, EVERY_LOG));
    chronicle.append(callVisit(3), l1At(14), rootOf(5));
    await chronicle.persist();
    expect(chronicle.latest.parentHash).to.equal(atOnce.latest.hash);
  });

  it("is found by its newest hash alone", async () => {
    const chronicle = await open(GENESIS_ROOT);
    chronicle.append(callVisit(1), l1At(10), rootOf(1));
    await chronicle.persist();
    const { hash } = chronicle.latest;
    chronicle.append(callVisit(1), l1At(11), rootOf(2));
    await chronicle.persist();
    expect(await chronicle.blockByHash(hash)).to.equal(undefined);
    expect(await chronicle.blockByHash(chronicle.latest.hash)).to.deep.equal(chronicle.latest);
    await chronicle.close();
  });

  it("becomes shorter again when L1 takes one of its blocks back, and goes on otherwise", async () => {
    const chronicle = await open(GENESIS_ROOT);
    await fill(chronicle);
    const [, , , last] = chronicle.latest.transactions;
    await chronicle.rewind(rootOf(2));
    expect(chronicle.latest).to.deep.include({ number: 2n, stateRoot: rootOf(2), l1BlockNumber: 11n });
    expect(chronicle.latest.transactions).to.have.length(1);
    expect(await chronicle.transaction(last ?? "0x")).to.equal(undefined);
    expect(await chronicle.ofL1Transaction(l1At(13).transaction)).to.deep.equal([]);
    chronicle.append(callVisit(2), l1At(12, "second"), rootOf(7));
    await chronicle.persist();
    expect(chronicle.latest).to.deep.include({ number: 2n, stateRoot: rootOf(7) });
    expect(chronicle.latest.transactions).to.have.length(2);
    await chronicle.rewind(rootOf(1));
    expect(chronicle.latest).to.deep.include({ number: 1n, stateRoot: rootOf(1) });
    await chronicle.close();
  });

  it("is opened beside a state that was written before its last visits", async () => {
    const chronicle = await open(GENESIS_ROOT);
    await fill(chronicle);
    await chronicle.close();
    const again = await open(rootOf(3));
    expect(again.latest.stateRoot).to.equal(rootOf(3));
    // The failed visit changed nothing: it may stay.
    expect(again.latest.transactions.length).to.be.oneOf([2, 3]);
    await again.close();
  });
});
