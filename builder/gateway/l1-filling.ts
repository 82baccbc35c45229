import { type Hex, numberToHex } from "viem";
import { z } from "zod";
import type { Backend } from "./backend.ts";
import { BlockNotFoundError, GenesisTraceError } from "./block-errors.ts";
import { type CallRequest, failureOnL1, type TransactionOutcome } from "../simulate/outcome.ts";
import { accessListGas } from "./call-request.ts";
import {
  addressSchema,
  type Answer,
  blockQuantitySchema,
  bytesSchema,
  hashSchema,
  InvalidParamsError,
  parseParams,
  type RpcRequest,
} from "./json-rpc.ts";
import { headCall, unlessNodeKnowsBetter } from "./l1-call.ts";
import type { L1Node } from "./l1-node.ts";
import type { Handler } from "./service.ts";
import { traceParamsSchema } from "./trace/trace.ts";

const nameSchema = z.enum(["earliest", "safe", "finalized", "latest", "pending"]);
const tagSchema = z.union([
  nameSchema,
  blockQuantitySchema.transform((number) => numberToHex(number)),
  hashSchema,
]);
const shortBlock = z
  .looseObject({ number: blockQuantitySchema, transactions: z.array(hashSchema) })
  .nullable();

/**
 * What some nodes lack, made of what every node has.
 * @param tracing how transactions are traced.
 */
export function fillingMethods(
  builder: Pick<Backend, "l1" | "call">,
  node: L1Node,
  { trace, across }: L1Tracing,
): Readonly<Record<string, Handler>> & { readonly eth_getBlockReceipts: Handler } {
  const blockOf = async (tag: string) =>
    await node.ask(shortBlock, tag.length === 66 ? "eth_getBlockByHash" : "eth_getBlockByNumber", [
      tag,
      false,
    ]);

  const traceBlock =
    (schema: z.ZodType<string>): Handler =>
    async (request) => {
      const made = { here: false };
      const answer = await node.answerOr(request, async () => {
        made.here = true;
        const [tag, options] = parseParams(
          z.tuple([schema, z.unknown()]),
          request.params.concat([undefined]).slice(0, 2),
        );
        const block = await blockOf(tag);
        if (block === null) throw new BlockNotFoundError(`block ${tag} not found`);
        if (block.number === 0n) throw new GenesisTraceError();
        const result: unknown[] = [];
        for (const txHash of block.transactions) {
          const params = options === undefined ? [txHash] : [txHash, options];
          const answer = await trace({ method: "debug_traceTransaction", params });
          if ("error" in answer) return answer;
          result.push({ txHash, result: answer.result });
        }
        return { result };
      });
      const traced = "error" in answer ? undefined : tracesSchema.safeParse(answer.result).data;
      // What was put together here has them already.
      if (made.here || traced === undefined || !isWhole(request.params[1])) return answer;
      const all: unknown[] = [];
      for (const { txHash, result } of traced) all.push({ txHash, result: await across(txHash, result) });
      return { result: all };
    };

  return {
    eth_getBlockReceipts: async (request) => {
      const [tag] = parseParams(z.tuple([tagSchema]), request.params);
      return await node.answerOr(request, async () => {
        const block = await blockOf(tag);
        if (block === null) return { result: null };
        const receipts = block.transactions.map((hash) =>
          node.ask(z.unknown(), "eth_getTransactionReceipt", [hash]),
        );
        return { result: await Promise.all(receipts) };
      });
    },
    eth_baseFee: async (request) =>
      await node.answerOr(request, async () => {
        const { baseFeePerGas } = await builder.l1.getBlock({ blockTag: "pending" });
        return { result: numberToHex(baseFeePerGas ?? 0n) };
      }),
    eth_getStorageValues: async (request) => {
      const schema = z.record(addressSchema, z.array(bytesSchema));
      const [wanted, tag] = parseParams(
        z.tuple([schema, z.unknown()]),
        [...request.params, undefined].slice(0, 2),
      );
      if (Object.keys(wanted).length === 0) throw new InvalidParamsError("no account is asked for");
      return await node.answerOr(request, async () => {
        const values = Object.entries(wanted).map(async ([address, slots]) => {
          const words = slots.map((slot) =>
            node.ask(bytesSchema, "eth_getStorageAt", [address, slot, tag ?? "latest"]),
          );
          return [address, await Promise.all(words)] as const;
        });
        return { result: Object.fromEntries(await Promise.all(values)) };
      });
    },
    eth_getLogs: async (request) => {
      await checkRange(builder, request.params[0]);
      return await node.answer(request);
    },
    eth_createAccessList: async (request) => {
      const at = await headCall(builder, request, "pending");
      const outcome = at && (await unlessNodeKnowsBetter(() => builder.call(at.request, at.pending)));
      if (at !== undefined && outcome?.crossesChains === true)
        return listed(at.request, outcome, outcome.accessed);
      return await node.answerOr(request, async () => await accessList(at, request));
    },
    debug_traceBlockByHash: traceBlock(hashSchema),
    debug_traceBlockByNumber: traceBlock(
      z.union([nameSchema, blockQuantitySchema.transform((number) => numberToHex(number))]),
    ),
  };

  async function accessList(
    at: Awaited<ReturnType<typeof headCall>>,
    { params }: RpcRequest,
  ): Promise<Answer> {
    if (at === undefined) throw new InvalidParamsError("the access list of a call in an earlier block");
    const { request, pending } = at;
    const outcome = await builder.call(request, pending);
    return listed(request, outcome, await accessedBy(params[0]));
  }

  /** Accounts and slots that the call reads on L1, as far as the node can follow it. */
  async function accessedBy(call: unknown): Promise<Accessed> {
    const answer = await node.answer({
      method: "debug_traceCall",
      params: [call, "latest", { tracer: "prestateTracer" }],
    });
    const accounts = "error" in answer ? {} : prestateSchema.catch({}).parse(answer.result);
    return new Map(
      Object.entries(accounts).map(([address, { storage = {} }]) => [
        hexOf(address),
        new Set(Object.keys(storage).map(hexOf)),
      ]),
    );
  }
}

