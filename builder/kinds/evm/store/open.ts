import type { Address, Hex } from "viem";
import type { StateRoot } from "../../../protocol/ids.ts";
import { ForeignStateError } from "../../../state/errors.ts";
import { openState } from "../../../state/open.ts";
import type { Poseidon } from "../../../state/poseidon.ts";
import { recentPoseidon } from "../../../state/recent.ts";
import { StateTree } from "../../../state/tree.ts";
import type { GenesisAccounts } from "../genesis/read.ts";
import type { EvmAccount, StateWrites } from "../state-types.ts";
import { SYSTEM } from "../system.ts";
import { changesOf } from "./changes.ts";
import { FlatState } from "./flat-state.ts";
import { StateLayout } from "./layout.ts";
import { loadHistory } from "./load.ts";
import { EvmStore } from "./store.ts";

export interface OpenEvmStoreOptions {
  readonly poseidon: Poseidon;
  /** Whose state it is; a folder of another identity is refused. */
  readonly identity: string;
  /** Durable in this folder; without it in memory, with the same history. */
  readonly folder?: string;
  /** Leaves that the tree takes; fewer than 4^16 in tests only. */
  readonly places?: number;
  readonly genesis: EvmGenesis;
  /** Called when the state begins anew because an older version left what is there. */
  readonly onRebuild?: ((folder: string) => void) | undefined;
  /** Begin anew, whatever is there. */
  readonly rebuild?: boolean;
}

export interface EvmGenesis {
  /** Code of the system contract. */
  readonly systemCode: Hex;
  /** Accounts that there are besides it. */
  readonly accounts?: GenesisAccounts;
  /** Wei that accounts have from genesis on, which nothing on L1 backs. */
  readonly balances?: ReadonlyMap<Address, bigint>;
}

/** Hashes of nodes that are remembered: those of about a thousand commits. */
const RECENT_HASHES = 1 << 14;

/**
 * Opens the state of an EVM rollup, or makes its genesis state.
 * @throws `FOREIGN_STATE`, also when the rollup began with another system contract; `CORRUPT_STATE`,
 * `STATE_LOCKED`, `STATE_UNAVAILABLE`, `UNSUPPORTED_FORMAT`.
 */
export async function openEvmStore(options: OpenEvmStoreOptions): Promise<EvmStore> {
  const { poseidon, identity, folder, genesis, places, onRebuild, rebuild = false } = options;
  const where = folder ?? "memory";
  const layout = new StateLayout(poseidon);
  const state = await openState({
    poseidon: recentPoseidon(poseidon, RECENT_HASHES),
    identity,
    shape: "growing",
    onRebuild,
    rebuild,
    ...(folder !== undefined && { folder }),
    ...(places !== undefined && { places }),
  });
  try {
    const { tree } = state;
    const history = loadHistory({ tree, notes: await state.notes(), layout, where });
    const store = new EvmStore({ state, layout, history, where });
    if (tree.size === 1) {
      store.apply(genesisWrites(genesis));
      await store.persist();
    }
    if (store.account(SYSTEM)?.code !== genesis.systemCode)
      throw new ForeignStateError(where, "its system contract is another one");
    return store;
  } catch (error) {
    await state.close();
    throw error;
  }
}

/** Root of a rollup's state before its first visit. */
export function genesisRoot(poseidon: Poseidon, genesis: EvmGenesis): StateRoot {
  const tree = new StateTree(poseidon, "growing");
  const layout = new StateLayout(poseidon);
  for (const { key, entry } of changesOf(new FlatState(), layout, genesisWrites(genesis)))
    if (entry !== undefined) tree.upsert(key, layout.valueOf(entry));
  return tree.stateRoot();
}

function genesisWrites({ systemCode, accounts, balances }: EvmGenesis): StateWrites {
  const others = [...(accounts ?? [])];
  return {
    accounts: new Map<Address, EvmAccount>([
      ...[...(balances ?? [])].map(
        ([address, balance]) => [address, { nonce: 0n, balance, code: "0x" }] as const,
      ),
      ...others.map(([address, { nonce, balance, code }]) => [address, { nonce, balance, code }] as const),
      [SYSTEM, { nonce: 1n, balance: 0n, code: systemCode }],
    ]),
    slots: new Map(others.map(([address, { slots }]) => [address, slots])),
    block: { number: 0n, timestamp: 0n },
  };
}
