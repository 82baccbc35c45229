import { type Address, concat, type Hex, numberToHex, size } from "viem";

/**
 * Creation code of a contract that passes calls on to the address in its slot 0, with all that comes back.
 * Calldata of 32 bytes is that address.
 */
export const GATE = created(
  "0x36602014602257365f5f375f5f365f345f545af13d5f5f3e601e573d5ffd5b3d5ff35b5f355f5500",
);

/** Creation code of a contract that passes its call on to an address, and reverts with this afterwards. */
export function refuserAfter(target: Address, data: Hex): Hex {
  const call = concat(["0x365f5f375f5f365f5f73", target, "0x5af150"]);
  const length = numberToHex(size(data), { size: 2 });
  const refusal = (at: number): Hex =>
    concat(["0x61", length, "0x60", numberToHex(at, { size: 1 }), "0x5f3961", length, "0x5ffd"]);
  const head = concat([call, refusal(0)]);
  return created(concat([call, refusal(size(head)), data]));
}

/** Creation code of a contract that has this code. */
export function created(code: Hex): Hex {
  const length = numberToHex(size(code), { size: 2 });
  return concat(["0x61", length, "0x600c5f3961", length, "0x5ff3", code]);
}
