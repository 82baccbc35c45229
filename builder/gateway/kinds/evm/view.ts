import { type Address, type Hex, isHex } from "viem";
import { z } from "zod";
import type { Backend, Purpose } from "../../backend.ts";
import type { CallRequest } from "../../../evm/call-request.ts";
import type { Chronicle } from "../../../kinds/evm/chronicle/chronicle.ts";
import { EvmMachine } from "../../../kinds/evm/machine.ts";
import type { VisitReceipt } from "../../../kinds/evm/receipt.ts";
import type { CommittedState, Touched } from "../../../kinds/evm/state-types.ts";
import type { StateWitness } from "../../../kinds/evm/store/witness.ts";
import { HistoricalStateError } from "../../block-errors.ts";
import type { ChainId } from "../../../protocol/ids.ts";
import type { RollupCallOutcome } from "../../../simulate/simulation.ts";
import type { AcceptedTransaction } from "../../../intake/accepted.ts";

/** What of an EVM rollup's state a gateway reads. */
export interface EvmRollupState {
  readonly chronicle: Chronicle;
  readonly store: ReadState &
    Pick<CommittedState, "stateRoot"> & {
      witnessOf(touched: Touched): StateWitness;
    };
  /** The state after an earlier block; nothing if it is not kept. */
  readonly after: (block: bigint) => ReadState | undefined;
  /** The oldest block after which the state is kept. */
  readonly oldest: bigint;
}

/** A state of any block. */
export type ReadState = Pick<CommittedState, "block" | "account" | "slot">;

/** On which state a call is played: that of the head, what waits on it, or that after an earlier block. */
export type CallPlace = "latest" | "pending" | bigint;

/** How an unsigned call ended. */
export type CallOutcome = Pick<
  VisitReceipt,
  "success" | "output" | "gasUsed" | "operations" | "logs" | "created"
> &
  Pick<RollupCallOutcome, "l1Calls" | "l1Failures" | "crossed"> & {
    /** Slots of each account that was looked at. */
    readonly accessed: ReadonlyMap<Address, ReadonlySet<Hex>>;
  };

/** Is told what the builder does. */
export interface RollupListener {
  /** A transaction was accepted for the rollup. */
  readonly accepted?: (hash: Hex) => void;
  /** Something was posted. */
  readonly posted?: () => void;
}

/** One EVM rollup as its gateway sees it. */
export interface EvmRollupView {
  readonly rollup: ChainId;
  /** EVM chain id. */
  readonly chainId: bigint;
  /**
   * Reads the rollup as L1's head has it.
   */
  read<Result>(work: (state: EvmRollupState) => Result): Promise<Result>;
  /**
   * Plays a call.
   * @throws {HistoricalStateError}
   */
  call(request: CallRequest, place: CallPlace, purpose?: Purpose): Promise<CallOutcome>;
  /** Plays calls on the head, each on what the ones before left. */
  callAll(requests: readonly CallRequest[]): Promise<CallOutcome[]>;
  /** @returns the transaction's hash. */
  submit(raw: Hex): Promise<Hex>;
  /** Transactions for the rollup that wait, oldest first. */
  waiting(): readonly AcceptedTransaction[];
  /** Resolves when the transaction no longer waits, or after `timeout` milliseconds. */
  settled(hash: Hex, timeout: number): Promise<void>;
  /** Number of L1's latest safe or finalized block. */
  l1Block(tag: "safe" | "finalized"): Promise<bigint>;
  /** @returns a function that ends it. */
  listen(listener: RollupListener): () => void;
}

/** What an EVM rollup remembers of a visit of one transaction, of which a gateway needs the receipt. */
const recordSchema = z.object({
  touched: z.object({
    accounts: z.set(z.custom<Address>(isAddressLike)),
    slots: z.map(z.custom<Address>(isAddressLike), z.set(z.custom<Hex>(isHex))),
  }),
  transactions: z.tuple([
    z.object({
      receipt: z.custom<VisitReceipt>(
        (value) => typeof value === "object" && value !== null && "operations" in value,
      ),
    }),
  ]),
});

function isAddressLike(value: unknown): boolean {
  return isHex(value) && value.length === 42;
}

function outcomeOf({ visit, l1Calls, l1Failures, crossed }: RollupCallOutcome): CallOutcome {
  const { transactions, touched } = recordSchema.parse(visit.record);
  const [{ receipt }] = transactions;
  const { accounts, slots } = touched;
  const accessed = new Map([...accounts].map((address) => [address, new Set(slots.get(address))]));
  return { ...receipt, l1Calls, l1Failures, crossed, accessed };
}

export function evmRollupView(builder: Backend, rollup: ChainId, chainId: bigint): EvmRollupView {
  return {
    rollup,
    chainId,
    read: async (work) =>
      await builder.readRollup(rollup, (machine) => {
        if (!(machine instanceof EvmMachine)) throw new Error(`rollup ${rollup} is no EVM rollup`);
        const { chronicle, store, oldest } = machine;
        return work({ chronicle, store, oldest, after: (block) => machine.asideAfter(block)?.store });
      }),
    call: async (request, place, purpose) => {
      if (typeof place !== "bigint")
        return outcomeOf(await builder.callRollup(rollup, request, place === "pending", purpose));
      const outcome = await builder.callRollupAfter(rollup, place, request);
      if (outcome === undefined) throw new HistoricalStateError(`historical state ${place} is not available`);
      return outcomeOf(outcome);
    },
    callAll: async (requests) => (await builder.callRollupAll(rollup, requests)).map(outcomeOf),
    submit: async (raw) => await builder.submitToRollup(rollup, raw),
    waiting: () => builder.pendingOfRollup(rollup),
    settled: async (hash, timeout) => {
      await builder.settled(hash, timeout);
    },
    l1Block: async (tag) => (await builder.l1.getBlock({ blockTag: tag })).number,
    listen: (listener) =>
      builder.listen((event) => {
        if (event.type === "accepted" && event.rollup === rollup) listener.accepted?.(event.transaction);
        if (event.type === "posted") listener.posted?.();
      }),
  };
}
