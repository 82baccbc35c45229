import type { Common } from "@ethereumjs/common";
import { rulesOf } from "../evm/rules.ts";

/** Rules of L1. */
export function l1Common(l1ChainId: bigint): Common {
  return rulesOf(Number(l1ChainId));
}
