import { Redis } from "ioredis";
import { LockstepError } from "../../protocol/errors.ts";
import { shownUrl, withShownUrls } from "../../protocol/shown-url.ts";

/** `REDIS_UNREACHABLE`: nothing that speaks Redis' protocol answers at the URL. */
export class RedisUnreachableError extends LockstepError {
  constructor(url: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super("REDIS_UNREACHABLE", `no Redis at ${shownUrl(url)}: ${withShownUrls(reason)}`, { cause });
  }
}

/**
 * `REDIS_REFUSED`: Redis answers, but does not let this client in, or not do what it has to. The client's own
 * error is no cause of it: it holds the command that was refused, and AUTH holds the password.
 */
export class RedisRefusedError extends LockstepError {
  constructor(url: string, { message }: Error) {
    super("REDIS_REFUSED", `Redis at ${shownUrl(url)} refuses: ${message}`);
  }
}

/**
 * What Redis says when it does not do what it was asked: a wrong password, a right that is missing, no
 * memory.
 */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.name === "ReplyError";
}

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * A connection that reconnects by itself once it has been up.
 * @param commandTimeout milliseconds after which a command fails; without it, commands wait until Redis is
 * back.
 * @throws {RedisUnreachableError}
 */
export async function connectRedis(url: string, commandTimeout?: number): Promise<Redis> {
  let wasUp = false;
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...(commandTimeout === undefined ? {} : { commandTimeout }),
    // BullMQ's blocking commands wait as long as it takes.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (wasUp ? Math.min(times * 100, 2_000) : null),
  });
  let failure: unknown;
  // What goes wrong later shows where it is used.
  redis.on("error", (error: unknown) => (failure = error));
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    const reason = isRefusal(error) ? error : (failure ?? error);
    throw isRefusal(reason) ? new RedisRefusedError(url, reason) : new RedisUnreachableError(url, reason);
  }
  wasUp = true;
  return redis;
}
