import {
  type Address,
  concatHex,
  decodeFunctionResult,
  encodeFunctionData,
  getContractAddress,
  type Hex,
  numberToHex,
  type TransactionSerializable,
} from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import type { StateWitness } from "../../../../builder/kinds/evm/reference/state-witness.ts";
import { blockOf } from "../../../../builder/kinds/evm/execution/environment.ts";
import { VisitInterpreter } from "../../../../builder/kinds/evm/execution/interpreter.ts";
import type { StateWrites } from "../../../../builder/kinds/evm/state-types.ts";
import { openEvmStore } from "../../../../builder/kinds/evm/store/open.ts";
import type { EvmStore } from "../../../../builder/kinds/evm/store/store.ts";
import type { WitnessNote } from "../../../../builder/kinds/evm/store/witness-note.ts";
import { readSystemCode } from "../../../../builder/kinds/evm/system-code.ts";
import { SYSTEM } from "../../../../builder/kinds/evm/system.ts";
import { evmChainIdOf } from "../../../../builder/protocol/evm-chain-id.ts";
import type { BatchContext } from "../../../../builder/kinds/kind.ts";
import { lowerCase } from "../../../../builder/protocol/address.ts";
import { Journal } from "../../../../builder/evm/journal.ts";
import { rollupsAbi } from "../../../../builder/protocol/abi.ts";
import { type Action, callAction, l2txAction, resultAction } from "../../../../builder/protocol/action.ts";
import { type ChainId, chainId, L1 } from "../../../../builder/protocol/ids.ts";
import { loadPoseidon } from "../../../../builder/state/poseidon.ts";
import type { StatementHeader, StatementVisit } from "../../../../builder/protocol/statement.ts";
import { deploying } from "./assemble.ts";

export const SELF = chainId(7);
export const OTHER = chainId(8);
export const L1_CHAIN_ID = 31337n;
export const USER: PrivateKeyAccount = privateKeyToAccount(numberToHex(0xabcdefn, { size: 32 }));

/** A visit as a machine remembers it, with what proves it. */
export interface VisitRun {
  readonly header: StatementHeader;
  readonly visit: StatementVisit;
  readonly witness: StateWitness;
}

type Played = Omit<VisitRun, "witness"> & { readonly note: WitnessNote };

/** Answers what a rollup sends out, or calls it back first. */
export type World = (action: Action) => Action;

