import { readFile } from "node:fs/promises";
import * as snarkjs from "snarkjs";

/**
 * Whether snarkjs takes a key for one that follows from an initial key and powers of tau, all paths. It gets
 * what the files contain: of files it leaves some open, one of the powers of tau always, others where it
 * finds a fault (DEP0137).
 */
export async function snarkjsAccepts(initial: string, ptau: string, key: string): Promise<boolean> {
  const [before, powers, after] = await contents(initial, ptau, key);
  return await snarkjs.zKey.verifyFromInit(before, powers, after);
}

/** As {@link snarkjsAccepts}, with the circuit's constraints in place of the initial key. */
export async function snarkjsAcceptsFor(r1cs: string, ptau: string, key: string): Promise<boolean> {
  const [constraints, powers, after] = await contents(r1cs, ptau, key);
  return await snarkjs.zKey.verifyFromR1cs(constraints, powers, after);
}

async function contents(...paths: [string, string, string]): Promise<[Uint8Array, Uint8Array, Uint8Array]> {
  const [one, two, three] = paths;
  return [await readFile(one), await readFile(two), await readFile(three)];
}
