/** JSON as the vectors hold it: integers are decimal text, so that no reader rounds them. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * `value` with every integer of type bigint as decimal text.
 * @throws on what JSON cannot hold.
 */
export function toJson(value: unknown): Json {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value === null)
    return value;
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toJson(each)]));
  throw new TypeError(`${typeof value} has no place in a vector`);
}
