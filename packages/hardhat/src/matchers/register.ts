import type { HardhatConfig } from "hardhat/types/config";

/** The plugin whose matchers these take the place of. */
const STOCK = "hardhat-ethers-chai-matchers";

/**
 * Puts matchers that see all chains in the place of those that see one, where the project has these. It comes
 * after they have been registered, with a connection.
 */
export async function useMatchers({ plugins }: Pick<HardhatConfig, "plugins">): Promise<void> {
  if (!plugins.some(({ id }) => id === STOCK)) return;
  const [{ use }, { lockstepMatchers }] = await Promise.all([import("chai"), import("./index.ts")]);
  use(lockstepMatchers);
}
