import { type Hex, numberToHex } from "viem";
import { z } from "zod";
import { parseCallTrace } from "../../l1/call-tracer.ts";
import { addressSchema, blockQuantitySchema, hashSchema, parseParams } from "../json-rpc.ts";
import type { L1Node } from "../l1-node.ts";
import type { Handler } from "../service.ts";
import { type ChainFrame, ChainReader, type ExploredChain, type RawBlock, walk } from "./chain.ts";
import { creationIn, firstBlock, searchAfter, searchBefore, withoutLogs } from "./search.ts";

/** The version of its API that Otterscan asks for. */
const API_LEVEL = 8;
/** Most transactions on a page. */
const MAX_PAGE = 100;

const number = z.union([blockQuantitySchema, z.number().int().nonnegative().transform(BigInt)]);
const pageSize = z.number().int().min(1).max(MAX_PAGE);
const hash = z.tuple([hashSchema]);
const nonce = z.union([
  z.number().int().nonnegative().transform(BigInt),
  z
    .string()
    .regex(/^(0x[0-9a-fA-F]{1,16}|[0-9]{1,20})$/, "not a nonce")
    .transform(BigInt),
]);
const search = z.tuple([addressSchema, number, pageSize]);

/** Kinds of internal operations, as Otterscan numbers them. */
const OPERATIONS: Readonly<Record<string, number>> = { CALL: 0, SELFDESTRUCT: 1, CREATE: 2, CREATE2: 3 };

const NO_ISSUANCE = { blockReward: "0x0", uncleReward: "0x0", issuance: "0x0" };

/** What the block explorer Otterscan needs besides the standard methods. */
export function otterscanMethods(explored: ExploredChain): Readonly<Record<string, Handler>> {
  const chain = new ChainReader(explored);
  const trace = async (
    id: Hex,
  ): Promise<ChainFrame & { readonly raw: Readonly<Record<string, unknown>> }> => {
    const answer = await chain.ask(z.unknown(), "debug_traceTransaction", [id, { tracer: "callTracer" }]);
    const frame = parseCallTrace(answer);
    if (frame === undefined) throw new TypeError("a trace has frames");
    return frame;
  };
  const details =
    (schema: z.ZodType<bigint | Hex>): Handler =>
    async ({ params }) => {
      const [place] = parseParams(z.tuple([schema]), params);
      const at = await chain.block(place);
      return { result: at === undefined ? null : await detailsOf(chain, at) };
    };
  return {
    ots_getApiLevel: async () => ({ result: API_LEVEL }),
    ots_hasCode: async ({ params }) => {
      const [address, block] = parseParams(z.tuple([addressSchema, z.unknown()]), [params[0], params[1]]);
      const at = typeof block === "number" ? numberToHex(block) : (block ?? "latest");
      return { result: (await chain.ask(z.string(), "eth_getCode", [address, at])) !== "0x" };
    },
    ots_getTransactionError: async ({ params }) => {
      const [id] = parseParams(hash, params);
      const { error, output } = await trace(id);
      return { result: error === undefined ? "0x" : output };
    },
    ots_traceTransaction: async ({ params }) => {
      const [id] = parseParams(hash, params);
      const entries = [...walk([await trace(id)])].map(({ frame, depth }) => entryOf(frame, depth));
      return { result: entries };
    },
    ots_getInternalOperations: async ({ params }) => {
      const [id] = parseParams(hash, params);
      return { result: operationsOf(await chain.framesOf(id)) };
    },
    ots_getBlockDetails: details(number),
    ots_getBlockDetailsByHash: details(hashSchema),
    ots_getBlockTransactions: async ({ params }) => {
      const [block, page, size] = parseParams(
        z.tuple([number, z.number().int().nonnegative(), pageSize]),
        params,
      );
      const at = await chain.block(block);
      return { result: at === undefined ? null : await pageOf(chain, at, page, size) };
    },
    ots_searchTransactionsBefore: async ({ params }) => ({
      result: await searchBefore(chain, ...parseParams(search, params)),
    }),
    ots_searchTransactionsAfter: async ({ params }) => ({
      result: await searchAfter(chain, ...parseParams(search, params)),
    }),
    ots_getTransactionBySenderAndNonce: async ({ params }) => {
      const [sender, wanted] = parseParams(z.tuple([addressSchema, nonce]), params);
      const sentIn = ({ block }: RawBlock): Hex | undefined =>
        block.transactions.find((each) => each.from === sender && each.nonce === wanted && isSigned(each))
          ?.hash;
      const at = await firstBlock(
        chain,
        async (block) => (await chain.sent(sender, block)) > wanted,
        async (block) => sentIn(block) !== undefined,
      );
      return { result: (at && sentIn(at)) ?? null };
    },
    ots_getContractCreator: async ({ params }) => {
      const [contract] = parseParams(z.tuple([addressSchema]), params);
      const at = await firstBlock(
        chain,
        async (block) => await chain.hasCode(contract, block),
        async (block) => (await creationIn(chain, block, contract)) !== undefined,
      );
      return { result: (at && (await creationIn(chain, at, contract))) ?? null };
    },
  };
}

