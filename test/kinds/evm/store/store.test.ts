import { expect } from "chai";
import { ClassicLevel } from "classic-level";
import fc from "fast-check";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Hex, keccak256 } from "viem";
import { LockstepError } from "../../../../builder/protocol/errors.ts";
import type { StateWrites } from "../../../../builder/kinds/evm/state-types.ts";
import { genesisRoot, openEvmStore } from "../../../../builder/kinds/evm/store/open.ts";
import type { EvmStore } from "../../../../builder/kinds/evm/store/store.ts";
import { SYSTEM } from "../../../../builder/kinds/evm/system.ts";
import { stateRoot } from "../../../../builder/protocol/ids.ts";
import { loadPoseidon, type Poseidon } from "../../../../builder/state/poseidon.ts";
import { recentPoseidon } from "../../../../builder/state/recent.ts";
import { expectCode } from "../../../protocol/expect-code.ts";
import { ADDRESSES, anyWrites, SLOTS } from "./arbitraries.ts";
import { NaiveState } from "./naive-state.ts";

const GENESIS = { systemCode: "0x60006000f3" } as const;
const [A = SYSTEM, B = SYSTEM] = ADDRESSES;
const [FIRST = "0x", SECOND = "0x"] = SLOTS;
const ONE: Hex = `0x${"00".repeat(31)}01`;
const ZERO: Hex = `0x${"00".repeat(32)}`;

