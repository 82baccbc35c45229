import { type Address, type Hex, isHex, numberToHex } from "viem";
import { z } from "zod";
import type { L1Client } from "../../l1/client.ts";
import type { NextBlock } from "../../l1/head.ts";
import type { BundleReceipts } from "../bundle.ts";
import type { BlockDraft, DryRun, ResultCheck } from "./dry-run.ts";
import { acceptAll, type GasMeasurement, isStarved } from "./gas-measurement.ts";
import { OverrideTracer } from "./override-tracer.ts";
import { unsignedRequest, type UnsignedRequest } from "./unsigned.ts";

const hex = z.custom<Hex>((value) => isHex(value), "not hexadecimal");
const simulatedCallSchema = z
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
type SimulatedCall = z.output<typeof simulatedCallSchema>;
const simulatedBlocksSchema = z.tuple([z.object({ calls: z.array(simulatedCallSchema) })]);

/** `eth_simulateV1`: the node executes the block beside its chain. Nothing is sent before it is checked. */
export class EthSimulateDryRun implements DryRun {
  /** All are shown at once. */
  readonly most = Infinity;
  readonly #l1: L1Client;

  constructor(l1: L1Client) {
    this.#l1 = l1;
  }

  async measure(transaction: UnsignedRequest, next: NextBlock, limit: bigint): Promise<GasMeasurement> {
    const most = await this.#only(transaction, next, limit);
    // Nodes word it differently; all of them say that everything is used up.
    if (!most.success) return { data: dataOf(most), isOutOfGas: most.gasUsed >= limit };
    // What comes back as a refund, and what inner calls must find before they spend it, has to be there
    // first.
    const tight = (most.gasUsed * 5n) / 4n;
    const isEnough = tight < limit && (await this.#only(transaction, next, tight)).success;
    return { gas: isEnough ? tight : limit };
  }

  async fits(
    transaction: UnsignedRequest,
    next: NextBlock,
    gas: bigint,
    accepting: readonly Address[],
  ): Promise<boolean> {
    const shown = await this.#only(transaction, next, gas, accepting);
    return shown.success || (shown.gasUsed < gas && !isStarved(dataOf(shown)));
  }

  async run(
    draft: BlockDraft,
    check: ResultCheck,
    include: () => Promise<BundleReceipts>,
  ): Promise<BundleReceipts> {
    const calls = draft.transactions.map((raw) => unsignedRequest(raw, draft.l1ChainId));
    const simulated = await this.#simulate(draft.next, calls);
    const tracer = new OverrideTracer(this.#l1, draft.next, calls);
    await check({
      receipt: (index) => simulated[index],
      data: async (index) => dataOf(simulated[index]),
      trace: async (index) => await tracer.trace(index),
    });
    return await include();
  }

  /** The transaction, with this gas limit, alone in the block. */
  async #only(
    transaction: UnsignedRequest,
    next: NextBlock,
    gas: bigint,
    accepting: readonly Address[] = [],
  ): Promise<SimulatedCall> {
    const maxFeePerGas = numberToHex(next.baseFeePerGas);
    const limited = { ...transaction, gas: numberToHex(gas), maxFeePerGas };
    const [call] = await this.#simulate(next, [limited], acceptAll(accepting));
    if (call === undefined) throw new TypeError("the node shows nothing");
    return call;
  }

  async #simulate(
    next: NextBlock,
    calls: readonly UnsignedRequest[],
    stateOverrides: ReturnType<typeof acceptAll> = {},
  ): Promise<SimulatedCall[]> {
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
        {
          blockStateCalls: [{ blockOverrides, stateOverrides, calls }],
          validation: true,
          traceTransfers: false,
        },
        numberToHex(next.number - 1n),
      ],
    });
    const [block] = simulatedBlocksSchema.parse(answer);
    return block.calls;
  }
}

/** Nodes put revert data here or there. */
function dataOf(call: SimulatedCall | undefined): Hex {
  if (call === undefined) throw new TypeError("the block has no such transaction");
  return call.returnData === "0x" ? (call.error?.data ?? "0x") : call.returnData;
}
