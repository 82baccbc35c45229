import { existsSync } from "node:fs";
import path from "node:path";
import { CEREMONY_FILES } from "../../proving/keys/ceremony/export.ts";
import { type KnownKind, ROLLUP_KINDS } from "./index.ts";

/**
 * The kinds whose proofs can be made with a folder of ceremony keys: a ceremony may be held for some circuits
 * alone. All of them if the folder is enough for none, so that what misses is told.
 */
export function keyedKinds(keys: string): readonly KnownKind[] {
  const all = [...ROLLUP_KINDS.values()].filter(({ kind }) => kind.isProven);
  const hasKey = (circuit: string): boolean => existsSync(path.join(keys, circuit, CEREMONY_FILES.zkey));
  const keyed = all.filter(({ kind }) => kind.circuits.every(hasKey));
  return keyed.length === 0 ? all : keyed;
}
