import { randomBytes } from "node:crypto";
import { invert, pow } from "@noble/curves/abstract/modular.js";
import { BASE_FIELD_MODULUS } from "../../../builder/proving/keys/base-field.ts";
import { writeBinaryFile } from "../../../builder/proving/keys/binary-file.ts";
import { CurveMemory } from "../../../builder/proving/keys/curve-memory.ts";
import { compileCurve } from "../../../builder/proving/keys/curve-module.ts";
import { lagrangeValues, rootOfUnity } from "../../../builder/proving/keys/lagrange.ts";
import {
  ELEMENT_BYTES,
  elementBytes,
  readElement,
  u32,
} from "../../../builder/proving/keys/little-endian.ts";
import { multiplyGenerators } from "../../../builder/proving/keys/multiplier.ts";
import type { SetupSecrets } from "../../../builder/proving/keys/secrets.ts";
import { FIELD_MODULUS } from "../../../builder/protocol/ids.ts";

/**
 * Secrets of a test's public ceremony: others in each run, so that no file of powers from secrets that stand
 * somewhere passes.
 */
export const TEST_SECRETS = { tau: randomElement(), alpha: randomElement(), beta: randomElement() } as const;

function randomElement(): bigint {
  return BigInt(`0x${randomBytes(ELEMENT_BYTES).toString("hex")}`) % FIELD_MODULUS;
}

/**
 * A `.ptau` file prepared for phase 2, computed from known secrets: INSECURE. The same bytes as snarkjs'
 * preparation of what a ceremony with these secrets would leave, in seconds instead of the half hour that
 * 2^16 rows take there.
 */
export async function preparedPowersOfTau(
  secrets: Omit<SetupSecrets, "delta">,
  power: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { tau, alpha, beta } = secrets;
  const size = 2 ** power;
  const curve = await compileCurve();
  const memory = await CurveMemory.create(curve);
  const powers = powersOf(tau, 2 * size - 1);
  const lagrange = (scale: bigint): Uint8Array =>
    Buffer.concat(Array.from({ length: power + 1 }, (_, of) => lagrangeScalars(memory, of, tau, scale)));
  const lagrangeOfTau = lagrange(1n);
  const g1 = (scalars: Uint8Array) => ["g1", scalars] as const;
  const g2 = (scalars: Uint8Array) => ["g2", scalars] as const;
  const points = await multiplyGenerators(
    curve,
    {
      tau: g1(scalarBytes(powers)),
      tau2: g2(scalarBytes(powers.slice(0, size))),
      alpha: g1(scalarBytes(powers.slice(0, size), alpha)),
      beta: g1(scalarBytes(powers.slice(0, size), beta)),
      beta2: g2(elementBytes(beta)),
      preparedTau: g1(Buffer.concat([lagrangeOfTau, doubledDomain(memory, power + 1, tau)])),
      preparedTau2: g2(lagrangeOfTau),
      preparedAlpha: g1(lagrange(alpha)),
      preparedBeta: g1(lagrange(beta)),
    },
    {},
  );
  const header = Buffer.concat([u32(32), elementBytes(BASE_FIELD_MODULUS), u32(power), u32(power)]);
  return writeBinaryFile("ptau", 1, [
    [1, header],
    [2, points.tau.points],
    [3, points.tau2.points],
    [4, points.alpha.points],
    [5, points.beta.points],
    [6, points.beta2.points],
    [7, u32(0)],
    [12, points.preparedTau.points],
    [13, points.preparedTau2.points],
    [14, points.preparedAlpha.points],
    [15, points.preparedBeta.points],
  ]);
}

function powersOf(tau: bigint, count: number): bigint[] {
  const powers = [1n];
  for (let i = 1; i < count; i++) powers.push(((powers[i - 1] ?? 0n) * tau) % FIELD_MODULUS);
  return powers;
}

function scalarBytes(values: readonly bigint[], factor = 1n): Uint8Array {
  return Buffer.concat(values.map((value) => elementBytes((value * factor) % FIELD_MODULUS)));
}

function lagrangeScalars(memory: CurveMemory, power: number, tau: bigint, scale: bigint): Uint8Array {
  const size = 2 ** power;
  return memory.scoped(() => {
    const values = lagrangeValues(memory, power, tau, scale);
    memory.function("frm_batchFromMontgomery")(values, size, values);
    return memory.bytes(values, size * ELEMENT_BYTES).slice();
  });
}

/**
 * As snarkjs has it: there is no power n − 1 of τ for the doubled domain of size n, and it takes the missing
 * one as zero.
 */
function doubledDomain(memory: CurveMemory, power: number, tau: bigint): Uint8Array {
  const size = 2 ** power;
  const scalars = lagrangeScalars(memory, power, tau, 1n);
  const omega = rootOfUnity(power);
  const last = pow(tau, BigInt(size - 1), FIELD_MODULUS);
  let missing = (last * invert(BigInt(size), FIELD_MODULUS)) % FIELD_MODULUS;
  for (let i = 0; i < size; i++) {
    const value = readElement(scalars, i * ELEMENT_BYTES) + FIELD_MODULUS - missing;
    scalars.set(elementBytes(value % FIELD_MODULUS), i * ELEMENT_BYTES);
    missing = (missing * omega) % FIELD_MODULUS;
  }
  return scalars;
}
