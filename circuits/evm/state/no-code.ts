import type { Linear } from "../../bus/linear.ts";
import type { RowBuilder } from "../../bus/row.ts";
import { NO_CODE } from "./constants.ts";

/** 1 if an account has no code, or is not there; 0 in a row that is not used. */
export function hasNoCode(
  r: RowBuilder,
  { hashLo, hashHi }: { readonly hashLo: Linear; readonly hashHi: Linear },
): Linear {
  return r.product(r.isZero(hashLo.minus(NO_CODE.hashLo)), r.isZero(hashHi.minus(NO_CODE.hashHi)));
}
