import { expect } from "chai";
import { type Address, concatHex, type Hex, parseEther, slice, toRlp } from "viem";
import { Journal } from "../../../builder/evm/journal.ts";
import { CHEATS } from "../../../builder/kinds/evm/cheats/account.ts";
import { type Cheat, decodeCheat, encodeCheat } from "../../../builder/kinds/evm/cheats/envelope.ts";
import { createEvmKind } from "../../../builder/kinds/evm/index.ts";
import { EvmMachine } from "../../../builder/kinds/evm/machine.ts";
import { createProvenEvmKind } from "../../../builder/kinds/evm/proven.ts";
import { checkStatement } from "../../../builder/kinds/evm/reference/check-statement.ts";
import { SYSTEM } from "../../../builder/kinds/evm/system.ts";
import type { BatchContext, RollupKind } from "../../../builder/kinds/kind.ts";
import { callAction, l2txAction } from "../../../builder/protocol/action.ts";
import { chainId, L1 } from "../../../builder/protocol/ids.ts";
import { flawOf } from "./reference/expect-flaw.ts";

const SELF = chainId(1);
const EVM_CHAIN_ID = 31_337_001n;
const ALICE: Address = "0x00000000000000000000000000000000000a11ce";
const BOB: Address = "0x0000000000000000000000000000000000000b0b";
const WORD: Hex = `0x${"00".repeat(31)}2a`;
const CONTEXT: BatchContext = { l1ChainId: 31337n, manager: BOB, timestamp: 1_000n };

const numbered = (number: bigint, cheat: Cheat) => encodeCheat({ chainId: EVM_CHAIN_ID, number, cheat });
const CHEAT_OF_EACH_NAME: readonly Cheat[] = [
  { do: "setBalance", account: ALICE, balance: 0n },
  { do: "setNonce", account: ALICE, nonce: 5n },
  { do: "setCode", account: ALICE, code: "0x600160005500" },
  { do: "setStorage", account: ALICE, slot: WORD, word: WORD },
  { do: "transact", sender: ALICE, nonce: 5n, gas: 100_000n, to: BOB, value: 0n, data: "0x" },
  { do: "transact", sender: BOB, nonce: 0n, gas: 100_000n, to: undefined, value: 0n, data: "0x00" },
  { do: "pass" },
];

