import type { Abi, Address, Client, Hex } from "viem";
import type { LockstepNetwork } from "../../network/network.ts";
import { simulate, type SimulatedAcross, type SimulatedCallOptions } from "../simulate.ts";

export interface CallAcrossParameters<abi extends Abi = Abi> extends SimulatedCallOptions {
  readonly to: Address;
  readonly data?: Hex | undefined;
  /** By which calls, results, errors and events are decoded. */
  readonly decode?: abi | undefined;
}

export type CallAcrossReturnType<abi extends Abi = Abi> = SimulatedAcross<abi, Hex>;

/**
 * What a transaction with this calldata would do on every chain, before it is signed.
 * @example
 * ```ts
 * const { success, ether } = await client.callAcross({ to: proxy, value: 1n });
 * ```
 */
export async function callAcross<const abi extends Abi = readonly []>(
  client: Client,
  network: LockstepNetwork,
  parameters: CallAcrossParameters<abi>,
): Promise<CallAcrossReturnType<abi>>;
export async function callAcross(
  client: Client,
  network: LockstepNetwork,
  { data = "0x", decode = [], ...call }: CallAcrossParameters,
): Promise<unknown> {
  return await simulate(client, network, { ...call, data }, decode, (result) => result);
}
