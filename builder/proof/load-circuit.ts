import { readFile, stat } from "node:fs/promises";
import type { Artefacts } from "../artefacts/artefacts.ts";
import { KeyCorruptError } from "../keys/errors.ts";
import { fromSnarkjs, hashVerificationKey, type VerificationKey } from "../keys/verification-key.ts";
import { readProvingKey } from "../keys/zkey.ts";
import { WrongKeyError } from "./errors.ts";
import type { LoadedCircuit } from "./prove-worker.ts";

/** commitment, challenge, evaluation. */
const PUBLIC_INPUTS = 3;

/** The verification key of a circuit. @throws `KEY_CORRUPT`. */
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
 * Reads what proving needs into memory that threads share, and checks that its parts belong together.
 * @throws `KEY_CORRUPT`, `WRONG_KEY`.
 */
export async function loadCircuit(artefacts: Artefacts): Promise<LoadedCircuit> {
  const zkey = await readShared(artefacts.zkey);
  const header = readProvingKey(zkey, artefacts.zkey);
  const verificationKey = await readVerificationKey(artefacts);
  if (header.wires !== artefacts.wires) {
    throw new WrongKeyError(
      artefacts.instance,
      `it is for ${header.wires} wires instead of ${artefacts.wires}`,
    );
  }
  const [actual, expected] = [header.verificationKey, verificationKey].map(hashVerificationKey);
  if (actual !== expected) {
    throw new WrongKeyError(artefacts.instance, `its verification key is ${actual} instead of ${expected}`);
  }
  if (header.publicSignals !== PUBLIC_INPUTS) {
    throw new WrongKeyError(
      artefacts.instance,
      `it has ${header.publicSignals} public inputs instead of ${PUBLIC_INPUTS}`,
    );
  }
  const wasm = await WebAssembly.compile(await readFile(artefacts.wasm));
  return { wasm, zkey, verificationKey, publicSignals: artefacts.publicSignals };
}

async function readShared(path: string): Promise<Uint8Array<SharedArrayBuffer>> {
  const { size } = await stat(path);
  const shared = new Uint8Array(new SharedArrayBuffer(size));
  shared.set((await readFile(path)).subarray(0, size));
  return shared;
}
