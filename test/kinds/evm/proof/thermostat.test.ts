import { expect } from "chai";
import {
  type Address,
  concatHex,
  decodeErrorResult,
  encodeErrorResult,
  encodeFunctionData,
  type Hex,
  numberToHex,
  parseAbi,
  sliceHex,
} from "viem";
import { busProofSystemAbi } from "../../../../builder/protocol/abi.ts";
import { runtimeCode } from "../../../circuits/evm/support/runtime-code.ts";
import { expectRevert } from "../../../contracts/outcome.ts";
import { ProvenRollup, type ProvenRun } from "./proven-rollup.ts";

const abi = parseAbi([
  "function set(uint256) returns (uint256)",
  "function degrees() view returns (uint256)",
  "function partOf(uint256, uint256, uint256)",
  "error Error(string)",
  "error TooHot(uint256, uint256)",
]);

/** Arguments, errors, texts and events, proven and verified by the real contract. */
describe("a proven contract with arguments, errors and texts", function () {
  this.timeout(900_000);
  let rollup: ProvenRollup;
  let thermostat: Address;

  before(async () => {
    rollup = await ProvenRollup.open();
    thermostat = await rollup.deploy(await runtimeCode("test/Thermostat.sol", "Thermostat"));
  });
  after(async () => {
    await rollup.close();
  });

  /** Proves a call; L1 takes the proof. */
  async function proven(data: Hex): Promise<ProvenRun & { readonly failed: boolean; readonly answer: Hex }> {
    const run = await rollup.prove(await rollup.call(thermostat, data));
    await rollup.verify(run);
    const result = run.run.visit.actions[1];
    if (result === undefined) throw new Error("a RESULT");
    return { ...run, failed: result.failed, answer: result.data };
  }
  const set = (degrees: bigint): Hex => encodeFunctionData({ abi, functionName: "set", args: [degrees] });

  /** L1 does not take the proof where the last word of the data has another byte at its end. */
  async function refusesBytesBehindTheEnd({ words, proof }: ProvenRun): Promise<void> {
    const last = words.length - 1;
    await rollup.verify({ words, proof });
    const dirty = words.with(last, (words[last] ?? 0n) ^ 1n);
    await expectRevert(
      rollup.verify({ words: dirty, proof }),
      "BusNotBalanced",
      undefined,
      busProofSystemAbi,
    );
  }

  it("sets what it is given, and says what was", async () => {
    expect(await proven(set(20n))).to.include({ failed: false, answer: numberToHex(0n, { size: 32 }) });
    expect(await proven(set(21n))).to.include({ failed: false, answer: numberToHex(20n, { size: 32 }) });
    const asked = await proven(encodeFunctionData({ abi, functionName: "degrees" }));
    expect(BigInt(asked.answer)).to.equal(21n);
  });

  it("reverts with an error that has arguments", async () => {
    const run = await proven(set(31n));
    const expected = encodeErrorResult({ abi, errorName: "TooHot", args: [31n, 30n] });
    expect(run).to.include({ failed: true, answer: expected });
    await refusesBytesBehindTheEnd(run);
  });

  it("reverts with a text", async () => {
    const run = await proven(set(0n));
    expect(run.failed).to.equal(true);
    expect(decodeErrorResult({ abi, data: run.answer }).args).to.deep.equal(["water freezes at 0 degrees"]);
    await refusesBytesBehindTheEnd(run);
  });

  it("returns what begins within a word, and logs it", async () => {
    const [first, second, from] = [0xabcdefn, (1n << 231n) + 9n, 29n];
    const run = await proven(
      encodeFunctionData({ abi, functionName: "partOf", args: [first, second, from] }),
    );
    // The first word ends there, then the second one goes on where the first one hid it.
    const tail = (word: bigint, length: number): Hex =>
      sliceHex(numberToHex(word, { size: 32 }), 32 - length);
    const expected = concatHex([tail(first, 3), tail(second, 29), numberToHex(0n, { size: 5 })]);
    expect(run).to.include({ failed: false, answer: expected });
    await refusesBytesBehindTheEnd(run);
  });
});
