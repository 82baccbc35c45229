import type { Curve } from "ffjavascript";
import * as snarkjs from "snarkjs";

declare global {
  /** Where ffjavascript keeps the curve that all of snarkjs in a thread shares; null after its end. */
  var curve_bn128: Curve | null | undefined;
}

/** What snarkjs has to say while it works. */
interface SnarkjsLogger {
  debug(line: string): void;
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

/** One use of snarkjs. */
export interface SnarkjsSession {
  readonly zKey: typeof snarkjs.zKey;
  readonly logger: SnarkjsLogger;
  /**
   * What snarkjs named as errors, in order: it returns false, or something odd, and leaves the reason here.
   */
  readonly errors: readonly string[];
}

/** Called with what is being done, for people. */
export type StepReport = (detail: string) => void;

/**
 * Lends snarkjs, and ends its threads afterwards: they would hold the process.
 * One session at a time in a process, for all of snarkjs shares these threads.
 */
export async function withSnarkjs<Result>(
  report: StepReport | undefined,
  work: (session: SnarkjsSession) => Promise<Result>,
): Promise<Result> {
  const errors: string[] = [];
  const logger: SnarkjsLogger = {
    debug: (line) => report?.(line),
    info: () => undefined,
    warn: () => undefined,
    error: (line) => errors.push(line),
  };
  try {
    return await work({ zKey: snarkjs.zKey, logger, errors });
  } finally {
    await globalThis.curve_bn128?.terminate();
  }
}
