import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { concatHex, type Hex, isHex, keccak256 } from "viem";
import { writeWholeFile } from "../intake/whole-file.ts";

/** How many proofs are kept. */
const KEPT = 1_000;

/**
 * Proofs by what they prove: a batch that is made again, in parts or by the next process, asks for the same
 * ones. L1 checks them all the same, so nothing that lies there has to be trusted.
 */
export class ProofStore {
  readonly #folder: string | undefined;
  /** How many were written since the folder was looked through. */
  #written = KEPT;

  /** @param folder created when first needed; without it nothing outlives the process. */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /**
   * @param statement by {@link statementKey}.
   * @param verificationKey name of the key by which it is proven.
   */
  async get(statement: Hex, verificationKey: Hex): Promise<Hex | undefined> {
    if (this.#folder === undefined) return undefined;
    const file = path.join(this.#folder, nameOf(statement, verificationKey));
    const text = await readFile(file, "utf8").catch(() => undefined);
    return isHex(text) && text.length % 2 === 0 ? text : undefined;
  }

  /** A proof that cannot be kept is made again one day: no reason to stop. */
  async put(statement: Hex, verificationKey: Hex, proof: Hex): Promise<void> {
    const folder = this.#folder;
    if (folder === undefined) return;
    try {
      if (this.#written++ >= KEPT) {
        await mkdir(folder, { recursive: true });
        await this.#prune(folder);
        this.#written = 1;
      }
      await writeWholeFile(path.join(folder, nameOf(statement, verificationKey)), proof);
    } catch {
      return;
    }
  }

  /** The newest stay. */
  async #prune(folder: string): Promise<void> {
    const names = await readdir(folder);
    if (names.length <= KEPT) return;
    const aged = await Promise.all(
      names.map(async (name) => ({ name, time: (await stat(path.join(folder, name))).mtimeMs })),
    );
    const old = aged.toSorted((a, b) => b.time - a.time).slice(KEPT);
    for (const { name } of old) await rm(path.join(folder, name), { force: true });
  }
}

function nameOf(statement: Hex, verificationKey: Hex): Hex {
  return keccak256(concatHex([statement, verificationKey]));
}
