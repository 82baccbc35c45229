import type { Address } from "viem";
import { developmentAccounts } from "../../../builder/devnet/accounts.ts";
import { type Devnet, startDevnet } from "../../../builder/devnet/devnet.ts";
import { DEVNET_ROLLUPS } from "../../../builder/devnet/devnet-rollups.ts";
import { prepareArtefacts } from "../../../builder/node/artefacts.ts";
import { freePorts } from "../../../builder/node/ports.ts";

/** A chain as a tool's user knows it. */
export interface ToolChain {
  readonly name: "L1" | "A";
  /** Lockstep's number. */
  readonly id: bigint;
  /** What wallets know it by. */
  readonly evmChainId: number;
  readonly gateway: string;
  /** What makes proxies there. */
  readonly manager: Address;
}

export interface User {
  readonly address: Address;
  readonly privateKey: `0x${string}`;
}

/** L1 and A of one devnet, and who uses them. */
export interface Across {
  readonly l1: ToolChain;
  readonly a: ToolChain;
  readonly devnet: Devnet;
  /** Not the account that posts batches. */
  readonly user: User;
  readonly other: User;
}

/** Where a call begins, and where it goes. */
export const DIRECTIONS = [
  ["l1", "a"],
  ["a", "l1"],
] as const;

export async function startAcross(): Promise<Across> {
  const devnet = await startDevnet({
    ports: await freePorts(DEVNET_ROLLUPS.length),
    circuits: await prepareArtefacts(),
  });
  const { l1, rollups } = devnet.description;
  const a = rollups.find(({ name }) => name === "A");
  const [, user, other] = developmentAccounts();
  if (a === undefined || user === undefined || other === undefined)
    throw new Error("a devnet has an A and users");
  return {
    l1: { name: "L1", id: 0n, evmChainId: l1.chainId, gateway: l1.gateway, manager: l1.rollups },
    a: { name: "A", id: BigInt(a.id), evmChainId: a.chainId, gateway: a.gateway, manager: a.contract },
    devnet,
    user,
    other,
  };
}