const tracesSchema = z.array(z.looseObject({ txHash: hashSchema, result: z.unknown() }));

/** How an L1 gateway traces transactions. */
export interface L1Tracing {
  /** Answers `debug_traceTransaction`. */
  readonly trace: Handler;
  /** Puts the frames of other chains into a transaction's frames on L1. */
  readonly across: (transaction: Hex, traced: unknown) => Promise<unknown>;
}

/** Whether a tracer's options ask for all frames, without logs. */
function isWhole(options: unknown): boolean {
  const [, given] = traceParamsSchema.safeParse([undefined, options]).data ?? [];
  const { tracer, tracerConfig } = given ?? {};
  return tracer === "callTracer" && tracerConfig?.withLog !== true && tracerConfig?.onlyTopCall !== true;
}

const prestateSchema = z.record(
  addressSchema,
  z.looseObject({ storage: z.record(z.string(), z.string()).optional() }),
);

/** Slots of each account that a call reads. */
type Accessed = TransactionOutcome["accessed"];

function hexOf(text: string): Hex {
  return `0x${text.slice(2)}`;
}

/** What EIP-2930 would have named: what is warm anyway is left out, as long as no slot of it was read. */
function listed({ from, to }: CallRequest, outcome: TransactionOutcome, accessed: Accessed): Answer {
  const accessList = [...accessed].flatMap(([address, slots]) => {
    const isWarm = address === from || address === to || BigInt(address) <= LAST_PRECOMPILE;
    return isWarm && slots.size === 0 ? [] : [{ address, storageKeys: [...slots] }];
  });
  return {
    result: {
      accessList,
      ...(outcome.success ? {} : { error: failureOnL1(outcome).message }),
      gasUsed: numberToHex(outcome.gasUsed + accessListGas({ accessList })),
    },
  };
}

/** The greatest address of a precompiled contract. */
const LAST_PRECOMPILE = 0x100n;

const rangeSchema = z.looseObject({
  blockHash: z.string().nullish(),
  fromBlock: z.unknown(),
  toBlock: z.unknown(),
});

/** Nodes differ in what they say of a range that ends before it begins or goes beyond the head. */
async function checkRange(builder: Pick<Backend, "l1">, criteria: unknown): Promise<void> {
  const parsed = rangeSchema.safeParse(criteria);
  if (!parsed.success) return;
  const [from, to] = [parsed.data.fromBlock, parsed.data.toBlock].map((block) => {
    const number = blockQuantitySchema.safeParse(block);
    return number.success ? number.data : undefined;
  });
  if (from === undefined && to === undefined) return;
  if (from !== undefined && to !== undefined && from > to)
    throw new InvalidParamsError("the range of blocks ends before it begins");
  const head = await builder.l1.getBlockNumber({ cacheTime: 0 });
  if ((to ?? from ?? 0n) > head)
    throw new InvalidParamsError(`the range of blocks goes beyond the latest, ${head}`);
}
