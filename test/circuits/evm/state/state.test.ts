import { expect } from "chai";
import { keccak256, numberToHex } from "viem";
import { type BusEntry, busEntry, committedNames } from "../../../../circuits/bus/evaluate.ts";
import { STATEMENT_ATTRIBUTE, STATEMENT_CONTEXT } from "../../../../circuits/evm/attributes.ts";
import { accountLeaf } from "../../../../circuits/evm/state/account-leaf.ts";
import { blockLeaf } from "../../../../circuits/evm/state/block-leaf.ts";
import { BLOCK_KEY, EMPTY_TREE, NO_CODE } from "../../../../circuits/evm/state/constants.ts";
import { storageLeaf } from "../../../../circuits/evm/state/storage-leaf.ts";
import { accountFields, NO_CODE_HASH, slotFields } from "../../../../builder/kinds/evm/trace/fields.ts";
import { halves } from "../../../../builder/proving/bus/terms.ts";
import { traceState } from "../../../../builder/kinds/evm/trace/state.ts";
import { type AccountEntry, type StorageEntry, Tables } from "../../../../builder/kinds/evm/trace/tables.ts";
import { witnessReader } from "../../../../builder/kinds/evm/trace/witness-reader.ts";
import { TimeGoesBackError } from "../../../../builder/kinds/evm/errors.ts";
import { StateLayout } from "../../../../builder/kinds/evm/store/layout.ts";
import { openEvmStore } from "../../../../builder/kinds/evm/store/open.ts";
import type { EvmStore } from "../../../../builder/kinds/evm/store/store.ts";
import { FIELD_MODULUS, fieldElement } from "../../../../builder/protocol/ids.ts";
import { emptyHashes, hashState } from "../../../../builder/state/hashes.ts";
import { loadPoseidon, type Poseidon } from "../../../../builder/state/poseidon.ts";
import { recentPoseidon } from "../../../../builder/state/recent.ts";
import { commit, type CommittedRow, flaws } from "../support/bus.ts";

const LOW_248 = (1n << 248n) - 1n;

