import { expect } from "chai";
import fc from "fast-check";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Hex, numberToHex } from "viem";
import { KEPT_BLOCKS } from "../../../../builder/kinds/evm/store/history.ts";
import { openEvmStore } from "../../../../builder/kinds/evm/store/open.ts";
import type { EvmStore } from "../../../../builder/kinds/evm/store/store.ts";
import type { VisitedState } from "../../../../builder/kinds/evm/machine.ts";
import { loadPoseidon, type Poseidon } from "../../../../builder/state/poseidon.ts";
import { recentPoseidon } from "../../../../builder/state/recent.ts";
import { expectCode } from "../../../protocol/expect-code.ts";
import { ADDRESSES, anyWrites, SLOTS } from "./arbitraries.ts";

const GENESIS = { systemCode: "0x60006000f3" } as const;
const [A = "0x"] = ADDRESSES;
const [FIRST = "0x"] = SLOTS;

/** What the state says of all that the writes may name. */
function read(state: Pick<VisitedState, "account" | "slot" | "block">): unknown {
  const ofEach = ADDRESSES.map((address) => ({
    account: state.account(address),
    slots: SLOTS.map((slot) => state.slot(address, slot)),
  }));
  return { ofEach, block: { ...state.block } };
}

describe("history of an evm rollup's state", function () {
  this.timeout(120_000);
  let poseidon: Poseidon;
  let folder: string;

  before(async function () {
    poseidon = recentPoseidon(await loadPoseidon(), 1 << 16);
  });
  beforeEach(async function () {
    folder = await mkdtemp(join(tmpdir(), "lockstep-evm-"));
  });
  afterEach(async function () {
    await rm(folder, { recursive: true });
  });

  const open = (where?: string): Promise<EvmStore> =>
    openEvmStore({
      poseidon,
      identity: "evm:1",
      genesis: GENESIS,
      ...(where !== undefined && { folder: where }),
    });

  function expectPast(store: EvmStore, known: ReadonlyMap<bigint, unknown>): void {
    for (const [block, state] of known) {
      const branch = store.branchAfter(block);
      expect(branch && read(branch), `after block ${block}`).to.deep.equal(state);
    }
  }

  it("answers for every block as the state was then, whatever was written, persisted, undone or read in between", async function () {
    const step = fc.record({
      writes: anyWrites,
      isNewBlock: fc.boolean(),
      then: fc.constantFrom("persist", "wait", "undo", "reopen", "play"),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), fc.nat(), async (steps, pick) => {
        const where = join(folder, (run++).toString());
        let store = await open(where);
        const known = new Map([[0n, read(store)]]);
        const roots: { block: bigint; root: EvmStore["now"]["root"] }[] = [
          { block: 0n, root: store.stateRoot() },
        ];
        for (const { writes, isNewBlock, then } of steps) {
          const { number, timestamp } = store.block;
          const isNew = isNewBlock || number === 0n;
          const block = isNew ? { number: number + 1n, timestamp: timestamp + 1n } : { number, timestamp };
          const reader = store.branchAtHead();
          const seen = read(reader);
          const undo = store.apply({ ...writes, block });
          if (then === "undo") {
            undo();
            continue;
          }
          known.set(block.number, read(store));
          if (then === "wait") continue;
          await store.persist();
          roots.push({ block: block.number, root: store.stateRoot() });
          if (then === "play") {
            // Who plays on an earlier state neither changes it nor notices what becomes durable.
            const branch = store.branchAfter(block.number - 1n);
            branch?.apply({ ...writes, block });
          }
          expect(read(reader)).to.deep.equal(seen);
          if (then === "reopen") {
            await store.close();
            store = await open(where);
          }
          expectPast(store, known);
        }
        await store.persist();
        expectPast(store, known);
        const target = roots[pick % roots.length]!;
        await store.rewind(target.root);
        const { number } = store.block;
        known.set(number, read(store));
        for (const block of [...known.keys()]) if (block > number) known.delete(block);
        expectPast(store, known);
        expect(store.branchAfter(number + 1n)).to.equal(undefined);
        await store.close();
      }),
      { numRuns: 30 },
    );
  });

  it("goes back a thousand blocks, after a restart too, and no further", async function () {
    const where = join(folder, "long");
    let store = await open(where);
    const word = (value: bigint): Hex => numberToHex(value, { size: 32 });
    const last = KEPT_BLOCKS + 20n;
    for (let number = 1n; number <= last; number++) {
      store.apply({
        accounts: new Map(),
        slots: new Map([[A, new Map([[FIRST, word(number)]])]]),
        block: { number, timestamp: number },
      });
      // Most become durable one by one.
      if (number % 7n !== 0n) await store.persist();
    }
    await store.persist();
    const check = (): void => {
      expect(store.oldest).to.equal(last - KEPT_BLOCKS);
      for (const number of [last, last - 1n, last - 500n, last - KEPT_BLOCKS])
        expect(store.branchAfter(number)?.slot(A, FIRST)).to.equal(word(number));
      expect(store.branchAfter(last - KEPT_BLOCKS - 1n)).to.equal(undefined);
    };
    check();
    await store.close();
    store = await open(where);
    check();
    await store.close();
  });

  it("refuses a note of the past that cannot be read", async function () {
    const where = join(folder, "damaged");
    const store = await open(where);
    store.apply({ accounts: new Map(), slots: new Map(), block: { number: 1n, timestamp: 1n } });
    await store.persist();
    await store.close();
    const { ClassicLevel } = await import("classic-level");
    const level = new ClassicLevel<string, string>(where);
    await level.put("note:past:0000000000000001", "[[]]");
    await level.close();
    await expectCode(open(where), "CORRUPT_STATE");
  });
});
