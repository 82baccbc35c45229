import { type Logger, pino, stdSerializers, stdTimeFunctions } from "pino";
import { visibleJson } from "../../packages/client/src/words/plain-text.ts";
import { withShownUrls } from "../protocol/shown-url.ts";

/**
 * The structured log: one JSON object a line on standard error. Silent unless `LOCKSTEP_LOG` names a level,
 * so that what a person reads is not mixed with it.
 */
export function logger(fallback = "silent"): Logger {
  const level = process.env.LOCKSTEP_LOG ?? fallback;
  const serializers = { err: shownError };
  // JSON escapes what is below a space; a terminal obeys some of what is above, too.
  const hooks = { streamWrite: visibleJson };
  return pino(
    { name: "lockstep", level, timestamp: stdTimeFunctions.isoTime, serializers, hooks },
    pino.destination(2),
  );
}

/**
 * Errors of libraries name the URLs that they asked, with their passwords, and those of Redis' client the
 * command that failed, which may be AUTH.
 */
export function shownError(error: Error): unknown {
  const text = JSON.stringify(stdSerializers.errWithCause(error), (key, value: unknown) =>
    key === "command" && typeof value === "object" ? undefined : value,
  );
  const shown: unknown = JSON.parse(withShownUrls(text));
  return shown;
}
