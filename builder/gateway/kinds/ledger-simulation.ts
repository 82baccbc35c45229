import { type Address, decodeErrorResult, type Hex, hexToBytes, numberToHex, zeroAddress } from "viem";
import type { EtherChange, SimulationAcross, TraceFrame } from "lockstep-client/rpc-types";
import { LEDGER, ledgerAbi } from "../../kinds/ledger/abi.ts";
import { parseCalldata } from "../../kinds/ledger/calldata.ts";
import type { CallFrame } from "../../evm/call-frame.ts";
import { ActionKind } from "../../protocol/action.ts";
import { lowerCase } from "../../protocol/address.ts";
import { type ChainId, chainId } from "../../protocol/ids.ts";
import type { LockstepError } from "../../protocol/errors.ts";
import { type FailedCall, failureOf, TransactionRevertedError } from "../../simulate/outcome.ts";
import type { CallParameters } from "../call-request.ts";
import { InvalidParamsError } from "../json-rpc.ts";
import { type PlayedCall, simulationAcross } from "../seeing/simulate-across.ts";
import { simulatedTrace } from "../trace/simulated-trace.ts";
import type { RollupContext } from "./kind-gateway.ts";

type Played = Pick<FailedCall, "chain" | "crossed"> & { readonly frame: CallFrame };
type Ledger = Pick<RollupContext, "builder" | "rollup">;

/**
 * Plays what an account of the ledger is about to sign: its calldata, as if the signature, the nonce and a
 * deadline were right.
 * @param pending on what the waiting transactions will leave, instead of on the head.
 * @throws {InvalidParamsError} for what a ledger's transaction has no place for.
 */
async function playUnsigned(
  { builder, rollup }: Ledger,
  call: CallParameters,
  pending: boolean,
): Promise<PlayedCall> {
  const { from = zeroAddress, to = LEDGER, value = 0n } = call;
  const data = call.input ?? call.data ?? "0x";
  if (lowerCase(to) !== LEDGER)
    throw new InvalidParamsError(
      `0: a ledger's transactions call its contract ${LEDGER} alone; to reach ${to}, give the calldata of ` +
        "transfer or send",
    );
  if (value !== 0n)
    throw new InvalidParamsError(
      "0: a ledger's transaction carries no value; transfer and send take an amount from the account",
    );
  // Nothing on a ledger takes gas.
  const request = { from, to: LEDGER, value, data, gas: 0n, gasPrice: 0n };
  const { visit, frame, crossed } = await builder.callRollup(rollup, request, pending);
  const result = visit.actions.at(-1);
  if (frame === undefined || result?.kind !== ActionKind.RESULT)
    throw new TypeError("a call has a frame and a result");
  const played = { chain: rollup, frame, crossed, gas: 0n, gasUsed: 0n };
  return {
    ...played,
    trace: simulatedTrace(played),
    data: result.data,
    failure: result.failed ? failureIn(played, result.data) : undefined,
  };
}

/** The ledger's own errors are named; what a contract that was called says is left as it is. */
function failureIn({ chain, frame, crossed }: Played, data: Hex): LockstepError {
  if (crossed.calleesOf(frame).length > 0)
    return failureOf({ chain, frame, crossed, data, failure: frame.error });
  const { errorName, args } = decodeErrorResult({ abi: ledgerAbi, data });
  return new TransactionRevertedError(data, `${errorName}(${args.join(", ")})`);
}

/** `lockstep_simulateAcross` on a ledger: the Ether of its own accounts comes first. */
export async function simulateLedgerAcross(
  ledger: Ledger,
  call: CallParameters,
  pending: boolean,
): Promise<SimulationAcross> {
  const { builder, rollup } = ledger;
  const simulated = await simulationAcross(builder, () => playUnsigned(ledger, call, pending));
  const moves = simulated.trace === null ? [] : ledgerMoves(simulated.trace, rollup);
  const own = await Promise.all(
    moves.map(async ({ home, address, change }): Promise<EtherChange> => {
      const { balance: before } = await builder.account(rollup, home, address);
      return {
        chain: numberToHex(rollup),
        ...(home === rollup ? {} : { home: numberToHex(home) }),
        address,
        before: numberToHex(before),
        after: numberToHex(before + change),
      };
    }),
  );
  return { ...simulated, ether: [...own, ...simulated.ether] };
}

/** By how much the balance of an account of the ledger changes. */
interface LedgerMove {
  /** The chain that the account is at home on. */
  readonly home: ChainId;
  readonly address: Address;
  readonly change: bigint;
}

/** What the calls of a trace leave on the ledger (docs/spec.md section 5, "Operations"). */
function ledgerMoves(root: TraceFrame, rollup: ChainId): LedgerMove[] {
  const moves = new Map<string, LedgerMove>();
  const add = (home: ChainId, account: Hex, change: bigint): void => {
    const address = lowerCase(account);
    const key = `${home}:${address}`;
    moves.set(key, { home, address, change: (moves.get(key)?.change ?? 0n) + change });
  };
  const waiting: { readonly frame: TraceFrame; readonly caller: ChainId }[] = [
    { frame: root, caller: rollup },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { frame, caller } = next;
    // What a frame that fails did is undone with it.
    if (frame.error !== undefined) continue;
    const chain = chainId(BigInt(frame.chain));
    if (chain === rollup && frame.to !== undefined) {
      const isOwn = lowerCase(frame.to) === LEDGER;
      const value = BigInt(frame.value ?? "0x0");
      if (isOwn) add(caller, frame.from, value);
      else add(rollup, frame.to, value);
      const asked = isOwn ? parseCalldata(hexToBytes(frame.input), rollup) : undefined;
      if (asked?.type === "transfer" || asked?.type === "send") add(caller, frame.from, -asked.amount);
      if (asked?.type === "transfer") add(asked.chain, numberToHex(asked.to, { size: 20 }), asked.amount);
    }
    waiting.push(...(frame.calls ?? []).map((call) => ({ frame: call, caller: chain })).toReversed());
  }
  return [...moves.values()].filter(({ change }) => change !== 0n);
}
