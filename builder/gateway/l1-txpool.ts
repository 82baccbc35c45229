import { numberToHex } from "viem";
import { z } from "zod";
import type { Backend } from "./backend.ts";
import { addressSchema, parseParams, quantitySchema } from "./json-rpc.ts";
import type { L1Node } from "./l1-node.ts";
import { inALine, pendingTransaction } from "./pending-transaction.ts";
import type { Handler } from "./service.ts";

const shownSchema = z.looseObject({});
const sendersSchema = z.record(z.string(), z.record(z.string(), shownSchema));
const contentSchema = z.looseObject({ pending: sendersSchema, queued: sendersSchema });
const placeSchema = z.looseObject({ from: addressSchema, nonce: quantitySchema });

type Shown = Readonly<Record<string, unknown>>;
/** By sender, then by nonce in decimal. */
type Senders = Record<string, Record<string, Shown>>;

interface Content {
  readonly pending: Senders;
  readonly queued: Senders;
}

/**
 * What waits to be on L1: in the node's pool, and, crossing transactions, in the builder. Nodes of some
 * developers have no `txpool_*`, but `eth_pendingTransactions`.
 */
export function l1TxpoolMethods(
  builder: Pick<Backend, "pendingOnL1" | "l1ChainId">,
  node: L1Node,
): Readonly<Record<string, Handler>> {
  /** What the node has, with what waits here added. */
  const content = async (): Promise<Content> => {
    // Before the node is asked: what is posted in between is then seen twice, and not missed.
    const waiting = builder.pendingOnL1().map(({ data }) => pendingTransaction(data, builder.l1ChainId));
    const { pending, queued } = await poolOf(node);
    for (const shown of waiting) enter(pending, shown);
    return { pending, queued };
  };
  const summary = (senders: Senders): Record<string, Record<string, string>> =>
    mapped(senders, (own) => mapped(own, inALine));
  return {
    txpool_content: async () => ({ result: await content() }),
    txpool_contentFrom: async ({ params }) => {
      const [sender] = parseParams(z.tuple([addressSchema]), params);
      const { pending, queued } = await content();
      return { result: { pending: pending[sender] ?? {}, queued: queued[sender] ?? {} } };
    },
    txpool_inspect: async () => {
      const { pending, queued } = await content();
      return { result: { pending: summary(pending), queued: summary(queued) } };
    },
    txpool_status: async () => {
      const { pending, queued } = await content();
      return { result: { pending: countOf(pending), queued: countOf(queued) } };
    },
  };
}

async function poolOf(node: L1Node): Promise<Content> {
  const whole = await node.answer({ method: "txpool_content", params: [] });
  const content = contentSchema.safeParse("error" in whole ? undefined : whole.result);
  if (content.success) {
    const { pending, queued } = content.data;
    return { pending: bySender(Object.values(pending)), queued: bySender(Object.values(queued)) };
  }
  const all = await node.answer({ method: "eth_pendingTransactions", params: [] });
  const shown = z.array(shownSchema).safeParse("error" in all ? [] : all.result);
  return { pending: bySender([shown.data ?? []]), queued: {} };
}

function bySender(groups: readonly (readonly Shown[] | Readonly<Record<string, Shown>>)[]): Senders {
  const senders: Senders = {};
  for (const group of groups) for (const shown of Object.values(group)) enter(senders, shown);
  return senders;
}

function enter(senders: Senders, shown: Shown): void {
  const { from, nonce } = placeSchema.parse(shown);
  (senders[from] ??= {})[nonce.toString()] = shown;
}

function mapped<Value, Result>(
  record: Readonly<Record<string, Value>>,
  work: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, work(value)]));
}

function countOf(senders: Senders): string {
  return numberToHex(Object.values(senders).reduce((sum, own) => sum + Object.keys(own).length, 0));
}
