import { type Hex, hexToBytes, numberToHex, zeroAddress } from "viem";
import { z } from "zod";
import { LEDGER } from "../../kinds/ledger/abi.ts";
import { parseCalldata } from "../../kinds/ledger/calldata.ts";
import { chainId } from "../../protocol/ids.ts";
import { TransactionRevertedError } from "../../simulate/outcome.ts";
import { callSchema } from "../call-request.ts";
import { BlockNotFoundError, HistoricalStateError } from "../block-errors.ts";
import {
  addressSchema,
  blockQuantitySchema,
  bytesSchema,
  hashSchema,
  parseParams,
  quantitySchema,
} from "../json-rpc.ts";
import type { KindSeeing } from "../seeing/kind-seeing.ts";
import type { KindTrace } from "../trace/trace.ts";
import { Upstream } from "../upstream.ts";
import type { KindGateway, RollupContext } from "./kind-gateway.ts";
import { simulateLedgerAcross } from "./ledger-simulation.ts";

/** A ledger has the state at L1's head alone. */
const LATEST_ONLY = 'a ledger keeps no earlier state than that at L1\'s head; ask for "latest"';

/** 256 bytes of nothing: ledgers emit no events. */
const EMPTY_BLOOM: Hex = `0x${"00".repeat(256)}`;

const nameSchema = z.enum(["earliest", "safe", "finalized", "latest", "pending"]);
const blockTag = z
  .union([
    hashSchema.transform((hash) => ({ hash })),
    nameSchema,
    blockQuantitySchema,
    z.object({ blockHash: hashSchema }).transform(({ blockHash }) => ({ hash: blockHash })),
    z.object({ blockNumber: blockQuantitySchema }).transform(({ blockNumber }) => blockNumber),
  ])
  .nullish();

/** A ledger's state at L1's head, and its own transactions. Accounts are those whose home is the rollup. */
export function ledgerGateway({ builder, rollup }: RollupContext): KindGateway {
  const upstream = new Upstream(builder.l1Rpc);
  const account = async (params: readonly unknown[]) => {
    const [address, tag] = parseParams(z.tuple([addressSchema, blockTag]), params);
    await assertHead(tag);
    return await builder.account(rollup, rollup, address);
  };
  /** A block of the ledger is one of L1. */
  const assertHead = async (tag: z.output<typeof blockTag>): Promise<void> => {
    if (tag === undefined || tag === null || tag === "latest" || tag === "pending") return;
    const { number, hash } = await builder.l1.getBlock({ blockTag: "latest" });
    if (typeof tag === "bigint" ? tag === number : typeof tag === "object" && tag.hash === hash) return;
    if (tag === "safe" || tag === "finalized")
      if ((await builder.l1.getBlock({ blockTag: tag })).hash === hash) return;
    if (tag === "earliest" && number === 0n) return;
    if (typeof tag === "bigint" && tag > number) throw new BlockNotFoundError();
    throw new HistoricalStateError(LATEST_ONLY);
  };
  const methods: KindGateway["methods"] = {
    // A ledger has no blocks of its own: its state changes with L1's.
    eth_blockNumber: async (request) => await upstream.forward(request),
    eth_getBalance: async ({ params }) => ({ result: numberToHex((await account(params)).balance) }),
    eth_getTransactionCount: async ({ params }) => ({ result: numberToHex((await account(params)).nonce) }),
    eth_call: async ({ params }) => {
      const [call, tag] = parseParams(z.tuple([callSchema, blockTag]), params);
      await assertHead(tag);
      const target = call.to ?? zeroAddress;
      const data = call.input ?? call.data ?? "0x";
      const answer = await builder.view({ rollup, sender: call.from ?? zeroAddress, target, data });
      if (answer.failed) throw new TransactionRevertedError(answer.data);
      return { result: answer.data };
    },
    lockstep_simulateAcross: async ({ params }) => {
      const [call, tag] = parseParams(z.tuple([callSchema, blockTag]), params);
      await assertHead(tag);
      return { result: await simulateLedgerAcross({ builder, rollup }, call, tag === "pending") };
    },
    eth_sendRawTransaction: async ({ params }) => {
      const [data] = parseParams(z.tuple([bytesSchema]), params);
      return { result: await builder.submitToRollup(rollup, data) };
    },
    eth_getTransactionReceipt: async ({ params }) => {
      const [id] = parseParams(z.tuple([hashSchema]), params);
      return { result: await receiptOf(id) };
    },
    lockstep_getAccount: async ({ params }) => {
      const [chain, address] = parseParams(z.tuple([quantitySchema, addressSchema]), params);
      const { balance, nonce } = await builder.account(rollup, chainId(chain), address);
      return { result: { balance: numberToHex(balance), nonce: numberToHex(nonce) } };
    },
  };
  return { methods, topics: new Map(), close: () => undefined };

  /**
   * The receipt of a transaction signed for the rollup: it names the L1 transaction in which it took effect.
   */
  async function receiptOf(id: Hex): Promise<unknown> {
    const l1Transaction = await builder.l1TransactionOf(rollup, id);
    if (l1Transaction === undefined) return null;
    const { blockHash, blockNumber, transactionIndex } = await builder.l1.getTransactionReceipt({
      hash: l1Transaction,
    });
    return {
      transactionHash: id,
      lockstep: {
        l1TransactionHash: l1Transaction,
        l1BlockNumber: numberToHex(blockNumber),
        l1BlockHash: blockHash,
      },
      status: "0x1",
      blockHash,
      blockNumber: numberToHex(blockNumber),
      transactionIndex: numberToHex(transactionIndex),
      from: zeroAddress,
      to: null,
      contractAddress: null,
      logs: [],
      logsBloom: EMPTY_BLOOM,
      gasUsed: "0x0",
      cumulativeGasUsed: "0x0",
      effectiveGasPrice: "0x0",
      type: "0x0",
    };
  }
}

/** A ledger has no frames; the one call that it can make follows from the call that it got. */
export const ledgerTrace: KindTrace = {
  callsOf:
    (rollup) =>
    ({ target, data }) => {
      if (target.toLowerCase() !== LEDGER) return [];
      const call = parseCalldata(hexToBytes(data), rollup);
      if (call.type !== "send") return [];
      const { chain: to, to: callee, amount: value, payload } = call;
      const address = numberToHex(callee, { size: 20 });
      return [{ from: rollup, to, sender: LEDGER, target: address, value, isStatic: false, data: payload }];
    },
};

/** A ledger keeps no history: L1 tells of what was signed for it, and calls to it have no hash. */
export const ledgerSeeing: KindSeeing = {
  l1TransactionOf: (builder, rollup, hash) => builder.l1TransactionOf(rollup, hash),
};
