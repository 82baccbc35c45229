import { RLP } from "@ethereumjs/rlp";
import { expect } from "chai";
import {
  type Address,
  concatHex,
  type Hex,
  keccak256,
  numberToHex,
  parseSignature,
  parseTransaction,
  serializeTransaction,
  toRlp,
  trim,
  type TransactionSerializable,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { checkStatement } from "../../../../builder/kinds/evm/reference/check-statement.ts";
import type { StateWrites } from "../../../../builder/kinds/evm/state-types.ts";
import { traceVisit } from "../../../../builder/kinds/evm/trace/visit.ts";
import { lowerCase } from "../../../../builder/protocol/address.ts";
import { type Action, l2txAction } from "../../../../builder/protocol/action.ts";
import { evmChainIdOf } from "../../../../builder/protocol/evm-chain-id.ts";
import { RollupProxies } from "../../../../builder/proving/bus/proxies.ts";
import { loadPoseidon, type Poseidon } from "../../../../builder/state/poseidon.ts";
import { recentPoseidon } from "../../../../builder/state/recent.ts";
import { flawsOf } from "../../../circuits/evm/support/visit-flaws.ts";
import { expectCode } from "../../../protocol/expect-code.ts";
import { expectFlaw } from "./expect-flaw.ts";
import { L1_CHAIN_ID, SELF, TestRollup, USER, type VisitRun } from "./rollup.ts";

const CHAIN = Number(evmChainIdOf(L1_CHAIN_ID, SELF));
const TO: Address = numberToHex(0x70n, { size: 20 });
/** Has code on the rollup. */
const CONTRACT = privateKeyToAccount(numberToHex(0xc0deen, { size: 32 }));
/** Has lent itself code. */
const DELEGATED = privateKeyToAccount(numberToHex(0xde1en, { size: 32 }));
/** Has made all transactions that an account can make. */
const SPENT = privateKeyToAccount(numberToHex(0x5be27n, { size: 32 }));
/** Order of the curve of signatures. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const LAST_NONCE = 2n ** 64n - 1n;

const CORRECT = {
  chainId: CHAIN,
  type: "eip1559",
  nonce: 0,
  gas: 100_000n,
  maxFeePerGas: 0n,
  maxPriorityFeePerGas: 0n,
  to: TO,
  value: 1n,
} as const;

type Fields = Partial<Record<string, unknown>>;

const signed = async (fields: Fields = {}, account = USER): Promise<Hex> =>
  await account.signTransaction({ ...CORRECT, ...fields });

/** The transaction with another signature. */
const resigned = async (change: (signature: { r: bigint; s: bigint; yParity: number }) => object) => {
  const { r, s, yParity, ...transaction } = parseTransaction(await signed());
  if (r === undefined || s === undefined || yParity === undefined) throw new Error("no signature");
  const changed = { r: BigInt(r), s: BigInt(s), yParity, ...change({ r: BigInt(r), s: BigInt(s), yParity }) };
  return serializeTransaction(transaction as TransactionSerializable, {
    r: numberToHex(changed.r, { size: 32 }),
    s: numberToHex(changed.s, { size: 32 }),
    yParity: changed.yParity,
  });
};

/** The transaction with one of its fields in another form. */
const reencoded = async (at: number, field: Uint8Array): Promise<Hex> => {
  const raw = await signed();
  const fields = RLP.decode(`0x${raw.slice(4)}`);
  if (!Array.isArray(fields)) throw new Error("no list");
  const encoded = RLP.encode(fields.toSpliced(at, 1, field));
  return concatHex(["0x02", `0x${Buffer.from(encoded).toString("hex")}`]);
};

const INVALID: Readonly<Record<string, () => Promise<Hex>>> = {
  "no bytes": async () => "0x",
  "a byte": async () => "0x02",
  "no RLP": async () => "0x02ffff",
  "a type that there is not": async () => concatHex(["0x05", `0x${(await signed()).slice(4)}`]),
  "a byte too many": async () => concatHex([await signed(), "0x00"]),
  "a byte too few": async () => (await signed()).slice(0, -2) as Hex,
  "a number with a leading zero": () => reencoded(4, new Uint8Array([0, 1])),
  "a zero that is a byte": () => reencoded(1, new Uint8Array([0])),
  "a length in a longer form than it needs": async () => {
    const raw = await signed();
    // The list has over 55 bytes: `f8 length`.
    return concatHex(["0x02f900", `0x${raw.slice(6)}`]);
  },
  "blobs (type 3)": async () =>
    concatHex([
      "0x03",
      `0x${Buffer.from(RLP.encode([CHAIN, 0, 0, 0, 100000, TO, 1, "0x", [], 1, [numberToHex(1n, { size: 32 })], 0, 1, 1])).toString("hex")}`,
    ]),
  "no signature": async () => serializeTransaction(CORRECT),
  "r = 0": () => resigned(() => ({ r: 0n })),
  "s = 0": () => resigned(() => ({ s: 0n })),
  "r = the curve's order": () => resigned(() => ({ r: ORDER })),
  "an r of no point": () => resigned(({ r }) => ({ r: r ^ 1n })),
  "s in the upper half": () => resigned(({ s, yParity }) => ({ s: ORDER - s, yParity: 1 - yParity })),
  "an own signature for every chain": () =>
    signed({
      type: "legacy",
      chainId: undefined,
      gasPrice: 0n,
      maxFeePerGas: undefined,
      maxPriorityFeePerGas: undefined,
    }),
  "another chain's": () => signed({ chainId: CHAIN + 1 }),
  "L1's": () => signed({ chainId: Number(L1_CHAIN_ID) }),
  "a nonce too high": () => signed({ nonce: 1 }),
  "a nonce that was used": () => signed({ nonce: 0 }, DELEGATED),
  "the nonce that no account can use": () => signed({ nonce: LAST_NONCE }, SPENT),
  "more value than there is": () => signed({ value: 10n ** 18n + 1n }),
  "more fees than there is": () => signed({ maxFeePerGas: 10n ** 14n }),
  "a balance that pays the value or the fees": () => signed({ value: 10n ** 18n, maxFeePerGas: 1n }),
  "a gas limit below the intrinsic cost": () => signed({ gas: 20_999n }),
  "a gas limit below the calldata's floor": () => signed({ gas: 30_000n, data: `0x${"11".repeat(300)}` }),
  "a gas limit above 2^24": () => signed({ gas: 2n ** 24n + 1n }),
  "a priority fee above the fee": async () => {
    const fields = [
      numberToHex(CHAIN),
      "0x",
      "0x01",
      "0x",
      numberToHex(100_000),
      TO,
      "0x01",
      "0x",
      [],
    ] as const;
    const unsigned = concatHex(["0x02", toRlp(fields)]);
    const { r, s, yParity } = parseSignature(await USER.sign({ hash: keccak256(unsigned) }));
    const parts = [yParity === 0 ? "0x" : "0x01", trim(r), trim(s)] as const;
    return concatHex(["0x02", toRlp([...fields, ...parts])]);
  },
  "init code that is too long": () =>
    signed({ to: undefined, gas: 16_000_000n, data: `0x${"00".repeat(49_153)}` }),
  "a sender with code": () => signed({}, CONTRACT),
  "type 4 without authorisations": () => signed({ type: "eip7702", authorizationList: [] }),
  "type 4 that creates": async () =>
    signed({ type: "eip7702", to: undefined, data: "0x00", authorizationList: [await lent()] }),
};

/** Those of which no circuit says anything yet, with the reason. */
const UNCOVERED: Readonly<Record<string, RegExp>> = {
  "init code that is too long": /create a contract/,
  "a sender with code": /EIP-7702/,
  "a nonce that was used": /EIP-7702/,
  "type 4 without authorisations": /type 4/,
  "type 4 that creates": /type 4/,
};

async function lent() {
  return await USER.signAuthorization({ contractAddress: TO, chainId: 0, nonce: 1 });
}

const VALID: Readonly<Record<string, () => Promise<Hex>>> = {
  "type 0": () =>
    signed({ type: "legacy", gasPrice: 0n, maxFeePerGas: undefined, maxPriorityFeePerGas: undefined }),
  "type 1": () =>
    signed({
      type: "eip2930",
      gasPrice: 0n,
      maxFeePerGas: undefined,
      maxPriorityFeePerGas: undefined,
      accessList: [],
    }),
  "type 2": () => signed(),
  "type 4": async () => signed({ type: "eip7702", authorizationList: [await lent()] }),
  "all that there is": () => signed({ value: 10n ** 18n }),
  "exactly the intrinsic cost": () => signed({ gas: 21_000n }),
  "exactly the floor": () => signed({ gas: 33_000n, data: `0x${"11".repeat(300)}` }),
  "a gas limit of 2^24": () => signed({ gas: 2n ** 24n }),
  "one that reverts": () => signed({ to: undefined, data: "0xfe", gas: 100_000n, value: 0n }),
  "an account that has lent itself code": () => signed({ nonce: 1, value: 0n }, DELEGATED),
};

describe("invalid transactions of an EVM rollup", function () {
  this.timeout(60_000);
  let rollup: TestRollup;
  let poseidon: Poseidon;

  before(async () => {
    poseidon = recentPoseidon(await loadPoseidon(), 1 << 15);
  });
  beforeEach(async () => {
    rollup = await TestRollup.open();
    const rich = { nonce: 0n, balance: 10n ** 18n, code: "0x" } as const;
    const writes: StateWrites = {
      accounts: new Map([
        [lowerCase(CONTRACT.address), { ...rich, code: "0x00" }],
        [lowerCase(DELEGATED.address), { ...rich, nonce: 1n, code: concatHex(["0xef0100", TO]) }],
        [lowerCase(SPENT.address), { ...rich, nonce: LAST_NONCE }],
      ]),
      slots: new Map(),
      block: rollup.store.block,
    };
    rollup.store.apply(writes);
  });
  afterEach(() => rollup.close());

  const play = async (data: Hex): Promise<VisitRun> => await rollup.run(l2txAction(SELF, data));
  /** Rows prove what was played, or it is refused by name. */
  const proven = async (run: VisitRun, refusal?: RegExp): Promise<void> => {
    const traced = traceVisit({ poseidon, proxies: RollupProxies.read(), ...run });
    if (refusal === undefined) expect(flawsOf(await traced, poseidon)).to.deep.equal([]);
    else await expectCode(traced, "NOT_YET_PROVABLE", refusal);
  };
  /** The statement with another answer, and that root. */
  const claiming = (
    { header, visit, witness }: VisitRun,
    answer: Partial<Action>,
    rootAfter = visit.rootAfter,
  ): VisitRun => {
    const actions = visit.actions.map((action, at) => (at === 1 ? { ...action, ...answer } : action));
    return { header, visit: { ...visit, actions, rootAfter }, witness };
  };

  for (const [what, make] of Object.entries(INVALID))
    it(`fail without any effect, and in no other way: ${what}`, async () => {
      const before = rollup.store.stateRoot();
      const run = await play(await make());
      expect(run.visit.actions[1]).to.deep.include({ failed: true, data: "0x" });
      expect(rollup.store.stateRoot()).to.equal(before);
      await checkStatement(run);
      await proven(run, UNCOVERED[what]);
      for (const answer of [
        { failed: false, data: "0x01" },
        { failed: false, data: "0x00" },
        { data: "0x00" },
      ] as const)
        await expectFlaw(() => checkStatement(claiming(run, answer)), ["ACTION_DIFFERS"], what);
      const moved = claiming(run, {}, (await play(await signed())).visit.rootAfter);
      await expectFlaw(() => checkStatement(moved), ["ROOT_DIFFERS"], what);
    });

  for (const [what, make] of Object.entries(VALID))
    it(`are not those that are valid: ${what}`, async () => {
      const before = rollup.store.stateRoot();
      const run = await play(await make());
      expect(run.visit.actions[1]?.failed).to.equal(false);
      expect(rollup.store.stateRoot()).not.to.equal(before);
      await checkStatement(run);
      const denied = claiming(run, { failed: true, data: "0x" }, run.visit.rootBefore);
      await expectFlaw(() => checkStatement(denied), ["ACTION_DIFFERS"], what);
    });

  it("can be tried again, and take effect once they are valid", async () => {
    const second = await signed({ nonce: 1 });
    expect((await play(second)).visit.actions[1]?.failed).to.equal(true);
    expect((await play(await signed())).visit.actions[1]?.failed).to.equal(false);
    expect((await play(second)).visit.actions[1]?.failed).to.equal(false);
    expect((await play(second)).visit.actions[1]?.failed).to.equal(true);
    expect(rollup.nonce).to.equal(2);
  });
});
