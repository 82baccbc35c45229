import {
  type Abi,
  type AbiStateMutability,
  type Address,
  type Client,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionParameters,
  type ContractFunctionReturnType,
  decodeFunctionResult,
  encodeFunctionData,
} from "viem";
import type { LockstepNetwork } from "../../network/network.ts";
import { simulate, type SimulatedAcross, type SimulatedCallOptions } from "../simulate.ts";

export type SimulateAcrossParameters<
  abi extends Abi = Abi,
  functionName extends ContractFunctionName<abi> = ContractFunctionName<abi>,
  args extends ContractFunctionArgs<abi, AbiStateMutability, functionName> = ContractFunctionArgs<
    abi,
    AbiStateMutability,
    functionName
  >,
  decode extends Abi = Abi,
> = SimulatedCallOptions &
  ContractFunctionParameters<abi, AbiStateMutability, functionName, args> & {
    /** ABIs of other contracts that it calls, by which frames, errors and events are decoded besides. */
    readonly decode?: decode | undefined;
  };

export type SimulateAcrossReturnType<
  abi extends Abi = Abi,
  functionName extends ContractFunctionName<abi> = ContractFunctionName<abi>,
  args extends ContractFunctionArgs<abi, AbiStateMutability, functionName> = ContractFunctionArgs<
    abi,
    AbiStateMutability,
    functionName
  >,
  decode extends Abi = Abi,
> = SimulatedAcross<
  readonly [...abi, ...decode],
  ContractFunctionReturnType<abi, AbiStateMutability, functionName, args>
>;

/**
 * What a transaction will do on every chain, before it is signed: its result, its calls, events and Ether
 * movements, and what will probably surprise.
 * @example
 * ```ts
 * const simulated = await client.simulateAcross({ abi, address: vault, functionName: "deposit", value: 1n });
 * if (!simulated.success) console.log(simulated.failure.reason);
 * ```
 */
export async function simulateAcross<
  const abi extends Abi,
  functionName extends ContractFunctionName<abi>,
  const args extends ContractFunctionArgs<abi, AbiStateMutability, functionName>,
  const decode extends Abi = readonly [],
>(
  client: Client,
  network: LockstepNetwork,
  parameters: SimulateAcrossParameters<abi, functionName, args, decode>,
): Promise<SimulateAcrossReturnType<abi, functionName, args, decode>>;
export async function simulateAcross(
  client: Client,
  network: LockstepNetwork,
  { abi, address, functionName, args, decode = [], ...call }: LooseParameters,
): Promise<SimulatedAcross> {
  const data = encodeFunctionData({ abi, functionName, args });
  return await simulate(client, network, { ...call, to: address, data }, [...abi, ...decode], (result) =>
    decodeFunctionResult({ abi, functionName, args, data: result }),
  );
}

interface LooseParameters extends SimulatedCallOptions {
  readonly abi: Abi;
  readonly address: Address;
  readonly functionName: string;
  readonly args?: readonly unknown[];
  readonly decode?: Abi | undefined;
}
