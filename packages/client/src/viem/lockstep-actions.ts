import type {
  Abi,
  AbiStateMutability,
  Account,
  Chain,
  Client,
  ContractFunctionArgs,
  ContractFunctionName,
  Transport,
} from "viem";
import type { LockstepNetwork } from "../network/network.ts";
import { callAcross, type CallAcrossParameters, type CallAcrossReturnType } from "./actions/call-across.ts";
import {
  createProxy,
  type CreateProxyParameters,
  type CreateProxyReturnType,
} from "./actions/create-proxy.ts";
import {
  getRemoteContract,
  type GetRemoteContractParameters,
  type GetRemoteContractReturnType,
} from "./actions/get-remote-contract.ts";
import {
  getSettlement,
  type GetSettlementParameters,
  type GetSettlementReturnType,
} from "./actions/get-settlement.ts";
import { proxyOf, type ProxyOfParameters, type ProxyOfReturnType } from "./actions/proxy-of.ts";
import {
  simulateAcross,
  type SimulateAcrossParameters,
  type SimulateAcrossReturnType,
} from "./actions/simulate-across.ts";
import {
  traceAcross,
  type TraceAcrossParameters,
  type TraceAcrossReturnType,
} from "./actions/trace-across.ts";
import {
  waitForInclusion,
  type WaitForInclusionParameters,
  type WaitForInclusionReturnType,
} from "./actions/wait-for-inclusion.ts";

/** What {@link lockstepActions} adds to a client of viem's. */
export type LockstepActions<
  network extends LockstepNetwork = LockstepNetwork,
  account extends Account | undefined = Account | undefined,
> = {
  /** {@inheritDoc proxyOf} */
  readonly proxyOf: (parameters: ProxyOfParameters<network>) => Promise<ProxyOfReturnType>;
  /** {@inheritDoc createProxy} */
  readonly createProxy: (
    parameters: CreateProxyParameters<network, account>,
  ) => Promise<CreateProxyReturnType>;
  /** {@inheritDoc getRemoteContract} */
  readonly getRemoteContract: <const abi extends Abi>(
    parameters: GetRemoteContractParameters<network, abi, account>,
  ) => Promise<GetRemoteContractReturnType<abi, account>>;
  /** {@inheritDoc simulateAcross} */
  readonly simulateAcross: <
    const abi extends Abi,
    functionName extends ContractFunctionName<abi>,
    const args extends ContractFunctionArgs<abi, AbiStateMutability, functionName>,
    const decode extends Abi = readonly [],
  >(
    parameters: SimulateAcrossParameters<abi, functionName, args, decode>,
  ) => Promise<SimulateAcrossReturnType<abi, functionName, args, decode>>;
  /** {@inheritDoc callAcross} */
  readonly callAcross: <const abi extends Abi = readonly []>(
    parameters: CallAcrossParameters<abi>,
  ) => Promise<CallAcrossReturnType<abi>>;
  /** {@inheritDoc traceAcross} */
  readonly traceAcross: <const abi extends Abi = readonly []>(
    parameters: TraceAcrossParameters<abi>,
  ) => Promise<TraceAcrossReturnType<abi>>;
  /** {@inheritDoc waitForInclusion} */
  readonly waitForInclusion: (parameters: WaitForInclusionParameters) => Promise<WaitForInclusionReturnType>;
  /** {@inheritDoc getSettlement} */
  readonly getSettlement: (parameters: GetSettlementParameters) => Promise<GetSettlementReturnType>;
};

/**
 * Extends a client of viem's by what a contract of another chain needs.
 * @param network which chains there are: a devnet's description, or one that is written out.
 * @example
 * ```ts
 * import { createPublicClient, http } from "viem";
 * import { chainsOf, lockstepActions } from "lockstep-client";
 *
 * const { L1 } = chainsOf(devnet);
 * const client = createPublicClient({ chain: L1, transport: http() }).extend(lockstepActions(devnet));
 * ```
 */
export function lockstepActions<const network extends LockstepNetwork>(
  network: network,
): <account extends Account | undefined>(
  client: Client<Transport, Chain | undefined, account>,
) => LockstepActions<network, account> {
  return (client) => ({
    proxyOf: (parameters) => proxyOf(client, network, parameters),
    createProxy: (parameters) => createProxy(client, network, parameters),
    getRemoteContract: (parameters) => getRemoteContract(client, network, parameters),
    simulateAcross: (parameters) => simulateAcross(client, network, parameters),
    callAcross: (parameters) => callAcross(client, network, parameters),
    traceAcross: (parameters) => traceAcross(client, network, parameters),
    waitForInclusion: (parameters) => waitForInclusion(client, parameters),
    getSettlement: (parameters) => getSettlement(client, network, parameters),
  });
}
