import { type Hex, isHex, numberToHex } from "viem";
import { z } from "zod";
import type { L1Client } from "../../l1/client.ts";
import type { Included } from "../include.ts";
import type { BlockDraft, DryRun, Judge } from "./dry-run.ts";
import { OverrideTracer } from "./override-tracer.ts";
import { unsignedRequest } from "./unsigned.ts";

const hex = z.custom<Hex>((value) => isHex(value), "not hexadecimal");
const shownCall = z
  .object({
    status: hex,
    returnData: hex,
    gasUsed: hex.transform(BigInt),
    logs: z
      .array(z.object({ address: hex, topics: z.tuple([hex], hex).or(z.tuple([])), data: hex }))
      .default([]),
    error: z.object({ data: hex.optional() }).nullish(),
  })
  .transform((call) => ({ ...call, success: BigInt(call.status) === 1n }));
type ShownCall = z.output<typeof shownCall>;
const shownBlocks = z.tuple([z.object({ calls: z.array(shownCall) })]);

/** `eth_simulateV1`: the node executes the block beside its chain. Nothing is sent before it is judged. */
export class SimulatedDryRun implements DryRun {
  readonly #l1: L1Client;

  constructor(l1: L1Client) {
    this.#l1 = l1;
  }

  async run(draft: BlockDraft, judge: Judge, include: () => Promise<Included>): Promise<Included> {
    const calls = draft.transactions.map((raw) => unsignedRequest(raw, draft.l1ChainId));
    const shown = await this.#simulate(draft, calls);
    const tracer = new OverrideTracer(this.#l1, draft.next, calls);
    await judge({
      receipt: (index) => shown[index],
      data: async (index) => dataOf(shown[index]),
      trace: async (index) => await tracer.trace(index),
    });
    return await include();
  }

  async #simulate({ next }: BlockDraft, calls: readonly unknown[]): Promise<ShownCall[]> {
    const blockOverrides = {
      number: numberToHex(next.number),
      time: numberToHex(next.timestamp),
      gasLimit: numberToHex(next.gasLimit),
      feeRecipient: next.coinbase,
      baseFeePerGas: numberToHex(next.baseFeePerGas),
    };
    const answer = await this.#l1.request<{ Parameters: unknown[]; ReturnType: unknown }>({
      method: "eth_simulateV1",
      params: [
        { blockStateCalls: [{ blockOverrides, calls }], validation: true, traceTransfers: false },
        numberToHex(next.number - 1n),
      ],
    });
    const [block] = shownBlocks.parse(answer);
    return block.calls;
  }
}

/** Nodes put revert data here or there. */
function dataOf(call: ShownCall | undefined): Hex {
  if (call === undefined) throw new TypeError("the block has no such transaction");
  return call.returnData === "0x" ? (call.error?.data ?? "0x") : call.returnData;
}