describe("cheats of evm rollups", () => {
  async function open(kind: RollupKind = createEvmKind({ cheats: true }), context = CONTEXT) {
    const machine = await kind.open({ id: SELF });
    if (!(machine instanceof EvmMachine)) throw new TypeError("an evm rollup");
    const send = async (data: Hex) =>
      await machine.deliver(l2txAction(SELF, data), context, new Journal([machine]));
    return { machine, send };
  }
  /** A rollup whose account that stands for cheats was sent Ether from L1. */
  async function funded(wei: bigint) {
    const rollup = await open();
    const deposit = { from: L1, to: SELF, sender: BOB, target: CHEATS, value: wei, isStatic: false } as const;
    await rollup.machine.deliver(
      callAction({ ...deposit, data: "0x" }),
      CONTEXT,
      new Journal([rollup.machine]),
    );
    return rollup;
  }

  it("have one form, which says all that they do", () => {
    for (const cheat of CHEAT_OF_EACH_NAME)
      expect(decodeCheat(numbered(3n, cheat))).to.deep.equal({ chainId: EVM_CHAIN_ID, number: 3n, cheat });
  });

  it("take effect one after the other, and each moves the root for good", async () => {
    const { machine, send } = await open();
    const roots = new Set([machine.stateRoot()]);
    const twice = [...CHEAT_OF_EACH_NAME.slice(0, 4), ...CHEAT_OF_EACH_NAME];
    for (const [index, cheat] of twice.entries()) {
      const { action, refusal } = await send(numbered(BigInt(index), cheat));
      expect(refusal, cheat.do).to.equal(undefined);
      expect(action).to.deep.include({ failed: false, data: "0x01" });
      roots.add(machine.stateRoot());
    }
    expect(roots.size).to.equal(twice.length + 1);
    expect(machine.store.account(CHEATS)?.nonce).to.equal(BigInt(twice.length));
    expect(machine.store.slot(ALICE, WORD)).to.equal(WORD);
    await machine.close();
  });

  it("are invalid, without any effect, where the rollup was not registered for tests", async () => {
    for (const kind of [createEvmKind(), createProvenEvmKind()]) {
      const { machine, send } = await open(kind);
      const root = machine.stateRoot();
      for (const cheat of CHEAT_OF_EACH_NAME) {
        const { action, refusal } = await send(numbered(0n, cheat));
        expect(refusal?.code, `${kind.name}: ${cheat.do}`).to.equal("INVALID_L2_TRANSACTION");
        expect(action).to.deep.include({ failed: true, data: "0x" });
        expect(kind.signerOf?.(numbered(0n, cheat), 31337n, SELF)).to.equal(undefined);
      }
      expect(machine.stateRoot()).to.equal(root);
      await machine.close();
    }
  });

  it("are refused on every chain that is not local", async () => {
    for (const l1ChainId of [1n, 11155111n, 31338n]) {
      const { machine, send } = await open(undefined, { ...CONTEXT, l1ChainId });
      const data = encodeCheat({ chainId: l1ChainId * 1000n + 1n, number: 0n, cheat: { do: "pass" } });
      const outcome = await send(data).catch((error: unknown) => error);
      expect(outcome).to.have.property("code", "UNPROVEN_KIND");
      await machine.close();
    }
  });

  it("are invalid in any other form, at another number, of another chain, or of what the rollup stands on", async () => {
    const { machine, send } = await open();
    const root = machine.stateRoot();
    const cheat = { do: "setNonce", account: ALICE, nonce: 5n } as const;
    const good = numbered(0n, cheat);
    const fields = ["0x01de2a29", "0x", "0x02", ALICE, "0x05"] as const;
    const rlp = (...items: readonly Hex[]) => concatHex(["0x7d", toRlp([...items])]);
    const [id, number, name, account, nonce] = fields;
    expect(rlp(...fields)).to.equal(good);
    const wrong: Readonly<Record<string, Hex>> = {
      "bytes behind it": concatHex([good, "0x00"]),
      "a byte missing": slice(good, 0, -1),
      "no content": "0x7d",
      "no list": concatHex(["0x7d", toRlp(good)]),
      "a list in it": concatHex(["0x7d", toRlp([...fields.slice(0, 4), ["0x05"]])]),
      "a field more": rlp(...fields, "0x"),
      "a field less": rlp(id, number, name, account),
      "a number with a leading zero": rlp(id, number, name, account, "0x0005"),
      "a number that is zero and a byte": rlp(id, "0x00", name, account, nonce),
      "no such cheat": rlp(id, number, "0x07", account, nonce),
      "cheat 0": rlp(id, number, "0x", account, nonce),
      "a cheat of a great number": rlp(id, number, `0x${"ff".repeat(9)}`, account, nonce),
      "a short account": rlp(id, number, name, slice(account, 1), nonce),
      "a long account": rlp(id, number, name, concatHex(["0x00", account]), nonce),
      "a short slot": rlp(id, number, "0x04", account, "0x01", WORD),
      "a long word": rlp(id, number, "0x04", account, WORD, concatHex(["0x00", WORD])),
      "a long recipient": rlp(
        id,
        number,
        "0x05",
        account,
        "0x",
        "0x0186a0",
        concatHex([BOB, "0x00"]),
        "0x",
        "0x",
      ),
      "the next number": numbered(1n, cheat),
      "another chain": encodeCheat({ chainId: EVM_CHAIN_ID + 1n, number: 0n, cheat }),
      "too great a nonce": numbered(0n, { ...cheat, nonce: (1n << 64n) - 1n }),
      "too great a balance": numbered(0n, { do: "setBalance", account: ALICE, balance: 1n << 128n }),
      "too long a code": numbered(0n, { do: "setCode", account: ALICE, code: `0x${"00".repeat(24_577)}` }),
      "the system's code": numbered(0n, { do: "setCode", account: SYSTEM, code: "0x" }),
      "the cheats' own nonce": numbered(0n, { do: "setNonce", account: CHEATS, nonce: 9n }),
      "the cheats' own balance": numbered(0n, { do: "setBalance", account: CHEATS, balance: 9n }),
      "the cheats as a sender": numbered(0n, {
        ...{ do: "transact", sender: CHEATS, nonce: 0n, gas: 100_000n },
        ...{ to: ALICE, value: 0n, data: "0x" },
      }),
      "the sender's next nonce": numbered(0n, {
        ...{ do: "transact", sender: ALICE, nonce: 1n, gas: 100_000n },
        ...{ to: BOB, value: 0n, data: "0x" },
      }),
      "value that its sender has not": numbered(0n, {
        ...{ do: "transact", sender: ALICE, nonce: 0n, gas: 100_000n },
        ...{ to: BOB, value: 1n, data: "0x" },
      }),
    };
    for (const [what, data] of Object.entries(wrong)) {
      const { action, refusal } = await send(data);
      expect(refusal?.code, what).to.equal("INVALID_L2_TRANSACTION");
      expect(action, what).to.deep.include({ failed: true, data: "0x" });
      expect(machine.stateRoot(), what).to.equal(root);
    }
    expect((await send(good)).refusal).to.equal(undefined);
    expect((await send(good)).refusal?.code, "the same again").to.equal("INVALID_L2_TRANSACTION");
    const lower = numbered(1n, { ...cheat, nonce: 4n });
    expect((await send(lower)).refusal?.code, "a lower nonce").to.equal("INVALID_L2_TRANSACTION");
    await machine.close();
  });

  it("move Ether that came from L1, and make none", async () => {
    const { machine, send } = await funded(parseEther("3"));
    const balanceOf = (address: Address) => machine.store.account(address)?.balance ?? 0n;
    const set = async (number: bigint, balance: bigint) =>
      await send(numbered(number, { do: "setBalance", account: ALICE, balance }));
    expect((await set(0n, parseEther("2"))).refusal).to.equal(undefined);
    expect([balanceOf(ALICE), balanceOf(CHEATS)]).to.deep.equal([parseEther("2"), parseEther("1")]);
    const { refusal } = await set(1n, parseEther("3") + 1n);
    expect(refusal?.message).to.include("no cheat makes Ether");
    expect((await set(1n, 1n)).refusal).to.equal(undefined);
    expect([balanceOf(ALICE), balanceOf(CHEATS)]).to.deep.equal([1n, parseEther("3") - 1n]);
    await machine.close();
  });

  it("are checked from a witness alone, and refused by a checker of rollups that have none", async () => {
    const { machine, send } = await funded(1_000n);
    const header = { ...CONTEXT, rollup: SELF, blobs: 0n };
    const all: readonly Cheat[] = [
      { do: "setBalance", account: ALICE, balance: 7n },
      ...CHEAT_OF_EACH_NAME.slice(1),
    ];
    for (const [index, cheat] of all.entries()) {
      const { visit } = await send(numbered(BigInt(index), cheat));
      if (visit === undefined) throw new Error(`${cheat.do} ends no visit`);
      const { witness } = visit.record;
      await checkStatement({ header, visit, witness, cheats: true });
      expect(await flawOf(() => checkStatement({ header, visit, witness })), cheat.do).to.equal(
        "ACTION_DIFFERS",
      );
      const elsewhere = { ...header, l1ChainId: 1n };
      expect(
        await flawOf(() => checkStatement({ header: elsewhere, visit, witness, cheats: true })),
        cheat.do,
      ).to.equal("ACTION_DIFFERS");
      const stays = { actions: visit.actions, rootBefore: visit.rootBefore, rootAfter: visit.rootBefore };
      expect(
        await flawOf(() => checkStatement({ header, visit: stays, witness, cheats: true })),
        cheat.do,
      ).to.equal("ROOT_DIFFERS");
    }
    await machine.close();
  });
});
