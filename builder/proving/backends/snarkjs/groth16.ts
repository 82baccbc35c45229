import { randomBytes } from "node:crypto";
import type { Curve } from "ffjavascript";
import { readBinaryFile, viewOf } from "../../keys/binary-file.ts";
import { type GroupName, POINT_BYTES } from "../../keys/curve-memory.ts";
import { ELEMENT_BYTES, readElement } from "../../keys/little-endian.ts";
import { FIELD_MODULUS } from "../../../protocol/ids.ts";
import type { Groth16Proof } from "../../prover.ts";
import type { MultiExponentiation } from "./multi-exponentiation.ts";
import { quotientScalars } from "./quotient.ts";

export interface Groth16Result {
  readonly proof: Groth16Proof;
  readonly publicSignals: readonly bigint[];
}

const G1 = POINT_BYTES.g1.affine;
const G2 = POINT_BYTES.g2.affine;
/** In section 2 of a `.zkey`: where the counts of wires, public signals and domain end and α begins. */
const ALPHA = 2 * (4 + ELEMENT_BYTES) + 12;

/**
 * Groth16's prover over threads, ffjavascript's for the quotient and our own for sums. Those over the witness
 * are queued while the quotient is computed, so that no thread waits for a phase to end. Zero knowledge comes
 * from the random r and s.
 * @param zkey one that `readProvingKey` accepted.
 * @param witness 32 bytes per wire, little-endian.
 */
export async function proveGroth16(
  curve: Curve,
  exponentiation: MultiExponentiation,
  zkey: Uint8Array,
  witness: Uint8Array,
): Promise<Groth16Result> {
  const file = readBinaryFile(zkey, "zkey", "The proving key");
  const header = file.section(2);
  const [publicSignals, domainSize] = [ALPHA - 8, ALPHA - 4].map((at) => viewOf(header).getUint32(at, true));
  if (publicSignals === undefined || domainSize === undefined)
    throw new RangeError("The header is too short");
  if (file.section(5).length / G1 !== witness.length / ELEMENT_BYTES) {
    throw new RangeError("The witness is not of the proving key's length");
  }
  const point = (offset: number, size: number): Uint8Array =>
    header.slice(ALPHA + offset, ALPHA + offset + size);
  const alpha = point(0, G1);
  const beta1 = point(G1, G1);
  const beta2 = point(2 * G1, G2);
  const delta1 = point(2 * G1 + 2 * G2, G1);
  const delta2 = point(3 * G1 + 2 * G2, G2);

  const privateWitness = witness.subarray((publicSignals + 1) * ELEMENT_BYTES);
  const quotient = quotientScalars(curve, file.section(4), witness, domainSize);
  const sum = (group: GroupName, section: number, scalars: Uint8Array): Promise<Uint8Array> =>
    exponentiation.sum(group, file.section(section), scalars);
  // The longest first.
  const [sumB2, sumA, sumB1, sumC, sumH] = await Promise.all([
    sum("g2", 7, witness),
    sum("g1", 5, witness),
    sum("g1", 6, witness),
    sum("g1", 8, privateWitness),
    quotient.then((scalars) => sum("g1", 9, scalars)),
  ]);

  const [r, s] = [randomScalar(), randomScalar()];
  const sum1 = (...points: Uint8Array[]): Uint8Array => points.reduce((a, b) => curve.G1.add(a, b));
  const sum2 = (...points: Uint8Array[]): Uint8Array => points.reduce((a, b) => curve.G2.add(a, b));
  const times1 = (base: Uint8Array, scalar: bigint): Uint8Array => curve.G1.timesScalar(base, scalar);
  const a = sum1(sumA, alpha, times1(delta1, r));
  const b1 = sum1(sumB1, beta1, times1(delta1, s));
  const b2 = sum2(sumB2, beta2, curve.G2.timesScalar(delta2, s));
  const minusRs = (FIELD_MODULUS - ((r * s) % FIELD_MODULUS)) % FIELD_MODULUS;
  const c = sum1(sumC, sumH, times1(a, s), times1(b1, r), times1(delta1, minusRs));

  const [ax, ay] = curve.G1.toObject(curve.G1.toAffine(a));
  const [[bx0, bx1], [by0, by1]] = curve.G2.toObject(curve.G2.toAffine(b2));
  const [cx, cy] = curve.G1.toObject(curve.G1.toAffine(c));
  return {
    proof: {
      a: [ax, ay],
      b: [
        [bx1, bx0],
        [by1, by0],
      ],
      c: [cx, cy],
    },
    publicSignals: Array.from({ length: publicSignals }, (_, index) =>
      readElement(witness, (index + 1) * ELEMENT_BYTES),
    ),
  };
}

/** Uniform in the field, by rejection. */
function randomScalar(): bigint {
  for (;;) {
    const bytes = randomBytes(ELEMENT_BYTES);
    // 254 bits: three of four are below the modulus.
    bytes[ELEMENT_BYTES - 1] = (bytes[ELEMENT_BYTES - 1] ?? 0) & 0x3f;
    const scalar = readElement(bytes, 0);
    if (scalar < FIELD_MODULUS) return scalar;
  }
}
