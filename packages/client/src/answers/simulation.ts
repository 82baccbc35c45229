import type { Found } from "../found.ts";
import type { Hex } from "../rpc-types.ts";
import type { ChainNames } from "./chain-names.ts";
import { type Frame, readFrame } from "./frame.ts";

/** An event that a simulated call emits. */
export interface EmittedEvent {
  /** Name of the chain. */
  readonly chain: string;
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
}

/** An account whose Ether a simulated call changes, fees apart. */
export interface EtherMovement {
  /** Name of the chain. */
  readonly chain: string;
  /** Of an account of a ledger: name of the chain that it is at home on, if that is another one. */
  readonly home: string | undefined;
  readonly address: Hex;
  readonly before: bigint;
  readonly after: bigint;
}

/** Why a simulated call fails. */
export interface SimulatedFailure {
  /** A name from docs/errors.md; `TRANSACTION_REVERTED` where code reverted. */
  readonly name: string;
  readonly reason: string;
  /** Revert data, if code reverted. */
  readonly data: Hex | undefined;
}

/** What a call would do on every chain. */
export interface Simulation {
  /** Return data or revert data. */
  readonly data: Hex;
  /** Undefined: it succeeds. */
  readonly failure: SimulatedFailure | undefined;
  /** Upper bound of what it uses on its own chain. */
  readonly gas: bigint;
  /** Undefined where no chain takes the call, whatever it would do. */
  readonly trace: Frame | undefined;
  /** Of frames that were not undone, in the order in which they ran. */
  readonly events: readonly EmittedEvent[];
  readonly ether: readonly EtherMovement[];
  /** In words: what will probably surprise. */
  readonly warnings: readonly string[];
}

/**
 * Reads what `lockstep_simulateAcross` answers.
 * @throws {UnexpectedAnswerError}
 */
export function readSimulation(found: Found, names: ChainNames, here: string): Simulation {
  const trace = found.at("trace");
  return {
    data: found.at("data").hex(),
    failure: found.at("success").boolean() ? undefined : readFailure(found.at("error")),
    gas: found.at("gas").quantity(),
    trace: trace.isThere ? readFrame(trace, names, here) : undefined,
    events: found
      .at("events")
      .items()
      .map((event) => readEvent(event, names)),
    ether: found
      .at("ether")
      .items()
      .map((change) => ({
        chain: names.of(change.at("chain").quantity()),
        home: change.at("home").isThere ? names.of(change.at("home").quantity()) : undefined,
        address: change.at("address").hex(20),
        before: change.at("before").quantity(),
        after: change.at("after").quantity(),
      })),
    warnings: found
      .at("warnings")
      .items()
      .map((warning) => warning.text()),
  };
}

function readFailure(error: Found): SimulatedFailure {
  const data = error.at("data");
  return {
    name: error.at("name").text(),
    reason: error.at("reason").text(),
    data: data.isThere ? data.hex() : undefined,
  };
}

function readEvent(event: Found, names: ChainNames): EmittedEvent {
  return {
    chain: names.of(event.at("chain").quantity()),
    address: event.at("address").hex(20),
    topics: event
      .at("topics")
      .items()
      .map((topic) => topic.hex(32)),
    data: event.at("data").hex(),
  };
}
