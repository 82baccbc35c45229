import { type Hex, numberToHex } from "viem";
import type { EtherChange, SimulatedEvent, SimulationAcross } from "lockstep-client/rpc-types";
import type { CallFrame } from "../../evm/call-frame.ts";
import { logsOfFrame } from "../../evm/frame-logs.ts";
import { InvalidTransactionError } from "../../evm/call-request.ts";
import { InvalidL2TransactionError } from "../../kinds/errors.ts";
import type { LockstepError } from "../../protocol/errors.ts";
import { type ChainId, chainId, L1 } from "../../protocol/ids.ts";
import { SimulationRefusedError } from "../../simulate/refusal.ts";
import type { Backend } from "../backend.ts";
import type { TraceFrame } from "../trace/frame.ts";
import type { SimulatedCall } from "../trace/simulated-trace.ts";
import { warningsOf } from "../trace/warnings.ts";
import { etherMoves } from "./ether-moves.ts";

/** A call that was played on all chains, and how it ended. */
export interface PlayedCall extends SimulatedCall {
  readonly trace: TraceFrame;
  /** Why it failed, if it did. */
  readonly failure: LockstepError | undefined;
  /** Return data, or revert data. */
  readonly data: Hex;
}

/** Accounts whose balances are read. */
const MAX_ACCOUNTS = 256;

/**
 * What a call will do on every chain.
 * @throws what playing it throws, but for what is wrong with the call itself.
 */
export async function simulationAcross(
  builder: Backend,
  play: () => Promise<PlayedCall>,
): Promise<SimulationAcross> {
  let played: PlayedCall;
  try {
    played = await play();
  } catch (error) {
    if (
      error instanceof InvalidTransactionError ||
      error instanceof InvalidL2TransactionError ||
      error instanceof SimulationRefusedError
    )
      return refused(error);
    throw error;
  }
  const { trace, failure, data, gasUsed } = played;
  return {
    success: failure === undefined,
    data,
    error: failure === undefined ? null : errorOf(failure, data),
    gas: numberToHex(gasUsed),
    trace,
    events: failure === undefined ? eventsOf(played) : [],
    ether: await etherChanges(builder, trace),
    warnings: warningsOf(trace),
  };
}

/** A call that no chain takes, in whatever way it would end. */
function refused(error: LockstepError): SimulationAcross {
  const { code: name, message: reason } = error;
  const nothing = { gas: "0x0", trace: null, events: [], ether: [], warnings: [] } as const;
  return { success: false, data: "0x", error: { name, reason, data: null }, ...nothing };
}

function errorOf({ code, message }: LockstepError, data: Hex): SimulationAcross["error"] {
  return { name: code, reason: message, data: data === "0x" ? null : data };
}

/** Frames that a chain is entered by have the logs of all that happened there until it was left. */
function eventsOf({ chain, frame, crossed }: PlayedCall): SimulatedEvent[] {
  const events: SimulatedEvent[] = [];
  const waiting: {
    readonly chain: ChainId;
    readonly frame: CallFrame;
    readonly open: ReadonlySet<ChainId>;
  }[] = [{ chain, frame, open: new Set() }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { open } = next;
    if (next.frame.error !== undefined) continue;
    if (!open.has(next.chain))
      events.push(...logsOfFrame(next.frame).map((log) => ({ chain: numberToHex(next.chain), ...log })));
    const inside = new Set([...open, next.chain]);
    const callees = crossed.calleesOf(next.frame);
    const calls =
      callees.length > 0 ? callees : next.frame.calls.map((call) => ({ chain: next.chain, frame: call }));
    waiting.push(...calls.map((call) => ({ ...call, open: inside })).toReversed());
  }
  return events;
}

async function etherChanges(builder: Backend, trace: TraceFrame): Promise<EtherChange[]> {
  const moves = etherMoves(trace).slice(0, MAX_ACCOUNTS);
  return await Promise.all(
    moves.map(async ({ chain, address, change }) => {
      const before = await balanceOf(builder, chainId(BigInt(chain)), address);
      const after = before + change;
      return { chain, address, before: numberToHex(before), after: numberToHex(after < 0n ? 0n : after) };
    }),
  );
}

async function balanceOf(builder: Backend, chain: ChainId, address: Hex): Promise<bigint> {
  if (chain === L1) return await builder.l1.getBalance({ address });
  return (await builder.account(chain, chain, address)).balance;
}
