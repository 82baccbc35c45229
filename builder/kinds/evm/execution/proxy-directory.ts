import { Message } from "@ethereumjs/evm";
import { createAddressFromString } from "@ethereumjs/util";
import {
  type Address,
  bytesToHex,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  hexToBytes,
} from "viem";
import type { InterceptingEvm } from "../../../evm/intercepting-evm.ts";
import type { FrameRecorder } from "../../../evm/frame-recorder.ts";
import type { JournaledState } from "../../../evm/journaled-state.ts";
import { lowerCase } from "../../../protocol/address.ts";
import { rollupsAbi } from "../../../protocol/abi.ts";
import { LockstepError } from "../../../protocol/errors.ts";
import type { ChainId } from "../../../protocol/ids.ts";
import { SYSTEM_ADDRESS } from "../system.ts";

/** Gas for what the system contract does for the machine. */
const SYSTEM_GAS = 10_000_000n;

/** Addresses by code of the system contract, which computes them from nothing else. */
const known = new Map<string, Address>();

/** The proxies of one rollup, as its system contract names and creates them. */
export class ProxyDirectory {
  readonly #evm: InterceptingEvm;
  readonly #state: JournaledState;
  readonly #frames: FrameRecorder;

  constructor(evm: InterceptingEvm, state: JournaledState, frames: FrameRecorder) {
    this.#evm = evm;
    this.#state = state;
    this.#frames = frames;
  }

  /** Lower-case address of the proxy that stands for `original` on `chain`, created or not. */
  async addressOf(original: Address, chain: ChainId): Promise<Address> {
    const system = await this.#state.getAccount(SYSTEM_ADDRESS);
    const key = `${bytesToHex(system?.codeHash ?? new Uint8Array())}:${chain}:${lowerCase(original)}`;
    const hit = known.get(key);
    if (hit !== undefined) return hit;
    const call = { abi: rollupsAbi, functionName: "proxyOf", args: [original, chain] } as const;
    const data = await this.#ask(encodeFunctionData(call), true);
    const address = lowerCase(decodeFunctionResult({ ...call, data }));
    known.set(key, address);
    return address;
  }

  /** The same, and creates the proxy if it is not there yet. */
  async ensure(original: Address, chain: ChainId): Promise<Address> {
    const address = await this.addressOf(original, chain);
    if ((await this.#state.getCodeSize(createAddressFromString(address))) > 0) return address;
    const call = { abi: rollupsAbi, functionName: "createProxy", args: [original, chain] } as const;
    await this.#ask(encodeFunctionData(call), false);
    return address;
  }

  async #ask(data: Hex, isStatic: boolean): Promise<Hex> {
    const message = new Message({
      caller: SYSTEM_ADDRESS,
      to: SYSTEM_ADDRESS,
      data: hexToBytes(data),
      gasLimit: SYSTEM_GAS,
      depth: 1,
      isStatic,
      selfdestruct: new Map(),
      createdAddresses: new Set(),
    });
    const play = () => this.#evm.unseen(() => this.#evm.runCall({ message }));
    const { execResult } = await this.#frames.hide(play);
    if (execResult.exceptionError === undefined) return bytesToHex(execResult.returnValue);
    throw new LockstepError(
      "SYSTEM_CONTRACT",
      `the system contract fails: ${execResult.exceptionError.error}`,
    );
  }
}
