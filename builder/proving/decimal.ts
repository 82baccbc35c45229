import { z } from "zod";

/** A number of the size of a field element, as JSON carries it: up to 78 decimal digits. */
export const decimal = z
  .string()
  .regex(/^\d{1,78}$/)
  .transform(BigInt);
export const decimalPair = z.tuple([decimal, decimal]);

/** JSON in which every bigint is written so. */
export function toDecimalJson(content: unknown): string {
  return JSON.stringify(content, (_, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value,
  );
}
