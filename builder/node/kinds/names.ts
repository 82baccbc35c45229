/**
 * The kinds of rollups that can be deployed and run, by the names that commands take. What they do is in
 * `index.ts`: loading that takes a second, and most commands need no more than the names.
 */
export const KIND_NAMES = ["ledger", "evm", "proven-evm"] as const;

export type KindName = (typeof KIND_NAMES)[number];

/** True for one of {@link KIND_NAMES}. */
export function isKindName(name: string): name is KindName {
  return KIND_NAMES.some((known) => known === name);
}

/** All of them, for messages. */
export function kindNames(): string {
  return KIND_NAMES.join(", ");
}
