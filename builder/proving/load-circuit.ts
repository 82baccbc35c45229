import { readFile, stat } from "node:fs/promises";
import type { Artefacts } from "./circuits/artefacts.ts";
import { KeyCorruptError } from "./keys/errors.ts";
import { fromSnarkjs, hashVerificationKey, type VerificationKey } from "./keys/verification-key.ts";
import { readProvingKey } from "./keys/zkey.ts";
import { WrongKeyError } from "./circuits/errors.ts";

/** commitment, challenge, evaluation. */
const PUBLIC_INPUTS = 3;

/** What is needed to compute witnesses and to verify proofs, in a form that threads can share. */
export interface LoadedCircuit {
  readonly wasm: WebAssembly.Module;
  readonly verificationKey: VerificationKey;
  readonly publicSignals: readonly string[];
  readonly constraints: number;
  /** Path of the constraint system. */
  readonly r1cs: string;
}

/**
 * The verification key of a circuit.
 * @throws `KEY_CORRUPT`.
 */
export async function readVerificationKey(
  artefacts: Pick<Artefacts, "verificationKey">,
): Promise<VerificationKey> {
  const text = await readFile(artefacts.verificationKey, "utf8");
  try {
    return fromSnarkjs(JSON.parse(text));
  } catch (cause) {
    throw new KeyCorruptError(`${artefacts.verificationKey} is damaged`, { cause });
  }
}

/**
 * Everything but the proving key.
 * @throws `KEY_CORRUPT`.
 */
export async function loadCircuit(artefacts: Artefacts): Promise<LoadedCircuit> {
  const { publicSignals, constraints, r1cs } = artefacts;
  const verificationKey = await readVerificationKey(artefacts);
  const wasm = await WebAssembly.compile(await readFile(artefacts.wasm));
  return { wasm, verificationKey, publicSignals, constraints, r1cs };
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
  const [actual, expected] = [header.verificationKey, await readVerificationKey(artefacts)].map(
    hashVerificationKey,
  );
  if (actual !== expected) {
    throw new WrongKeyError(artefacts.instance, `its verification key is ${actual} instead of ${expected}`);
  }
  if (header.publicSignals !== PUBLIC_INPUTS) {
    throw new WrongKeyError(
      artefacts.instance,
      `it has ${header.publicSignals} public inputs instead of ${PUBLIC_INPUTS}`,
    );
  }
}

/**
 * Paths of proving keys by instance, each checked, for backends that read keys themselves.
 * @throws `KEY_CORRUPT`, `WRONG_KEY`.
 */
export async function checkedProvingKeys(
  circuits: Iterable<Artefacts>,
): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>();
  for (const artefacts of circuits) {
    await checkProvingKey(await readFile(artefacts.zkey), artefacts);
    paths.set(artefacts.instance, artefacts.zkey);
  }
  return paths;
}

async function readShared(path: string): Promise<Uint8Array<SharedArrayBuffer>> {
  const { size } = await stat(path);
  const shared = new Uint8Array(new SharedArrayBuffer(size));
  shared.set((await readFile(path)).subarray(0, size));
  return shared;
}
