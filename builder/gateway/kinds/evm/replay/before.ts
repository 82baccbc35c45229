import { type Address, encodeFunctionData, pad } from "viem";
import { Journal } from "../../../../evm/journal.ts";
import type { EvmMachine } from "../../../../kinds/evm/machine.ts";
import type { VisitReceipt } from "../../../../kinds/evm/receipt.ts";
import type { EvmAccount } from "../../../../kinds/evm/state-types.ts";
import { SYSTEM } from "../../../../kinds/evm/system.ts";
import type { BatchContext } from "../../../../kinds/kind.ts";
import { crossChainManagerAbi } from "../../../../protocol/abi.ts";
import { type Action, ActionKind } from "../../../../protocol/action.ts";
import { lowerCase } from "../../../../protocol/address.ts";
import { type ChainId, L1 } from "../../../../protocol/ids.ts";
import { callAlone } from "../../../../simulate/call-alone.ts";
import { replayCode } from "./code.ts";
import { withRecord } from "./encoding.ts";
import { recordedCalls } from "./recorded.ts";
import { ReplayState } from "./state.ts";

/** What a visit is replayed on. */
export interface Moment {
  /** Gives a machine of its own in the state before the block of the visit. */
  readonly machine: () => EvmMachine;
  /** What came in before the visit, in its block: the actions of each visit. */
  readonly earlier: readonly (readonly Action[])[];
  readonly visit: VisitReceipt;
  readonly context: BatchContext;
}

/**
 * The state before a visit, with what other chains did in it: the system contract replays their answers and
 * has the Ether that they bring, their callers' proxies are there from the beginning, and so is the Ether
 * that comes with a visit that a call began.
 */
export async function stateBefore(moment: Moment, rollup: ChainId): Promise<ReplayState> {
  const { visit } = moment;
  const [trigger] = visit.actions;
  const { store } = await machineBefore(moment);
  const instead = new Map<Address, EvmAccount>();
  const account = (address: Address): EvmAccount =>
    instead.get(address) ?? store.account(address) ?? { nonce: 0n, balance: 0n, code: "0x" };
  for (const caller of callersOf(visit)) {
    const known = account(caller.proxy);
    if (known.code !== "0x" || isMadeIn(visit, caller.proxy)) continue;
    const { nonce, code } = await proxyAccount(await machineBefore(moment), caller, moment.context);
    instead.set(caller.proxy, { nonce, code, balance: known.balance });
  }
  const brought = visit.actions.slice(1).filter(({ kind, to }) => kind === ActionKind.CALL && to === rollup);
  const system = account(SYSTEM);
  instead.set(SYSTEM, {
    ...system,
    balance: brought.reduce((sum, { value }) => sum + value, system.balance),
    code: withRecord(await replayCode(), rollup, recordedCalls(visit)),
  });
  if (trigger?.kind === ActionKind.CALL) {
    const caller = account(visit.from);
    instead.set(visit.from, { ...caller, balance: caller.balance + visit.value });
  }
  return new ReplayState(store, instead);
}

/** Plays what came before the visit in its block. */
async function machineBefore({ machine, earlier, context }: Moment): Promise<EvmMachine> {
  const then = machine();
  for (const actions of earlier) {
    const journal = new Journal([then]);
    journal.checkpoint(L1);
    for (const action of actions) if (action.to === then.id) await then.deliver(action, context, journal);
    journal.commit();
  }
  return then;
}

/** An account of another chain that called the rollup. */
interface Caller {
  readonly original: Address;
  readonly chain: ChainId;
  readonly proxy: Address;
}

function callersOf({ actions, operations }: VisitReceipt): Caller[] {
  const [first] = actions;
  const began = actions.filter(
    ({ kind, to }) => kind === ActionKind.L2TX || (kind === ActionKind.CALL && to === first?.to),
  );
  return began.flatMap(({ kind, sender, from }, place) => {
    const proxy = operations[place]?.from;
    if (kind !== ActionKind.CALL || proxy === undefined) return [];
    return [{ original: lowerCase(sender), chain: from, proxy }];
  });
}

/** Whether a contract of the rollup has the proxy made in the visit, which an event tells. */
function isMadeIn({ logs }: VisitReceipt, proxy: Address): boolean {
  return logs.some(({ address, topics }) => address === SYSTEM && topics.includes(pad(proxy)));
}

/** What the system contract makes of the account. */
async function proxyAccount(
  machine: EvmMachine,
  { original, chain, proxy }: Caller,
  context: BatchContext,
): Promise<EvmAccount> {
  const call = { abi: crossChainManagerAbi, functionName: "createProxy", args: [original, chain] } as const;
  const data = encodeFunctionData(call);
  await callAlone(
    machine,
    { from: SYSTEM, to: SYSTEM, value: 0n, data, gas: 10_000_000n, gasPrice: 0n },
    context,
  );
  const made = machine.store.account(proxy);
  if (made === undefined) throw new Error(`the system contract makes no proxy at ${proxy}`);
  return made;
}
