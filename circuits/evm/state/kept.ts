import type { Linear } from "../../bus/linear.ts";
import type { RowBuilder } from "../../bus/row.ts";
import { STATEMENT_ATTRIBUTE, STATEMENT_CONTEXT } from "../attributes.ts";

/** Why what the state before has is in range. */
export const IN_STATE = "the state has only such values: each was proven when it was written";

/**
 * The value that a leaf is left with: `after`, unless the visit leaves nothing behind, since it failed or was
 * static.
 */
export function keptOf(r: RowBuilder, before: Linear, after: Linear): Linear {
  const keeps = r.flag("keeps");
  r.receive("attribute", { context: STATEMENT_CONTEXT, kind: STATEMENT_ATTRIBUTE.keeps, lo: keeps, hi: 0 });
  return r.choose(keeps, after, before);
}
