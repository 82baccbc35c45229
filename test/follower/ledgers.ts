import { encodeFunctionData, type Hex } from "viem";
import { Journal } from "../../builder/evm/journal.ts";
import { ledgerKind } from "../../builder/kinds/ledger/index.ts";
import { LEDGER, ledgerAbi } from "../../builder/kinds/ledger/abi.ts";
import type { BatchContext, RollupMachine } from "../../builder/kinds/kind.ts";
import { type Action, callAction } from "../../builder/protocol/action.ts";
import { encodeBatch } from "../../builder/protocol/batch.ts";
import type { Execution } from "../../builder/protocol/execution.ts";
import { type ChainId, L1, type StateRoot } from "../../builder/protocol/ids.ts";
import { MANAGER } from "./fake-l1.ts";

const KEY: Hex = `0x${"11".repeat(32)}`;
const PROOF: Hex = `0x${"ab".repeat(40)}`;
export const ALICE: Hex = "0x00000000000000000000000000000000000000aa";
export const BOB: Hex = "0x00000000000000000000000000000000000000b0";

/** A ledger without a follower: it says what honest executions are. */
export class Ledger {
  readonly machine: RollupMachine;

  private constructor(machine: RollupMachine) {
    this.machine = machine;
  }

  static async open(id: ChainId): Promise<Ledger> {
    return new Ledger(await ledgerKind.open({ id }));
  }

  get root(): StateRoot {
    return this.machine.stateRoot();
  }

  /** An account on L1 deposits so many wei. */
  async deposit(value: bigint, sender: Hex = ALICE): Promise<Execution> {
    return await this.#call(sender, "0x", value);
  }

  /** An account on L1 gives another one on L1 so many wei. */
  async transfer(sender: Hex, to: Hex, amount: bigint): Promise<Execution> {
    const data = encodeFunctionData({ abi: ledgerAbi, functionName: "transfer", args: [L1, to, amount] });
    return await this.#call(sender, data, 0n);
  }

  /** What one action causes, if it is answered at once. */
  async play(given: Action, context: BatchContext): Promise<Execution> {
    const { action, visit } = await this.machine.deliver(given, context, new Journal());
    if (visit === undefined) throw new Error("the ledger called somebody");
    const { rootBefore, rootAfter } = visit;
    return {
      actions: [given, action],
      visits: [{ rollup: this.machine.id, rootBefore, rootAfter }],
      marks: [],
    };
  }

  async #call(sender: Hex, data: Hex, value: bigint): Promise<Execution> {
    const { id } = this.machine;
    const call = callAction({ from: L1, to: id, sender, target: LEDGER, value, isStatic: false, data });
    return await this.play(call, { l1ChainId: 31337n, manager: MANAGER, timestamp: 1n });
  }
}

/** Calldata of `postBatch`, one proof for each visit. */
export function calldataOf(executions: readonly Execution[], timestamp = 1n, verificationKey = KEY): Hex {
  const visits = executions.flatMap((execution) => execution.visits);
  const proofs = visits.map(({ rollup }, at) => ({ rollup, verificationKey, visits: [at], proof: PROOF }));
  return encodeBatch({ timestamp, blobCount: 0, executions, proofs });
}
