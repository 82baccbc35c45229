import { type Abi, type Account, type Address, type Client, type Hex, numberToHex } from "viem";
import { parseAccount } from "viem/accounts";
import { ChainNames } from "../answers/chain-names.ts";
import { type EtherMovement, readSimulation, type SimulatedFailure } from "../answers/simulation.ts";
import type { LockstepNetwork } from "../network/network.ts";
import {
  decodeEvent,
  type DecodedEvent,
  type DecodedFrame,
  decodeFrame,
  decodeRevert,
  type DecodedRevert,
} from "./decode.ts";
import { ownChain } from "./own-chain.ts";
import { request } from "./request.ts";

/** What may be said of a call that is simulated. */
export interface SimulatedCallOptions {
  /** Who would sign; default: the client's account. */
  readonly account?: Account | Address | undefined;
  readonly value?: bigint | undefined;
  readonly gas?: bigint | undefined;
  /** `pending`: on top of what waits. Default: `latest`. */
  readonly blockTag?: "latest" | "pending" | undefined;
}

/** Whether it would succeed, with what comes back. */
export type SimulatedOutcome<abi extends Abi, result> =
  | { readonly success: true; readonly result: result }
  | {
      readonly success: false;
      readonly failure: SimulatedFailure & { readonly revert: DecodedRevert<abi> | undefined };
    };

/** What a transaction would do on every chain. */
export type SimulatedAcross<abi extends Abi = Abi, result = unknown> = SimulatedOutcome<abi, result> & {
  /** Return data or revert data. */
  readonly data: Hex;
  /** Upper bound of what it uses on its own chain. */
  readonly gas: bigint;
  /** Undefined where no chain takes the call, whatever it would do. */
  readonly trace: DecodedFrame<abi> | undefined;
  /** Of all chains, without those of frames that were undone. */
  readonly events: readonly DecodedEvent<abi>[];
  /** Accounts of all chains whose Ether it moves, fees apart. */
  readonly ether: readonly EtherMovement[];
  /** In words: what will probably surprise. */
  readonly warnings: readonly string[];
};

/** Has a gateway play a call on all chains. */
export async function simulate<result>(
  client: Client,
  network: LockstepNetwork,
  call: { readonly to: Address; readonly data: Hex } & SimulatedCallOptions,
  abi: Abi,
  decodeResult: (data: Hex) => result,
): Promise<SimulatedAcross<Abi, result>> {
  const { to, data: input, account = client.account, value, gas, blockTag = "latest" } = call;
  const { name } = await ownChain(client, network);
  const asked = {
    ...(account === undefined ? {} : { from: parseAccount(account).address }),
    to,
    data: input,
    ...(value === undefined ? {} : { value: numberToHex(value) }),
    ...(gas === undefined ? {} : { gas: numberToHex(gas) }),
  };
  const answer = await request(client, "lockstep_simulateAcross", [asked, blockTag]);
  const { data, failure, trace, events, ...rest } = readSimulation(answer, new ChainNames(network), name);
  const outcome: SimulatedOutcome<Abi, result> =
    failure === undefined
      ? { success: true, result: decodeResult(data) }
      : { success: false, failure: { ...failure, revert: decodeRevert(failure.data ?? "0x", abi) } };
  return {
    ...outcome,
    ...rest,
    data,
    trace: trace && decodeFrame(trace, abi),
    events: events.map((event) => decodeEvent(event, abi)),
  };
}