describe("state of an evm rollup", function () {
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

  const genesisModel = (): NaiveState => {
    const model = new NaiveState(poseidon);
    model.apply({
      accounts: new Map([[SYSTEM, { nonce: 1n, balance: 0n, code: GENESIS.systemCode }]]),
      slots: new Map(),
      block: { number: 0n, timestamp: 0n },
    });
    return model;
  };

  const writes = (some: Partial<StateWrites>): StateWrites => ({
    accounts: new Map(),
    slots: new Map(),
    block: { number: 1n, timestamp: 1n },
    ...some,
  });

  function expectSame(store: EvmStore, model: NaiveState): void {
    expect(store.stateRoot()).to.equal(model.root());
    for (const address of [SYSTEM, ...ADDRESSES]) {
      expect(store.account(address)).to.deep.equal(model.accounts.get(address));
      for (const slot of SLOTS) expect(store.slot(address, slot)).to.equal(model.slot(address, slot));
    }
    expect(store.block).to.deep.equal(model.block ?? { number: 0n, timestamp: 0n });
  }

  it("begins with the system contract alone", async function () {
    const store = await open();
    expectSame(store, genesisModel());
    expect(genesisRoot(poseidon, GENESIS)).to.equal(store.stateRoot());
    await store.close();
  });

  it("has the root and the content that the specification defines, after any visits done and undone", async function () {
    const step = fc.oneof({ weight: 3, arbitrary: anyWrites }, fc.constant("undo" as const));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const store = await open();
        let model = genesisModel();
        const undo: { back: () => void; saved: NaiveState }[] = [];
        for (const each of steps) {
          if (each === "undo") {
            const last = undo.pop();
            if (last === undefined) continue;
            last.back();
            model = last.saved;
          } else {
            const saved = model.copy();
            undo.push({ back: store.apply(each), saved });
            model.apply(each);
          }
          expectSame(store, model);
        }
        await store.close();
      }),
      { numRuns: 40 },
    );
  });

  it("knows roots and witnesses of all moments whenever they are asked for, of undone ones too", async function () {
    const step = fc.oneof({ weight: 3, arbitrary: anyWrites }, fc.constant("undo" as const));
    const touched = { accounts: new Set(ADDRESSES), slots: new Map([[A, new Set(SLOTS)]]) };
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 10 }),
        fc.infiniteStream(fc.nat()),
        async (steps, dice) => {
          const lazy = await open();
          const eager = await open();
          const undo: (() => void)[] = [];
          const moments: { moment: EvmStore["now"]; prove: () => unknown; root: bigint; proven: unknown }[] =
            [];
          for (const each of steps) {
            if (each === "undo") {
              undo.pop()?.();
            } else {
              const back = [lazy.apply(each), eager.apply(each)];
              undo.push(() => back.forEach((undoOne) => undoOne()));
            }
            const note = lazy.noteWitness(touched);
            moments.push({
              moment: lazy.now,
              prove: () => note.prove(),
              root: eager.stateRoot(),
              proven: eager.witnessOf(touched),
            });
          }
          const root = eager.stateRoot();
          while (moments.length > 0) {
            const [one] = moments.splice(dice.next().value % moments.length, 1);
            if (dice.next().value % 2 === 0) expect(one!.moment.root).to.equal(one!.root);
            expect(one!.prove()).to.deep.equal(one!.proven);
            expect(one!.moment.root).to.equal(one!.root);
          }
          expect(lazy.stateRoot()).to.equal(root);
          await lazy.close();
          await eager.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  it("forgets moments whose root nobody asked for when the state becomes durable or is rewound", async function () {
    const store = await open();
    const genesis = store.now;
    const known = genesis.root;
    store.apply(writes({ slots: new Map([[A, new Map([[FIRST, ONE]])]]) }));
    const first = store.now;
    const note = store.noteWitness({ accounts: new Set([A]), slots: new Map() });
    store.apply(writes({ slots: new Map([[A, new Map([[SECOND, ONE]])]]) }));
    await store.persist();
    const forgotten = (ask: () => unknown): void => {
      expect(ask).to.throw(LockstepError).with.property("code", "FORGOTTEN_MOMENT");
    };
    forgotten(() => first.root);
    forgotten(() => note.prove());
    expect(genesis.root).to.equal(known);
    store.apply(writes({ slots: new Map([[A, new Map([[SECOND, ZERO]])]]) }));
    const second = store.now;
    await store.rewind(known);
    forgotten(() => second.root);
    expect(store.stateRoot()).to.equal(known);
    await store.close();
  });

  for (const durable of [true, false])
    it(`is persisted, rewound and opened again as it was (${durable ? "folder" : "memory"})`, async function () {
      const play = fc.array(anyWrites, { minLength: 1, maxLength: 4 });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(play, play, anyWrites, fc.nat(), async (first, second, lost, pick) => {
          const where = durable ? join(folder, (run++).toString()) : undefined;
          let store = await open(where);
          const reopen = async (): Promise<void> => {
            if (!durable) return;
            await store.close();
            store = await open(where);
          };
          let model = genesisModel();
          const history = [model.copy()];
          const visit = async (list: typeof first): Promise<void> => {
            for (const each of list) {
              store.apply(each);
              model.apply(each);
              await store.persist();
              history.push(model.copy());
            }
          };
          await visit(first);
          await reopen();
          expectSame(store, model);
          // The newest state with that root, as a rewind finds it.
          const root = history[pick % history.length]!.root();
          const target = history.findLast((each) => each.root() === root)!;
          store.apply(lost);
          await store.rewind(stateRoot(root));
          expectSame(store, target);
          await reopen();
          expectSame(store, target);
          model = target.copy();
          await visit(second);
          await reopen();
          expectSame(store, model);
          await store.rewind(stateRoot(root));
          expect(store.stateRoot()).to.equal(root);
          await store.close();
        }),
        { numRuns: 20 },
      );
    });

  it("goes on from genesis after being killed before genesis was durable", async function () {
    // `openState` has written the empty state, and nothing more.
    const { openState } = await import("../../../../builder/state/open.ts");
    await (await openState({ poseidon, identity: "evm:1", shape: "growing", folder })).close();
    const store = await open(folder);
    expectSame(store, genesisModel());
    await store.close();
  });

  it("does not commit to accounts that are empty, nor to slots of accounts that are gone", async function () {
    const store = await open();
    const before = store.stateRoot();
    store.apply(
      writes({ accounts: new Map([[A, { nonce: 0n, balance: 0n, code: "0x" }]]), block: store.block }),
    );
    expect(store.stateRoot()).to.equal(before);
    expect(store.account(A)).to.equal(undefined);

    const account = { nonce: 1n, balance: 5n, code: "0x00" } as const;
    store.apply(
      writes({
        accounts: new Map([
          [A, account],
          [B, account],
        ]),
        slots: new Map([
          [A, new Map([[FIRST, ONE]])],
          [B, new Map([[FIRST, ONE]])],
        ]),
      }),
    );
    store.apply(
      writes({ accounts: new Map([[A, undefined]]), slots: new Map([[A, new Map([[SECOND, ONE]])]]) }),
    );
    expect(store.account(A)).to.equal(undefined);
    expect([store.slot(A, FIRST), store.slot(A, SECOND), store.slot(B, FIRST)]).to.deep.equal([
      ZERO,
      ZERO,
      ONE,
    ]);
    await store.close();
  });

  it("refuses balances of 2^128 and nonces of 2^64, and stays as it was", async function () {
    const store = await open();
    const root = store.stateRoot();
    const richest = { nonce: 2n ** 64n - 1n, balance: 2n ** 128n - 1n, code: "0x" } as const;
    for (const account of [
      { ...richest, balance: 2n ** 128n },
      { ...richest, nonce: 2n ** 64n },
    ]) {
      const refused = writes({
        slots: new Map([[B, new Map([[FIRST, ONE]])]]),
        accounts: new Map([[A, account]]),
      });
      expect(() => store.apply(refused))
        .to.throw(LockstepError)
        .with.property("code", "UNCOMMITTABLE_STATE");
      expect(store.stateRoot()).to.equal(root);
      expect(store.slot(B, FIRST)).to.equal(ZERO);
    }
    store.apply(writes({ accounts: new Map([[A, richest]]) }));
    expect(store.account(A)).to.deep.equal(richest);
    await store.close();
  });

  it("takes what is new only while its tree has places, and says so at once", async function () {
    // The tree's first leaf, the system contract, the block and two more.
    const store = await openEvmStore({ poseidon, identity: "evm:1", genesis: GENESIS, places: 5 });
    const words = (...slots: Hex[]) =>
      writes({ slots: new Map([[A, new Map(slots.map((slot) => [slot, ONE] as const))]]) });
    const [third = "0x"] = SLOTS.slice(2);
    store.apply(words(FIRST));
    store.apply(words(FIRST, SECOND));
    const root = store.stateRoot();
    const refused = (): void => {
      expect(() => store.apply(words(third)))
        .to.throw(LockstepError)
        .with.property("code", "TREE_FULL");
    };
    refused();
    expect(store.stateRoot()).to.equal(root);
    expect(store.slot(A, third)).to.equal(ZERO);
    // What is there is emptied and written again: it keeps its place.
    store.apply(writes({ slots: new Map([[A, new Map([[SECOND, ZERO]])]]) }))();
    store.apply(
      writes({ slots: new Map([[A, new Map([[SECOND, ZERO]])]]), block: { number: 2n, timestamp: 2n } }),
    )();
    await store.persist();
    refused();
    expect(store.stateRoot()).to.equal(root);
    await store.close();
  });

  it("undoes the latest visit only, and none that is durable", async function () {
    const store = await open();
    const first = store.apply(writes({ slots: new Map([[A, new Map([[FIRST, ONE]])]]) }));
    const second = store.apply(writes({ slots: new Map([[A, new Map([[SECOND, ONE]])]]) }));
    const late = (undo: () => void): void => {
      expect(undo).to.throw(LockstepError).with.property("code", "UNDONE_OUT_OF_ORDER");
    };
    late(first);
    second();
    late(second);
    await store.persist();
    late(first);
    expect(store.slot(A, FIRST)).to.equal(ONE);
    await store.close();
  });

  it("refuses a folder of a rollup that began otherwise", async function () {
    await (await open(folder)).close();
    const other = { poseidon, folder, identity: "evm:1", genesis: { systemCode: "0x6001" } } as const;
    await expectCode(openEvmStore(other), "FOREIGN_STATE");
    await expectCode(openEvmStore({ ...other, genesis: GENESIS, identity: "evm:2" }), "FOREIGN_STATE");
    await (await open(folder)).close();
  });

  describe("damaged", function () {
    const tamper = async (edit: (level: ClassicLevel) => Promise<void>): Promise<void> => {
      const level = new ClassicLevel<string, string>(folder);
      await level.open();
      await edit(level);
      await level.close();
    };
    /** Names of the notes about leaves of this type. */
    const notesOf = async (level: ClassicLevel, type: string): Promise<string[]> => {
      const names: string[] = [];
      for await (const [name, text] of level.iterator({ gte: "note:leaf:", lt: "note:leaf;" }))
        if (text.startsWith(`["${type}"`)) names.push(name);
      return names;
    };
    const edit = (type: string, change: (text: string) => string) => async (level: ClassicLevel) => {
      const [name = ""] = await notesOf(level, type);
      await level.put(name, change((await level.get(name)) ?? ""));
    };
    const damages: Record<string, (level: ClassicLevel) => Promise<void>> = {
      "a note missing": async (level) => level.del((await notesOf(level, "slot"))[0] ?? ""),
      "another balance": edit("account", (text) => text.replace(/"(\d+)","0x/, '"7$1","0x')),
      "another address": edit("account", (text) => text.replace("0000", "0001")),
      "another slot": edit("slot", (text) => text.replace(FIRST, SECOND)),
      "another word": edit("slot", (text) => text.replace(/01"\]$/, '02"]')),
      "another block": edit("block", (text) => text.replace("1", "2")),
      "no JSON": edit("block", () => "["),
      "no note": edit("block", () => '["tree",1]'),
      "a code missing": (level) => level.del(`note:code:${keccak256("0x00")}`),
      "another code": (level) => level.put(`note:code:${keccak256("0x00")}`, "01"),
    };
    for (const [name, damage] of Object.entries(damages))
      it(`is not opened: ${name}`, async function () {
        const store = await open(folder);
        store.apply(
          writes({
            accounts: new Map([[A, { nonce: 3n, balance: 4n, code: "0x00" }]]),
            slots: new Map([[A, new Map([[FIRST, ONE]])]]),
          }),
        );
        await store.persist();
        await store.close();
        await tamper(damage);
        await expectCode(open(folder), "CORRUPT_STATE");
      });
  });
});
