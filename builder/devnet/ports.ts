import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { PortInUseError } from "./errors.ts";

/** Everything listens on the loopback interface only: keys and accounts are public. */
export const HOST = "127.0.0.1";

/** Ports of a devnet with one ledger. */
export interface DevnetPorts {
  readonly rpc: number;
  readonly l1Gateway: number;
  readonly ledgerGateway: number;
}

/** Consecutive ports from `base`: L1's node, L1's gateway, the ledger's gateway. */
export function portsFrom(base: number): DevnetPorts {
  return { rpc: base, l1Gateway: base + 1, ledgerGateway: base + 2 };
}

const PURPOSES: readonly (readonly [keyof DevnetPorts, string])[] = [
  ["rpc", "L1 node"],
  ["l1Gateway", "L1 gateway"],
  ["ledgerGateway", "ledger gateway"],
];

/** Listens on a port; 0 lets the system choose one. */
async function listen(port: number, purpose: string): Promise<Server> {
  const server = createServer();
  server.listen({ port, host: HOST, exclusive: true });
  try {
    await once(server, "listening");
  } catch (error) {
    throw new PortInUseError(port, purpose, error);
  }
  return server;
}

/** Listens on all ports for a moment. Resolves with their numbers, in the order given. */
async function tryPorts(wanted: readonly (readonly [port: number, purpose: string])[]): Promise<number[]> {
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
  await tryPorts(PURPOSES.map(([name, purpose]) => [ports[name], purpose]));
}

/** The same for a builder whose L1 node is elsewhere. */
export async function claimGatewayPorts(ports: DevnetPorts): Promise<void> {
  const [, ...gateways] = PURPOSES;
  await tryPorts(gateways.map(([name, purpose]) => [ports[name], purpose]));
}

/** Three ports that nobody uses now. Another program may take one before the devnet does; then it says so. */
export async function freePorts(): Promise<DevnetPorts> {
  const [rpc = 0, l1Gateway = 0, ledgerGateway = 0] = await tryPorts(
    PURPOSES.map(([, purpose]) => [0, purpose]),
  );
  return { rpc, l1Gateway, ledgerGateway };
}