/** Methods for which some nodes keep an index. */
const INDEXED: ReadonlySet<string> = new Set([
  "ots_getContractCreator",
  "ots_getTransactionBySenderAndNonce",
  "ots_searchTransactionsAfter",
  "ots_searchTransactionsBefore",
]);

/** The same, where the node's own answers come first if it has an index for them. */
export function indexedByNode(
  node: Pick<L1Node, "answerOr">,
  methods: Readonly<Record<string, Handler>>,
): Readonly<Record<string, Handler>> {
  const entries = Object.entries(methods).map(([name, handler]): [string, Handler] => [
    name,
    INDEXED.has(name)
      ? async (request) => await node.answerOr(request, async () => await handler(request))
      : handler,
  ]);
  return Object.fromEntries(entries);
}

/** A call from another chain, which a rollup shows as a transaction, has no nonce of its own. */
function isSigned({ lockstep }: Readonly<Record<string, unknown>>): boolean {
  return typeof lockstep !== "object" || lockstep === null || !("sourceChain" in lockstep);
}

/** A frame in Otterscan's list, with its chain if frames have one. */
function entryOf(frame: ChainFrame & { readonly raw?: Readonly<Record<string, unknown>> }, depth: number) {
  const { type, from, to, value, input, output, raw } = frame;
  const hasValue = type !== "DELEGATECALL" && type !== "STATICCALL";
  return {
    type,
    depth,
    from,
    to: to ?? null,
    value: hasValue ? numberToHex(value) : null,
    input,
    output,
    ...(raw?.chain === undefined ? {} : { chain: raw.chain }),
  };
}

/** Ether that moves inside a transaction, and contracts that it creates; what was undone is left out. */
function operationsOf(frames: readonly ChainFrame[]) {
  return [...walk(frames)].flatMap(({ frame, depth, undone }) => {
    const { type, from, to, value } = frame;
    const kind = OPERATIONS[type];
    if (undone || depth === 0 || kind === undefined || to === undefined) return [];
    return type === "CALL" && value === 0n ? [] : [{ type: kind, from, to, value: numberToHex(value) }];
  });
}

async function detailsOf(chain: ChainReader, at: RawBlock): Promise<unknown> {
  const { transactions, ...header } = at.raw;
  const receipts = await chain.receipts(at.block);
  const fees = receipts.reduce((sum, { read }) => sum + read.gasUsed * read.effectiveGasPrice, 0n);
  return {
    block: { ...header, logsBloom: null, transactionCount: transactions.length },
    issuance: NO_ISSUANCE,
    totalFees: numberToHex(fees),
  };
}

/** Some of a block's transactions, with their first four bytes of data, and their receipts without logs. */
async function pageOf(chain: ChainReader, at: RawBlock, page: number, size: number): Promise<unknown> {
  const { block, raw } = at;
  const shown = <Item>(items: readonly Item[]): readonly Item[] =>
    items.slice(page * size, (page + 1) * size);
  const transactions = shown(raw.transactions).map((transaction) => ({
    ...transaction,
    input: typeof transaction.input === "string" ? transaction.input.slice(0, 10) : "0x",
  }));
  const receipts = shown(await chain.receipts(block)).map((receipt) => ({
    ...withoutLogs(receipt.raw),
    timestamp: block.timestamp,
  }));
  const fullblock = { ...raw, logsBloom: null, transactions, transactionCount: block.transactions.length };
  return { fullblock, receipts };
}
