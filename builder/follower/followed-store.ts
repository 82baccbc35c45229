import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Hex, isHex } from "viem";
import { z } from "zod";
import { chainId, type ChainId, stateRoot, type StateRoot } from "../protocol/ids.ts";

/** Of the file. The number rises with every change. */
const FORMAT = "lockstep.followed.v1";
const digits = z.string().regex(/^\d+$/);
const followedSchema = z.object({
  format: z.literal(FORMAT),
  number: digits,
  hash: z.custom<Hex>((value) => isHex(value), "not hexadecimal"),
  roots: z.record(digits, digits),
});

/** Up to where L1's history was followed, and where the rollups were then. */
export interface Followed {
  readonly number: bigint;
  readonly hash: Hex;
  readonly roots: ReadonlyMap<ChainId, StateRoot>;
}

/**
 * Remembers how far L1 was followed, so that the next process need not read what came before. A hint: without
 * it, or with one that does not fit, all of history is read.
 */
export class FollowedStore {
  readonly #file: string | undefined;

  /** @param folder exists; without it nothing outlives the process. */
  constructor(folder: string | undefined) {
    this.#file = folder === undefined ? undefined : path.join(folder, "followed.json");
  }

  async load(): Promise<Followed | undefined> {
    if (this.#file === undefined) return undefined;
    try {
      const { number, hash, roots } = followedSchema.parse(JSON.parse(await readFile(this.#file, "utf8")));
      const known = Object.entries(roots).map(
        ([id, root]) => [chainId(BigInt(id)), stateRoot(BigInt(root))] as const,
      );
      return { number: BigInt(number), hash, roots: new Map(known) };
    } catch {
      return undefined;
    }
  }

  async save({ number, hash, roots }: Followed): Promise<void> {
    if (this.#file === undefined) return;
    const known = Object.fromEntries([...roots].map(([id, root]) => [id.toString(), root.toString()]));
    const text = JSON.stringify({ format: FORMAT, number: number.toString(), hash, roots: known });
    await writeFile(this.#file, text).catch(() => undefined);
  }
}
