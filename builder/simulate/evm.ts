import type { Common } from "@ethereumjs/common";
import {
  EVM,
  type EVMMockBlockchainInterface,
  type EVMRunCallOpts,
  type ExecResult,
  type Message,
  NobleBN254,
} from "@ethereumjs/evm";
import type { Address as EvmAddress } from "@ethereumjs/util";
import { type Address, bytesToHex } from "viem";
import type { L1State } from "./l1-state.ts";

/** Plays a call to the manager that leaves L1; nothing when the manager's own code has to answer. */
export type Interception = (message: Message) => Promise<(() => Promise<ExecResult>) | undefined>;

export interface BridgedEvmOptions {
  readonly common: Common;
  readonly state: L1State;
  readonly blockchain: EVMMockBlockchainInterface;
  /** Address of `Rollups`. */
  readonly manager: Address;
  readonly intercept: Interception;
}

/**
 * An EVM in which calls to the manager may leave L1. Everything else, proxies included, is the bytecode on chain.
 * Only ordinary calls are offered to the interception: a DELEGATECALL runs the manager's code in another account.
 */
export class BridgedEvm extends EVM {
  readonly #manager: Address;
  readonly #intercept: Interception;

  constructor({ common, state, blockchain, manager, intercept }: BridgedEvmOptions) {
    super({ common, stateManager: state, blockchain, bn254: new NobleBN254() });
    this.#manager = manager;
    this.#intercept = intercept;
  }

  /** Sets what ORIGIN, GASPRICE and the block's opcodes answer in calls that are made outside a transaction. */
  enter(block: EVMRunCallOpts["block"], origin: EvmAddress): void {
    if (block !== undefined) this._block = block;
    this._tx = { gasPrice: 0n, origin };
  }

  protected override async _loadCode(message: Message): Promise<void> {
    if (
      message.code === undefined &&
      !message.delegatecall &&
      this.#isManager(message.to) &&
      this.#isManager(message.codeAddress)
    ) {
      const play = await this.#intercept(message);
      if (play !== undefined) {
        message.code = play;
        message.isCompiled = true;
        return;
      }
    }
    await super._loadCode(message);
  }

  #isManager(address: EvmAddress | undefined): boolean {
    return address !== undefined && bytesToHex(address.bytes) === this.#manager;
  }
}
