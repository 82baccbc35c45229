import { type Logger, pino, stdTimeFunctions } from "pino";

/**
 * The structured log: one JSON object a line on standard error. Silent unless `LOCKSTEP_LOG` names a level,
 * so that what a person reads is not mixed with it.
 */
export function logger(fallback = "silent"): Logger {
  const level = process.env.LOCKSTEP_LOG ?? fallback;
  return pino({ name: "lockstep", level, timestamp: stdTimeFunctions.isoTime }, pino.destination(2));
}
