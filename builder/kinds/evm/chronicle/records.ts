import { z } from "zod";
import type { CallFrame } from "../../../evm/call-frame.ts";
import { flatFrames, flatten, unflatten } from "./frames.ts";
import { action, address, bytes, count, hash, integer, root, toText } from "./schemas.ts";
import type { ChronicleBlock, ChronicleTransaction } from "./types.ts";

/**
 * What a chronicle's database holds, all keys and values text:
 *
 *     head              whose chronicle it is and its latest block
 *     block:<number>    a block; numbers in 12 hexadecimal digits
 *     visit:<visit>     a visit as a transaction; counted from the rollup's first, in 12 hexadecimal digits
 *     frames:<visit>    its frames
 *     hash:<hash>       the number of the block with this hash, in decimal
 *     tx:<hash>         the visit with this transaction hash, in decimal
 *     l1:<hash>:<n>     the n-th visit that this L1 transaction caused, in decimal; n in 8 hexadecimal digits
 */
export const HEAD_KEY = "head";
export const blockKey = (number: bigint): string => `block:${number.toString(16).padStart(12, "0")}`;
export const visitKey = (visit: number): string => `visit:${visit.toString(16).padStart(12, "0")}`;
export const framesKey = (visit: number): string => `frames:${visit.toString(16).padStart(12, "0")}`;
export const hashKey = (hash: string): string => `hash:${hash}`;
export const transactionKey = (hash: string): string => `tx:${hash}`;
export const l1Key = (transaction: string, index: number): string =>
  `l1:${transaction}:${index.toString(16).padStart(8, "0")}`;

/** Names the layout above, actions included. The number rises with every change. */
export const CHRONICLE_FORMAT = "lockstep.chronicle.v4";

const block = z.object({
  number: integer,
  hash,
  parentHash: hash,
  timestamp: integer,
  stateRoot: root,
  transactions: z.array(hash),
  transactionsRoot: hash,
  receiptsRoot: hash,
  logsBloom: bytes,
  gasUsed: integer,
  l1BlockNumber: integer,
  firstVisit: count,
});

const head = z.object({ format: z.literal(CHRONICLE_FORMAT), identity: z.string(), latest: block });

const receipt = z.object({
  blockNumber: integer,
  timestamp: integer,
  actions: z.array(action),
  from: address,
  to: address.exactOptional(),
  value: integer,
  input: bytes,
  success: z.boolean(),
  gasUsed: integer,
  output: bytes,
  logs: z.array(z.object({ address, topics: z.array(hash), data: bytes })),
  created: address.exactOptional(),
});

const transaction = z.object({
  hash,
  index: count,
  blockNumber: integer,
  blockHash: hash,
  l1: z.object({ transaction: hash, blockNumber: integer, blockHash: hash }),
  l1Index: count,
  rootAfter: root,
  receipt,
  firstLogIndex: count,
  logsBloom: bytes,
  cumulativeGasUsed: integer,
});

const place = z
  .string()
  .regex(/^[0-9]{1,15}$/)
  .transform(Number);

export interface Head {
  readonly identity: string;
  readonly latest: ChronicleBlock;
}

export const encodeHead = ({ identity, latest }: Head): string =>
  toText({ format: CHRONICLE_FORMAT, identity, latest });
export const encodeBlock = (value: ChronicleBlock): string => toText(value);
export const encodeTransaction = (value: ChronicleTransaction): string => toText(value);
export const encodeFrames = (roots: readonly CallFrame[]): string => toText(flatten(roots));

/** Each throws when the text is not what it should be. */
export const decodeHead = (text: string): Head => head.parse(JSON.parse(text));
export const decodeBlock = (text: string): ChronicleBlock => block.parse(JSON.parse(text));
export const decodeTransaction = (text: string): ChronicleTransaction => transaction.parse(JSON.parse(text));
export const decodeFrames = (text: string): CallFrame[] => unflatten(flatFrames.parse(JSON.parse(text)));
export const decodePlace = (text: string): number => place.parse(text);
