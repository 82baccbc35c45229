import type { Address, Hex } from "viem";
import type { BatchContext, RollupMachine } from "../kinds/kind.ts";
import { type Action, ActionKind, callAction, l2txAction, resultAction } from "../protocol/action.ts";
import { type ChainId, L1, type StateRoot } from "../protocol/ids.ts";
import type { EtherBook } from "./ether.ts";
import type { Journal } from "./journal.ts";
import type { Registry } from "./registry.ts";
import { SimulationRefusedError } from "./refusal.ts";
import type { OpenExecution, Trace } from "./trace.ts";

/** How a call ended: its return data, or its revert data if it failed. */
export interface CallResult {
  readonly failed: boolean;
  readonly data: Hex;
}

/** L1 as the rollups reach it: performs a CALL from the proxy of its sender. */
export interface L1Port {
  call(action: Action): Promise<CallResult>;
}

/** A call that L1 code makes through a proxy. */
export interface RelayedCall {
  readonly rollup: ChainId;
  readonly target: Address;
  readonly sender: Address;
  readonly value: bigint;
  readonly data: Hex;
  readonly isStatic: boolean;
}

export interface SwitchboardOptions {
  readonly machines: ReadonlyMap<ChainId, RollupMachine>;
  readonly context: BatchContext;
  readonly trace: Trace;
  readonly ether: EtherBook;
  readonly journal: Journal;
  readonly registry: Registry;
}

/** Carries control between the chains of one simulation and records every step. Cost is linear in the calls made. */
export class Switchboard {
  readonly #options: SwitchboardOptions;

  constructor(options: SwitchboardOptions) {
    this.#options = options;
  }

  /** A call from L1 to a rollup, until its RESULT. @throws {SimulationRefusedError} or the machine's own error. */
  async relay(call: RelayedCall, port: L1Port): Promise<CallResult> {
    const { rollup, target, sender, value, data, isStatic } = call;
    const { trace, ether } = this.#options;
    const action = callAction({ from: L1, to: rollup, sender, target, value, isStatic, data });
    ether.credit(rollup, value);
    if (isStatic) return await this.#view(action);
    if (trace.open !== undefined) return await this.#drive(action, trace.open, port);
    return await this.#begin(action, port);
  }

  /** A transaction signed for a rollup. @throws `INVALID_L2_TRANSACTION` and what `relay` throws. */
  async l2Transaction(rollup: ChainId, data: Hex, port: L1Port): Promise<CallResult> {
    return await this.#begin(l2txAction(rollup, data), port);
  }

  async #begin(trigger: Action, port: L1Port): Promise<CallResult> {
    const { trace, journal } = this.#options;
    return await trace.record(trigger, this.#rootOf, journal, (open) => this.#drive(trigger, open, port));
  }

  /** A static call is an execution of its own, even inside an open one: L1 only looks its answer up. */
  async #view(action: Action): Promise<CallResult> {
    const { trace, journal } = this.#options;
    const machine = this.#machine(action.to);
    if (machine.suspended) {
      const message = `rollup ${action.to} is viewed while it waits for the result of a call of its own`;
      throw new SimulationRefusedError("STATIC_CALL_TO_SUSPENDED_ROLLUP", message);
    }
    const noL1: L1Port = {
      call: () => {
        const message = `a view of rollup ${action.to} would have to call L1`;
        throw new SimulationRefusedError("STATIC_CALL_LEAVES_ROLLUP", message);
      },
    };
    return await trace.record(action, this.#rootOf, journal, (open) => this.#drive(action, open, noL1));
  }

  /** Follows the actions from `first` until the RESULT that answers it comes back to L1. */
  async #drive(first: Action, open: OpenExecution, port: L1Port): Promise<CallResult> {
    const { ether } = this.#options;
    /** CALLs between rollups, and from rollups to L1, that are not answered yet. */
    const calls: Action[] = [];
    let action = first;
    open.actions.push(first);
    for (;;) {
      const next: Action =
        action.to === L1 ? await this.#performOnL1(action, port) : await this.#deliver(action, open);
      open.actions.push(next);
      if (next.kind === ActionKind.CALL) {
        ether.debit(next.from, next.value);
        if (next.to !== L1) ether.credit(next.to, next.value);
        calls.push(next);
      } else if (next.kind === ActionKind.RESULT) {
        const answered = calls.pop();
        if (answered === undefined) return { failed: next.failed, data: next.data };
        if (next.failed) {
          if (answered.to !== L1) ether.debit(answered.to, answered.value);
          ether.credit(answered.from, answered.value);
        }
      } else {
        const message = `rollup ${next.from} answered with an action of kind ${next.kind}, which L1 does not play yet`;
        throw new SimulationRefusedError("UNSUPPORTED_ACTION", message);
      }
      action = next;
    }
  }

  async #deliver(action: Action, open: OpenExecution): Promise<Action> {
    const machine = this.#machine(action.to);
    if (action.kind !== ActionKind.RESULT && !open.isVisiting(action.to)) {
      this.#options.registry.visit(action.to);
      open.beginVisit(action.to);
    }
    const delivery = await machine.deliver(action, this.#options.context);
    if (delivery.visit !== undefined) open.endVisit({ rollup: action.to, completed: delivery.visit });
    return delivery.action;
  }

  async #performOnL1(call: Action, port: L1Port): Promise<Action> {
    const { failed, data } = await port.call(call);
    return resultAction({ from: L1, to: call.from, failed, data });
  }

  readonly #rootOf = (rollup: ChainId): StateRoot => this.#machine(rollup).stateRoot();

  #machine(rollup: ChainId): RollupMachine {
    const machine = this.#options.machines.get(rollup);
    if (machine !== undefined) return machine;
    throw new SimulationRefusedError("UNKNOWN_ROLLUP", `this builder does not run rollup ${rollup}`);
  }
}
