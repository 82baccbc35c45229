import { expect } from "chai";
import { concatHex, encodeFunctionData, type Hex, numberToHex, size, slice, toHex } from "viem";
import { ledgerAbi } from "../../../builder/kinds/ledger/abi.ts";
import { LedgerAccount } from "../../../builder/kinds/ledger/client.ts";
import { ledgerKind } from "../../../builder/kinds/ledger/index.ts";
import { decodeL2tx, encodeL2tx, ledgerMessage } from "../../../builder/kinds/ledger/l2tx.ts";
import type { LedgerMachine } from "../../../builder/kinds/ledger/machine.ts";
import { loadSigning, type Signing } from "../../../builder/kinds/ledger/signing.ts";
import { l2txAction } from "../../../builder/protocol/action.ts";
import { FIELD_MODULUS, fieldElement, L1 } from "../../../builder/protocol/ids.ts";
import { loadPoseidon } from "../../../builder/state/poseidon.ts";
import { expectCode } from "../../protocol/expect-code.ts";
import { balanceOf, BOB, call, CONTEXT, OTHER, returned, SELF, send, transfer } from "./scenario.ts";

/** Order of Baby Jubjub's prime subgroup. */
const SUBGROUP_ORDER = 2736030358979909402780800718157159386076813972158567259200215660948447373041n;

