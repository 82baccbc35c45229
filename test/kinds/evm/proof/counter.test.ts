import { expect } from "chai";
import { type Address, concatHex, type Hex, numberToHex, size, sliceHex } from "viem";
import { traceVisit } from "../../../../builder/kinds/evm/trace/visit.ts";
import { busProofSystemAbi as abi } from "../../../../builder/protocol/abi.ts";
import { codeOf } from "../../../../builder/protocol/errors.ts";
import { busProofBytes } from "../../../../builder/proving/bus/proofs.ts";
import { runtimeCode } from "../../../circuits/evm/support/runtime-code.ts";
import { put } from "../../../contracts/canonical/mutate.ts";
import { expectRevert } from "../../../contracts/outcome.ts";
import { ProvenRollup, type ProvenRun } from "./proven-rollup.ts";

const INCREMENT: Hex = "0xd09de08a";
/** Words of one proof: key, D, A, B, C, sum, and a product for each of two slots. */
const PROOF = 1 + 2 + 2 + 4 + 2 + 1 + 2;

/** An unchanged contract's execution, proven by two proofs on one bus and verified by the real contract. */
describe("a proven call of a counter", function () {
  this.timeout(600_000);
  let rollup: ProvenRollup;
  let counter: Address;
  let honest: Pick<ProvenRun, "run" | "words" | "proof">;

  before(async () => {
    rollup = await ProvenRollup.open();
    counter = await rollup.deploy(await runtimeCode("examples/Counter.sol", "Counter"));
  });
  after(async () => {
    await rollup.close();
  });

  const increment = async (): Promise<ProvenRun> => await rollup.prove(await rollup.call(counter, INCREMENT));
  const verify = (words: readonly bigint[], proof: Hex) => rollup.verify({ words, proof });
  const unbalanced = async (words: readonly bigint[], proof: Hex): Promise<void> => {
    await expectRevert(verify(words, proof), "BusNotBalanced", undefined, abi);
  };
  const refused = async (words: readonly bigint[], proof: Hex, what: string): Promise<void> => {
    const failure: unknown = await verify(words, proof).catch((error: unknown) => error);
    expect(failure, what).to.be.an("error");
  };

  it("is verified on L1, with the new count as its result", async () => {
    const { run, trace, words, proof } = await increment();
    honest = { run, words, proof };
    expect(run.visit.actions[1]?.data).to.equal(`0x${"1".padStart(64, "0")}`);
    expect(trace.vectors.length).to.equal(2);
    expect(size(proof)).to.equal(busProofBytes({ proofs: 2, slots: 2, codes: 1 }));
    await verify(words, proof);
    const again = await increment();
    expect(again.run.visit.actions[1]?.data).to.equal(`0x${"2".padStart(64, "0")}`);
    await rollup.verify({ words, proof }, again);
    await unbalanced(words, again.proof);
  });

  it("takes so much gas to verify, without the transaction and its calldata", async () => {
    const { words, proof } = honest;
    const gas = await rollup.l1.verificationGas([rollup.statement(words, proof)]);
    // 20 words, the caller's proxy, two proofs under one key and one code.
    expect(Number(gas)).to.be.within(391_000, 407_000);
  });

  it("proves no other statement: each word of it is on the bus, and in the challenge", async () => {
    for (const [index, word] of honest.words.entries()) {
      const words = honest.words.with(index, word ^ 1n);
      // With some of them changed, the words are not a statement's any more.
      await refused(words, honest.proof, `word ${index}`);
    }
  });

  it("is refused with a byte of it changed, a proof of it left out, or both exchanged", async () => {
    const { words, proof } = honest;
    const part = (from: number, to: number): Hex => sliceHex(proof, 32 * from, 32 * to);
    const [first, second] = [part(2, 2 + PROOF), part(2 + PROOF, 2 + 2 * PROOF)];
    const rest = sliceHex(proof, 32 * (2 + 2 * PROOF));
    const count = (proofs: bigint): Hex => concatHex([numberToHex(proofs, { size: 32 }), part(1, 2)]);
    await verify(words, concatHex([count(2n), first, second, rest]));
    for (const [proofs, ...parts] of [
      [1n, first],
      [1n, second],
      [2n, second, first],
      [2n, first, first],
      [3n, first, second, second],
    ] as const)
      await unbalanced(words, concatHex([count(proofs), ...parts, rest]));
    for (let at = 2; at < size(proof) / 32; at++) {
      const word = BigInt(part(at, at + 1));
      const changed = put(proof, 32 * at, numberToHex(word ^ 1n, { size: 32 }));
      await refused(words, changed, `word ${at} of the proof`);
    }
  });

  it("is refused where the trace was made to say something else", async () => {
    const { run } = honest;
    const [call, answer] = run.visit.actions;
    if (call === undefined || answer === undefined) throw new Error("two actions");
    const visit = { ...run.visit, actions: [call, { ...answer, data: numberToHex(7n, { size: 32 }) }] };
    const { poseidon, proxies } = rollup;
    const failure: unknown = await traceVisit({ poseidon, proxies, ...run, visit }).catch((e: unknown) => e);
    expect(codeOf(failure)).to.equal("ACTION_DIFFERS");
  });
});