describe("evm: the state's rows", () => {
  let poseidon: Poseidon;
  let store: EvmStore;
  const rich = 0xaaaan << 100n;
  const nobody = 0xbbbbn << 100n;
  const precompile = 4n;
  const timestamp = 1000n;

  before(async () => {
    poseidon = recentPoseidon(await loadPoseidon(), 1 << 14);
    const balances = new Map(
      [rich, rich + 1n, rich + 2n].map((who) => [numberToHex(who, { size: 20 }), 10n]),
    );
    store = await openEvmStore({ poseidon, identity: "test", genesis: { systemCode: "0x00", balances } });
  });

  after(() => store.close());

  const accountTuple = (account: AccountEntry, times: bigint): BusEntry =>
    busEntry(
      "account",
      {
        address: account.address,
        ...accountFields(account),
        warm: account.warm ? 1n : 0n,
        time: account.time,
      },
      times,
    );
  const storageTuple = (slot: StorageEntry, times: bigint): BusEntry => {
    const original = halves(slot.original);
    return busEntry(
      "storage",
      {
        address: slot.address,
        ...slotFields(slot.slot),
        ...halves(slot.value),
        originalLo: original.lo,
        originalHi: original.hi,
        warm: slot.warm ? 1n : 0n,
        time: slot.time,
      },
      times,
    );
  };
  const attribute = (kind: number, lo: bigint, times: bigint): BusEntry =>
    busEntry("attribute", { context: STATEMENT_CONTEXT, kind: BigInt(kind), lo, hi: 0n }, times);

  /** A visit that gives a new account Ether, takes all of another, and writes a slot. */
  const visit = async (keeps: boolean) => {
    const touched = [rich, nobody, precompile, rich + 1n];
    const words = new Map([[numberToHex(rich, { size: 20 }), new Set([numberToHex(5n, { size: 32 })])]]);
    const witness = store.witnessOf({
      accounts: new Set(touched.map((address) => numberToHex(address, { size: 20 }))),
      slots: words,
    });
    const tables = new Tables(witnessReader(witness));
    for (const address of touched) await tables.account(address);
    const from = await tables.account(rich);
    tables.writeAccount({ ...from, balance: 0n, warm: true, time: 3n });
    const to = await tables.account(nobody);
    tables.writeAccount({ ...to, balance: 10n, warm: true, time: 4n });
    const slot = await tables.storage(rich, 5n);
    tables.writeStorage({ ...slot, value: 1n << 200n, warm: true, time: 5n });
    const traced = traceState(poseidon, { witness, tables, timestamp, keeps, numberReads: 1n });
    const reads = BigInt(tables.accounts.length + tables.slots.length + 1);
    const others = [
      ...tables.accounts.flatMap(({ first, last }) => [accountTuple(first, -1n), accountTuple(last, 1n)]),
      ...tables.slots.flatMap(({ first, last }) => [storageTuple(first, -1n), storageTuple(last, 1n)]),
      attribute(STATEMENT_ATTRIBUTE.keeps, keeps ? 1n : 0n, reads),
      attribute(STATEMENT_ATTRIBUTE.timestamp, timestamp, 1n),
      attribute(STATEMENT_ATTRIBUTE.number, 1n, -1n),
      busEntry("insertion", { key: 0n, size: traced.sizeBefore }),
      busEntry("insertion", { key: traced.added, size: traced.sizeAfter }, -1n),
      // Five leaves, and eight: two levels.
      busEntry("node", { level: 2n, index: 0n, before: traced.rootBefore, after: traced.rootAfter }, -1n),
    ];
    return { traced, rows: commit(traced.rows, poseidon), others };
  };

  /** The rows with some committed values of the rows of one type changed. */
  const forged = (
    rows: readonly CommittedRow[],
    type: CommittedRow["type"],
    change: Readonly<Record<string, (value: bigint) => bigint>>,
  ): CommittedRow[] => {
    const names = committedNames(type);
    return rows.map((row) =>
      row.type === type
        ? { type, committed: row.committed.map((value, at) => change[names[at] ?? ""]?.(value) ?? value) }
        : row,
    );
  };

  it("has the constants of the hash and of keccak256", () => {
    expect(EMPTY_TREE).to.deep.equal(emptyHashes(poseidon));
    expect(BLOCK_KEY).to.equal(new StateLayout(poseidon).blockKey);
    expect((NO_CODE.hashHi << 128n) | NO_CODE.hashLo).to.equal(BigInt(keccak256("0x")));
  });

  it("leads from what the state has to what the visit leaves", async () => {
    const { traced, rows, others } = await visit(true);
    expect(flaws(rows, others, poseidon)).to.deep.equal([]);
    expect(hashState(poseidon, fieldElement(traced.rootBefore), traced.sizeBefore)).to.equal(
      store.stateRoot(),
    );
    const undo = store.apply({
      accounts: new Map([
        [numberToHex(rich, { size: 20 }), { nonce: 0n, balance: 0n, code: "0x" }],
        [numberToHex(nobody, { size: 20 }), { nonce: 0n, balance: 10n, code: "0x" }],
      ]),
      slots: new Map([
        [
          numberToHex(rich, { size: 20 }),
          new Map([[numberToHex(5n, { size: 32 }), numberToHex(1n << 200n, { size: 32 })]]),
        ],
      ]),
      block: { number: 1n, timestamp },
    });
    expect(hashState(poseidon, fieldElement(traced.rootAfter), traced.sizeAfter)).to.equal(store.stateRoot());
    undo();
  });

  it("leaves nothing of a visit that failed or was static", async () => {
    const { traced, rows, others } = await visit(false);
    expect(flaws(rows, others, poseidon)).to.deep.equal([]);
    expect(traced.rootAfter).to.equal(traced.rootBefore);
    expect(traced.sizeAfter).to.equal(traced.sizeBefore);
  });

  it("says nothing in rows that are not used", () => {
    for (const type of [accountLeaf, storageLeaf, blockLeaf])
      expect(flaws(commit([{ type, given: { on: 0n } }], poseidon), [], poseidon)).to.deep.equal([]);
  });

  it("takes no time before the state's", async () => {
    const { rows, others } = await visit(true);
    const early = others.map((one) =>
      one.tuple === "attribute" && one.elements[0] === timestamp
        ? attribute(STATEMENT_ATTRIBUTE.timestamp, 999n, 1n)
        : one,
    );
    const late = forged(rows, blockLeaf, { exists: () => 1n, blockTime: () => 1000n, timestamp: () => 999n });
    expect(flaws(late, early, poseidon).join()).to.match(/blockLeaf: .* is in no range/);
    const witness = store.witnessOf({ accounts: new Set(), slots: new Map() });
    const block = { ...witness.block, state: { number: 1n, timestamp: 1001n } };
    const state = {
      witness: { ...witness, block },
      tables: { accounts: [], slots: [] },
      timestamp,
      keeps: true,
    };
    expect(() => traceState(poseidon, { ...state, numberReads: 1n })).to.throw(TimeGoesBackError);
  });

  describe("refuse a prover who", () => {
    const attacks: [string, CommittedRow["type"], Record<string, (value: bigint) => bigint>][] = [
      ["has the effects of a failed visit last", accountLeaf, { keeps: () => 1n }],
      ["has a slot that is not there hold something", storageLeaf, { lo: () => 1n }],
      ["takes an account that is there for none", accountLeaf, { exists: () => 0n, balance: () => 0n }],
      ["takes none for an empty one", accountLeaf, { exists: () => 1n }],
      ["has another balance before", accountLeaf, { balance: (value) => value + 1n }],
      ["has another code before", accountLeaf, { hashLo: (value) => value + 1n }],
      ["has another balance after", accountLeaf, { "balance after": (value) => value + 1n }],
      ["says that another address is warm", accountLeaf, { isNear: (value) => 1n - value }],
      ["has another low part of the address", accountLeaf, { low: (value) => value - 4096n }],
      ["has another block number", blockLeaf, { number: (value) => value + 1n }],
      ["has the number read more often", blockLeaf, { read: (value) => value + 1n }],
    ];
    for (const [what, type, change] of attacks)
      it(what, async () => {
        const { rows, others } = await visit(false);
        expect(flaws(forged(rows, type, change), others, poseidon)).not.to.be.empty;
      });

    it("splits a hash plus p, below and above the greatest element", () => {
      const hashes = Array.from({ length: 2_000 }, (_, n) => BigInt(n)).map(
        (address) => [address, poseidon([1n, address])] as const,
      );
      const limit = 1n << 248n;
      const isAbove = (hash: bigint): boolean =>
        hash + FIELD_MODULUS < ((FIELD_MODULUS >> 248n) + 1n) * limit;
      const near = hashes.find(([, hash]) => isAbove(hash));
      const far = hashes.find(([, hash]) => !isAbove(hash) && hash + FIELD_MODULUS < 64n * limit);
      for (const [address, hash] of [near, far].filter((one) => one !== undefined)) {
        const given = { address, exists: 0n, hashLo: NO_CODE.hashLo, hashHi: NO_CODE.hashHi };
        const after = { "hashLo after": NO_CODE.hashLo, "hashHi after": NO_CODE.hashHi };
        const committed = commit([{ type: accountLeaf, given: { ...given, ...after } }], poseidon);
        const key = (hash + FIELD_MODULUS) & LOW_248;
        const found = flaws(forged(committed, accountLeaf, { key: () => key }), [], poseidon);
        expect(found.join()).to.match(/accountLeaf: .* is in no range/);
        expect(flaws(committed, [], poseidon).join()).not.to.match(/out of range/);
      }
      expect(near).not.to.equal(undefined);
      expect(far).not.to.equal(undefined);
    });
  });

  it("knows what is warm from the start", () => {
    for (const [address, warm] of [
      [0n, 1n],
      [1n, 1n],
      [0x11n, 1n],
      [0x12n, 0n],
      [0xffn, 0n],
      [0x100n, 1n],
      [0x101n, 0n],
      [0x1000n, 0n],
      [0x1001n, 0n],
      [(1n << 159n) + 1n, 0n],
    ] as const) {
      const account = { address, nonce: 0n, balance: 0n, codeHash: NO_CODE_HASH, time: 0n };
      const given = { address, ...accountFields(account) };
      const after = { "hashLo after": NO_CODE.hashLo, "hashHi after": NO_CODE.hashHi, "warm after": warm };
      const rows = commit([{ type: accountLeaf, given: { ...given, ...after } }], poseidon);
      // Sent and received alike: only what the tree and the border have to do with it is left.
      expect(flaws(rows, [], poseidon).map((flaw) => flaw.split("(")[0])).to.deep.equal([
        "attribute",
        "value",
      ]);
    }
  });
});
