import { z } from "zod";

const hex = z.templateLiteral(["0x", z.string().regex(/^[0-9a-fA-F]*$/)]);

/** A transaction of L1: as it was signed, or what the node was asked to send for an account. */
const transaction = z.union([
  z.strictObject({ raw: hex }),
  z.strictObject({ from: hex, request: z.record(z.string(), z.unknown()) }),
]);

/** What happened on L1, in an order and form in which it can happen again. */
export const entry = z.discriminatedUnion("kind", [
  /** A request that changed something between two blocks, as `hardhat_setBalance` does. */
  z.strictObject({ kind: z.literal("request"), method: z.string(), params: z.array(z.unknown()) }),
  /** A block, or several that were asked for at once: then all but the first are empty. */
  z.strictObject({
    kind: z.literal("blocks"),
    count: z.int().positive(),
    /** Seconds between them. */
    interval: z.int().nonnegative(),
    /** Of the first. */
    timestamp: z.int().positive(),
    transactions: z.array(transaction),
    /** Of the last: what all of it has to lead to again. */
    hash: hex,
  }),
]);

export type L1Entry = z.infer<typeof entry>;
export type ReplayedTransaction = z.infer<typeof transaction>;
