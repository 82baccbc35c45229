import { HardhatPluginError } from "hardhat/plugins";
import type { HookContext, NetworkHooks } from "hardhat/types/hooks";
import type { NetworkConnection } from "hardhat/types/network";
import type { JsonRpcRequest, JsonRpcResponse } from "hardhat/types/providers";
import { Automine } from "../automine.ts";
import type { LockstepConnection } from "../connection.ts";
import { useMatchers } from "../matchers/register.ts";
import { rollupNetwork } from "../networks.ts";
import { joining, type Opening, opening } from "../opening.ts";
import { clientOf } from "../client.ts";
import type { DevnetProcess } from "../program/process.ts";

export default async (): Promise<Partial<NetworkHooks>> => {
  /** What is closed with a connection to L1, by its id. */
  const opened = new Map<number, { readonly devnet: DevnetProcess; readonly rollups: readonly Closable[] }>();
  /** By the ids of connections of a devnet, to L1 and to rollups. */
  const automines = new Map<number, Automine>();
  const rollupConnections = new Set<number>();

  return {
    async newConnection(context, next) {
      const made: Opening = {};
      const connection = await opening.run(made, () => next(context));
      const joined = joining.getStore();
      if (joined !== undefined) {
        rollupConnections.add(connection.id);
        automines.set(connection.id, joined.automine);
      }
      const { devnet } = made;
      if (devnet === undefined) {
        Object.defineProperty(connection, "lockstep", { get: () => refuse(connection.networkName) });
        return connection;
      }
      await useMatchers(context.config);
      const automine = new Automine();
      automines.set(connection.id, automine);
      const rollups = await joining.run({ devnet, automine }, () =>
        connectRollups(context, connection, devnet),
      );
      opened.set(connection.id, { devnet, rollups: Object.values(rollups) });
      connection.lockstep = { ...lockstepOf(rollups, devnet), client: await clientOf(connection, devnet) };
      return connection;
    },

    async closeConnection(context, connection, next) {
      await next(context, connection);
      const { devnet, rollups = [] } = opened.get(connection.id) ?? {};
      opened.delete(connection.id);
      automines.delete(connection.id);
      rollupConnections.delete(connection.id);
      for (const rollup of rollups) await rollup.close();
      await devnet?.stop();
    },

    async onRequest(context, connection, request, next) {
      // By this name network helpers know a chain that is there for tests.
      if (request.method === "web3_clientVersion" && rollupConnections.has(connection.id))
        return { jsonrpc: "2.0", id: request.id, result: "hardhat-lockstep" };
      const ask = (asked: JsonRpcRequest): Promise<JsonRpcResponse> => next(context, connection, asked);
      return await (automines.get(connection.id)?.request(request, ask) ?? ask(request));
    },
  };
};

interface Closable {
  close(): Promise<void>;
}

async function connectRollups<ChainTypeT extends string>(
  { network }: HookContext,
  { networkName, chainType }: NetworkConnection<ChainTypeT>,
  { description }: DevnetProcess,
): Promise<Record<string, NetworkConnection<ChainTypeT>>> {
  const rollups = description.rollups.map(async ({ name }) => {
    const rollup = await network.create({ network: rollupNetwork(networkName, name), chainType });
    return [name, rollup] as const;
  });
  return Object.fromEntries(await Promise.all(rollups));
}

function lockstepOf<ChainTypeT extends string>(
  rollups: Readonly<Record<string, NetworkConnection<ChainTypeT>>>,
  { description }: DevnetProcess,
): Omit<LockstepConnection<ChainTypeT>, "client"> {
  return {
    rollups,
    devnet: description,
    rollup(name) {
      const rollup = rollups[name];
      if (rollup !== undefined) return rollup;
      const names = Object.keys(rollups).join(", ");
      throw new HardhatPluginError("hardhat-lockstep", `there is no rollup ${name}, only ${names}`);
    },
  };
}

function refuse(network: string): never {
  throw new HardhatPluginError("hardhat-lockstep", `the network ${network} is not of the type lockstep`);
}
