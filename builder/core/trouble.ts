import { BaseError } from "viem";
import { l1Error, L1RpcError, L1UnreachableError } from "../l1/client.ts";
import { DiskError } from "../intake/errors.ts";
import { HeadMovedError } from "../post/include.ts";
import { TurnOverError } from "../post/turn.ts";
import { codeOf, type ErrorCode, LockstepError } from "../protocol/errors.ts";

/** Why something has to wait, though nothing is wrong with it. */
export interface Trouble {
  /** Stable code, then what it means. */
  readonly code: ErrorCode;
  readonly reason: string;
}

/** Trouble there is. */
export interface Present extends Trouble {
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** What an error says. */
export type Finding =
  /** L1 went on: to be tried again at once. */
  | { readonly kind: "overtaken" }
  /** Something that all transactions need is out of order. */
  | ({ readonly kind: "trouble" } & Trouble)
  /** One of those in the batch may be at fault; if it is alone, then it is. */
  | { readonly kind: "verdict"; readonly error: LockstepError }
  /** A fault that is not the transaction's, but that only comes with it. */
  | ({ readonly kind: "fault" } & Trouble);

/** Codes of errors that say nothing about a transaction: they come and go with the provers. */
const PROVER_TROUBLE: readonly ErrorCode[] = [
  "PROOF_FAILED",
  "BACKEND_FAILED",
  "PROVER_BUSY",
  "BACKEND_UNAVAILABLE",
  "UNKNOWN_BACKEND",
];
/** Codes of what should not be: once more it may well go right. */
const FAULTS: readonly ErrorCode[] = [
  "BATCH_REFUSED",
  "PROOF_MISMATCH",
  "TRACE_UNSOUND",
  "VISIT_MISMATCH",
  "FORGOTTEN_MOMENT",
  "PREREQUISITE_REFUSED",
];

/**
 * What `error` says.
 * @param url of the L1 node.
 */
export function findingOf(error: unknown, url: string): Finding {
  if (error instanceof HeadMovedError || error instanceof TurnOverError) return { kind: "overtaken" };
  const told = error instanceof BaseError ? l1Error(error, url) : error;
  if (told instanceof L1UnreachableError || told instanceof L1RpcError)
    return trouble(told.code, told.message);
  if (told instanceof LockstepError) {
    if (PROVER_TROUBLE.includes(told.code)) return trouble(told.code, told.message);
    if (FAULTS.includes(told.code)) return { kind: "fault", code: told.code, reason: told.message };
    return { kind: "verdict", error: told };
  }
  const reason = error instanceof Error ? error.message : String(error);
  if (isOfTheSystem(error)) return trouble(new DiskError(error).code, reason);
  return { kind: "fault", code: codeOf(error), reason };
}

/** Node's own errors of files and sockets have a number. */
function isOfTheSystem(error: unknown): boolean {
  return error instanceof Error && "errno" in error && typeof error.errno === "number";
}

function trouble(code: ErrorCode, reason: string): Finding {
  return { kind: "trouble", code, reason };
}

const SHORTEST = 100;
const LONGEST = 30_000;

/** Waits longer each time something goes wrong again. */
export class BackOff {
  #failures = 0;

  /** Milliseconds to wait now. */
  next(): number {
    const wait = Math.min(LONGEST, SHORTEST * 2 ** this.#failures++);
    return wait * (0.75 + Math.random() / 2);
  }

  /** It went well. */
  reset(): void {
    this.#failures = 0;
  }
}
