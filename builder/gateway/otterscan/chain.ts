import { type Address, type Hex, numberToHex } from "viem";
import { z } from "zod";
import type { CallFrame, FrameType } from "../../evm/call-frame.ts";
import { addressSchema, type Answer, hashSchema, quantitySchema, type RpcErrorObject } from "../json-rpc.ts";
import type { Handler } from "../service.ts";
import { NodeRefusedError } from "../l1-node.ts";

/** A frame of the chain itself. */
export type ChainFrame = CallFrame<FrameType | "SELFDESTRUCT">;

/** A chain as Otterscan's methods look at it. */
export interface ExploredChain {
  /** Answers the standard methods. */
  readonly handle: Handler;
  /** The frames that a transaction has opened on the chain. */
  readonly framesOf: (hash: Hex) => Promise<readonly ChainFrame[]>;
  /** The oldest block after which the state is known. */
  readonly oldest: () => Promise<bigint>;
}

const shown = z.looseObject({});
export type Shown = z.output<typeof shown>;

const transactionSchema = z.looseObject({
  hash: hashSchema,
  from: addressSchema,
  to: addressSchema.nullish(),
  nonce: quantitySchema,
});
export type BlockTransaction = z.output<typeof transactionSchema>;

const blockSchema = z.looseObject({
  number: quantitySchema,
  timestamp: z.string(),
  transactions: z.array(transactionSchema),
});
export type WholeBlock = z.output<typeof blockSchema>;

export const receiptSchema = z.looseObject({
  transactionHash: hashSchema,
  contractAddress: addressSchema.nullish(),
  gasUsed: quantitySchema,
  effectiveGasPrice: quantitySchema.default(0n),
});
/** A receipt, and the same as it was answered. */
export interface BlockReceipt {
  readonly read: z.output<typeof receiptSchema>;
  readonly raw: Shown;
}

/** A block and what is answered of it, unread. */
export interface RawBlock {
  readonly block: WholeBlock;
  readonly raw: Shown & { readonly transactions: readonly Shown[] };
}

const rawBlockSchema = z.looseObject({ transactions: z.array(shown) });

/** Reads a chain by the methods that every chain has. */
export class ChainReader {
  readonly #chain: ExploredChain;

  constructor(chain: ExploredChain) {
    this.#chain = chain;
  }

  /**
   * @throws the answer's error.
   */
  async ask<Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    params: readonly unknown[],
  ): Promise<z.output<Schema>> {
    return schema.parse(resultOf(await this.#chain.handle({ method, params: [...params] })));
  }

  async latest(): Promise<bigint> {
    return await this.ask(quantitySchema, "eth_blockNumber", []);
  }

  async block(place: bigint | Hex): Promise<RawBlock | undefined> {
    const [method, at] =
      typeof place === "bigint"
        ? ["eth_getBlockByNumber", numberToHex(place)]
        : ["eth_getBlockByHash", place];
    const raw = await this.ask(rawBlockSchema.nullable(), method, [at, true]);
    return raw === null ? undefined : { block: blockSchema.parse(raw), raw };
  }

  async receipts({ number }: WholeBlock): Promise<BlockReceipt[]> {
    const all = await this.ask(z.array(shown), "eth_getBlockReceipts", [numberToHex(number)]);
    return all.map((raw) => ({ raw, read: receiptSchema.parse(raw) }));
  }

  async hasCode(address: Address, block: bigint): Promise<boolean> {
    return (await this.ask(z.string(), "eth_getCode", [address, numberToHex(block)])) !== "0x";
  }

  /** Transactions of the account up to and with the block. */
  async sent(address: Address, block: bigint): Promise<bigint> {
    return await this.ask(quantitySchema, "eth_getTransactionCount", [address, numberToHex(block)]);
  }

  async framesOf(hash: Hex): Promise<readonly ChainFrame[]> {
    return await this.#chain.framesOf(hash);
  }

  async oldest(): Promise<bigint> {
    return await this.#chain.oldest();
  }
}

function resultOf(answer: Answer): unknown {
  if ("result" in answer) return answer.result;
  const { error }: { error: RpcErrorObject } = answer;
  throw new NodeRefusedError(error);
}

/** Every frame in the frames, the outermost first, with how deep it is and whether it was undone. */
export function* walk(
  roots: readonly ChainFrame[],
): Generator<{ readonly frame: ChainFrame; readonly depth: number; readonly undone: boolean }> {
  const waiting = roots.map((frame) => ({ frame, depth: 0, undone: frame.error !== undefined })).toReversed();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    const { frame, depth, undone } = next;
    const inside = frame.calls.map((call) => ({
      frame: call,
      depth: depth + 1,
      undone: undone || call.error !== undefined,
    }));
    waiting.push(...inside.toReversed());
  }
}
