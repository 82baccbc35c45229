import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { CIRCUITS } from "./compile.ts";
import type { Exceptions } from "./determined.ts";

const auditSchema = z.array(
  z.strictObject({
    file: z.string(),
    template: z.string(),
    /** The assignment as it stands in the source. */
    assigned: z.string(),
    /** Constraints of the same template, as they stand in the source. */
    pinnedBy: z.array(z.string()).min(1).optional(),
    /** No circuit makes this template. */
    unused: z.literal(true).optional(),
    /** Wires (a pattern of their names) that follow only because what they are divided by is not 0. */
    quotient: z.string().optional(),
    /** Wires (a pattern of their names) that may have any value while nothing else reads them. */
    free: z.string().optional(),
    because: z.string().min(10),
  }),
);

export type Audit = z.infer<typeof auditSchema>;

/** `circuits/unconstrained.json`. */
export async function readAudit(): Promise<Audit> {
  return auditSchema.parse(JSON.parse(await readFile(join(CIRCUITS, "unconstrained.json"), "utf8")));
}

export function exceptionsOf(audit: Audit): Exceptions {
  const patterns = (of: (entry: Audit[number]) => string | undefined): RegExp[] =>
    audit.flatMap((entry) => of(entry) ?? []).map((pattern) => new RegExp(pattern));
  return { quotients: patterns(({ quotient }) => quotient), free: patterns(({ free }) => free) };
}

/**
 * What may be free in text that is made of rows: a term's quotient where the tuple's compression is γ, which
 * is drawn after it, and a test's inverse where the value is 0, which nothing else reads.
 */
export const OF_ROWS: Exceptions = { quotients: [/\.quotient\[\d+\]$/], free: [/\.inverse_isZero\d+$/] };
