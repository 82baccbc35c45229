import { LockstepError } from "../protocol/errors.ts";

/** The body of a request is not JSON that can be worked with. */
export class UnreadableBodyError extends LockstepError {
  constructor(reason: string, options?: { cause?: unknown }) {
    super("UNREADABLE_BODY", reason, options);
  }
}

/**
 * Deepest nesting of arrays and objects. Far more than any method needs; JSON.stringify, by which requests
 * are passed on, recurses.
 */
const MAX_DEPTH = 64;

/**
 * Reads JSON out of a request's bytes.
 * @throws {UnreadableBodyError} that says what is wrong with it.
 */
export function readBody(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  if (isDeeperThan(text, MAX_DEPTH)) {
    throw new UnreadableBodyError(
      `the body is nested more deeply than ${MAX_DEPTH.toString()} arrays and objects`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UnreadableBodyError("the body is not JSON", { cause });
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UnreadableBodyError("the body is not UTF-8", { cause });
  }
}

/** Counts brackets outside strings; what is no JSON at all may be judged either way. */
function isDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === "\\") at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "[" || character === "{") {
      if (++depth > limit) return true;
    } else if (character === "]" || character === "}") depth--;
  }
  return false;
}
