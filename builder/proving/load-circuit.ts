import { readFile, stat } from "node:fs/promises";
import type { Hex } from "viem";
import type { Artefacts } from "./circuits/artefacts.ts";
import { assertSplit } from "./keys/assert-split.ts";
import { committedWires, type CommitmentKey, readCommitmentKey } from "./keys/commitment-key.ts";
import { KeyCorruptError } from "./keys/errors.ts";
import { share } from "./keys/shared-bytes.ts";
import {
  hashSplitVerificationKey,
  readSplitVerificationKey,
  type SplitVerificationKey,
  splitVerificationKey,
} from "./keys/split-verification-key.ts";
import { fromSnarkjs, hashVerificationKey, type VerificationKey } from "./keys/verification-key.ts";
import { readProvingKey } from "./keys/zkey.ts";
import { WrongKeyError } from "./circuits/errors.ts";

/** commitment, challenge, evaluation: of circuits without committed wires. */
const PUBLIC_INPUTS = 3;

/** What is needed to compute witnesses and to verify proofs, in a form that threads can share. */
export interface LoadedCircuit {
  readonly wasm: WebAssembly.Module;
  readonly verificationKey: VerificationKey | SplitVerificationKey;
  readonly publicSignals: readonly string[];
  readonly constraints: number;
  /** Path of the constraint system. */
  readonly r1cs: string;
  /** Of a circuit with committed wires: the inputs whose values they have, and what commits to them. */
  readonly committed?: { readonly inputs: readonly string[]; readonly key: CommitmentKey };
}

/**
 * The verification key of a circuit.
 * @throws `KEY_CORRUPT`.
 */
export async function readVerificationKey({
  verificationKey,
  commitment,
}: Pick<Artefacts, "verificationKey" | "commitment">): Promise<VerificationKey | SplitVerificationKey> {
  const text = await readFile(verificationKey, "utf8");
  try {
    const json: unknown = JSON.parse(text);
    return commitment === undefined ? fromSnarkjs(json) : readSplitVerificationKey(json);
  } catch (cause) {
    throw new KeyCorruptError(`${verificationKey} is damaged`, { cause });
  }
}

/** Name of a key of either kind: every point of it is in the hash. */
export function nameOfKey(key: VerificationKey | SplitVerificationKey): Hex {
  return "eta" in key ? hashSplitVerificationKey(key) : hashVerificationKey(key);
}

/**
 * Everything but the proving key.
 * @throws `KEY_CORRUPT`.
 */
export async function loadCircuit(artefacts: Artefacts): Promise<LoadedCircuit> {
  const { publicSignals, constraints, r1cs } = artefacts;
  const verificationKey = await readVerificationKey(artefacts);
  const wasm = await WebAssembly.compile(await readFile(artefacts.wasm));
  const loaded = { wasm, verificationKey, publicSignals, constraints, r1cs };
  const key = await loadCommitmentKey(artefacts);
  if (key === undefined || artefacts.commitment === undefined) return loaded;
  return { ...loaded, committed: { inputs: artefacts.commitment.inputs, key } };
}

/**
 * The commitment key of a circuit with committed wires, in memory that threads share; nothing for others.
 * @throws `KEY_CORRUPT`, `WRONG_KEY`.
 */
export async function loadCommitmentKey({
  instance,
  commitment,
}: Pick<Artefacts, "instance" | "commitment">): Promise<CommitmentKey | undefined> {
  if (commitment === undefined) return undefined;
  const key = readCommitmentKey(await readFile(commitment.key), commitment.key);
  const wires = committedWires(key);
  if (wires !== commitment.wires)
    throw new WrongKeyError(instance, `its commitment key is for ${wires} wires, not ${commitment.wires}`);
  return { ...key, points: share(key.points) };
}

/**
 * Reads a proving key into memory that threads share, and checks that it belongs to the circuit and its
 * verification key.
 * @throws `KEY_CORRUPT`, `WRONG_KEY`.
 */
export async function loadProvingKey(artefacts: Artefacts): Promise<Uint8Array<SharedArrayBuffer>> {
  const zkey = await readShared(artefacts.zkey);
  await checkProvingKey(zkey, artefacts);
  return zkey;
}

/** @throws `KEY_CORRUPT`, `WRONG_KEY`. */
async function checkProvingKey(zkey: Uint8Array, artefacts: Artefacts): Promise<void> {
  const header = readProvingKey(zkey, artefacts.zkey);
  if (header.wires !== artefacts.wires) {
    throw new WrongKeyError(
      artefacts.instance,
      `it is for ${header.wires} wires instead of ${artefacts.wires}`,
    );
  }
  const commitmentKey = await loadCommitmentKey(artefacts);
  const inFile =
    commitmentKey === undefined
      ? header.verificationKey
      : splitVerificationKey(header.verificationKey, commitmentKey);
  const [actual, expected] = [inFile, await readVerificationKey(artefacts)].map(nameOfKey);
  if (actual !== expected) {
    throw new WrongKeyError(artefacts.instance, `its verification key is ${actual} instead of ${expected}`);
  }
  if (commitmentKey !== undefined) assertSplit(zkey, commitmentKey, artefacts.zkey);
  else if (header.publicSignals !== PUBLIC_INPUTS) {
    throw new WrongKeyError(
      artefacts.instance,
      `it has ${header.publicSignals} public inputs instead of ${PUBLIC_INPUTS}`,
    );
  }
}

/** Paths of the keys of a circuit. */
export interface KeyPaths {
  readonly zkey: string;
  /** Where the circuit has committed wires. */
  readonly commitmentKey: string | undefined;
}

/**
 * Paths of keys by instance, each checked, for backends that read keys themselves.
 * @throws `KEY_CORRUPT`, `WRONG_KEY`.
 */
export async function checkedProvingKeys(
  circuits: Iterable<Artefacts>,
): Promise<ReadonlyMap<string, KeyPaths>> {
  const paths = new Map<string, KeyPaths>();
  for (const artefacts of circuits) {
    const { instance, zkey, commitment } = artefacts;
    await checkProvingKey(await readFile(zkey), artefacts);
    paths.set(instance, { zkey, commitmentKey: commitment?.key });
  }
  return paths;
}

async function readShared(path: string): Promise<Uint8Array<SharedArrayBuffer>> {
  const { size } = await stat(path);
  const shared = new Uint8Array(new SharedArrayBuffer(size));
  shared.set((await readFile(path)).subarray(0, size));
  return shared;
}
