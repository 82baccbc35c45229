import { createCustomCommon, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM, NobleBN254 } from "@ethereumjs/evm";
import { expect } from "chai";
import { concatHex, type Hex, hexToBytes, numberToHex } from "viem";
import { isHeavy, runElsewhere } from "../../builder/evm/heavy-precompiles.ts";

const nameOf = (address: number): string => address.toString(16).padStart(40, "0");
const words = (...values: readonly bigint[]): Hex =>
  concatHex(values.map((each) => numberToHex(each, { size: 32 })));
/** Any points of BN254: (1, 2), and the generator of its second group. */
const G1 = words(1n, 2n);
const G2 = words(
  11559732032986387107991004021392285783925812861821192530917403151452391805634n,
  10857046999023057135944570762232829481370756359578518086990519993285655852781n,
  4082367875863433681332203403145435568316851327593401208105741076214120093531n,
  8495653923123431417604973247489272438418190587263600148770280649306958101930n,
);
const blake = (rounds: number): Hex =>
  concatHex([numberToHex(rounds, { size: 4 }), `0x${"5a".repeat(208)}01`]);

describe("a precompile in a thread of its own", function () {
  this.timeout(120_000);

  it("answers as it does in the EVM's thread", async () => {
    const common = createCustomCommon({ chainId: 31337 }, Mainnet, { hardfork: Hardfork.Osaka });
    const evm = await createEVM({ common, bn254: new NobleBN254() });
    const inputs: readonly (readonly [number, Hex, bigint])[] = [
      [0x08, concatHex([G1, G2, G1, G2]), 10_000_000n],
      [0x08, concatHex([G1, G1, G1]), 10_000_000n],
      [0x08, "0x1234", 10_000_000n],
      [0x08, concatHex([G1, G2]), 100n],
      [0x09, blake(12), 1_000n],
      [0x09, blake(2_000), 1_999n],
      [0x0c, `0x${"00".repeat(320)}`, 10_000_000n],
      [0x0e, `0x${"01".repeat(288)}`, 10_000_000n],
      [0x0f, `0x${"00".repeat(384)}`, 10_000_000n],
    ];
    for (const [address, hex, gasLimit] of inputs) {
      const [name, data] = [nameOf(address), hexToBytes(hex)];
      const here = await evm.precompiles.get(name)?.({
        data,
        gasLimit,
        common,
        _EVM: evm,
      });
      const there = await runElsewhere({ name, data, gasLimit }, undefined);
      expect(there.executionGasUsed, name).to.equal(here?.executionGasUsed);
      expect([...there.returnValue], name).to.deep.equal([...(here?.returnValue ?? [])]);
      expect(there.exceptionError?.error, name).to.equal(here?.exceptionError?.error);
    }
  });

  it("is what may take long: of any number of items, and of many rounds", () => {
    const zeros = (bytes: number): Uint8Array => new Uint8Array(bytes);
    expect(isHeavy(nameOf(0x08), zeros(192 * 4))).to.equal(false);
    expect(isHeavy(nameOf(0x08), zeros(192 * 5))).to.equal(true);
    expect(isHeavy(nameOf(0x09), hexToBytes(blake(12)))).to.equal(false);
    expect(isHeavy(nameOf(0x09), hexToBytes(blake(1_000_000)))).to.equal(true);
    expect(isHeavy(nameOf(0x09), zeros(2))).to.equal(false);
    expect(isHeavy(nameOf(0x02), zeros(1 << 20))).to.equal(false);
  });

  it("ends when it is no longer asked for", async () => {
    const end = new AbortController();
    const running = runElsewhere(
      { name: nameOf(0x09), data: hexToBytes(blake(2 ** 32 - 1)), gasLimit: 1n << 40n },
      end.signal,
    ).catch((error: unknown) => (error instanceof Error ? error.name : error));
    end.abort();
    expect(await running).to.equal("AbortError");
  });
});
