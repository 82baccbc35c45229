import { type BigNumberish, type ErrorDescription, type InterfaceAbi, type Result, toQuantity } from "ethers";
import { ChainNames } from "../answers/chain-names.ts";
import { type EtherMovement, readSimulation, type SimulatedFailure } from "../answers/simulation.ts";
import type { LockstepNetwork } from "../network/network.ts";
import { connect, request, type Runner } from "./connection.ts";
import { type DecodedEvent, type DecodedFrame, Decoder } from "./decode.ts";

/** What `contract.f.populateTransaction(…)` gives, or the same written by hand. */
export interface SimulatedTransaction {
  readonly to: string;
  readonly data?: string | undefined;
  readonly value?: BigNumberish | null | undefined;
  readonly gasLimit?: BigNumberish | null | undefined;
  /** Default: the signer, if the runner is one. */
  readonly from?: string | undefined;
}

export interface SimulateAcrossParameters {
  readonly transaction: SimulatedTransaction;
  /** By which calls, results, errors and events are decoded. */
  readonly decode?: InterfaceAbi | undefined;
  /** `pending`: on top of what waits. Default: `latest`. */
  readonly blockTag?: "latest" | "pending" | undefined;
}

/** What a transaction would do on every chain. */
export type SimulatedAcross = (
  | { readonly success: true; readonly result: Result | undefined }
  | {
      readonly success: false;
      readonly failure: SimulatedFailure & { readonly revert: ErrorDescription | undefined };
    }
) & {
  /** Return data or revert data. */
  readonly data: string;
  /** Upper bound of what it uses on its own chain. */
  readonly gas: bigint;
  /** Undefined where no chain takes the call, whatever it would do. */
  readonly trace: DecodedFrame | undefined;
  /** Of all chains, without those of frames that were undone. */
  readonly events: readonly DecodedEvent[];
  /** Accounts of all chains whose Ether it moves, fees apart. */
  readonly ether: readonly EtherMovement[];
  /** In words: what will probably surprise. */
  readonly warnings: readonly string[];
};

/** What a transaction will do on every chain, before it is signed. */
export async function simulateAcross(
  runner: Runner,
  network: LockstepNetwork,
  { transaction, decode = [], blockTag = "latest" }: SimulateAcrossParameters,
): Promise<SimulatedAcross> {
  const { chain, provider, signer } = await connect(runner, network);
  const { to, data: input = "0x", value, gasLimit, from = await signer?.getAddress() } = transaction;
  const asked = {
    to,
    data: input,
    ...(from === undefined ? {} : { from }),
    ...(value == null ? {} : { value: toQuantity(value) }),
    ...(gasLimit == null ? {} : { gas: toQuantity(gasLimit) }),
  };
  const answer = await request(provider, "lockstep_simulateAcross", [asked, blockTag]);
  const decoder = new Decoder(decode);
  const simulation = readSimulation(answer, new ChainNames(network), chain.name);
  const { data, failure, trace, events, ...rest } = simulation;
  return {
    ...(failure === undefined
      ? { success: true, result: decoder.result(input, data) }
      : { success: false, failure: { ...failure, revert: decoder.revert(failure.data ?? "0x") } }),
    ...rest,
    data,
    trace: trace && decoder.frame(trace),
    events: events.map((event) => decoder.event(event)),
  };
}
