import { encodeErrorResult, type Address, type Hex } from "viem";
import type { Contract } from "./scenario-chains.ts";

const NOTE = "0x00ff00ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021";

/**
 * What `FaultyCounter` reverts with.
 * @param by its caller, as its own chain sees it.
 */
export function brokenError({ abi }: Contract, by: Address): Hex {
  return encodeErrorResult({ abi, errorName: "Broken", args: [by, 1n, NOTE] });
}
