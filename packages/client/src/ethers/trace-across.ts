import type { InterfaceAbi } from "ethers";
import { ChainNames } from "../answers/chain-names.ts";
import { readFrame } from "../answers/frame.ts";
import type { LockstepNetwork } from "../network/network.ts";
import { connect, request, type Runner } from "./connection.ts";
import { type DecodedFrame, Decoder } from "./decode.ts";

export interface TraceAcrossParameters {
  readonly hash: string;
  /** By which calls, results and errors are decoded. */
  readonly decode?: InterfaceAbi | undefined;
}

/** What a transaction did on every chain: one tree of calls. */
export async function traceAcross(
  runner: Runner,
  network: LockstepNetwork,
  { hash, decode = [] }: TraceAcrossParameters,
): Promise<DecodedFrame> {
  const { chain, provider } = await connect(runner, network);
  const options = { tracer: "callTracer" };
  const answer = await request(provider, "lockstep_traceTransaction", [hash, options]);
  return new Decoder(decode).frame(readFrame(answer, new ChainNames(network), chain.name));
}
