import { LockstepError } from "./errors.ts";

/** Something was written by another version of Lockstep, and cannot be rebuilt from L1 by itself. */
export class UnsupportedFormatError extends LockstepError {
  constructor(where: string, found: string | undefined, expected: string, advice: string) {
    const has = found === undefined ? "names no format" : `has the format ${found}`;
    super("UNSUPPORTED_FORMAT", `${where} ${has}; this version of Lockstep reads ${expected}. ${advice}`);
  }
}

/**
 * What a JSON text of any version says of itself: its format, and whose it is. Nothing of what it does not
 * say.
 * @throws a `SyntaxError`.
 */
export function identityOf(text: string): { format?: string; identity?: string } {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) return {};
  const format = "format" in value && typeof value.format === "string" ? { format: value.format } : {};
  const identity =
    "identity" in value && typeof value.identity === "string" ? { identity: value.identity } : {};
  return { ...format, ...identity };
}

/**
 * The format that a JSON text names, if it does.
 * @throws a `SyntaxError`.
 */
export function formatOf(text: string): string | undefined {
  return identityOf(text).format;
}

/** Whether a format, `<name>.v<number>`, is an older one of the same thing. */
export function isOlder(found: string | undefined, current: string): boolean {
  const [, name, number] = /^(.*\.v)(\d+)$/.exec(current) ?? [];
  const [, ofName, ofNumber] = /^(.*\.v)(\d{1,9})$/.exec(found ?? "") ?? [];
  return name !== undefined && ofName === name && Number(ofNumber) < Number(number);
}
