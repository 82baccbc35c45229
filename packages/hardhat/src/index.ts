/** Hardhat 3 plugin: networks of the type `lockstep`, in which L1 and rollups run as one. */
import "./type-extensions.ts";
import type { HardhatPlugin } from "hardhat/types/plugins";

const plugin: HardhatPlugin = {
  id: "hardhat-lockstep",
  npmPackage: "hardhat-lockstep",
  hookHandlers: {
    config: () => import("./hooks/config.ts"),
    network: () => import("./hooks/network.ts"),
  },
};

export default plugin;
export type { LockstepConnection, RollupConnections } from "./connection.ts";
export { lockstepNetwork, type LockstepOptions, type RollupKind } from "./options.ts";
