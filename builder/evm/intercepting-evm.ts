import type { Block } from "@ethereumjs/block";
import type { Common } from "@ethereumjs/common";
import {
  EVM,
  type EVMMockBlockchainInterface,
  type EVMResult,
  type ExecResult,
  type Message,
  NobleBN254,
  type PrecompileFunc,
} from "@ethereumjs/evm";
import { type Address as EvmAddress, createAddressFromString } from "@ethereumjs/util";
import type { Address, Hex } from "viem";
import { type Accesses, journalAccesses } from "./accesses.ts";
import type { Journal } from "./journal.ts";
import type { JournaledState } from "./journaled-state.ts";
import { isHeavy, runElsewhere } from "./heavy-precompiles.ts";
import { breathe, inTime } from "./pace.ts";
import { journalTransientStorage } from "./transient-storage.ts";

/** Plays a call to the manager that leaves the chain; nothing when the manager's own code has to answer. */
export type Interception = (message: Message) => Promise<(() => Promise<ExecResult>) | undefined>;

export interface InterceptingEvmOptions {
  readonly common: Common;
  readonly state: JournaledState;
  readonly journal: Journal;
  readonly blockchain: EVMMockBlockchainInterface;
  /** Address of the proxies' manager: `Rollups` on L1, the system contract on a rollup. Lower case. */
  readonly manager: Address;
  readonly intercept: Interception;
}

/** First byte of code that EIP-3541 refuses. */
const EOF_FORMAT = 0xef;

const JUMPDEST = 0x5b;
const KECCAK256 = 0x20;

/** Every loop passes one. */
const BREATHING_JUMPDEST = {
  opcode: JUMPDEST,
  opcodeName: "JUMPDEST",
  baseFee: 1,
  logicFunction: breathe,
};

/** Opcodes, as rules have them; the rules do not change. */
const opcodesOf = new WeakMap<
  Common,
  {
    readonly opcodes: EVM["_opcodes"];
    readonly opcodeMap: EVM["_opcodeMap"];
    readonly handlers: EVM["_handlers"];
    readonly gasHandlers: EVM["_dynamicGasHandlers"];
  }
>();

/**
 * An EVM in which calls to the manager may leave the chain. Everything else, proxies included, is the
 * bytecode on chain. Only ordinary calls are offered to the interception: a DELEGATECALL runs the manager's
 * code in another account. Code that runs for long lets others have their turn (`pace.ts`).
 */
export class InterceptingEvm extends EVM {
  readonly #manager: EvmAddress;
  readonly #intercept: Interception;
  /** Precompiles by what they are, wherever a call may have moved them. */
  readonly #names: ReadonlyMap<PrecompileFunc, string>;
  readonly #accesses: Accesses;
  readonly #resetTransientStorage: (journal: Journal) => void;
  /** Of the constructor that has just reverted, if EthereumJS would take it for code. */
  #revertData: Uint8Array | undefined;

  constructor({ common, state, journal, blockchain, manager, intercept }: InterceptingEvmOptions) {
    const customOpcodes = [BREATHING_JUMPDEST];
    super({ common, stateManager: state, blockchain, bn254: new NobleBN254(), customOpcodes });
    // They do not change, and would keep every EVM that there ever was.
    common.events.removeAllListeners("hardforkChanged");
    this.#manager = createAddressFromString(manager);
    this.#intercept = intercept;
    this.#names = new Map([...this.precompiles].map(([name, code]) => [code, name]));
    this.#accesses = journalAccesses(this.journal, state, journal);
    this.#resetTransientStorage = journalTransientStorage(this.transientStorage, journal);
  }

  /** As new: nothing was accessed, nothing is in transient storage. */
  reset(journal: Journal): void {
    this.#accesses.reset(journal);
    this.#resetTransientStorage(journal);
  }

  /** Every address that was accessed since then and is warm, with its slots. */
  get accessed(): ReadonlyMap<Address, ReadonlySet<Hex>> {
    return this.#accesses.all();
  }

  /** Runs what belongs to no frame: nothing is warm for it. */
  async unseen<Result>(work: () => Promise<Result>): Promise<Result> {
    return await this.#accesses.unseen(work);
  }

  /**
   * Sets what ORIGIN, GASPRICE and the block's opcodes answer in calls that are made outside a transaction.
   * @returns what sets them back.
   */
  enter(block: Block, origin: EvmAddress): () => void {
    const outer = { block: this._block, tx: this._tx };
    this._block = block;
    this._tx = { gasPrice: 0n, origin };
    return () => {
      if (outer.block !== undefined) this._block = outer.block;
      if (outer.tx !== undefined) this._tx = outer.tx;
    };
  }

  /** Those of the same rules are shared: making them takes as long as playing a payment. */
  override getActiveOpcodes(): ReturnType<EVM["getActiveOpcodes"]> {
    const made = opcodesOf.get(this.common);
    if (made !== undefined) {
      [this._opcodes, this._opcodeMap] = [made.opcodes, made.opcodeMap];
      [this._handlers, this._dynamicGasHandlers] = [made.handlers, made.gasHandlers];
      return made.opcodes;
    }
    const opcodes = super.getActiveOpcodes();
    const known = this._opcodeMap[KECCAK256];
    if (known !== undefined) {
      const { gasHandler } = known;
      // The one opcode without a jump that takes long for its gas.
      this._opcodeMap[KECCAK256] = {
        ...known,
        gasHandler: async (...given) => {
          await breathe();
          return await gasHandler(...given);
        },
      };
    }
    opcodesOf.set(this.common, {
      opcodes,
      opcodeMap: this._opcodeMap,
      handlers: this._handlers,
      gasHandlers: this._dynamicGasHandlers,
    });
    return opcodes;
  }

  protected override async runPrecompile(
    code: PrecompileFunc,
    data: Uint8Array,
    gasLimit: bigint,
  ): Promise<ExecResult> {
    await breathe();
    const name = this.#names.get(code);
    if (name === undefined || !isHeavy(name, data)) return await super.runPrecompile(code, data, gasLimit);
    return await inTime((signal) => runElsewhere({ name, data, gasLimit }, signal));
  }

  protected override async _loadCode(message: Message): Promise<void> {
    if (
      message.code === undefined &&
      !message.delegatecall &&
      this.#isManager(message.to) &&
      this.#isManager(message.codeAddress)
    ) {
      const run = await this.#intercept(message);
      if (run !== undefined) {
        message.code = run;
        message.isCompiled = true;
        return;
      }
    }
    await super._loadCode(message);
  }

  /**
   * EthereumJS holds revert data of constructors against EIP-3541, which is about code: it is not shown its
   * first byte.
   */
  protected override async runInterpreter(message: Message, options?: object): Promise<ExecResult> {
    await breathe();
    const result = await super.runInterpreter(message, options);
    const { exceptionError, returnValue } = result;
    if (message.isCreate !== true || exceptionError === undefined || returnValue[0] !== EOF_FORMAT)
      return result;
    this.#revertData = returnValue;
    return { ...result, returnValue: new Uint8Array(returnValue.length) };
  }

  protected override async _executeCreate(message: Message): Promise<EVMResult> {
    const result = await super._executeCreate(message);
    const returnValue = this.#revertData;
    if (returnValue === undefined) return result;
    this.#revertData = undefined;
    return { ...result, execResult: { ...result.execResult, returnValue } };
  }

  #isManager(address: EvmAddress | undefined): boolean {
    return address?.equals(this.#manager) === true;
  }
}
