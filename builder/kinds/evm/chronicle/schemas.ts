import { type Address, type Hex, isHex } from "viem";
import { z } from "zod";
import { ActionKind } from "../../../protocol/action.ts";
import { chainId, stateRoot } from "../../../protocol/ids.ts";

/** What records are made of, as JSON holds it. */
export const bytes = z.custom<Hex>((value) => isHex(value) && value.length % 2 === 0);
export const hash = z.custom<Hex>((value) => isHex(value) && value.length === 66);
export const address = z.custom<Address>((value) => isHex(value) && value.length === 42);
export const integer = z
  .string()
  .regex(/^[0-9]{1,78}$/)
  .transform(BigInt);
export const count = z.number().int().nonnegative();
export const chain = integer.transform((value) => chainId(value));
export const root = integer.transform((value) => stateRoot(value));

export const action = z.object({
  kind: z.enum(ActionKind),
  from: chain,
  to: chain,
  sender: address,
  target: address,
  value: integer,
  failed: z.boolean(),
  isStatic: z.boolean(),
  gas: count,
  data: bytes,
});

/** JSON with integers of any size as decimal text. */
export function toText(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? each.toString() : each));
}
