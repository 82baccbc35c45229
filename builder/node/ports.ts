import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { PortInUseError } from "../gateway/port-in-use.ts";
import { commandLine } from "../places/places.ts";
import { InvalidConfigurationError } from "./errors.ts";
import { LAST_PORT } from "./port-numbers.ts";

/** Everything listens on the loopback interface only: keys and accounts are public. */
export const HOST = "127.0.0.1";

/** Where gateways listen. */
export interface GatewayPorts {
  readonly l1Gateway: number;
  /** In the order of the rollups. */
  readonly rollups: readonly number[];
}

/** Ports of a devnet. */
export interface DevnetPorts extends GatewayPorts {
  readonly rpc: number;
}

/**
 * Consecutive ports from `base`: L1's node, L1's gateway, the rollups' gateways. From 0, any that are free.
 * @throws {InvalidConfigurationError} if there are too few from there on.
 */
export async function portsAt(base: number, rollups: number): Promise<DevnetPorts> {
  if (base === 0) return await freePorts(rollups);
  if (base + 1 + rollups > LAST_PORT)
    throw new InvalidConfigurationError([
      `portBase: for ${rollups} rollups it is ${LAST_PORT - 1 - rollups} at most, or 0 for ports that are free`,
    ]);
  return {
    rpc: base,
    l1Gateway: base + 1,
    rollups: Array.from({ length: rollups }, (_, index) => base + 2 + index),
  };
}

type Wanted = readonly [port: number, purpose: string];

function gatewayPurposes({ l1Gateway, rollups }: GatewayPorts): Wanted[] {
  return [
    [l1Gateway, "L1 gateway"],
    ...rollups.map((port, index): Wanted => [port, `gateway of rollup ${index + 1}`]),
  ];
}

/** Listens on a port; 0 lets the system choose one. */
async function listen(port: number, purpose: string): Promise<Server> {
  const server = createServer();
  server.listen({ port, host: HOST, exclusive: true });
  try {
    await once(server, "listening");
  } catch (error) {
    const advice = `move all ports: ${commandLine("start", "--port-base 9545")}`;
    throw new PortInUseError(port, purpose, { advice, cause: error });
  }
  return server;
}

/** Listens on all ports for a moment. Resolves with their numbers, in the order given. */
async function tryPorts(wanted: readonly Wanted[]): Promise<number[]> {
  const servers: Server[] = [];
  try {
    for (const [port, purpose] of wanted) servers.push(await listen(port, purpose));
    return servers.map(portOf);
  } finally {
    for (const server of servers) {
      server.close();
      await once(server, "close");
    }
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new TypeError("a listening TCP server has a port");
  return address.port;
}

/**
 * Makes sure that every port is free, before anything slow is begun.
 * @throws {PortInUseError} naming the port and what it is for.
 */
export async function claimPorts(ports: DevnetPorts): Promise<void> {
  await tryPorts([[ports.rpc, "L1 node"], ...gatewayPurposes(ports)]);
}

/** The same for a builder whose L1 node is elsewhere. */
export async function claimGatewayPorts(ports: GatewayPorts): Promise<void> {
  await tryPorts(gatewayPurposes(ports));
}

/**
 * A port if it is free; of 0, one that is.
 * @throws {PortInUseError}
 */
export async function portFor(port: number, purpose: string): Promise<number> {
  const [found = port] = await tryPorts([[port, purpose]]);
  return found;
}

/** Ports that are free now. Another program may take one before the devnet does; then it says so. */
export async function freePorts(rollups: number): Promise<DevnetPorts> {
  const [rpc = 0, l1Gateway = 0, ...others] = await tryPorts(
    Array.from({ length: 2 + rollups }, (): Wanted => [0, "free port"]),
  );
  return { rpc, l1Gateway, rollups: others };
}
