import { expect } from "chai";
import fc from "fast-check";
import { type Address, type Hex, keccak256 } from "viem";
import { commitments } from "../../../../builder/kinds/evm/reference/commitments.ts";
import { commitWrites } from "../../../../builder/kinds/evm/reference/commit-writes.ts";
import type { StateWitness } from "../../../../builder/kinds/evm/reference/state-witness.ts";
import { WitnessedState } from "../../../../builder/kinds/evm/reference/witnessed-state.ts";
import type { StateWrites, Touched } from "../../../../builder/kinds/evm/state-types.ts";
import { openEvmStore } from "../../../../builder/kinds/evm/store/open.ts";
import type { EvmStore } from "../../../../builder/kinds/evm/store/store.ts";
import type { StateRoot } from "../../../../builder/protocol/ids.ts";
import { loadPoseidon, type Poseidon } from "../../../../builder/state/poseidon.ts";
import { recentPoseidon } from "../../../../builder/state/recent.ts";
import { ADDRESSES, anyWrites, SLOTS } from "../store/arbitraries.ts";
import { expectFlaw } from "./expect-flaw.ts";
import { mutations } from "./mutations.ts";

const touched: fc.Arbitrary<Touched> = fc
  .record({
    accounts: fc.subarray([...ADDRESSES]),
    slots: fc.uniqueArray(fc.tuple(fc.constantFrom(...ADDRESSES), fc.subarray([...SLOTS])), {
      selector: ([address]) => address,
      maxLength: 4,
    }),
  })
  .map(({ accounts, slots }) => ({
    accounts: new Set(accounts),
    slots: new Map(slots.map(([address, names]) => [address, new Set(names)])),
  }));

describe("witness of an evm rollup's state", function () {
  this.timeout(120_000);
  let poseidon: Poseidon;

  before(async function () {
    poseidon = recentPoseidon(await loadPoseidon(), 1 << 16);
  });

  const opened = async (past: readonly StateWrites[]): Promise<EvmStore> => {
    const store = await openEvmStore({
      poseidon,
      identity: "evm:1",
      genesis: { systemCode: "0x60006000f3" },
    });
    for (const writes of past) store.apply(writes);
    return store;
  };
  const verify = (witness: StateWitness, root: StateRoot): WitnessedState =>
    WitnessedState.verify(witness, root, poseidon, commitments(poseidon));
  const past = fc.array(anyWrites, { maxLength: 3 });

  it("shows what was touched, and leads to the root after whatever is written", async function () {
    await fc.assert(
      fc.asyncProperty(past, touched, anyWrites, async (earlier, reads, writes) => {
        const store = await opened(earlier);
        const state = verify(store.witnessOf(reads, gone(store, writes)), store.stateRoot());
        expect(state.block).to.deep.equal(store.block);
        for (const address of reads.accounts)
          expect(await state.account(address)).to.deep.equal(
            store.account(address) ?? { nonce: 0n, balance: 0n, code: "0x" },
          );
        for (const [address, names] of reads.slots)
          for (const slot of names)
            expect(await state.storage(address, slot)).to.equal(store.slot(address, slot));
        store.apply(writes);
        commitWrites(state, commitments(poseidon), writes);
        expect(state.tree.root()).to.equal(store.stateRoot());
        await store.close();
      }),
      { numRuns: 60 },
    );
  });

  it("shows nothing else: reading and writing it is refused, and remembered", async function () {
    const store = await opened([]);
    const [A = "0x", B = "0x"] = ADDRESSES;
    const [first = "0x", second = "0x"] = SLOTS;
    const reads = { accounts: new Set([A]), slots: new Map([[A, new Set([first])]]) };
    const fresh = (): WitnessedState => verify(store.witnessOf(reads), store.stateRoot());
    for (const read of [
      (state: WitnessedState) => state.account(B),
      (state: WitnessedState) => state.storage(A, second),
      (state: WitnessedState) => state.storage(B, first),
    ]) {
      const state = fresh();
      await expectFlaw(() => read(state), ["NOT_WITNESSED"], "a read");
      expect(state.missing).to.have.property("code", "NOT_WITNESSED");
    }
    await store.close();
  });

  it("is refused with any one thing changed", async function () {
    await fc.assert(
      fc.asyncProperty(past, touched, fc.nat(), async (earlier, reads, pick) => {
        const store = await opened(earlier);
        const witness = store.witnessOf(reads);
        const root = store.stateRoot();
        const all = [...mutations(witness)];
        // Every path's hashes are many: some of them in each run.
        const picked = all.filter(({ name }, at) => !name.includes("iblings") || at % 97 === pick % 97);
        for (const { name, mutant } of picked) {
          const flaws = [
            "WITNESS_MALFORMED",
            "WITNESS_NOT_IN_STATE",
            "WITNESS_VALUE",
            "WITNESS_CODE",
          ] as const;
          // Another absent account or slot may stand in the same gap: then what is said of it is as true.
          const isTrue = /\.(address|slot)$/.test(name) && isAbsent(store, mutant, name);
          if (!isTrue) await expectFlaw(() => verify(mutant, root), flaws, name);
        }
        await store.close();
      }),
      { numRuns: 12 },
    );
  });

  it("is refused with a code too many, with one twice, and with an account or a slot twice", async function () {
    const [A = "0x"] = ADDRESSES;
    const [slot = "0x"] = SLOTS;
    const code: Hex = "0x6001";
    const store = await opened([
      {
        accounts: new Map([[A, { nonce: 1n, balance: 2n, code }]]),
        slots: new Map(),
        block: { number: 1n, timestamp: 1n },
      },
    ]);
    const root = store.stateRoot();
    const witness = store.witnessOf({ accounts: new Set([A]), slots: new Map([[A, new Set([slot])]]) });
    verify(witness, root);
    const bent: [string, StateWitness][] = [
      ["code too many", { ...witness, codes: [...witness.codes, "0x00"] }],
      ["code twice", { ...witness, codes: [code, code] }],
      ["code missing", { ...witness, codes: [] }],
      ["account twice", { ...witness, accounts: [...witness.accounts, ...witness.accounts] }],
      ["slot twice", { ...witness, slots: [...witness.slots, ...witness.slots] }],
    ];
    for (const [what, mutant] of bent)
      await expectFlaw(() => verify(mutant, root), ["WITNESS_CODE", "WITNESS_MALFORMED"], what);
    expect(keccak256(code)).to.equal(witness.accounts[0]?.account?.codeHash);
    await store.close();
  });
});

/** Whether the account or slot that the field names is absent, and the witness says so. */
function isAbsent(store: EvmStore, { accounts, slots }: StateWitness, field: string): boolean {
  const [list, at] = field.split(".");
  if (list === "accounts") {
    const of = accounts[Number(at)];
    return of !== undefined && of.account === undefined && store.account(of.address) === undefined;
  }
  const of = slots[Number(at)];
  return of !== undefined && BigInt(of.word) === 0n && BigInt(store.slot(of.address, of.slot)) === 0n;
}

/**
 * The same writes, with the slots named that go with accounts that are gone: no visit destroys what it did
 * not create.
 */
function gone(store: EvmStore, writes: StateWrites): StateWrites {
  const slots = new Map<Address, ReadonlyMap<Hex, Hex>>(writes.slots);
  for (const [address, account] of writes.accounts) {
    if (account !== undefined) continue;
    const known = SLOTS.map((slot) => [slot, store.slot(address, slot)] as const);
    slots.set(address, new Map([...known, ...(slots.get(address) ?? [])]));
  }
  return { ...writes, slots };
}
