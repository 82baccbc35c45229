import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { isHash } from "viem";
import { z } from "zod";
import { LockstepError } from "../protocol/errors.ts";
import { formatOf, UnsupportedFormatError } from "../protocol/format.ts";
import { writeWholeFile } from "../intake/whole-file.ts";

const hashSchema = z.string().refine((text) => isHash(text), "not a hash");
/** Of the file. The number rises with every change. */
const FORMAT = "lockstep.inclusion.v2";
const inclusionSchema = z.object({ holder: hashSchema, transactions: z.array(hashSchema) });

/** What has to be undone on the L1 node if the block is never made. */
export type OpenInclusion = z.output<typeof inclusionSchema>;

const REMEDY =
  "make sure that the L1 node mines and holds none of the builder's transactions, then remove the file";

/** The file that says what was being included cannot be read. */
export class CorruptInclusionError extends LockstepError {
  constructor(file: string, cause: unknown) {
    super("CORRUPT_INCLUSION", `${file} is damaged; ${REMEDY}`, { cause });
  }
}

/**
 * Remembers, beyond the process's death, that transactions were handed to an L1 node which was told not to
 * mine: a batch without its block must not stay there, and neither may a node that no longer mines.
 */
export class InclusionStore {
  readonly #file: string | undefined;
  #open: OpenInclusion | undefined;

  /** @param folder created when first needed; without it nothing outlives the process. */
  constructor(folder: string | undefined) {
    this.#file = folder === undefined ? undefined : path.join(folder, "inclusion.json");
  }

  /** To be called before the node is touched. */
  async begin(inclusion: OpenInclusion): Promise<void> {
    if (this.#file !== undefined) {
      await mkdir(path.dirname(this.#file), { recursive: true });
      await writeWholeFile(this.#file, JSON.stringify({ format: FORMAT, ...inclusion }));
    }
    this.#open = inclusion;
  }

  /**
   * The inclusion that was begun and not ended, by this process or by one before it.
   * @throws {CorruptInclusionError}, {UnsupportedFormatError}
   */
  async load(): Promise<OpenInclusion | undefined> {
    const file = this.#file;
    if (this.#open !== undefined || file === undefined) return this.#open;
    const text = await readFile(file, "utf8").catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    });
    if (text === undefined) return undefined;
    try {
      const found = formatOf(text);
      if (found !== FORMAT) throw new UnsupportedFormatError(file, found, FORMAT, `First ${REMEDY}`);
      return inclusionSchema.parse(JSON.parse(text));
    } catch (error) {
      if (error instanceof UnsupportedFormatError) throw error;
      throw new CorruptInclusionError(file, error);
    }
  }

  /** The block was made, or everything was taken back. */
  async end(): Promise<void> {
    if (this.#file !== undefined) await rm(this.#file, { force: true });
    this.#open = undefined;
  }
}
