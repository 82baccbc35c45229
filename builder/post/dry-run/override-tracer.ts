import { type Hex, isHex, numberToHex } from "viem";
import { z } from "zod";
import type { L1Client } from "../../l1/client.ts";
import type { NextBlock } from "../../l1/head.ts";
import { askForTrace, type L1Frame } from "../../l1/call-tracer.ts";

const hex = z.custom<Hex>((value) => isHex(value), "not hexadecimal");
const accountState = z.object({
  balance: hex.optional(),
  nonce: z
    .number()
    .transform((nonce) => numberToHex(nonce))
    .optional(),
  code: hex.optional(),
  storage: z.record(z.string(), hex).default({}),
});
const stateDiff = z.object({
  pre: z.record(z.string(), accountState),
  post: z.record(z.string(), accountState),
});

interface AccountOverride {
  balance?: Hex;
  nonce?: Hex;
  code?: Hex;
  readonly stateDiff: Record<string, Hex>;
}

const EMPTY_SLOT: Hex = `0x${"00".repeat(32)}`;

/**
 * Traces the transactions of a block that does not exist, with `debug_traceCall`: what the ones before a
 * transaction changed is laid over the state as overrides.
 */
export class OverrideTracer {
  readonly #l1: L1Client;
  readonly #next: NextBlock;
  readonly #calls: readonly unknown[];
  readonly #overrides = new Map<string, AccountOverride>();
  /** How many transactions the overrides stand for. */
  #done = 0;

  /** @param calls the block's transactions, unsigned. */
  constructor(l1: L1Client, next: NextBlock, calls: readonly unknown[]) {
    this.#l1 = l1;
    this.#next = next;
    this.#calls = calls;
  }

  /**
   * The frames of the transaction with this index.
   * @param index not below one asked for earlier.
   */
  async trace(index: number): Promise<L1Frame> {
    for (; this.#done < index; this.#done++) {
      const options = { tracer: "prestateTracer", tracerConfig: { diffMode: true } };
      const params = this.#params(this.#done, options);
      const answer = await this.#l1.request<{ Parameters: unknown[]; ReturnType: unknown }>({
        method: "debug_traceCall",
        params,
      });
      this.#take(stateDiff.parse(answer));
    }
    return await askForTrace(this.#l1, "debug_traceCall", this.#params(index, { tracer: "callTracer" }));
  }

  #params(index: number, options: object): unknown[] {
    const { number, timestamp, gasLimit, coinbase, baseFeePerGas } = this.#next;
    const blockOverrides = {
      number: numberToHex(number),
      time: numberToHex(timestamp),
      gasLimit: numberToHex(gasLimit),
      feeRecipient: coinbase,
      baseFeePerGas: numberToHex(baseFeePerGas),
    };
    const stateOverrides = Object.fromEntries(this.#overrides);
    return [this.#calls[index], numberToHex(number - 1n), { ...options, stateOverrides, blockOverrides }];
  }

  #take({ pre, post }: z.output<typeof stateDiff>): void {
    for (const [address, { storage, ...fields }] of Object.entries(post)) {
      const override = this.#override(address);
      Object.assign(override, fields);
      Object.assign(override.stateDiff, storage);
    }
    for (const [address, { storage }] of Object.entries(pre)) {
      // A slot that is named before and not after is zero now.
      for (const slot of Object.keys(storage)) {
        if (post[address]?.storage[slot] === undefined) this.#override(address).stateDiff[slot] = EMPTY_SLOT;
      }
    }
  }

  #override(address: string): AccountOverride {
    const override = this.#overrides.get(address) ?? { stateDiff: {} };
    this.#overrides.set(address, override);
    return override;
  }
}
