import { createHash } from "node:crypto";
import { ChaCha, type Curve } from "ffjavascript";
import { POINT_BYTES } from "./curve-memory.ts";
import { FIELD_MODULUS } from "../../protocol/ids.ts";
import { u32 } from "./little-endian.ts";
import { uncompressedG1 } from "./points.ts";
import { CONTRIBUTION_BASE, DEVELOPMENT_SEED } from "./secrets.ts";

/** Hash of snarkjs' transcripts. */
const TRANSCRIPT_HASH = "blake2b512";
const NAME_PARAMETER = 1;

/**
 * Section 10 of a `.zkey`: the hash of the circuit's initial key, then one contribution, which took δ from 1
 * to its value, bears the name {@link DEVELOPMENT_SEED} and proves knowledge of δ as snarkjs demands: s·δ for
 * a point s, and h·δ for the point h of G2 that the transcript hashes to.
 */
export function developmentContribution(curve: Curve, circuitHash: Uint8Array, delta: bigint): Uint8Array {
  const { G1, G2 } = curve;
  const multiple = (scalar: bigint): Uint8Array => {
    const point = new Uint8Array(POINT_BYTES.g1.affine);
    G1.toRprLEM(point, 0, G1.toAffine(G1.timesScalar(G1.g, scalar)));
    return point;
  };
  const base = multiple(CONTRIBUTION_BASE);
  const baseDelta = multiple((CONTRIBUTION_BASE * delta) % FIELD_MODULUS);
  const transcript = createHash(TRANSCRIPT_HASH)
    .update(circuitHash)
    .update(uncompressedG1(base, 0))
    .update(uncompressedG1(baseDelta, 0))
    .digest();
  const challenge = G2.fromRng(
    new ChaCha(Array.from({ length: 8 }, (_, word) => transcript.readUInt32BE(4 * word))),
  );
  const response = new Uint8Array(POINT_BYTES.g2.affine);
  G2.toRprLEM(response, 0, G2.toAffine(G2.timesScalar(challenge, delta)));
  const name = Buffer.from(DEVELOPMENT_SEED, "utf8");
  return Buffer.concat([
    circuitHash,
    u32(1),
    multiple(delta),
    base,
    baseDelta,
    response,
    transcript,
    u32(0),
    u32(2 + name.length),
    Uint8Array.of(NAME_PARAMETER, name.length),
    name,
  ]);
}
