import { bn254 } from "@noble/curves/bn254.js";
import { BASE_FIELD_MODULUS } from "../../../builder/proving/keys/base-field.ts";
import { writeBinaryFile } from "../../../builder/proving/keys/binary-file.ts";
import { elementBytes } from "../../../builder/proving/keys/little-endian.ts";
import type { SetupSecrets } from "../../../builder/proving/keys/secrets.ts";
import { FIELD_MODULUS } from "../../../builder/protocol/ids.ts";

const { G1, G2 } = bn254;

/**
 * A `.ptau` file, before phase 2, as a ceremony with these secrets would have left it: written with
 * noble-curves, so that nothing of what is tested takes part.
 */
export function powersOfTau(secrets: Omit<SetupSecrets, "delta">, power: number): Uint8Array<ArrayBuffer> {
  const { tau, alpha, beta } = secrets;
  const size = 2 ** power;
  const powers: bigint[] = [1n];
  for (let i = 1; i < 2 * size - 1; i++) powers.push(((powers[i - 1] ?? 0n) * tau) % FIELD_MODULUS);
  const scaled = (factor: bigint): bigint[] =>
    powers.slice(0, size).map((value) => (value * factor) % FIELD_MODULUS);
  return writeBinaryFile("ptau", 1, [
    [1, Buffer.concat([u32(32), elementBytes(BASE_FIELD_MODULUS), u32(power), u32(power)])],
    [2, points1(powers)],
    [3, points2(powers.slice(0, size))],
    [4, points1(scaled(alpha))],
    [5, points1(scaled(beta))],
    [6, points2([beta])],
    [7, u32(0)],
  ]);
}

/** Affine multiples of the G1 generator in the form of snarkjs' files. */
export function points1(scalars: readonly bigint[]): Uint8Array {
  return Buffer.concat(
    scalars.flatMap((scalar) => {
      const { x, y } = G1.Point.BASE.multiply(scalar).toAffine();
      return [coordinate(x), coordinate(y)];
    }),
  );
}

export function points2(scalars: readonly bigint[]): Uint8Array {
  return Buffer.concat(
    scalars.flatMap((scalar) => {
      const { x, y } = G2.Point.BASE.multiply(scalar).toAffine();
      return [coordinate(x.c0), coordinate(x.c1), coordinate(y.c0), coordinate(y.c1)];
    }),
  );
}

function coordinate(value: bigint): Uint8Array {
  return elementBytes((value << 256n) % BASE_FIELD_MODULUS);
}

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
