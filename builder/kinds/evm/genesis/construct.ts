import { createEVM, type EVM } from "@ethereumjs/evm";
import { type Address as EvmAddress, createAddressFromString } from "@ethereumjs/util";
import { type Address, bytesToHex, concat, type Hex, hexToBytes, pad } from "viem";
import { rulesOf } from "../../../evm/rules.ts";

/** Of the chain on which constructors run: Ethereum's. Some contracts remember it, and compare. */
const CHAIN_ID = 1;
const GAS = 30_000_000n;

/** How a contract comes to stand where it stands on every chain. */
export type Construction =
  /** By the first transaction of an account whose key is unknown, or signs nothing else. */
  | { readonly deployer: Address; readonly init: () => Promise<Hex> }
  /** By another contract, which hands its calldata to CREATE2. */
  | { readonly factory: Address; readonly salt: Hex; readonly init: () => Promise<Hex> };

/** What constructors have left on a chain of its own. */
export class ConstructionSite {
  readonly #evm: EVM;

  private constructor(evm: EVM) {
    this.#evm = evm;
  }

  static async open(): Promise<ConstructionSite> {
    return new ConstructionSite(await createEVM({ common: rulesOf(CHAIN_ID) }));
  }

  async construct(construction: Construction): Promise<void> {
    const init = await construction.init();
    if ("factory" in construction)
      await this.#run({
        to: evmAddress(construction.factory),
        data: hexToBytes(concat([construction.salt, init])),
      });
    else await this.#run({ caller: evmAddress(construction.deployer), data: hexToBytes(init) });
  }

  async code(address: Address): Promise<Hex> {
    return bytesToHex(await this.#evm.stateManager.getCode(evmAddress(address)));
  }

  async nonce(address: Address): Promise<bigint> {
    return (await this.#evm.stateManager.getAccount(evmAddress(address)))?.nonce ?? 0n;
  }

  async slot(address: Address, slot: Hex): Promise<Hex> {
    const word = await this.#evm.stateManager.getStorage(evmAddress(address), hexToBytes(slot));
    return pad(bytesToHex(word), { size: 32 });
  }

  async #run(call: { caller?: EvmAddress; to?: EvmAddress; data: Uint8Array }): Promise<void> {
    const { execResult } = await this.#evm.runCall({ ...call, gasLimit: GAS });
    if (execResult.exceptionError !== undefined) throw new Error(execResult.exceptionError.error);
  }
}

function evmAddress(address: Address): EvmAddress {
  return createAddressFromString(address);
}