/** One EVM rollup, and a world around it that does what a test says. */
export class TestRollup {
  readonly store: EvmStore;
  #context: BatchContext = {
    l1ChainId: L1_CHAIN_ID,
    manager: numberToHex(0x1234n, { size: 20 }),
    timestamp: 1000n,
  };

  private constructor(store: EvmStore) {
    this.store = store;
  }

  static async open(): Promise<TestRollup> {
    // Others, so that the neighbours of a key in the tree are seldom known by accident.
    const balances = new Map<Address, bigint>(
      Array.from({ length: 300 }, (_, n) => [numberToHex(2n ** 100n + BigInt(n), { size: 20 }), 1n]),
    );
    balances.set(lowerCase(USER.address), 10n ** 18n);
    const genesis = { systemCode: await readSystemCode(), balances };
    return new TestRollup(await openEvmStore({ poseidon: await loadPoseidon(), identity: "test", genesis }));
  }

  async close(): Promise<void> {
    await this.store.close();
  }

  /** Transactions that the user has made. */
  get nonce(): number {
    return Number(this.store.account(lowerCase(USER.address))?.nonce ?? 0n);
  }

  /** Plays a visit to its end. Time goes on between visits. */
  async run(trigger: Action, world: World = unexpected): Promise<VisitRun> {
    this.#goOn();
    const { note, ...played } = await this.#play(trigger, world);
    return { ...played, witness: note.prove() };
  }

  /** Plays transactions one after the other, each signed when its turn comes: they are one visit. */
  async joint(...signed: readonly (() => Promise<Action>)[]): Promise<VisitRun> {
    this.#goOn();
    const parts: Played[] = [];
    for (const sign of signed) parts.push(await this.#play(await sign(), unexpected));
    const [first, ...later] = parts;
    if (first === undefined) throw new Error("no transactions");
    const actions = parts.flatMap(({ visit }) => visit.actions);
    const visit = { ...first.visit, rootAfter: (later.at(-1) ?? first).visit.rootAfter, actions };
    const note = first.note.joinedBy(later.map((part) => part.note));
    return { header: first.header, visit, witness: note.prove() };
  }

  /** The same, each as a visit of its own. */
  async apart(...signed: readonly (() => Promise<Action>)[]): Promise<VisitRun[]> {
    this.#goOn();
    const runs: VisitRun[] = [];
    for (const sign of signed) {
      const { note, ...played } = await this.#play(await sign(), unexpected);
      runs.push({ ...played, witness: note.prove() });
    }
    return runs;
  }

  #goOn(): void {
    const { timestamp } = this.#context;
    this.#context = { ...this.#context, timestamp: timestamp + 12n };
  }

  async #play(trigger: Action, world: World): Promise<Played> {
    const run = this.#interpreter();
    let { action, ended } = await run.deliver(trigger);
    while (!ended) ({ action, ended } = await run.deliver(world(action)));
    const { store } = this;
    const writes: StateWrites = {
      accounts: await run.state.writtenAccounts(),
      slots: run.state.writtenSlots(),
      block: blockOf(store.block, this.#context.timestamp),
    };
    const rootBefore = store.stateRoot();
    const note = store.noteWitness(run.touched, writes);
    if (!action.failed && !trigger.isStatic) store.apply(writes);
    const header = { ...this.#context, rollup: SELF, blobs: 0n };
    return {
      header,
      visit: { rootBefore, rootAfter: store.stateRoot(), actions: [...run.actions] },
      note,
    };
  }

  #interpreter(): VisitInterpreter {
    const { store } = this;
    return new VisitInterpreter({
      rollup: SELF,
      context: this.#context,
      source: {
        account: async (address) => store.account(address) ?? { nonce: 0n, balance: 0n, code: "0x" },
        storage: async (address, slot) => store.slot(address, slot),
      },
      journal: new Journal(),
      block: blockOf(store.block, this.#context.timestamp),
    });
  }

  /** A signed transaction of the user. */
  async signed(fields: Partial<TransactionSerializable> & { to?: Address; data?: Hex }): Promise<Action> {
    const { nonce } = this;
    const fees =
      fields.type === "legacy" || fields.type === "eip2930" ? { gasPrice: 0n } : { maxFeePerGas: 0n };
    const chain = Number(evmChainIdOf(L1_CHAIN_ID, SELF));
    const draft = { chainId: chain, nonce, gas: 10_000_000n, type: "eip1559", ...fees, ...fields };
    return l2txAction(SELF, await USER.signTransaction(draft as TransactionSerializable));
  }

  /**
   * Deploys code.
   * @returns its address, and the visit.
   */
  async deploy(runtime: Hex, prologue?: string): Promise<{ address: Address; visited: VisitRun }> {
    const nonce = BigInt(this.nonce);
    const visited = await this.run(await this.signed({ data: deploying(runtime, prologue) }));
    return { address: lowerCase(getContractAddress({ from: USER.address, nonce })), visited };
  }

  /** The proxy that stands for `original`, created. */
  async proxy(original: Address, chain: ChainId): Promise<{ address: Address; visited: VisitRun }> {
    const data = encodeFunctionData({
      abi: rollupsAbi,
      functionName: "createProxy",
      args: [original, chain],
    });
    const visited = await this.run(await this.signed({ to: SYSTEM, data }));
    const call = { abi: rollupsAbi, functionName: "proxyOf", args: [original, chain] } as const;
    const run = this.#interpreter();
    const request = { from: USER.address, to: SYSTEM, value: 0n, gas: 1_000_000n, gasPrice: 0n };
    await run.call(l2txAction(SELF, "0x"), { ...request, data: encodeFunctionData(call) });
    const output = run.outcome?.output ?? "0x";
    return { address: lowerCase(decodeFunctionResult({ ...call, data: output })), visited };
  }
}

function unexpected(action: Action): Action {
  throw new Error(`the rollup was not expected to send an action of kind ${action.kind.toString()}`);
}

/** Calldata of the notary (`assemble.ts`): what it is to call, how, and with what. */
export function passOn(to: Address, mode: 0 | 1 | 2, data: Hex = "0x"): Hex {
  return concatHex([to, numberToHex(mode, { size: 1 }), data]);
}

export const STRANGER: Address = numberToHex(0xbad_cafen, { size: 20 });

export function call(target: Address, more: Partial<Action> = {}): Action {
  return {
    ...callAction({ from: L1, to: SELF, sender: STRANGER, target, value: 0n, isStatic: false, data: "0x" }),
    ...more,
  };
}

/** What answers a CALL that the rollup sent. */
export function answer({ to }: Action, data: Hex, failed = false): Action {
  return resultAction({ from: to, to: SELF, failed, data });
}
