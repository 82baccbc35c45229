import { createClient, http, type LocalAccount, publicActions, walletActions } from "viem";
import { SYSTEM } from "../../builder/kinds/evm/system.ts";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";
import { evmChainIdOf } from "../../builder/protocol/evm-chain-id.ts";
import { chainsOf, type LockstepNetwork, lockstepActions } from "lockstep-client";
import type { World } from "../scenarios/support/world.ts";
import { L1_CHAIN_ID } from "../scenarios/support/world.ts";

/** What the client package is told of the tests' world: names are literals, as in a file with `as const`. */
export function networkOf(world: World) {
  const gateway = (chain: "L1" | "A" | "B" | "LEDGER") => world.endpoint(chain).clients.url;
  const rollup = <const name extends "A" | "B" | "LEDGER">(name: name) => ({
    id: Number(world.idOf(name)),
    name,
    kind: name === "LEDGER" ? "ledger" : "evm",
    proven: false,
    gateway: gateway(name),
    chainId: Number(evmChainIdOf(L1_CHAIN_ID, world.idOf(name))),
    contract: name === "LEDGER" ? LEDGER : SYSTEM,
  });
  return {
    l1: { gateway: gateway("L1"), chainId: Number(L1_CHAIN_ID), rollups: world.manager },
    rollups: [rollup("A"), rollup("B"), rollup("LEDGER")],
  } as const satisfies LockstepNetwork;
}

export type TestNetwork = ReturnType<typeof networkOf>;

/** A client of viem's, extended, of an account on a chain. */
export function clientFor(
  network: TestNetwork,
  chain: keyof ReturnType<typeof chainsOf<TestNetwork>>,
  account: LocalAccount,
) {
  return createClient({
    account,
    chain: chainsOf(network)[chain],
    transport: http(undefined, { retryCount: 0 }),
    pollingInterval: 30,
    cacheTime: 0,
  })
    .extend(publicActions)
    .extend(walletActions)
    .extend(lockstepActions(network));
}
