import { fromRlp, type Hex, numberToHex, toRlp } from "viem";
import { z } from "zod";
import type { Backend } from "./backend.ts";
import { BlockNotFoundError } from "./block-errors.ts";
import {
  addressSchema,
  blockQuantitySchema,
  bytesSchema,
  hashSchema,
  parseParams,
  quantitySchema,
  type RpcRequest,
} from "./json-rpc.ts";
import { UnsupportedRequestError } from "./kinds/evm/errors.ts";
import { TransactionNotFoundError } from "./kinds/evm/trace-methods.ts";
import { encodeTransaction, headerItems } from "./l1-encoding.ts";
import type { L1Node } from "./l1-node.ts";
import { encodeReceipt, quantityItem, type RlpItem } from "./raw-encoding.ts";
import type { Handler } from "./service.ts";

const tag = z.tuple([
  z.union([
    z.enum(["earliest", "safe", "finalized", "latest", "pending"]),
    blockQuantitySchema.transform((number) => numberToHex(number)),
    hashSchema,
  ]),
]);
const receiptsSchema = z.array(
  z.looseObject({
    type: quantitySchema.default(0n),
    status: quantitySchema,
    cumulativeGasUsed: quantitySchema,
    logsBloom: bytesSchema,
    logs: z.array(z.looseObject({ address: addressSchema, topics: z.array(hashSchema), data: bytesSchema })),
  }),
);
const transactionSchema = z.looseObject({ hash: hashSchema });
const blockSchema = z.looseObject({
  hash: hashSchema,
  uncles: z.array(z.unknown()).default([]),
  transactions: z.array(transactionSchema),
  withdrawals: z
    .array(
      z
        .looseObject({
          index: quantitySchema,
          validatorIndex: quantitySchema,
          address: addressSchema,
          amount: quantitySchema,
        })
        .transform(({ index, validatorIndex, address, amount }) => [
          quantityItem(index),
          quantityItem(validatorIndex),
          address,
          quantityItem(amount),
        ]),
    )
    .optional(),
});
type Block = z.output<typeof blockSchema>;

/**
 * The encoding of what is on L1, for nodes that do not give it: made of what they show, and given only if it
 * has the hash that it should.
 * @param receiptsOf answers `eth_getBlockReceipts`.
 */
export function l1RawMethods(
  builder: Pick<Backend, "pending">,
  node: L1Node,
  receiptsOf: Handler,
): Readonly<Record<string, Handler>> {
  const blockOf = async ([given]: RpcRequest["params"]): Promise<Block> => {
    const [wanted] = parseParams(tag, [given]);
    const method = wanted.length === 66 ? "eth_getBlockByHash" : "eth_getBlockByNumber";
    const block = await node.ask(blockSchema.nullable(), method, [wanted, true]);
    if (block === null) throw new BlockNotFoundError(`block ${wanted} not found`);
    return block;
  };

  const transaction: Handler = async (request) => {
    const [hash] = parseParams(z.tuple([hashSchema]), request.params);
    const queued = builder.pending(hash);
    if (queued !== undefined && queued.rollup === undefined) return { result: queued.data };
    return await node.answerOr(request, async () => {
      const found = await node.ask(transactionSchema.nullable(), "eth_getTransactionByHash", [hash]);
      if (found === null) throw new TransactionNotFoundError(hash, "L1");
      return { result: encoded(found) };
    });
  };

  return {
    debug_getRawTransaction: transaction,
    eth_getRawTransactionByHash: transaction,
    debug_getRawHeader: async (request) =>
      await node.answerOr(request, async () => ({ result: toRlp(headerOf(await blockOf(request.params))) })),
    debug_getRawBlock: async (request) =>
      await node.answerOr(request, async () => ({ result: toRlp(wholeOf(await blockOf(request.params))) })),
    debug_getRawReceipts: async (request) =>
      await node.answerOr(request, async () => {
        const { hash } = await blockOf(request.params);
        const answer = await receiptsOf({ method: "eth_getBlockReceipts", params: [hash] });
        if ("error" in answer) return answer;
        const result = receiptsSchema
          .parse(answer.result)
          .map(({ type, status, ...rest }) =>
            encodeReceipt({ ...rest, type: Number(type), success: status === 1n }),
          );
        return { result };
      }),
  };
}

function unencodable(what: string): UnsupportedRequestError {
  return new UnsupportedRequestError("UNSUPPORTED_ENCODING", `${what} cannot be made of what the node shows`);
}

/** @throws {UnsupportedRequestError} for one whose sender was impersonated. */
function encoded(shown: z.output<typeof transactionSchema>): Hex {
  const raw = encodeTransaction(shown);
  if (raw === undefined) throw unencodable(`the encoding of transaction ${shown.hash}`);
  return raw;
}

function headerOf(block: Block): Hex[] {
  const items = headerItems(block);
  if (items === undefined) throw unencodable(`the header of block ${block.hash}`);
  return items;
}

function wholeOf(block: Block): RlpItem[] {
  if (block.uncles.length > 0) throw unencodable(`block ${block.hash} with its uncles`);
  const transactions = block.transactions.map((each): RlpItem => {
    const raw = encoded(each);
    // Those without a type stand in the block as the lists that they are.
    return Number(raw.slice(0, 4)) >= 0xc0 ? fromRlp(raw, "hex") : raw;
  });
  return [headerOf(block), transactions, [], ...(block.withdrawals === undefined ? [] : [block.withdrawals])];
}
