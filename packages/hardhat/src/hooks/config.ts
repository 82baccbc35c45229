import type { NetworkConfig, ResolvedConfigurationVariable } from "hardhat/types/config";
import type { ConfigHooks } from "hardhat/types/hooks";
import { addressOfL1, addressOfRollup, knownNetworks, optionsOf, rollupNetwork } from "../networks.ts";
import { faultsOf } from "../options.ts";

export default async (): Promise<Partial<ConfigHooks>> => ({
  async extendUserConfig(config, next) {
    return await next({ ...config, networks: knownNetworks(config.networks ?? {}) });
  },

  async validateUserConfig({ networks = {} }) {
    return Object.entries(networks).flatMap(([name, network]) => {
      const faults = faultsOf(optionsOf(network) ?? { rollups: { none: "evm" } });
      return faults.map(({ path, message }) => ({ path: ["networks", name, ...path], message }));
    });
  },

  async resolveUserConfig(userConfig, resolveVariable, next) {
    const resolved = await next(userConfig, resolveVariable);
    const networks = { ...resolved.networks };
    const put = (
      name: string,
      url: ResolvedConfigurationVariable,
      more: Partial<NetworkConfig> = {},
    ): void => {
      const network = networks[name];
      // Gateways sign for the accounts, so that impersonated ones can send too.
      if (network?.type === "http")
        networks[name] = { ...network, ...more, type: "http", accounts: "remote", url };
    };
    for (const [name, network] of Object.entries(userConfig.networks ?? {})) {
      const options = optionsOf(network);
      if (options === undefined) continue;
      put(name, addressOfL1(resolved.paths, options), { lockstep: options });
      for (const rollup of Object.keys(options.rollups))
        put(rollupNetwork(name, rollup), addressOfRollup(name, rollup));
    }
    return { ...resolved, networks };
  },
});
