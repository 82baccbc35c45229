import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex, hexToBytes } from "viem";
import { type LedgerCall, parseCalldata, selectedFunction } from "../../builder/kinds/ledger/calldata.ts";
import { MAX_CALLDATA_BYTES } from "../../builder/kinds/ledger/limits.ts";
import type { Circuit } from "./support/circuit.ts";
import { compileTemplate } from "./support/compile.ts";
import { ask, BOB, SELF } from "./support/visits.ts";

/** Well-formed calldata of every function. */
const wellFormed = fc
  .record({
    name: fc.constantFrom("transfer", "balanceOf", "send"),
    chain: fc.constantFrom(0n, 1n, SELF, (1n << 64n) - 1n),
    amount: fc.constantFrom(0n, 1n, (1n << 128n) - 1n, 1n << 128n, (1n << 256n) - 1n),
    payload: fc.uint8Array({ maxLength: 256 }),
  })
  .map(({ name, chain, amount, payload }) => {
    if (name === "transfer") return hexToBytes(ask.transfer(chain, BOB, amount));
    if (name === "balanceOf") return hexToBytes(ask.balanceOf(chain, BOB));
    return hexToBytes(ask.send(chain, BOB, amount, bytesToHex(payload)));
  });

/** One byte changed; the head's bytes more often than the payload's. */
const bent = fc
  .tuple(wellFormed, fc.oneof(fc.nat(167), fc.nat(423)), fc.constantFrom(0, 1, 0x20, 0x21, 0x7f, 0x80, 0xff))
  .map(([bytes, at, value]) => bytes.map((byte, index) => (index === at ? value : byte)));

/** Cut off or extended. */
const resized = fc
  .tuple(wellFormed, fc.oneof(fc.constantFrom(-32, -31, -1, 1, 31, 32), fc.integer({ min: -424, max: 424 })))
  .map(([bytes, change]) => {
    const result = new Uint8Array(Math.min(Math.max(bytes.length + change, 0), MAX_CALLDATA_BYTES));
    result.set(bytes.subarray(0, result.length));
    return result;
  });

describe("circuits/ledger/call_data", function () {
  this.timeout(300_000);
  let circuit: Circuit;

  before(async function () {
    circuit = await compileTemplate("ledger/call_data.circom", "LedgerCallData");
  });

  /** What the circuit read, in the form of the executor's parser. */
  async function read(bytes: Uint8Array): Promise<LedgerCall["type"]> {
    const calldata = Array.from({ length: MAX_CALLDATA_BYTES }, (_, index) => BigInt(bytes[index] ?? 0));
    const witness = await circuit.checked({ calldata, length: BigInt(bytes.length), rollup: SELF });
    const is = (name: string): boolean => circuit.value(witness, name) === 1n;
    const expected = parseCalldata(bytes, SELF);
    expect(is("knowsSelector")).to.equal(selectedFunction(bytes) !== undefined);
    const types = (["receive", "transfer", "balanceOf", "send"] as const).filter((type) =>
      is(type === "receive" ? "isEmpty" : `is${type[0]?.toUpperCase() ?? ""}${type.slice(1)}`),
    );
    expect(types.length).to.be.at.most(1);
    const type = types[0] ?? "malformed";
    expect(type, bytesToHex(bytes)).to.equal(expected.type);
    if (expected.type === "receive" || expected.type === "malformed") return type;
    expect(circuit.value(witness, "chain")).to.equal(expected.chain);
    const account = expected.type === "balanceOf" ? expected.who : expected.to;
    expect(circuit.value(witness, "address")).to.equal(account);
    if (expected.type === "balanceOf") return type;
    expect(is("amountFits")).to.equal(expected.amount < 1n << 128n);
    if (is("amountFits")) expect(circuit.value(witness, "amount")).to.equal(expected.amount);
    if (expected.type === "send")
      expect(circuit.value(witness, "payloadLength")).to.equal(BigInt(expected.payload.length / 2 - 1));
    return type;
  }

  it("reads calldata as the executor does", async function () {
    const seen = new Set<string>();
    const calldata = fc.oneof(wellFormed, bent, resized, fc.uint8Array({ maxLength: MAX_CALLDATA_BYTES }));
    await fc.assert(
      fc.asyncProperty(calldata, async (bytes) => {
        seen.add(await read(bytes));
      }),
      { numRuns: 300, seed: 1, examples: [[new Uint8Array()]] },
    );
    expect([...seen].sort()).to.deep.equal(["balanceOf", "malformed", "receive", "send", "transfer"]);
  });

  it("reads every single changed byte in front of a payload as the executor does", async function () {
    const send = hexToBytes(ask.send(0n, BOB, 1n, "0x1234"));
    for (let at = 0; at < 164; at++) {
      const bytes = Uint8Array.from(send);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      await read(bytes);
    }
  });

  it("refuses calldata beyond its capacity", async function () {
    const calldata = Array<bigint>(MAX_CALLDATA_BYTES).fill(0n);
    const input = { calldata, rollup: SELF };
    await circuit.checked({ ...input, length: BigInt(MAX_CALLDATA_BYTES) });
    for (const length of [BigInt(MAX_CALLDATA_BYTES) + 1n, 511n, 512n])
      expect(await circuit.refuses({ ...input, length })).to.equal(true);
  });
});
