/** What does not fit the ABI is not decoded: data is whatever a contract made it. */
export function orUndefined<Value>(decode: () => Value | null): Value | undefined {
  try {
    return decode() ?? undefined;
  } catch {
    return undefined;
  }
}
