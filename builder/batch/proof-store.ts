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
  readonly #known = new Map<Hex, Hex>();
  #isOpen = false;

  /** @param folder created when first needed; without it nothing outlives the process. */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /**
   * @param statement by {@link statementKey}.
   * @param verificationKey name of the key by which it is proven.
   */
  async get(statement: Hex, verificationKey: Hex): Promise<Hex | undefined> {
    const name = nameOf(statement, verificationKey);
    const known = this.#known.get(name);
    if (known !== undefined || this.#folder === undefined) return known;
    const text = await readFile(path.join(this.#folder, name), "utf8").catch(() => undefined);
    if (!isHex(text) || text.length % 2 !== 0) return undefined;
    this.#known.set(name, text);
    return text;
  }

  /** A proof that cannot be kept is made again one day: no reason to stop. */
  async put(statement: Hex, verificationKey: Hex, proof: Hex): Promise<void> {
    const name = nameOf(statement, verificationKey);
    this.#known.set(name, proof);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= KEPT) break;
      this.#known.delete(oldest);
    }
    const folder = this.#folder;
    if (folder === undefined) return;
    try {
      if (!this.#isOpen) {
        await mkdir(folder, { recursive: true });
        await this.#prune(folder);
        this.#isOpen = true;
      }
      await writeWholeFile(path.join(folder, name), proof);
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
