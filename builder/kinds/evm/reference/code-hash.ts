import { type Hex, keccak256 } from "viem";
import { Recent } from "../../../state/recent.ts";

/** Codes are long, few, and the same from visit to visit. */
const recent = new Recent<Hex>(256);

/** keccak256 of a code, remembered. */
export function codeHashOf(code: Hex): Hex {
  return recent.get(code, () => keccak256(code));
}
