import type { LogFilter } from "../../evm/logs.ts";
import type { Hex } from "viem";
import { z } from "zod";
import { addressSchema, hashSchema } from "../json-rpc.ts";

/** Most addresses, and most topics of one place, in a filter. */
const MAX_ALTERNATIVES = 1_000;

const topicSchema = z.union([
  z.null(),
  hashSchema,
  z.array(z.union([z.null(), hashSchema])).max(MAX_ALTERNATIVES),
]);

/** Addresses and topics of `eth_getLogs`, `eth_newFilter` and `eth_subscribe`. */
export const logFilterFields = {
  address: z.union([z.null(), addressSchema, z.array(addressSchema).max(MAX_ALTERNATIVES)]).optional(),
  topics: z.array(topicSchema).max(4, "a log has at most 4 topics").nullish(),
};

type LogFilterFields = z.output<z.ZodObject<typeof logFilterFields>>;

export function logFilterOf({ address, topics }: LogFilterFields): LogFilter {
  return {
    addresses: address === undefined || address === null ? [] : Array.isArray(address) ? address : [address],
    topics: (topics ?? []).map(alternatives),
  };
}

/** None of them stands for every topic, as does one that is null among others. */
function alternatives(topic: z.output<typeof topicSchema>): Hex[] {
  if (topic === null) return [];
  if (typeof topic === "string") return [topic];
  const named = topic.filter((each) => each !== null);
  return named.length === topic.length ? named : [];
}
