import "hardhat/types/config";
import "hardhat/types/network";
import type { LockstepConnection } from "./connection.ts";
import type { LockstepOptions } from "./options.ts";

declare module "hardhat/types/config" {
  interface HttpNetworkUserConfig {
    lockstep?: LockstepOptions;
  }
  interface HttpNetworkConfig {
    lockstep?: LockstepOptions;
  }
}

declare module "hardhat/types/network" {
  interface NetworkConnection<
    // The declaration that this adds to has the same parameter, word for word.
    // eslint-disable-next-line @typescript-eslint/no-redundant-type-constituents
    ChainTypeT extends ChainType | string = DefaultChainType,
  > {
    /** Of a network of the type `lockstep`; to ask for it on another one is an error. */
    lockstep: LockstepConnection<ChainTypeT>;
  }
}
