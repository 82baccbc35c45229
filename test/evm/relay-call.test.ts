import { expect } from "chai";
import fc from "fast-check";
import { type Address, concatHex, encodeFunctionData, type Hex, numberToHex, size, slice } from "viem";
import { decodeRelay } from "../../builder/evm/relay-call.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { chainId } from "../../builder/protocol/ids.ts";
import { seedOf } from "../contracts/seed.ts";

const SEED = seedOf("LOCKSTEP_RELAY_SEED");
const TARGET: Address = numberToHex(0x7a26e7n, { size: 20 });
const SENDER: Address = numberToHex(0x5e4de2n, { size: 20 });

const relay = (data: Hex, chain = 3n): Hex =>
  encodeFunctionData({ abi: rollupsAbi, functionName: "relay", args: [chain, TARGET, SENDER, data] });

/** The word at this place, counted behind the selector, is another one. */
const withWord = (calldata: Hex, at: number, word: bigint): Hex =>
  concatHex([
    slice(calldata, 0, 4 + 32 * at),
    numberToHex(word, { size: 32 }),
    ...(size(calldata) > 36 + 32 * at ? [slice(calldata, 36 + 32 * at)] : []),
  ]);

describe("calldata of relay", () => {
  it("is what proxies encode", () => {
    for (const data of ["0x", "0x12", `0x${"ab".repeat(32)}`, `0x${"cd".repeat(100)}`] as const)
      expect(decodeRelay(relay(data))).to.deep.equal({
        chain: chainId(3),
        target: TARGET,
        sender: SENDER,
        data,
      });
  });

  const honest = relay("0x1234");
  const others: Readonly<Record<string, Hex>> = {
    "another function's": concatHex(["0x12345678", slice(honest, 4)]),
    "the selector alone": slice(honest, 0, 4),
    "too short": slice(honest, 0, size(honest) - 1),
    "longer than its arguments": concatHex([honest, "0x00"]),
    "padded with a word more": concatHex([honest, numberToHex(0n, { size: 32 })]),
    "padded with other bytes than zeros": withWord(honest, 5, BigInt(slice(honest, 164)) + 1n),
    "of a chain beyond 64 bits": withWord(honest, 0, (1n << 64n) + 3n),
    "of a target with more than 160 bits": withWord(honest, 1, (1n << 160n) + BigInt(TARGET)),
    "of a sender with more than 160 bits": withWord(honest, 2, (1n << 255n) + BigInt(SENDER)),
    "with an offset that leads elsewhere": concatHex([
      withWord(honest, 3, 160n).slice(0, -128) as Hex,
      numberToHex(0n, { size: 32 }),
      slice(honest, 132),
    ]),
    "with an offset beyond the end": withWord(honest, 3, 1n << 200n),
    "with a length beyond the end": withWord(honest, 4, 1n << 40n),
  };
  for (const [what, calldata] of Object.entries(others))
    it(`is not ${what}`, () => {
      expect(decodeRelay(calldata)).to.equal(undefined);
    });

  it(`has one form: no other bytes are taken for the same call (LOCKSTEP_RELAY_SEED=${String(SEED)})`, () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 70 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (data, at, by) => {
          const bytes = Buffer.from(relay(`0x${Buffer.from(data).toString("hex")}`).slice(2), "hex");
          const place = at % bytes.length;
          bytes[place] = (bytes[place] ?? 0) ^ by;
          const changed: Hex = `0x${bytes.toString("hex")}`;
          const found = decodeRelay(changed);
          // What is taken is another call, in its own one form.
          if (found === undefined) return;
          const args = [found.chain, found.target, found.sender, found.data] as const;
          expect(encodeFunctionData({ abi: rollupsAbi, functionName: "relay", args })).to.equal(changed);
        },
      ),
      { seed: SEED, numRuns: 1_000 },
    );
  });
});
