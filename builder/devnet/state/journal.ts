import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { type FileHandle, open, readFile, rm } from "node:fs/promises";
import { z } from "zod";
import { writeWholeFile } from "../../intake/whole-file.ts";
import { formatOf, UnsupportedFormatError } from "../../protocol/format.ts";
import { DevnetStateError } from "./errors.ts";

const FORMAT = "lockstep.devnet-journal.v1";
const header = z.strictObject({
  format: z.literal(FORMAT),
  /** Checksum of the state that it goes on from. */
  of: z.string(),
});
/** `sum keep clock [entry,…]` */
const LINE = /^([0-9a-f]{32}) (\d+) (-?\d+) (\[.*\])$/;

/** What changed since the change before. */
export interface StateChange {
  /** How many of the entries so far stand: `evm_revert` takes back the others. */
  readonly keep: number;
  /** Entries that came behind them, as lines of JSON. */
  readonly added: readonly string[];
  /** Seconds by which L1's clock is ahead. */
  readonly clock: number;
}

/** What a journal says, in order. */
export interface ReadJournal {
  readonly changes: readonly StateChange[];
  /** Its last line was not whole: what it was about had been told to no caller yet. */
  readonly isCutOff: boolean;
}

/** What is written beside a state's file between two times that all of it is. */
export function journalOf(file: string): string {
  return `${file}.journal`;
}

/**
 * Changes since a state was written as a whole, a line each, on the disk before any caller is told of them.
 * Each line's checksum covers the lines before it.
 */
export class Journal implements AsyncDisposable {
  readonly #handle: FileHandle;
  #sum: string;

  /** @param of checksum of the state. */
  static async begin(file: string, of: string): Promise<Journal> {
    const path = journalOf(file);
    const head: z.infer<typeof header> = { format: FORMAT, of };
    await writeWholeFile(path, `${JSON.stringify(head)}\n`);
    return new Journal(await open(path, "a"), of);
  }

  private constructor(handle: FileHandle, of: string) {
    this.#handle = handle;
    this.#sum = of;
  }

  /** Resolves when it is on the disk. After a failure nothing may be appended. */
  async append({ keep, clock, added }: StateChange): Promise<void> {
    const body = `${keep} ${clock} [${added.join(",")}]`;
    const sum = sumOf(this.#sum, body);
    await this.#handle.appendFile(`${sum} ${body}\n`);
    await this.#handle.datasync();
    this.#sum = sum;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

/** The state was written as a whole: nothing is to come after it. */
export async function removeJournal(file: string): Promise<void> {
  await rm(journalOf(file), { force: true });
}

/**
 * Reads what came after a state was written as a whole.
 * @param of checksum of that state: a journal of another one is left over, and in this one already.
 * @throws {DevnetStateError} if it is damaged; {UnsupportedFormatError}.
 */
export async function readJournal(file: string, of: string): Promise<ReadJournal> {
  const path = journalOf(file);
  const nothing: ReadJournal = { changes: [], isCutOff: false };
  if (!existsSync(path)) return nothing;
  const [first = "", ...lines] = (await readFile(path, "utf8")).split("\n");
  const format = formatIn(first);
  if (format !== FORMAT) {
    const advice = "Go on with the version that wrote it, or remove it: then what is in it is lost";
    throw new UnsupportedFormatError(path, format, FORMAT, advice);
  }
  const head = header.safeParse(JSON.parse(first));
  if (!head.success || head.data.of !== of) return nothing;
  const changes: StateChange[] = [];
  let sum = of;
  // Each line ends with a line feed, so the last piece is empty, or a line that was not written to its end.
  const rest = lines.pop() ?? "";
  for (const [index, line] of lines.entries()) {
    const [, own, keep, clock, added] = LINE.exec(line) ?? [];
    const expected = sumOf(sum, line.slice(33));
    if (own !== expected || added === undefined) {
      if (index === lines.length - 1 && rest === "") return { changes, isCutOff: true };
      const reason = `has a damaged journal, ${path}: its line ${index + 2} was changed`;
      const advice = "Put an earlier copy in its place, or remove it: then what is in it is lost";
      throw new DevnetStateError(file, `${reason}. ${advice}`);
    }
    sum = expected;
    const entries = z.array(z.unknown()).parse(JSON.parse(added));
    const asLines = entries.map((entry) => JSON.stringify(entry));
    changes.push({ keep: Number(keep), clock: Number(clock), added: asLines });
  }
  return { changes, isCutOff: rest !== "" };
}

/** Its first line is written as a whole, with the file. */
function formatIn(first: string): string | undefined {
  try {
    return formatOf(first);
  } catch {
    return undefined;
  }
}

function sumOf(before: string, body: string): string {
  return createHash("sha256").update(`${before}\n${body}`).digest("hex").slice(0, 32);
}
