import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePorts } from "../../builder/node/ports.ts";
import { clientsOf, type L1, startL1 } from "../core/setup.ts";

/** A local L1 node that builders can be tested on. */
export interface TestNode {
  readonly name: string;
  /** Why it cannot be started here. */
  readonly missing?: string;
  readonly start: () => Promise<L1>;
}

const ANVIL =
  process.env.LOCKSTEP_ANVIL ??
  path.resolve(import.meta.dirname, "../../node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil");

/** Why anvil cannot be started here, if it cannot. */
export const anvilMissing = existsSync(ANVIL)
  ? undefined
  : `not installed: no ${ANVIL}; LOCKSTEP_ANVIL may name another`;

/** The nodes that Lockstep's builder knows how to order blocks on. */
export const nodes: readonly TestNode[] = [
  { name: "Hardhat's node", start: startL1 },
  {
    name: "anvil",
    ...(anvilMissing === undefined ? {} : { missing: anvilMissing }),
    start: () => startAnvil(),
  },
];

/**
 * @param chainId EVM chain id.
 * @param more options of anvil's.
 */
export async function startAnvil(chainId = 31_337, ...more: readonly string[]): Promise<L1> {
  const { rpc: port } = await freePorts(0);
  const options = [
    "--port",
    String(port),
    "--chain-id",
    String(chainId),
    "--order",
    "fifo",
    "--silent",
    ...more,
  ];
  const child = spawn(ANVIL, options, { stdio: "ignore" });
  const clients = clientsOf(`http://127.0.0.1:${port}`);
  for (;;) {
    if (child.exitCode !== null) throw new Error(`anvil ended with ${child.exitCode}`);
    const isUp = await clients.reader.getChainId().then(
      () => true,
      () => false,
    );
    if (isUp) break;
    await sleep(50);
  }
  return {
    ...clients,
    close: async () => {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}
