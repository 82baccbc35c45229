/** Contracts that tools expect on every chain, by the names that commands take (docs/spec.md section 7). */
export const PREDEPLOY_NAMES = [
  "create2",
  "safe-factory",
  "createx",
  "multicall3",
  "permit2",
  "entrypoint-0.6",
  "entrypoint-0.7",
  "entrypoint-0.8",
] as const;

export type PredeployName = (typeof PREDEPLOY_NAMES)[number];

export function isPredeployName(name: string): name is PredeployName {
  return PREDEPLOY_NAMES.some((known) => known === name);
}
