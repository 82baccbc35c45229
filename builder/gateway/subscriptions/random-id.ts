import { randomBytes } from "node:crypto";
import { type Hex, numberToHex } from "viem";

/** An id of a filter or subscription: 128 bits without leading zeros, as the specification has numbers. */
export function randomId(): Hex {
  const highest = 1n << 127n;
  return numberToHex(highest | BigInt(`0x${randomBytes(16).toString("hex")}`));
}
