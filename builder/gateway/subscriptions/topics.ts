import { type LogFilter, matches } from "../../evm/logs.ts";
import { z } from "zod";
import { parseParams } from "../json-rpc.ts";
import type { Topic } from "../service.ts";
import type { BlockFeed, RpcLog } from "./feed.ts";
import { logFilterFields, logFilterOf } from "./log-criteria.ts";

const logParams = z.tuple([z.looseObject(logFilterFields).nullish()]);

/** `newHeads` and `logs` of the chain that the feed watches. */
export function blockTopics(feed: BlockFeed): { readonly newHeads: Topic; readonly logs: Topic } {
  const newHeads: Topic = async (_params, push) =>
    await feed.listen({
      wantsLogs: false,
      take: ({ type, block }) => {
        if (type === "added") push(block.header);
      },
    });
  const logs: Topic = async (params, push) => {
    const [criteria] = parseParams(logParams, params);
    const filter = logFilterOf(criteria ?? {});
    return await feed.listen({
      wantsLogs: true,
      take: ({ type, logs: all }) => {
        const wanted = all.filter((log) => isWanted(log, filter));
        if (type === "added") wanted.forEach(push);
        else for (const log of wanted.toReversed()) push({ ...log, removed: true });
      },
    });
  };
  return { newHeads, logs };
}

function isWanted({ address, topics }: RpcLog, filter: LogFilter): boolean {
  return matches({ address, topics, data: "0x" }, filter);
}
