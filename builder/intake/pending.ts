import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { isHex } from "viem";
import { z } from "zod";
import { LockstepError } from "../protocol/errors.ts";
import { formatOf, UnsupportedFormatError } from "../protocol/format.ts";
import { chainId } from "../protocol/ids.ts";
import { type AcceptedTransaction, l1Transaction, rollupTransaction } from "./accepted.ts";
import { writeWholeFile } from "./whole-file.ts";

const hex = z.string().refine((text) => isHex(text), "not hexadecimal");
/** Of the files. The number rises with every change. */
const FORMAT = "lockstep.pending.v1";
const recordSchema = z.object({
  format: z.literal(FORMAT),
  order: z.number().int().nonnegative(),
  rollup: z.string().regex(/^\d+$/).optional(),
  /** L1's block when it was accepted. */
  block: z.string().regex(/^\d+$/).optional(),
  data: hex,
});

/** A file of accepted transactions cannot be read. */
export class CorruptPendingError extends LockstepError {
  constructor(file: string, cause: unknown) {
    super("CORRUPT_PENDING", `${file} is damaged; remove it and send the transaction again`, { cause });
  }
}

/**
 * Accepted transactions that are not on L1 yet, one file each, so that a builder that was killed takes them
 * up again.
 */
export class PendingStore {
  readonly #folder: string | undefined;
  readonly #l1ChainId: bigint;
  #order = 0;

  /**
   * @param folder created when first needed; without it nothing outlives the process.
   * @param l1ChainId EVM chain id of L1.
   */
  constructor(folder: string | undefined, l1ChainId: bigint) {
    this.#folder = folder;
    this.#l1ChainId = l1ChainId;
  }

  /**
   * What was accepted before, oldest first.
   * @throws {CorruptPendingError}, {UnsupportedFormatError}
   */
  async load(): Promise<{ transaction: AcceptedTransaction; block: bigint | undefined }[]> {
    const folder = this.#folder;
    if (folder === undefined) return [];
    await mkdir(folder, { recursive: true });
    const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
    const records = await Promise.all(
      names.map((name) => readRecord(path.join(folder, name), this.#l1ChainId)),
    );
    records.sort((a, b) => a.order - b.order);
    this.#order = (records.at(-1)?.order ?? -1) + 1;
    return records.map(({ transaction, block }) => ({ transaction, block }));
  }

  /** @param block of L1, at which it was accepted. */
  async add(transaction: AcceptedTransaction, block?: bigint): Promise<void> {
    const folder = this.#folder;
    if (folder === undefined) return;
    const file = path.join(folder, `${transaction.hash}.json`);
    const record = {
      format: FORMAT,
      order: this.#order++,
      data: transaction.data,
      ...(block === undefined ? {} : { block: block.toString() }),
      ...(transaction.rollup === undefined ? {} : { rollup: transaction.rollup.toString() }),
    };
    await writeWholeFile(file, JSON.stringify(record));
  }

  /** The transaction is on L1, or never will be. */
  async remove({ hash }: AcceptedTransaction): Promise<void> {
    if (this.#folder !== undefined) await rm(path.join(this.#folder, `${hash}.json`), { force: true });
  }
}

async function readRecord(
  file: string,
  l1ChainId: bigint,
): Promise<{ order: number; transaction: AcceptedTransaction; block: bigint | undefined }> {
  try {
    const text = await readFile(file, "utf8");
    const found = formatOf(text);
    if (found !== FORMAT)
      throw new UnsupportedFormatError(file, found, FORMAT, "Remove it and send the transaction again");
    const { order, rollup, block, data } = recordSchema.parse(JSON.parse(text));
    if (!isHex(data)) throw new Error("data is not hexadecimal");
    const hash = path.basename(file, ".json");
    if (!isHex(hash)) throw new Error("the file is not named by a hash");
    const transaction =
      rollup === undefined
        ? l1Transaction(data, l1ChainId)
        : rollupTransaction(chainId(BigInt(rollup)), data);
    if (transaction.hash !== hash) throw new Error("the file is named by another transaction");
    return { order, transaction, block: block === undefined ? undefined : BigInt(block) };
  } catch (error) {
    if (error instanceof UnsupportedFormatError) throw error;
    throw new CorruptPendingError(file, error);
  }
}
