import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { writeWholeFile } from "../../intake/whole-file.ts";
import { formatOf, UnsupportedFormatError } from "../../protocol/format.ts";
import { entry, type L1Entry } from "./entry.ts";
import { DevnetStateError } from "./errors.ts";
import { readJournal } from "./journal.ts";

const FORMAT = "lockstep.devnet-state.v1";
const ADVICE = "Name another file, or go on with the version that wrote it";
const LOST = "Name another file, or put an earlier copy in its place; L1 begins anew without one";

const hex = z.templateLiteral(["0x", z.string().regex(/^[0-9a-fA-F]+$/)]);
const header = z.strictObject({
  format: z.literal(FORMAT),
  /** What the devnet is: its rollups, accounts and genesis. */
  identity: z.string(),
  /** Seconds since 1970. */
  genesis: z.int().positive(),
  rollups: hex,
  deploymentBlock: z.int().nonnegative(),
  clock: z.int(),
  entries: z.int().nonnegative(),
  /** SHA-256 of the lines that follow. */
  checksum: z.string(),
});

/** What a file of `--state` says besides its entries. */
export type DevnetFacts = Pick<
  z.infer<typeof header>,
  "identity" | "genesis" | "rollups" | "deploymentBlock" | "clock"
>;

export interface KeptState extends DevnetFacts {
  readonly entries: readonly L1Entry[];
  readonly lines: readonly string[];
  /** A change that was being written when the devnet was killed is left out: no caller was told of it. */
  readonly isCutOff: boolean;
}

function checksumOf(body: string): string {
  return createHash("sha256").update(body).digest("hex");
}

/**
 * What was kept; undefined if nothing was.
 * @throws {DevnetStateError} if it is damaged or another devnet's; {UnsupportedFormatError}.
 */
export async function readState(file: string, identity: string): Promise<KeptState | undefined> {
  if (!existsSync(file)) return undefined;
  const text = await readFile(file, "utf8");
  const end = text.indexOf("\n");
  const [first, body] = [text.slice(0, end), text.slice(end + 1)];
  let facts: z.infer<typeof header>;
  try {
    const format = formatOf(first);
    if (format !== FORMAT) throw new UnsupportedFormatError(file, format, FORMAT, ADVICE);
    facts = header.parse(JSON.parse(first));
  } catch (cause) {
    if (cause instanceof UnsupportedFormatError) throw cause;
    throw new DevnetStateError(file, `is damaged: its first line cannot be read. ${LOST}`, { cause });
  }
  if (facts.checksum !== checksumOf(body))
    throw new DevnetStateError(
      file,
      `is damaged: what follows its first line was changed or cut off. ${LOST}`,
    );
  if (facts.identity !== identity)
    throw new DevnetStateError(
      file,
      "is of a devnet with other rollups, accounts, predeploys, genesis contracts or proofs. Start it with " +
        "the same ones, or name another file",
    );
  const lines = body.split("\n").filter((line) => line !== "");
  const { changes, isCutOff } = await readJournal(file, facts.checksum);
  for (const { keep, added } of changes) {
    lines.length = Math.min(lines.length, keep);
    for (const line of added) lines.push(line);
  }
  const clock = changes.at(-1)?.clock ?? facts.clock;
  try {
    return { ...facts, clock, lines, isCutOff, entries: lines.map((line) => entry.parse(JSON.parse(line))) };
  } catch (cause) {
    throw new DevnetStateError(file, `is damaged: an entry cannot be read. ${LOST}`, { cause });
  }
}

/**
 * Puts the state in the place of the one before, which stays if that fails.
 * @returns its checksum.
 * @throws {DevnetStateError}
 */
export async function writeState(
  file: string,
  facts: DevnetFacts,
  lines: readonly string[],
): Promise<string> {
  const body = lines.map((line) => `${line}\n`).join("");
  const head: z.infer<typeof header> = {
    format: FORMAT,
    ...facts,
    entries: lines.length,
    checksum: checksumOf(body),
  };
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeWholeFile(file, `${JSON.stringify(head)}\n${body}`);
    return head.checksum;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DevnetStateError(file, `cannot be written (${reason}); what it held before is still there`, {
      cause,
    });
  }
}
