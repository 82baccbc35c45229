import { expect } from "chai";
import { type Address, encodeFunctionData, type Hex, keccak256, parseAbi } from "viem";
import { maxVerificationGas } from "../../builder/batch/limits.ts";
import { createDevelopmentKey } from "../../builder/proving/keys/development.ts";
import { DEVELOPMENT_SECRETS } from "../../builder/proving/keys/secrets.ts";
import { encodeVerificationKey, type VerificationKey } from "../../builder/proving/keys/verification-key.ts";
import { readProvingKey } from "../../builder/proving/keys/zkey.ts";
import { groth16ProofSystemAbi as abi } from "../../builder/protocol/abi.ts";
import { publicInputsOf } from "../../builder/protocol/fingerprint.ts";
import { fieldElement } from "../../builder/protocol/ids.ts";
import { syntheticR1cs } from "../../scripts/bench/keys/synthetic-r1cs.ts";
import { snapshots } from "./gas-snapshot.ts";
import { connect } from "./setup.ts";
import { snarkjsVerifier } from "./snarkjs-verifier.ts";
import { encodeProof, forge, type ProofParts } from "./toxic-waste.ts";

const COUNTS = [1, 2, 4, 8, 16];
/**
 * What any transaction costs (EIP-2028's base): as many calls of a verifier could be made in one transaction.
 */
const BASE_GAS = 21_000n;
/** At 8 proofs, of what as many calls of snarkjs' verifier cost. */
const TARGET = 0.45;

const snarkjsAbi = parseAbi([
  "function verifyProof(uint256[2] a, uint256[2][2] b, uint256[2] c, uint256[3] inputs) view returns (bool)",
]);
/** About as many as a visit of a ledger has. */
const words = Array.from({ length: 24 }, (_, at) => fieldElement(BigInt(at) << 200n));

describe("Gas of verifying n proofs in one call, against n calls of the verifier that snarkjs exports", function () {
  this.timeout(60_000);
  const snapshot = snapshots("verification-gas.json");
  let l1: Awaited<ReturnType<typeof connect>>;
  let key: VerificationKey;
  let ours: Address;
  let theirs: Address;
  let proofs: readonly ProofParts[];

  const send = async (data: Hex, to?: Address) => {
    const hash = await l1.walletClient.sendTransaction({ data, ...(to === undefined ? {} : { to }) });
    const receipt = await l1.publicClient.waitForTransactionReceipt({ hash });
    expect(receipt.status).to.equal("success");
    return receipt;
  };

  before(async () => {
    l1 = await connect();
    const zkey = await createDevelopmentKey(syntheticR1cs(5));
    key = readProvingKey(zkey).verificationKey;
    ours = await l1.create("Groth16ProofSystem");
    const args = [encodeVerificationKey(key)] as const;
    await send(encodeFunctionData({ abi, functionName: "registerKey", args }), ours);
    const { contractAddress } = await send(await snarkjsVerifier(zkey));
    if (typeof contractAddress !== "string") throw new Error("snarkjs' verifier was not deployed");
    theirs = contractAddress;
    const secrets = { ...DEVELOPMENT_SECRETS, gamma: 1n };
    const most = Math.max(...COUNTS);
    proofs = Array.from({ length: most }, (_, at) => forge({ key, secrets }, words, `gas ${String(at)}`));
  });

  /** Gas of one call with the first `count` proofs. */
  const together = async (count: number) => {
    const verificationKey = keccak256(encodeVerificationKey(key));
    const statements = proofs
      .slice(0, count)
      .map((proof) => ({ verificationKey, words, proof: encodeProof(proof) }));
    const data = encodeFunctionData({ abi, functionName: "verify", args: [statements] });
    return (await send(data, ours)).gasUsed - BASE_GAS;
  };

  /** Gas of a call of snarkjs' verifier, whose public inputs are computed for it. */
  const alone = async ({ commitment, a, b: [x, y], c }: ProofParts) => {
    const inputs = publicInputsOf(words, fieldElement(commitment));
    const data = encodeFunctionData({
      abi: snarkjsAbi,
      functionName: "verifyProof",
      args: [
        a,
        [
          [x[1], x[0]],
          [y[1], y[0]],
        ],
        c,
        [inputs.commitment, inputs.challenge, inputs.evaluation],
      ],
    });
    const { data: answer } = await l1.publicClient.call({ to: theirs, data });
    expect(BigInt(answer ?? 0), "snarkjs' verdict").to.equal(1n);
    return (await send(data, theirs)).gasUsed - BASE_GAS;
  };

  for (const count of COUNTS)
    it(`${String(count)} proofs`, async () => {
      const one = await together(count);
      let many = 0n;
      for (const proof of proofs.slice(0, count)) many += await alone(proof);
      snapshot(`${String(count)} proofs in one call`, one);
      snapshot(`${String(count)} calls of snarkjs' verifier`, many);
      // What a builder leaves for it before the proofs are made.
      expect(one <= maxVerificationGas(count, 1), "the builder's bound").to.equal(true);
      if (count === 8) expect(Number(one) / Number(many)).to.be.at.most(TARGET);
    });
});
