import { type Address, encodeFunctionData, type Hex } from "viem";
import { ledgerAbi, LEDGER } from "../../../builder/kinds/ledger/abi.ts";
import { ledgerCircuitJob } from "../../../builder/kinds/ledger/circuit-input.ts";
import { LedgerAccount } from "../../../builder/kinds/ledger/client.ts";
import { ledgerKind } from "../../../builder/kinds/ledger/index.ts";
import type { LedgerMachine } from "../../../builder/kinds/ledger/machine.ts";
import type { LedgerVisitRecord } from "../../../builder/kinds/ledger/record.ts";
import type { CircuitJob, CompletedVisit } from "../../../builder/kinds/kind.ts";
import { type Action, callAction, l2txAction, resultAction } from "../../../builder/protocol/action.ts";
import { type ChainId, chainId, L1 } from "../../../builder/protocol/ids.ts";
import { type StatementHeader, VisitStatement } from "../../../builder/protocol/statement.ts";

/** The ledger under test and another rollup. */
export const SELF = chainId(7);
export const OTHER = chainId(9);
export const ALICE: Address = "0xa11ce00000000000000000000000000000000001";
export const BOB: Address = "0xb0b0000000000000000000000000000000000002";
export const HEADER: StatementHeader = {
  l1ChainId: 31337n,
  manager: "0x00000000000000000000000000000000000000aa",
  rollup: SELF,
  timestamp: 1_800_000_000n,
  blobs: 0n,
};
const SEED: Hex = `0x${"5e".repeat(32)}`;

export type Visit = CompletedVisit<LedgerVisitRecord>;

/** Calldata of the ledger's functions. */
export const ask = {
  transfer: (chain: bigint, to: Address, amount: bigint): Hex =>
    encodeFunctionData({ abi: ledgerAbi, functionName: "transfer", args: [chain, to, amount] }),
  balanceOf: (chain: bigint, who: Address): Hex =>
    encodeFunctionData({ abi: ledgerAbi, functionName: "balanceOf", args: [chain, who] }),
  send: (chain: bigint, to: Address, amount: bigint, data: Hex): Hex =>
    encodeFunctionData({ abi: ledgerAbi, functionName: "send", args: [chain, to, amount, data] }),
};

/** A CALL from ALICE on L1 to the ledger unless told otherwise. */
export function call(data: Hex, options: Partial<Omit<Action, "data">> = {}): Action {
  return callAction({
    from: L1,
    to: SELF,
    sender: ALICE,
    target: LEDGER,
    value: 0n,
    isStatic: false,
    data,
    ...options,
  });
}

export function reply(from: ChainId, data: Hex, failed = false): Action {
  return resultAction({ from, to: SELF, failed, data });
}

/** A live ledger that is played visit by visit. */
export class LedgerFixture {
  readonly machine: LedgerMachine;
  readonly signer: LedgerAccount;

  private constructor(machine: LedgerMachine, signer: LedgerAccount) {
    this.machine = machine;
    this.signer = signer;
  }

  static async open(): Promise<LedgerFixture> {
    return new LedgerFixture(await ledgerKind.open({ id: SELF }), await LedgerAccount.fromSeed(SEED));
  }

  /** Delivers the actions, which must make one whole visit. */
  async visit(...actions: readonly Action[]): Promise<Visit> {
    let visit: Visit | undefined;
    for (const action of actions) {
      if (visit !== undefined) throw new Error("the visit has ended before its last action");
      ({ visit } = await this.machine.deliver(action, HEADER));
    }
    if (visit === undefined) throw new Error("the visit has not ended");
    return visit;
  }

  /** A transaction of the signer with its next nonce. */
  transaction(calldata: Hex, deadline = HEADER.timestamp): Action {
    const { nonce } = this.machine.account(SELF, BigInt(this.signer.address));
    const domain = { l1ChainId: HEADER.l1ChainId, manager: HEADER.manager, rollup: SELF };
    return l2txAction(SELF, this.signer.signCalldata(calldata, { domain, nonce, deadline }));
  }

  /** Gives an account wei. */
  async fund(chain: ChainId, address: Address, value: bigint): Promise<Visit> {
    if (chain === SELF) return this.visit(call("0x", { target: address, value }));
    return this.visit(call("0x", { from: chain, sender: address, value }));
  }

  close(): Promise<void> {
    return this.machine.close();
  }
}

export function jobOf(visit: Visit): Promise<CircuitJob> {
  return ledgerCircuitJob(new VisitStatement(HEADER, visit), visit);
}
