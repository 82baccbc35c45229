import { bloomOf, matches } from "../../builder/evm/logs.ts";
import { expect } from "chai";
import fc from "fast-check";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concatHex, type Hex, hexToBytes, keccak256, stringToHex, toHex } from "viem";
import type { CallFrame } from "../../builder/evm/call-frame.ts";
import { type Chronicle, openChronicle } from "../../builder/kinds/evm/chronicle/chronicle.ts";
import type { ChronicleLog } from "../../builder/kinds/evm/chronicle/types.ts";
import { chainId, type StateRoot, stateRoot } from "../../builder/protocol/ids.ts";
import { expectCode } from "../protocol/expect-code.ts";
import { callVisit, contract, frameOf, GENESIS_ROOT, l1At, logOf, ROLLUP, signedVisit } from "./visits.ts";

describe("chronicle of an evm rollup", function () {
  this.timeout(60_000);
  const other: Hex = `0x${"0d".repeat(20)}`;
  const rootOf = (number: number): StateRoot => stateRoot(BigInt(100 + number));
  const open = (more: { root?: StateRoot; folder?: string; genesisRoot?: StateRoot } = {}) =>
    openChronicle({
      rollup: ROLLUP,
      genesisRoot: GENESIS_ROOT,
      root: more.genesisRoot ?? GENESIS_ROOT,
      ...more,
    });
  /** One call from L1 in each of `count` blocks. */
  async function play(chronicle: Chronicle, count: number, history = "first", from = 1): Promise<void> {
    for (let number = from; number < from + count; number++) {
      chronicle.append(callVisit(number), l1At(number, history), rootOf(number));
      await chronicle.persist();
    }
  }

  it("begins with a genesis block", async () => {
    const chronicle = await open();
    const { number, stateRoot: root, transactions } = chronicle.latest;
    expect([number, root, transactions]).to.deep.equal([0n, GENESIS_ROOT, []]);
    expect(await chronicle.blockByHash(chronicle.latest.hash)).to.deep.equal(chronicle.latest);
    const elsewhere = await openChronicle({
      rollup: chainId(8),
      genesisRoot: GENESIS_ROOT,
      root: GENESIS_ROOT,
    });
    expect(elsewhere.latest.hash).to.not.equal(chronicle.latest.hash);
  });

  it("shows all visits with one block number as one block", async () => {
    const chronicle = await open();
    const genesis = chronicle.latest;
    const signed = await signedVisit(1, 0, { logs: [logOf(contract, [1])], gasUsed: 50_000n });
    chronicle.append(signed, l1At(10), rootOf(1));
    const called = callVisit(1, { logs: [logOf(other, [2, 3]), logOf(contract, [])] });
    chronicle.append(called, l1At(10, "first", 11), rootOf(2));
    chronicle.append(callVisit(1, { success: false }), l1At(10, "first", 11), rootOf(3));
    expect(chronicle.latest, "nothing is seen before it is durable").to.equal(genesis);
    await chronicle.persist();

    const block = await chronicle.block(1n);
    expect(block).to.deep.equal(chronicle.latest);
    expect(block).to.deep.include({ number: 1n, parentHash: genesis.hash, timestamp: 1001n });
    expect(block).to.deep.include({ stateRoot: rootOf(3), gasUsed: 110_000n, l1BlockNumber: 10n });
    const visit = (index: number): Hex =>
      keccak256(
        concatHex([
          stringToHex("lockstep.visit"),
          l1At(10, "first", 11).transaction,
          toHex(index, { size: 32 }),
        ]),
      );
    const raw = signed.actions[0]?.data ?? "0x";
    expect(block?.transactions).to.deep.equal([keccak256(raw), visit(0), visit(1)]);

    const transactions = await chronicle.transactionsOf(chronicle.latest);
    expect(transactions.map(({ index, cumulativeGasUsed }) => [index, cumulativeGasUsed])).to.deep.equal([
      [0, 50_000n],
      [1, 80_000n],
      [2, 110_000n],
    ]);
    const { operations, ...receipt } = called;
    expect(transactions[1]?.receipt).to.deep.equal(receipt);
    expect(await chronicle.framesOf(visit(0))).to.deep.equal(operations);
    expect(await chronicle.transaction(visit(1))).to.deep.equal(transactions[2]);
    expect(await chronicle.transaction(keccak256("0x"))).to.equal(undefined);
    expect(await chronicle.ofL1Transaction(l1At(10, "first", 11).transaction)).to.deep.equal(
      transactions.slice(1),
    );
    const logs = await chronicle.logs(0n, 9n, { addresses: [], topics: [] });
    expect(logs.map(({ logIndex, transactionIndex }) => [logIndex, transactionIndex])).to.deep.equal([
      [0, 0],
      [1, 1],
      [2, 1],
    ]);
  });

  it("commits to everything a block holds", async () => {
    const sealed = async (change: (chronicle: Chronicle) => void): Promise<Hex> => {
      const chronicle = await open();
      change(chronicle);
      await chronicle.persist();
      return chronicle.latest.hash;
    };
    const log = logOf(contract, [1], "0x05");
    const base = callVisit(1, { logs: [log] });
    const changed = [
      base,
      { ...base, success: false },
      { ...base, gasUsed: 1n },
      { ...base, timestamp: 5n },
      { ...base, logs: [] },
      { ...base, logs: [{ ...log, data: "0x06" as const }] },
      { ...base, logs: [{ ...log, address: other }] },
    ];
    const hashes = await Promise.all(
      changed.map((visit) => sealed((chronicle) => chronicle.append(visit, l1At(1), rootOf(1)))),
    );
    hashes.push(await sealed((chronicle) => chronicle.append(base, l1At(1), rootOf(2))));
    hashes.push(await sealed((chronicle) => chronicle.append(base, l1At(1, "second"), rootOf(1))));
    expect(new Set(hashes).size).to.equal(hashes.length);
    expect(await sealed((chronicle) => chronicle.append(base, l1At(1), rootOf(1)))).to.equal(hashes[0]);
  });

  it("keeps frames of any depth", async () => {
    const chronicle = await open();
    let deep: CallFrame = frameOf({ error: "out of gas" });
    for (let depth = 0; depth < 3_000; depth++)
      deep = frameOf({ calls: [frameOf({ crossing: { to: chainId(3), action: depth } }), deep] });
    const operations = [deep, frameOf({ type: "CREATE" }), frameOf()];
    chronicle.append(callVisit(1, { operations }), l1At(1), rootOf(1));
    await chronicle.persist();
    const [first, ...others] = (await chronicle.framesOf(chronicle.latest.transactions[0] ?? "0x")) ?? [];
    expect(others).to.deep.equal(operations.slice(1));
    let frame = first;
    for (let depth = 2_999; depth >= 0; depth--) {
      expect(frame?.calls[0]?.crossing).to.deep.equal({ to: 3n, action: depth });
      frame = frame?.calls[1];
    }
    expect(frame).to.deep.equal(frameOf({ error: "out of gas" }));
  });

  it("goes back to any block and on from there", async () => {
    const chronicle = await open();
    await play(chronicle, 5);
    const [third, fourth] = [await chronicle.block(3n), await chronicle.block(4n)];
    const gone = chronicle.latest.transactions[0] ?? "0x";
    chronicle.append(callVisit(6), l1At(6), rootOf(6));
    await chronicle.rewind(rootOf(3));
    expect(chronicle.latest).to.deep.equal(third);
    for (const missing of [
      await chronicle.block(4n),
      await chronicle.blockByHash(fourth?.hash ?? "0x"),
      await chronicle.transaction(gone),
      await chronicle.framesOf(gone),
    ])
      expect(missing).to.equal(undefined);
    expect(await chronicle.ofL1Transaction(l1At(5).transaction)).to.deep.equal([]);
    await play(chronicle, 2, "second", 4);
    expect(chronicle.latest.number).to.equal(5n);
    expect((await chronicle.block(4n))?.hash).to.not.equal(fourth?.hash);
    expect((await chronicle.block(4n))?.parentHash).to.equal(third?.hash);
    await expectCode(chronicle.rewind(stateRoot(9999n)), "UNKNOWN_ROOT");
    await chronicle.rewind(GENESIS_ROOT);
    expect(chronicle.latest.number).to.equal(0n);
    await play(chronicle, 1);
    await expectRejected(async () => {
      chronicle.append(callVisit(3), l1At(3), rootOf(3));
      await chronicle.persist();
    });
  });

  it("finds exactly the logs that match", async () => {
    const addresses = [contract, other, ROLLUP_ADDRESS];
    const log = fc
      .tuple(fc.constantFrom(...addresses), fc.array(fc.nat(3), { maxLength: 4 }))
      .map(([address, topics]) => logOf(address, topics));
    const blocks = fc.array(fc.array(fc.array(log, { maxLength: 3 }), { minLength: 1, maxLength: 3 }), {
      maxLength: 6,
    });
    const filter = fc.record({
      addresses: fc.subarray(addresses),
      topics: fc.array(
        fc.uniqueArray(
          fc.nat(4).map((topic) => toHex(topic, { size: 32 })),
          { maxLength: 2 },
        ),
        {
          maxLength: 4,
        },
      ),
    });
    await fc.assert(
      fc.asyncProperty(blocks, filter, fc.nat(6), fc.nat(7), async (history, wanted, from, to) => {
        const chronicle = await open();
        const expected: string[] = [];
        for (const [index, visits] of history.entries()) {
          const number = index + 1;
          let place = 0;
          for (const logs of visits) {
            chronicle.append(callVisit(number, { logs }), l1At(number), rootOf(number));
            for (const each of logs) {
              const isWanted =
                (wanted.addresses.length === 0 ||
                  wanted.addresses.some((address) => address === each.address)) &&
                wanted.topics.every(
                  (any, at) =>
                    each.topics.length > at && (any.length === 0 || any.includes(each.topics[at] ?? "0x")),
                );
              expect(matches(each, wanted)).to.equal(isWanted);
              if (isWanted && number >= from && number <= to) expected.push(`${number}.${place}`);
              place++;
            }
          }
          await chronicle.persist();
        }
        const found: ChronicleLog[] = await chronicle.logs(BigInt(from), BigInt(to), wanted);
        expect(found.map(({ blockNumber, logIndex }) => `${blockNumber}.${logIndex}`)).to.deep.equal(
          expected,
        );
      }),
      { numRuns: 200 },
    );
  });

  it("refuses to answer with too many logs", async () => {
    const chronicle = await open();
    const logs = Array.from({ length: 10_001 }, () => logOf(contract, []));
    chronicle.append(callVisit(1, { logs }), l1At(1), rootOf(1));
    await chronicle.persist();
    await expectCode(chronicle.logs(0n, 5n, { addresses: [], topics: [] }), "TOO_MANY_LOGS");
    expect(await chronicle.logs(0n, 5n, { addresses: [other], topics: [] })).to.deep.equal([]);
  });

  it("sets three bits of the bloom for each address and topic", () => {
    const bits = (logs: Parameters<typeof bloomOf>[0]): Set<number> => {
      const bytes = hexToBytes(bloomOf(logs));
      return new Set(
        Array.from({ length: 2048 }, (_, bit) => bit).filter(
          (bit) => ((bytes[255 - (bit >> 3)] ?? 0) >> (bit & 7)) & 1,
        ),
      );
    };
    const expected = (entry: Hex): number[] => {
      const hash = hexToBytes(keccak256(entry));
      return [0, 2, 4].map((at) => (((hash[at] ?? 0) << 8) | (hash[at + 1] ?? 0)) & 2047);
    };
    const log = logOf(contract, [5, 6]);
    expect(bits([log])).to.deep.equal(new Set([contract, ...log.topics].flatMap(expected)));
    expect(bits([]).size).to.equal(0);
  });

  describe("in a folder", () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "lockstep-chronicle-"));
    });
    afterEach(async () => {
      await rm(folder, { recursive: true });
    });

    it("is there again when it is opened again", async () => {
      const chronicle = await open({ folder });
      await play(chronicle, 3);
      const blocks = await Promise.all([0n, 1n, 2n, 3n].map((number) => chronicle.block(number)));
      const hash = chronicle.latest.transactions[0] ?? "0x";
      const transaction = await chronicle.transaction(hash);
      chronicle.append(callVisit(4), l1At(4), rootOf(4));
      await chronicle.close();
      const again = await open({ folder, root: rootOf(3) });
      expect(await Promise.all([0n, 1n, 2n, 3n].map((number) => again.block(number)))).to.deep.equal(blocks);
      expect(await again.transaction(hash)).to.deep.equal(transaction);
      expect(again.latest.number).to.equal(3n);
      await again.close();
    });

    it("goes back to the state beside it, which was written later", async () => {
      const chronicle = await open({ folder });
      await play(chronicle, 3);
      await chronicle.close();
      const again = await open({ folder, root: rootOf(2) });
      expect(again.latest.number).to.equal(2n);
      await again.close();
      await expectCode(open({ folder, root: rootOf(3) }), "CORRUPT_STATE");
      await (await open({ folder, root: rootOf(1) })).close();
    });

    it("takes no other folder for its own", async () => {
      await (await open({ folder })).close();
      await expectCode(open({ folder, genesisRoot: stateRoot(2n) }), "FOREIGN_STATE");
      await expectCode(
        openChronicle({ rollup: chainId(8), genesisRoot: GENESIS_ROOT, root: GENESIS_ROOT, folder }),
        "FOREIGN_STATE",
      );
      await writeFile(join(folder, "notes.txt"), "");
      await expectCode(open({ folder }), "FOREIGN_STATE");
    });
  });
});

const ROLLUP_ADDRESS: Hex = `0x${"77".repeat(20)}`;

async function expectRejected(work: () => Promise<void>): Promise<void> {
  const error: unknown = await work().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(Error);
}
