import { isError, type JsonRpcApiProvider, JsonRpcProvider, JsonRpcSigner, type Signer } from "ethers";
import { NotAGatewayError } from "../errors/not-a-gateway.ts";
import { Found } from "../found.ts";
import { type ChainReference, resolveChain, type ResolvedChain } from "../network/chain.ts";
import type { LockstepNetwork } from "../network/network.ts";

/** Who asks: a provider of ethers' that sends JSON-RPC, or an account that is connected to one. */
export type Runner = JsonRpcApiProvider | Signer;

/** A chain's gateway through ethers, and the account that signs there, if there is one. */
export interface Connection {
  readonly chain: ResolvedChain;
  readonly provider: JsonRpcApiProvider;
  readonly signer: Signer | undefined;
}

/**
 * The chain of the network that a provider or a signer is connected to.
 * @throws {UnknownChainError} when it is none of them.
 */
export async function connect(runner: Runner, network: LockstepNetwork): Promise<Connection> {
  const provider = providerOf(runner);
  const { chainId } = await provider.getNetwork();
  const signer = isSigner(runner) ? runner : undefined;
  return { chain: resolveChain(network, { id: Number(chainId) }), provider, signer };
}

/** The provider that sends what the runner asks. */
export function providerOf({ provider }: Runner): JsonRpcApiProvider {
  if (!isJsonRpc(provider)) throw new TypeError("not connected to a provider that sends JSON-RPC");
  return provider;
}

/** The same account on another chain of the network, at that chain's own gateway. */
export async function connectOn<network extends LockstepNetwork>(
  runner: Runner,
  network: network,
  on: ChainReference<network> | undefined,
): Promise<Connection> {
  const own = await connect(runner, network);
  const chain = on === undefined ? own.chain : resolveChain(network, on);
  if (chain.number === own.chain.number) return own;
  const { pollingInterval } = own.provider;
  const provider = new JsonRpcProvider(chain.gateway, chain.chainId, {
    staticNetwork: true,
    pollingInterval,
  });
  const { signer } = own;
  if (signer === undefined) return { chain, provider, signer };
  // A node's own account is asked for at the other node.
  const there =
    signer instanceof JsonRpcSigner
      ? await provider.getSigner(await signer.getAddress())
      : signer.connect(provider);
  return { chain, provider, signer: there };
}

/**
 * Asks a gateway for one of Lockstep's own methods.
 * @throws {NotAGatewayError}
 */
export async function request(
  provider: JsonRpcApiProvider,
  method: string,
  parameters: readonly unknown[],
): Promise<Found> {
  try {
    const answer: unknown = await provider.send(method, [...parameters]);
    return new Found(answer, method);
  } catch (error) {
    if (isUnknownMethod(error)) throw new NotAGatewayError(method, { cause: error });
    throw error;
  }
}

/** JSON-RPC 2.0 and EIP-1474 have a number each for methods that are not there. */
function isUnknownMethod(error: unknown): boolean {
  if (isError(error, "UNSUPPORTED_OPERATION")) return true;
  if (!isError(error, "UNKNOWN_ERROR")) return false;
  const code = new Found(error.error, "error").at("code").value;
  return code === -32601 || code === -32004;
}

function isJsonRpc(provider: Runner["provider"]): provider is JsonRpcApiProvider {
  return provider !== null && "send" in provider && typeof provider.send === "function";
}

/** Can it sign? */
export function isSigner(runner: Runner): runner is Signer {
  return "signTransaction" in runner;
}
