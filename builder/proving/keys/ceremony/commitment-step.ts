import { createHash, randomBytes } from "node:crypto";
import { invert } from "@noble/curves/abstract/modular.js";
import { buildBn128, type Curve } from "ffjavascript";
import { FIELD_MODULUS } from "../../../protocol/ids.ts";
import { writeCommitmentKey } from "../commitment-key.ts";
import { affineBytes, appendStep, generatorOf } from "../contribution.ts";
import { type Beacon, type Contribution, readSteps } from "../contributions.ts";
import { POINT_BYTES } from "../curve-memory.ts";
import { beaconSecret } from "./check-steps.ts";
import { bindingOf, type CommitmentParts } from "./split.ts";

/** Random bytes of which a number is made: twice those of the field, so that every number is as likely. */
const ENTROPY_BYTES = 64;

export interface CommitmentStep {
  /** The key that was given, and checked. */
  readonly commitment: CommitmentParts;
  /** Content of the `.zkey` that was given with it. */
  readonly zkey: Uint8Array;
  /** The step that δ has just made. */
  readonly deltaStep: Contribution;
  /** Mixed into the operating system's random bytes; not where the step is a beacon. */
  readonly text?: string;
}

/**
 * The step of η that belongs to one of δ: divides the points of the commitment key by a number of its own,
 * which has nothing to do with that of δ and is forgotten with the process.
 * @returns content of the next `.ckey`.
 */
export async function commitmentStep({
  commitment,
  zkey,
  deltaStep,
  text = "",
}: CommitmentStep): Promise<Uint8Array> {
  // The one that snarkjs has used: its threads are ended with snarkjs' own.
  const curve = await buildBn128(false);
  const { secret, base } = numbersOf(curve, deltaStep.beacon, text);
  const received = { zkey: sha256(zkey), ckey: sha256(commitment.content) };
  const last = readSteps(commitment.steps).steps.at(-1)?.deltaAfter;
  const steps = appendStep(curve, commitment.steps, {
    name: deltaStep.name,
    secret,
    before: last ?? generatorOf(curve).g,
    base,
    binding: bindingOf(deltaStep.hash, received),
    ...(deltaStep.beacon === undefined ? {} : { beacon: deltaStep.beacon }),
  });
  const overSecret = curve.Fr.e(invert(secret, FIELD_MODULUS));
  const eta = curve.G2.timesScalar(curve.G2.fromRprLEM(commitment.eta, 0), secret);
  const next = {
    firstWire: commitment.firstWire,
    eta: affineBytes(curve.G2, POINT_BYTES.g2.affine, eta),
    points: await curve.G1.batchApplyKey(
      // ffjavascript hands pieces of it to its threads, and cannot hand on memory that is shared.
      Uint8Array.from(commitment.points),
      overSecret,
      curve.Fr.e(1n),
    ),
  };
  return writeCommitmentKey(next, { steps, received: [...commitment.received, received] });
}

function numbersOf(
  curve: Curve,
  beacon: Beacon | undefined,
  text: string,
): { readonly secret: bigint; readonly base: Uint8Array } {
  if (beacon !== undefined) return beaconSecret(curve, "η", beacon);
  return { secret: randomNumber(text), base: generatorOf(curve).timesScalar(randomNumber("")) };
}

function randomNumber(text: string): bigint {
  const hash = createHash("blake2b512").update(randomBytes(ENTROPY_BYTES)).update(text).digest("hex");
  return BigInt(`0x${hash}`) % FIELD_MODULUS;
}

function sha256(content: Uint8Array): Uint8Array {
  return createHash("sha256").update(content).digest();
}
