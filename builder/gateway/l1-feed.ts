import { z } from "zod";
import { addressSchema, hashSchema, quantitySchema } from "./json-rpc.ts";
import type { FeedSource } from "./subscriptions/feed.ts";
import type { Upstream } from "./upstream.ts";

const place = z.object({ number: quantitySchema, hash: hashSchema, parentHash: hashSchema });
const blockSchema = z.looseObject({}).transform((raw, context) => {
  const parsed = place.safeParse(raw);
  if (!parsed.success) {
    context.addIssue("not a block");
    return z.NEVER;
  }
  const { transactions: _transactions, uncles: _uncles, ...header } = raw;
  return { ...parsed.data, header };
});
const logSchema = z.looseObject({
  address: addressSchema,
  topics: z.array(hashSchema),
  blockNumber: z.templateLiteral(["0x", z.string()]),
  removed: z.boolean().default(false),
});

/** The L1 node's chain, to be watched. */
export function l1FeedSource(upstream: Upstream): FeedSource {
  return {
    latest: async () => await upstream.ask(blockSchema, "eth_getBlockByNumber", ["latest", false]),
    byHash: async (hash) =>
      (await upstream.ask(blockSchema.nullable(), "eth_getBlockByHash", [hash, false])) ?? undefined,
    logsOf: async ({ hash }) => await upstream.ask(z.array(logSchema), "eth_getLogs", [{ blockHash: hash }]),
  };
}