describe("ledger L2 transactions", function () {
  this.timeout(60_000);
  const domain = { l1ChainId: CONTEXT.l1ChainId, manager: CONTEXT.manager, rollup: SELF };
  const terms = { domain, nonce: 0n, deadline: CONTEXT.timestamp };
  let carol: LedgerAccount;
  let signing: Signing;
  let machine: LedgerMachine;

  before(async function () {
    carol = await LedgerAccount.fromSeed(numberToHex(0xca201n, { size: 32 }));
    signing = await loadSigning();
  });
  beforeEach(async function () {
    machine = await ledgerKind.open({ id: SELF });
    await machine.deliver(call("0x", 100n, { target: carol.address }), CONTEXT);
  });
  afterEach(async function () {
    await machine.close();
  });

  const deliver = (data: Hex, context = CONTEXT) => machine.deliver(l2txAction(SELF, data), context);
  const account = () => machine.account(SELF, BigInt(carol.address));
  const refuse = async (data: Hex, reason: RegExp, context = CONTEXT): Promise<void> => {
    const root = machine.stateRoot();
    await expectCode(deliver(data, context), "INVALID_L2_TRANSACTION", reason);
    expect([machine.stateRoot(), machine.suspended]).to.deep.equal([root, false]);
  };

  it("moves the signer's balance and uses the nonce once", async function () {
    const data = carol.signTransfer({ ...terms, chain: L1, to: BOB, amount: 40n });
    const { action, visit } = await deliver(data);
    expect(action).to.include({ from: SELF, to: L1, failed: false });
    expect(visit?.actions).to.have.length(2);
    expect(account()).to.deep.equal({ balance: 60n, nonce: 1n });
    await refuse(data, /nonce is 0, the account's is 1/);
  });

  it("counts a read too, and of an account that did not exist", async function () {
    const stranger = await LedgerAccount.generate();
    const read = stranger.signCalldata(balanceOf(SELF, carol.address), terms);
    expect((await deliver(read)).action.data).to.equal(numberToHex(100n, { size: 32 }));
    expect(machine.account(SELF, BigInt(stranger.address))).to.deep.equal({ balance: 0n, nonce: 1n });
  });

  it("leaves no trace when it fails, nonce included, and can be given again", async function () {
    const root = machine.stateRoot();
    const data = carol.signTransfer({ ...terms, chain: L1, to: BOB, amount: 101n });
    expect((await deliver(data)).action.failed).to.equal(true);
    expect(machine.stateRoot()).to.equal(root);
    await machine.deliver(call("0x", 1n, { target: carol.address }), CONTEXT);
    expect((await deliver(data)).action.failed).to.equal(false);
    expect(account()).to.deep.equal({ balance: 0n, nonce: 1n });
  });

  it("sends, and a failed outgoing call gives the nonce back", async function () {
    const data = carol.signSend({ ...terms, chain: OTHER, to: BOB, amount: 40n, data: "0x1234" });
    expect((await deliver(data)).action).to.include({ to: OTHER, value: 40n, data: "0x1234" });
    expect(account()).to.deep.equal({ balance: 60n, nonce: 1n });
    const failed = await machine.deliver(returned("0xdead", { from: OTHER, failed: true }), CONTEXT);
    expect(failed.action).to.include({ to: L1, failed: true, data: "0xdead" });
    expect(account()).to.deep.equal({ balance: 100n, nonce: 0n });
  });

  it("is refused while the rollup is suspended", async function () {
    await machine.deliver(call(send(L1, BOB, 0n)), CONTEXT);
    const data = carol.signTransfer({ ...terms, chain: L1, to: BOB, amount: 1n });
    await expectCode(deliver(data), "UNEXPECTED_DELIVERY");
  });

  it("is refused after its deadline", async function () {
    const data = carol.signTransfer({ ...terms, chain: L1, to: BOB, amount: 1n });
    await refuse(data, /deadline/, { ...CONTEXT, timestamp: CONTEXT.timestamp + 1n });
    expect((await deliver(data)).action.failed).to.equal(false);
  });

  it("is refused for anything but transfer, balanceOf and send; malformed ones fail", async function () {
    for (const data of ["0x", "0xab", "0x12345678"] as const)
      await refuse(carol.signCalldata(data, terms), /none of transfer/);
    const short = slice(transfer(L1, BOB, 1n), 0, 4);
    expect((await deliver(carol.signCalldata(short, terms))).action.failed).to.equal(true);
  });

  it("is refused when it is shorter than its header or longer than the circuit holds", async function () {
    await refuse("0x", /header/);
    await refuse(toHex(new Uint8Array(175)), /header/);
    const selector = slice(transfer(L1, BOB, 1n), 0, 4);
    const largest = concatHex([selector, toHex(new Uint8Array(420))]);
    expect((await deliver(carol.signCalldata(largest, terms))).action.failed).to.equal(true);
    const data = concatHex([carol.signCalldata(largest, terms), "0x00"]);
    expect(size(data)).to.equal(601);
    await refuse(data, /425 bytes/);
    expect(() => carol.signCalldata(concatHex([largest, "0x00"]), terms)).to.throw(/425 bytes/);
  });

  it("is refused with any signed part changed", async function () {
    const good = carol.signTransfer({ ...terms, chain: L1, to: BOB, amount: 1n });
    for (const place of [31, 63, 95, 127, 159, 175, size(good) - 1]) {
      const byte = Number(BigInt(slice(good, place, place + 1)));
      const after = place + 1 < size(good) ? slice(good, place + 1) : "0x";
      const bad = concatHex([slice(good, 0, place), numberToHex(byte ^ 1, { size: 1 }), after]);
      // The change of the deadline, place 175, is to 1001: still in time, but not what was signed.
      await refuse(bad, /signature/);
    }
    // A changed nonce is refused before the signature is looked at.
    const { nonce, ...rest } = decodeL2tx(good);
    await refuse(encodeL2tx({ ...rest, nonce: nonce + 1n }), /nonce/);
  });

  it("is refused when signed for another L1, another deployment or another rollup", async function () {
    for (const other of [{ l1ChainId: 1n }, { manager: BOB }, { rollup: OTHER }]) {
      const elsewhere = { ...terms, domain: { ...domain, ...other } };
      await refuse(carol.signTransfer({ ...elsewhere, chain: L1, to: BOB, amount: 1n }), /signature/);
    }
  });

  it("takes field elements modulo p, but refuses a signature scalar of the subgroup's order or more", async function () {
    const good = decodeL2tx(carol.signTransfer({ ...terms, chain: L1, to: BOB, amount: 1n }));
    const { s } = good.signature;
    const varied = { ...good, signature: { ...good.signature, s: fieldElement(s + SUBGROUP_ORDER) } };
    await refuse(encodeL2tx(varied), /signature/);
    const lifted = concatHex([
      numberToHex(good.publicKey.x + FIELD_MODULUS, { size: 32 }),
      slice(encodeL2tx(good), 32),
    ]);
    expect((await deliver(lifted)).action.failed).to.equal(false);
  });

  it("refuses keys of low order, which would sign anything", async function () {
    // (0, 1) with R8 = S·B8 for S = 0, that is R8 = (0, 1), satisfies the bare equation for every message.
    const point = { x: fieldElement(0n), y: fieldElement(1n) };
    expect(signing.verify(fieldElement(42n), { r8: point, s: fieldElement(0n) }, point)).to.equal(false);
    const calldata = encodeFunctionData({ abi: ledgerAbi, functionName: "balanceOf", args: [0n, BOB] });
    const bytes = Uint8Array.from(Buffer.from(calldata.slice(2), "hex"));
    const forged = {
      publicKey: point,
      signature: { r8: point, s: fieldElement(0n) },
      nonce: 0n,
      deadline: 2000n,
    };
    await refuse(encodeL2tx({ ...forged, calldata: bytes }), /signature/);
  });

  it("refuses points off the curve", function () {
    const off = { x: fieldElement(1n), y: fieldElement(1n) };
    expect(signing.verify(fieldElement(1n), { r8: off, s: fieldElement(1n) }, off)).to.equal(false);
  });

  it("tells calldata of different length apart, zeros at the end included", async function () {
    const poseidon = await loadPoseidon();
    const message = (calldata: Uint8Array) =>
      ledgerMessage(poseidon, domain, { nonce: 0n, deadline: 0n, calldata });
    expect(message(new Uint8Array(3))).to.not.equal(message(new Uint8Array(4)));
  });

  it("refuses seeds of the wrong length and terms that do not fit", async function () {
    await expectCode(LedgerAccount.fromSeed("0x01"), "OUT_OF_RANGE");
    for (const wrong of [{ nonce: -1n }, { nonce: 2n ** 64n }, { deadline: 2n ** 64n }])
      expect(() => carol.signCalldata("0x", { ...terms, ...wrong }))
        .to.throw()
        .with.property("code", "OUT_OF_RANGE");
  });
});
