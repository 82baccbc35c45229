import type { Hex } from "../rpc-types.ts";
import { NoProxiesError } from "../errors/no-proxies.ts";
import { type KnownChain, UnknownChainError } from "../errors/unknown-chain.ts";
import type { LockstepNetwork } from "./network.ts";

/** Names of a network's chains. */
export type ChainName<network extends LockstepNetwork = LockstepNetwork> =
  "L1" | network["rollups"][number]["name"];

/**
 * How a chain is named: by its name, by Lockstep's number of it (0 is L1), by the EVM chain id that wallets
 * know it by, or by a chain object of viem's.
 */
export type ChainReference<network extends LockstepNetwork = LockstepNetwork> =
  ChainName<network> | number | bigint | { readonly id: number };

/** A chain of a network. */
export interface ResolvedChain extends KnownChain {
  readonly gateway: string;
  readonly kind: string;
  readonly proven: boolean;
  /** The contract that makes proxies there; a ledger has none. */
  readonly manager: Hex | undefined;
}

/** L1, then the rollups. */
export function chainsIn({ l1, rollups }: LockstepNetwork): ResolvedChain[] {
  const { gateway, chainId, rollups: manager } = l1;
  return [
    { name: "L1", number: 0, chainId, gateway, kind: "l1", proven: true, manager },
    ...rollups.map(({ id, name, chainId, gateway, kind, proven, contract }) => ({
      name,
      number: id,
      chainId,
      gateway,
      kind,
      proven,
      // Accounts of a ledger are numbered by chain and address: it needs no proxies.
      manager: kind === "ledger" ? undefined : contract,
    })),
  ];
}

/**
 * The chain that is meant.
 * @throws {UnknownChainError} which lists those that there are.
 * @example
 * ```ts
 * import { resolveChain } from "lockstep-client";
 *
 * resolveChain(devnet, "A").number; // 2
 * ```
 */
export function resolveChain<network extends LockstepNetwork>(
  network: network,
  reference: ChainReference<network>,
): ResolvedChain {
  const chains = chainsIn(network);
  const found = find(chains, reference);
  if (found === undefined) throw new UnknownChainError(shown(reference), chains);
  return found;
}

function find(chains: readonly ResolvedChain[], reference: ChainReference): ResolvedChain | undefined {
  if (typeof reference === "string") return chains.find(({ name }) => name === reference);
  const byEvmChainId = (id: number) => chains.find(({ chainId }) => chainId === id);
  if (typeof reference === "object") return byEvmChainId(reference.id);
  // Lockstep's own numbers come first.
  return chains.find(({ number }) => number === Number(reference)) ?? byEvmChainId(Number(reference));
}

function shown(reference: ChainReference): string {
  return typeof reference === "object" ? `with EVM chain id ${reference.id}` : String(reference);
}

/**
 * The contract that makes proxies on a chain.
 * @throws {NoProxiesError} when code cannot run there.
 */
export function managerOf({ manager, name, kind }: ResolvedChain): Hex {
  if (manager === undefined) throw new NoProxiesError(name, kind);
  return manager;
}
