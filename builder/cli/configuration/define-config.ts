import type { LockstepConfig } from "./schema.ts";

export type { LockstepConfig };

/**
 * The content of `lockstep.config.ts`, with its types: `export default defineConfig({ … })`. It changes
 * nothing; what it is given is checked when a command reads the file.
 * @example
 * ```ts
 * import { defineConfig } from "lockstep/config";
 *
 * export default defineConfig({
 *   portBase: 9545,
 *   start: { rollups: [{ name: "Shop", kind: "evm" }], blockTime: 2 },
 * });
 * ```
 */
export function defineConfig(config: LockstepConfig): LockstepConfig {
  return config;
}
