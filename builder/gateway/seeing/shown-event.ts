import { numberToHex } from "viem";
import type { LockstepEvent, ProofProgress, UnixMilliseconds } from "lockstep-client/rpc-types";
import type { BuilderEvent } from "../backend.ts";

type Proven = Extract<BuilderEvent, { type: "proven" }>;

/** A proof that was made, as JSON-RPC shows it. */
export function provenProgress({
  rollup,
  circuit,
  isProven,
  made,
  milliseconds,
  about,
}: Proven): ProofProgress {
  return {
    rollup: numberToHex(rollup),
    circuit,
    backend: made?.backends.join(", ") ?? null,
    constraints: made?.constraints ?? null,
    milliseconds,
    witnessMilliseconds: made?.witnessMilliseconds ?? null,
    proveMilliseconds: made?.proveMilliseconds ?? null,
    about: about ?? null,
    proven: isProven,
  };
}

/** What the builder does, as JSON-RPC shows it. */
export function shownEvent(event: BuilderEvent, at: UnixMilliseconds): LockstepEvent {
  switch (event.type) {
    case "accepted": {
      const { type, transaction, rollup } = event;
      return { at, type, transaction, ...(rollup === undefined ? {} : { rollup: numberToHex(rollup) }) };
    }
    case "simulated": {
      const { type, transactions, executions, visits, milliseconds } = event;
      return { at, type, transactions, executions, visits, milliseconds };
    }
    case "proven":
      return { at, type: event.type, ...provenProgress(event) };
    case "prerequisiteMet": {
      const { type, rollup, what, transaction, gas } = event;
      return { at, type, rollup: numberToHex(rollup), what, transaction, gas: numberToHex(gas) };
    }
    case "posted": {
      const { batch, batchGas, blockNumber, ...rest } = event;
      return {
        at,
        ...rest,
        ...(batch === undefined ? {} : { batch }),
        ...(batchGas === undefined ? {} : { batchGas: numberToHex(batchGas) }),
        blockNumber: numberToHex(blockNumber),
      };
    }
    case "mismatch":
    case "selfCheckFailed": {
      const about = event.transaction === undefined ? {} : { transaction: event.transaction };
      if (event.type === "mismatch") return { at, type: event.type, ...about };
      return { at, type: event.type, ...about, reason: event.reason };
    }
    case "stopped":
      return { at, type: event.type, rollup: numberToHex(event.rollup), message: event.message };
    case "resumed":
      return { at, type: event.type, rollup: numberToHex(event.rollup) };
    case "warned":
    case "proving":
    case "retrying":
    case "reorganised":
    case "failed":
      return { at, ...event };
  }
}
