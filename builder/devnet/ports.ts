import { once } from "node:events";
import { createServer } from "node:net";
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

/** Listens on a port for a moment and resolves with its number; port 0 lets the system choose one. */
async function probe(port: number, purpose: string): Promise<{ port: number; release: () => Promise<void> }> {
  const server = createServer();
  server.listen({ port, host: HOST, exclusive: true });
  try {
    await once(server, "listening");
  } catch (error) {
    throw new PortInUseError(port, purpose, error);
  }
  const address = server.address();
  const release = async (): Promise<void> => {
    server.close();
    await once(server, "close");
  };
  return { port: typeof address === "object" && address !== null ? address.port : port, release };
}

/**
 * Makes sure that every port is free, before anything slow is begun.
 * @throws {PortInUseError} naming the port and what it is for.
 */
export async function claimPorts(ports: DevnetPorts): Promise<void> {
  const probes = [
    await probe(ports.rpc, "L1 node"),
    await probe(ports.l1Gateway, "L1 gateway"),
    await probe(ports.ledgerGateway, "ledger gateway"),
  ];
  await Promise.all(probes.map(({ release }) => release()));
}

/** Three ports that nobody uses now. Another program may take one before the devnet does; then it says so. */
export async function freePorts(): Promise<DevnetPorts> {
  const probes = [
    await probe(0, "L1 node"),
    await probe(0, "L1 gateway"),
    await probe(0, "ledger gateway"),
  ] as const;
  await Promise.all(probes.map(({ release }) => release()));
  return { rpc: probes[0].port, l1Gateway: probes[1].port, ledgerGateway: probes[2].port };
}
