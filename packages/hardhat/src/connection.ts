import type { DefaultChainType, NetworkConnection } from "hardhat/types/network";
import type { Devnet, LockstepActions } from "lockstep-client";
import type { Account, Client } from "viem";

/** Connections to rollups by the names that the configuration gives them. */
export type RollupConnections<ChainTypeT extends string = DefaultChainType> = Readonly<
  Record<string, NetworkConnection<ChainTypeT>>
>;

/** What a connection to a network of the type `lockstep` has besides: the connection itself is L1's. */
export interface LockstepConnection<ChainTypeT extends string = DefaultChainType> {
  /** Complete connections: with `viem`, `ethers`, `networkHelpers`, whatever plugins the project has. */
  readonly rollups: RollupConnections<ChainTypeT>;
  /** Addresses, numbers and ports, as `devnet.json` has them. */
  readonly devnet: Devnet;
  /** Actions of `lockstep-client` for L1 and all rollups, for the devnet's first account. */
  readonly client: Client & LockstepActions<Devnet, Account>;
  /**
   * One of {@link rollups}.
   * @throws when there is no such rollup.
   */
  rollup(name: string): NetworkConnection<ChainTypeT>;
}
