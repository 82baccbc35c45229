import type { NetworkUserConfig, ResolvedConfigurationVariable } from "hardhat/types/config";
import { HardhatPluginError } from "hardhat/plugins";
import { lockstepNetwork, type LockstepOptions, NO_ADDRESS } from "./options.ts";
import { clientPackages } from "./client.ts";
import { joining, opening } from "./opening.ts";
import { DevnetProcess, type ProjectPaths } from "./program/process.ts";

/** The options of a network of the type `lockstep`, as `lockstepNetwork` made it or by its `type`. */
export function optionsOf(network: object): LockstepOptions | undefined {
  if ("lockstep" in network && isOptions(network.lockstep)) return network.lockstep;
  if (!("type" in network) || !isLockstep(network.type)) return undefined;
  return isOptions(network) ? network : { rollups: {} };
}

function isLockstep(type: unknown): boolean {
  return type === "lockstep";
}

function isOptions(given: unknown): given is LockstepOptions {
  return typeof given === "object" && given !== null && "rollups" in given;
}

/** Hardhat's name of the network that a rollup of a network is. */
export function rollupNetwork(network: string, rollup: string): string {
  return `${network}/${rollup}`;
}

/** The networks as Hardhat's own plugin takes them: one more for each rollup. */
export function knownNetworks(
  networks: Readonly<Record<string, NetworkUserConfig>>,
): Record<string, NetworkUserConfig> {
  const known: Record<string, NetworkUserConfig> = {};
  for (const [name, network] of Object.entries(networks)) {
    const options = optionsOf(network);
    known[name] = options === undefined ? network : lockstepNetwork(options);
    for (const rollup of Object.keys(options?.rollups ?? {}))
      known[rollupNetwork(name, rollup)] = { type: "http", url: NO_ADDRESS };
  }
  return known;
}

/** The address of L1's gateway: asked for it, a devnet is started. */
export function addressOfL1(paths: ProjectPaths, options: LockstepOptions): ResolvedConfigurationVariable {
  return address(async () => {
    const connection = opening.getStore();
    if (connection === undefined)
      throw new HardhatPluginError("hardhat-lockstep", "the address is known by a connection alone");
    const starting = connection.devnet ?? DevnetProcess.start(paths, options);
    // Whatever keeps them from being loaded is told when the client is made.
    clientPackages().catch(() => undefined);
    connection.devnet = await starting;
    return connection.devnet.description.l1.gateway;
  });
}

/** The address of a rollup's gateway, of the devnet that is being joined. */
export function addressOfRollup(network: string, rollup: string): ResolvedConfigurationVariable {
  return address(() => {
    const found = joining.getStore()?.devnet.description.rollups.find(({ name }) => name === rollup);
    if (found !== undefined) return Promise.resolve(found.gateway);
    const advice = `connect to "${network}", and take lockstep.rollups.${rollup} of the connection`;
    throw new HardhatPluginError("hardhat-lockstep", `a rollup runs with its L1 alone: ${advice}`);
  });
}

function address(find: () => Promise<string>): ResolvedConfigurationVariable {
  const refuse = (): never => {
    throw new HardhatPluginError("hardhat-lockstep", "this is an address, and nothing else");
  };
  return {
    _type: "ResolvedConfigurationVariable",
    format: "{variable}",
    get: find,
    getUrl: find,
    getBigInt: refuse,
    getHexString: refuse,
  };
}
