import { readFile } from "node:fs/promises";
import { bn254 } from "@noble/curves/bn254.js";
import type { Curve } from "ffjavascript";
import { commit } from "../../../builder/proving/backends/snarkjs/commit.ts";
import { proveGroth16 } from "../../../builder/proving/backends/snarkjs/groth16.ts";
import type { MultiExponentiation } from "../../../builder/proving/backends/snarkjs/multi-exponentiation.ts";
import { readBinaryFile } from "../../../builder/proving/keys/binary-file.ts";
import type { CommitmentKey } from "../../../builder/proving/keys/commitment-key.ts";
import { ELEMENT_BYTES, elementBytes, readElement } from "../../../builder/proving/keys/little-endian.ts";
import type { G1Point } from "../../../builder/proving/keys/verification-key.ts";
import type { CommittedProof } from "../../../builder/proving/prover.ts";
import { calculateWitness } from "../../../builder/proving/threads/witness.ts";

/** What `lookups` claims of: values below the table's size, and how often each number is among them. */
export interface Trace {
  readonly value: readonly bigint[];
  readonly count: readonly bigint[];
}

export const TABLE = 8;
/** Any challenge that no value meets. */
const CHALLENGE = { beta: 0x1234567890abcdefn, gamma: 0xfedcba0987654321n } as const;

export function traceOf(value: readonly bigint[]): Trace {
  const count = Array.from({ length: TABLE }, (_, t) => BigInt(value.filter((v) => v === BigInt(t)).length));
  return { value, count };
}

/** Values of the committed wires. */
export function committedValues({ value, count }: Trace): Uint8Array {
  return Buffer.concat([...value, ...count].map(elementBytes));
}

export async function wtnsOf(wasm: string, { value, count }: Trace): Promise<Uint8Array> {
  const module = await WebAssembly.compile(await readFile(wasm));
  return calculateWitness(module, { ...CHALLENGE, value, count });
}

export interface Proven {
  readonly proof: CommittedProof;
  readonly signals: readonly bigint[];
  readonly witness: Uint8Array;
}

/** Proves a trace, and commits to it, with both files of a key. */
export async function proveTrace(
  curve: Curve,
  exponentiation: MultiExponentiation,
  { wasm, zkey, ckey }: { readonly wasm: string; readonly zkey: Uint8Array; readonly ckey: CommitmentKey },
  trace: Trace,
): Promise<Proven> {
  const d = await commit(curve, exponentiation, ckey, committedValues(trace));
  const witness = readBinaryFile(await wtnsOf(wasm, trace), "wtns", "witness").section(2);
  const { proof } = await proveGroth16(curve, exponentiation, zkey, witness);
  return { proof: { ...proof, d }, signals: signalsOf(witness), witness };
}

export function signalsOf(witness: Uint8Array): bigint[] {
  return [1, 2, 3].map((wire) => readElement(witness, wire * ELEMENT_BYTES));
}

export function sum([x, y]: G1Point, [x2, y2]: G1Point): G1Point {
  const { Point } = bn254.G1;
  const point = Point.fromAffine({ x, y })
    .add(Point.fromAffine({ x: x2, y: y2 }))
    .toAffine();
  return [point.x, point.y];
}

export function timesPoint([x, y]: G1Point, scalar: bigint): G1Point {
  const point = bn254.G1.Point.fromAffine({ x, y }).multiply(scalar).toAffine();
  return [point.x, point.y];
}

export function negated([x, y]: G1Point): G1Point {
  return [x, bn254.fields.Fp.neg(y)];
}
