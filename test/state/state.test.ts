import { expect } from "chai";
import { ClassicLevel } from "classic-level";
import fc from "fast-check";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fieldElement, type StateRoot, stateRoot } from "../../builder/protocol/ids.ts";
import { openState, type OpenStateOptions } from "../../builder/state/open.ts";
import { loadPoseidon, type Poseidon } from "../../builder/state/poseidon.ts";
import type { State } from "../../builder/state/state.ts";
import { StateTree } from "../../builder/state/tree.ts";
import { expectCode } from "../protocol/expect-code.ts";
import { naiveStateRoot, naiveUpsert } from "./naive-tree.ts";

describe("durable state", function () {
  this.timeout(120_000);
  let poseidon: Poseidon;
  let folder: string;

  before(async function () {
    poseidon = await loadPoseidon();
  });
  beforeEach(async function () {
    folder = await mkdtemp(join(tmpdir(), "lockstep-state-"));
  });
  afterEach(async function () {
    await rm(folder, { recursive: true });
  });

  const open = (more: Partial<OpenStateOptions> = {}): Promise<State> =>
    openState({ poseidon, identity: "test", shape: "growing", folder, ...more });

  /** Edits the database behind the state's back. */
  async function tamper(edit: (level: ClassicLevel) => Promise<void>): Promise<void> {
    const level = new ClassicLevel<string, string>(folder);
    await level.open();
    await edit(level);
    await level.close();
  }

  it("opens where it was last persisted; what was not persisted is gone", async function () {
    const state = await open();
    const genesis = state.tree.stateRoot();
    state.tree.upsert(5n, fieldElement(50n));
    state.tree.upsert(3n, fieldElement(30n));
    await state.persist();
    const root = state.tree.stateRoot();
    state.tree.upsert(4n, fieldElement(40n));
    await state.close();

    const again = await open();
    expect(again.tree.stateRoot()).to.equal(root).and.not.equal(genesis);
    expect([3n, 4n, 5n].map((key) => again.tree.get(key))).to.deep.equal([30n, 0n, 50n]);
    await again.close();
  });

  for (const [durable, shape] of [
    [true, "growing"],
    [false, "growing"],
    [true, "fixed"],
  ] as const)
    it(`rewinds to any persisted state and goes on from there (${durable ? "folder" : "memory"}, ${shape})`, async function () {
      const write = fc.tuple(
        fc.bigInt({ min: 0n, max: 24n }),
        fc.bigInt({ min: 0n, max: 3n }).map(fieldElement),
      );
      const batches = fc.array(fc.array(write, { minLength: 1, maxLength: 6 }), {
        minLength: 1,
        maxLength: 6,
      });
      await fc.assert(
        fc.asyncProperty(batches, batches, fc.nat(), fc.boolean(), async (first, second, pick, dirty) => {
          const place = durable
            ? { folder: join(folder, `${pick.toString()}-${String(Math.random())}`) }
            : {};
          const options = { poseidon, identity: "test", shape, ...place } as const;
          let state = await openState(options);
          const model = new Map<bigint, bigint>([[0n, 0n]]);
          const history = [{ root: state.tree.stateRoot(), model: new Map(model) }];
          const play = async (list: typeof first): Promise<void> => {
            for (const batch of list) {
              state.tree.upsertMany(batch);
              for (const [key, value] of batch) naiveUpsert(model, key, value);
              await state.persist();
              history.push({ root: state.tree.stateRoot(), model: new Map(model) });
            }
          };
          await play(first);
          const target = history[pick % history.length];
          if (target === undefined) throw new Error("the history is empty");
          if (dirty) state.tree.upsert(100n, fieldElement(1n));
          await state.rewind(target.root);
          expect(state.tree.stateRoot()).to.equal(target.root);

          model.clear();
          for (const [key, value] of target.model) model.set(key, value);
          await play(second);
          expect(state.tree.stateRoot()).to.equal(naiveStateRoot(poseidon, shape, [...model]));
          if (durable) {
            await state.close();
            state = await openState(options);
            expect(state.tree.stateRoot()).to.equal(naiveStateRoot(poseidon, shape, [...model]));
          }
          await state.rewind(target.root);
          expect(state.tree.stateRoot()).to.equal(naiveStateRoot(poseidon, shape, [...target.model]));
          await state.close();
        }),
        { numRuns: 25 },
      );
    });

  it("refuses to rewind to a root it never persisted, or no longer remembers, and stays as it was", async function () {
    const state = await open({ history: 2 });
    const roots: StateRoot[] = [];
    for (const n of [1n, 2n, 3n, 4n]) {
      state.tree.upsert(n, fieldElement(n));
      await state.persist();
      roots.push(state.tree.stateRoot());
    }
    const [tooOld, oldest, , present] = roots;
    if (tooOld === undefined || oldest === undefined) throw new Error("four states were persisted");
    const never = new StateTree(poseidon, "growing");
    never.upsert(9n, fieldElement(9n));
    await expectCode(state.rewind(never.stateRoot()), "UNKNOWN_ROOT");
    await expectCode(state.rewind(tooOld), "UNKNOWN_ROOT");
    expect(state.tree.stateRoot()).to.equal(present);
    await state.rewind(oldest);
    expect(state.tree.stateRoot()).to.equal(oldest);
    await state.close();
  });

  it("survives being killed at any moment", async function () {
    /** Roots in the order in which the child persists them. */
    const expected: bigint[] = [];
    const tree = new StateTree(poseidon, "growing");
    const rootAfter = (n: number): bigint => {
      while (expected.length < n) {
        const next = BigInt(expected.length + 1);
        tree.upsert(next % 50n, fieldElement(next));
        expected.push(tree.stateRoot());
      }
      return expected[n - 1] ?? 0n;
    };
    let printed = 0;
    for (const lines of [1, 13, 29]) {
      await rm(folder, { recursive: true });
      const child = spawn(process.execPath, [join(import.meta.dirname, "persist-forever.ts"), folder], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      printed = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        printed += 1;
        expect(BigInt(line)).to.equal(rootAfter(printed));
        if (printed === lines) child.kill("SIGKILL");
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");

      const state = await open();
      const root = state.tree.stateRoot();
      // The kill may have come between a write and its line.
      expect([rootAfter(printed), rootAfter(printed + 1)]).to.include(root);
      await state.close();
    }
  });

  it("refuses a folder with other files", async function () {
    await writeFile(join(folder, "thesis.txt"), "precious");
    await expectCode(open(), "FOREIGN_STATE");
    expect(await readdir(folder)).to.deep.equal(["thesis.txt"]);
  });

  it("refuses another rollup's state and another program's database", async function () {
    await (await open({ identity: "ledger:1" })).close();
    await expectCode(open({ identity: "ledger:2" }), "FOREIGN_STATE");
    await rm(folder, { recursive: true });
    await tamper((level) => level.put("hello", "world"));
    await expectCode(open(), "FOREIGN_STATE");
  });

  /** As a version before this one, or after it, would have written it. */
  const writtenBy = async (format: string): Promise<void> => {
    const state = await open();
    state.tree.upsert(5n, fieldElement(50n));
    await state.persist(new Map([["older", "note"]]));
    await state.close();
    await tamper(async (level) => {
      const head = (await level.get("head")) ?? "";
      await level.put(
        "head",
        head.replace(/"lockstep\.state\.v\d+"/, `"${format}"`).replace('"size"', '"leaves"'),
      );
      await level.put("relic:1", "of another layout");
    });
  };

  it("begins anew where an older version wrote, and says so", async function () {
    await writtenBy("lockstep.state.v0");
    const told: string[] = [];
    const state = await open({ onRebuild: (where) => told.push(where) });
    expect(told).to.deep.equal([folder]);
    expect(state.tree.size).to.equal(1);
    expect([...(await state.notes()).keys()]).to.deep.equal([]);
    state.tree.upsert(7n, fieldElement(70n));
    await state.persist();
    const root = state.tree.stateRoot();
    await state.close();
    const again = await open({ onRebuild: (where) => told.push(where) });
    expect(again.tree.stateRoot()).to.equal(root);
    expect(told).to.have.length(1);
    await again.close();
  });

  it("refuses what a newer version wrote, with what to do, and another's old state", async function () {
    await writtenBy("lockstep.state.v12");
    await expectCode(open(), "UNSUPPORTED_FORMAT", /lockstep\.state\.v12.*remove the folder/s);
    await rm(folder, { recursive: true });
    await writtenBy("lockstep.state.v0");
    await expectCode(open({ identity: "somebody else" }), "FOREIGN_STATE");
  });

  it("refuses a folder that is in use, and a path that is a file", async function () {
    const state = await open();
    await expectCode(open(), "STATE_LOCKED");
    await state.close();
    const file = `${folder}.file`;
    await writeFile(file, "");
    await expectCode(open({ folder: file }), "STATE_UNAVAILABLE");
    await rm(file);
  });

  describe("damaged", function () {
    beforeEach(async function () {
      const state = await open();
      for (const n of [1n, 2n, 3n]) {
        state.tree.upsert(n, fieldElement(n));
        await state.persist();
      }
      await state.close();
    });

    const swapValue = async (level: ClassicLevel): Promise<void> => {
      const leaf = await level.get("leaf:00000002");
      await level.put("leaf:00000002", `${leaf?.slice(0, -1) ?? ""}9`);
    };
    const damages: Record<string, (level: ClassicLevel) => Promise<void>> = {
      "a leaf changed": swapValue,
      "a leaf missing": (level) => level.del("leaf:00000001"),
      "the last leaf missing": (level) => level.del("leaf:00000003"),
      "a leaf too many": (level) => level.put("leaf:00000004", "0".repeat(192)),
      "a leaf that is no leaf": (level) => level.put("leaf:00000001", "zz"),
      "a leaf with a value out of the field": (level) => level.put("leaf:00000001", "f".repeat(192)),
      "a head that is no head": (level) => level.put("head", "{}"),
      "a head that is no JSON": (level) => level.put("head", "{"),
    };
    for (const [name, damage] of Object.entries(damages))
      it(`is not opened: ${name}`, async function () {
        await tamper(damage);
        await expectCode(open(), "CORRUPT_STATE");
      });

    it("is not rewound into: an undo record changed", async function () {
      const state = await open();
      const root = state.tree.stateRoot();
      await state.close();
      await tamper(async (level) => {
        const undo = await level.get("undo:000000000003");
        await level.put("undo:000000000003", (undo ?? "").replace(/"root":"\d+"/, '"root":"12345"'));
      });
      const again = await open();
      await expectCode(again.rewind(stateRoot(12345n)), "CORRUPT_STATE");
      await expectCode(again.persist(), "STATE_UNAVAILABLE");
      await again.close();
      const reopened = await open();
      expect(reopened.tree.stateRoot()).to.equal(root);
      await reopened.close();
    });
  });
});
