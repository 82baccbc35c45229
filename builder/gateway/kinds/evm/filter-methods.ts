import { z } from "zod";
import { hashSchema, InvalidParamsError, parseParams, quantitySchema } from "../../json-rpc.ts";
import type { Handler, Topic } from "../../service.ts";
import type { BlockFeed } from "../../subscriptions/feed.ts";
import { Filters } from "../../subscriptions/filters.ts";
import { type LogCriteria, logCriteriaSchema, readLogs } from "./history-methods.ts";
import type { EvmRollupView } from "./view.ts";

const idParams = z.tuple([z.string().max(66)]);
const header = z.looseObject({ hash: hashSchema });
const numbered = z.looseObject({ blockNumber: quantitySchema });

/** Filters that clients poll. */
export function filterMethods(
  view: EvmRollupView,
  feed: BlockFeed,
  topics: { readonly [name in "newHeads" | "logs" | "newPendingTransactions"]: Topic },
): { methods: Readonly<Record<string, Handler>>; close: () => void } {
  const filters = new Filters<LogCriteria>(() => feed.refresh());
  return {
    close: () => filters.close(),
    methods: {
      eth_newFilter: async ({ params }) => {
        const [criteria] = parseParams(z.tuple([logCriteriaSchema]), params);
        const within = await rangeOf(view, criteria);
        const show = (log: unknown) => (within(numbered.parse(log).blockNumber) ? [log] : []);
        return { result: await filters.open(topics.logs, params, show, criteria) };
      },
      eth_newBlockFilter: async () => ({
        result: await filters.open(topics.newHeads, [], (head) => [header.parse(head).hash]),
      }),
      eth_newPendingTransactionFilter: async () => ({
        result: await filters.open(topics.newPendingTransactions, [], (hash) => [hash]),
      }),
      eth_getFilterChanges: async ({ params }) => ({
        result: await filters.changes(parseParams(idParams, params)[0]),
      }),
      eth_getFilterLogs: async ({ params }) => ({
        result: await readLogs(view, filters.aboutOf(parseParams(idParams, params)[0])),
      }),
      eth_uninstallFilter: async ({ params }) => ({
        result: filters.remove(parseParams(idParams, params)[0]),
      }),
    },
  };
}

/** Whether a block is in the range that is asked for; names of blocks leave its end open. */
async function rangeOf(view: EvmRollupView, criteria: LogCriteria): Promise<(number: bigint) => boolean> {
  const { fromBlock, toBlock, blockHash } = criteria;
  if (blockHash != null)
    throw new InvalidParamsError("a filter is for blocks to come, and has no block's hash");
  const from = typeof fromBlock === "bigint" ? fromBlock : 0n;
  const { number } = await view.read(({ chronicle }) => chronicle.latest);
  if (typeof toBlock !== "bigint") return (each) => each >= from;
  if (toBlock < from || toBlock < number)
    throw new InvalidParamsError("the range of blocks is over; eth_getLogs reads what has happened");
  return (each) => each >= from && each <= toBlock;
}
