import { appendFile, mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { type Hex, isHex } from "viem";
import { z } from "zod";
import type { ErrorCode } from "../protocol/errors.ts";
import { formatOf, UnsupportedFormatError } from "../protocol/format.ts";
import { chainId, type ChainId } from "../protocol/ids.ts";
import type { Failed, Posted } from "./accepted.ts";
import { writeWholeFile } from "./whole-file.ts";

/** What became of a transaction, with the bytes by which it can be taken up again after a reorganisation. */
export interface Outcome {
  readonly hash: Hex;
  readonly rollup?: ChainId;
  readonly data: Hex;
  readonly status: Posted | Failed;
}

/** Of the file. The number rises with every change. */
const FORMAT = "lockstep.outcomes.v1";
/** How many are remembered. */
export const MAX_OUTCOMES = 10_000;

const hex = z.custom<Hex>((value) => isHex(value), "not hexadecimal");
const integer = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform(BigInt);
const line = z.object({
  hash: hex,
  rollup: integer.transform(chainId).optional(),
  data: hex,
  status: z.discriminatedUnion("state", [
    z.object({
      state: z.literal("posted"),
      l1Transaction: hex,
      blockNumber: integer,
      timings: z.record(z.string(), z.number()).default({}),
    }),
    z.object({
      state: z.literal("failed"),
      code: z.custom<ErrorCode>((code) => typeof code === "string"),
      reason: z.string(),
      data: hex.optional(),
    }),
  ]),
});

/**
 * What became of transactions, a line each, so that a process knows what the one before told. The last line
 * about a transaction counts; one that was cut off by the process's death says nothing.
 */
export class OutcomeStore {
  readonly #file: string | undefined;
  #lines = 0;
  #unwritten: string[] = [];

  /** @param folder created when first needed; without it nothing outlives the process. */
  constructor(folder: string | undefined) {
    this.#file = folder === undefined ? undefined : path.join(folder, "outcomes.jsonl");
  }

  /**
   * What is remembered, the oldest first.
   * @throws {UnsupportedFormatError}
   */
  async load(): Promise<Outcome[]> {
    const file = this.#file;
    if (file === undefined) return [];
    const text = await readFile(file, "utf8").catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    });
    if (text === undefined) return [];
    const [head = "", ...lines] = text.split("\n");
    const found = formatOf(head);
    if (found !== FORMAT) throw new UnsupportedFormatError(file, found, FORMAT, "Remove it");
    const outcomes = new Map<Hex, Outcome>();
    for (const each of lines) {
      const outcome = parse(each);
      if (outcome === undefined) continue;
      outcomes.delete(outcome.hash);
      outcomes.set(outcome.hash, outcome);
    }
    const newest = [...outcomes.values()].slice(-MAX_OUTCOMES);
    // What has been said since, and half of a line.
    if (newest.length !== lines.length - 1) await this.#rewrite(file, newest);
    this.#lines = newest.length;
    return newest;
  }

  /**
   * Notes what became of a transaction.
   * @param all what is to be remembered, should the file have to be written anew.
   * @throws what the disk throws; it is then noted with the next one.
   */
  async add(outcome: Outcome, all: () => readonly Outcome[]): Promise<void> {
    const file = this.#file;
    if (file === undefined) return;
    this.#unwritten.push(write(outcome));
    if (this.#lines === 0 || this.#lines > 2 * MAX_OUTCOMES) {
      await mkdir(path.dirname(file), { recursive: true });
      await this.#rewrite(file, all());
      return;
    }
    const lines = this.#unwritten;
    // In one call: a process that dies in between leaves half of a line, at the end.
    await appendFile(file, lines.join(""));
    this.#unwritten = [];
    this.#lines += lines.length;
  }

  async #rewrite(file: string, outcomes: readonly Outcome[]): Promise<void> {
    await writeWholeFile(file, [`${JSON.stringify({ format: FORMAT })}\n`, ...outcomes.map(write)].join(""));
    this.#lines = outcomes.length;
    this.#unwritten = [];
  }
}

function write(outcome: Outcome): string {
  const text = JSON.stringify(outcome, (_, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value,
  );
  return `${text}\n`;
}

function parse(text: string): Outcome | undefined {
  if (text === "") return undefined;
  try {
    const { rollup, status, ...rest } = line.parse(JSON.parse(text));
    const own = rollup === undefined ? {} : { rollup };
    if (status.state === "posted") return { ...rest, ...own, status };
    const { data, ...failed } = status;
    return { ...rest, ...own, status: { ...failed, ...(data === undefined ? {} : { data }) } };
  } catch {
    return undefined;
  }
}
