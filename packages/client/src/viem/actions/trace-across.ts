import type { Abi, Client, Hash } from "viem";
import { ChainNames } from "../../answers/chain-names.ts";
import { readFrame } from "../../answers/frame.ts";
import type { LockstepNetwork } from "../../network/network.ts";
import { decodeFrame, type DecodedFrame } from "../decode.ts";
import { ownChain } from "../own-chain.ts";
import { request } from "../request.ts";

export interface TraceAcrossParameters<abi extends Abi = Abi> {
  /** Of a transaction that is in a block: of this client's chain, or a visit of another's. */
  readonly hash: Hash;
  /** By which calls, results and errors are decoded: `[...tokenAbi, ...vaultAbi]`. */
  readonly decode?: abi | undefined;
}

export type TraceAcrossReturnType<abi extends Abi = Abi> = DecodedFrame<abi>;

/**
 * What a transaction did on every chain: one tree of calls.
 * @example
 * ```ts
 * const { calls } = await client.traceAcross({ hash, decode: [...vaultAbi, ...tokenAbi] });
 * ```
 */
export async function traceAcross<const abi extends Abi = readonly []>(
  client: Client,
  network: LockstepNetwork,
  parameters: TraceAcrossParameters<abi>,
): Promise<TraceAcrossReturnType<abi>>;
export async function traceAcross(
  client: Client,
  network: LockstepNetwork,
  { hash, decode = [] }: TraceAcrossParameters,
): Promise<TraceAcrossReturnType> {
  const { name } = await ownChain(client, network);
  const options = { tracer: "callTracer" };
  const answer = await request(client, "lockstep_traceTransaction", [hash, options]);
  return decodeFrame(readFrame(answer, new ChainNames(network), name), decode);
}
