import type { Address } from "viem";
import { PREDEPLOY_NAMES, type PredeployName } from "../../kinds/evm/genesis/names.ts";
import type { GenesisAccounts } from "../../kinds/evm/genesis/read.ts";
import type { L1Client } from "../../l1/client.ts";
import { readGenesisRoot } from "../../l1/registration.ts";
import { shownPredeploys } from "../configuration.ts";
import type { RegisteredRollup } from "../deployment/deploy.ts";
import { WrongGenesisError } from "../errors.ts";
import { begunWith, type Genesis } from "../kinds/index.ts";

/** Where registrations are found. */
export interface Registration {
  readonly l1: L1Client;
  readonly manager: Address;
  /** From which on they are looked for. */
  readonly firstBlock: bigint;
}

/** A rollup, and contracts of its user's own that it has from genesis on. */
export interface NamedRollup extends RegisteredRollup {
  readonly accounts?: GenesisAccounts | undefined;
}

/** Without predeploys, rollups are as older versions registered them. */
const USUAL: readonly (readonly PredeployName[])[] = [PREDEPLOY_NAMES, []];

/**
 * The rollups, each with the genesis that L1 knows it by.
 * @param predeploys what the EVMs among them have at genesis; without it, all or none.
 * @throws {WrongGenesisError}; `UNREGISTERED_ROLLUP`, or what the client throws.
 */
export async function withRegisteredGenesis(
  registration: Registration,
  rollups: readonly NamedRollup[],
  predeploys?: readonly PredeployName[],
): Promise<RegisteredRollup[]> {
  const candidates = predeploys === undefined ? USUAL : [predeploys];
  return await Promise.all(rollups.map((rollup) => begun(registration, rollup, candidates)));
}

async function begun(
  { l1, manager, firstBlock }: Registration,
  { id, kind, accounts }: NamedRollup,
  candidates: readonly (readonly PredeployName[])[],
): Promise<RegisteredRollup> {
  if (kind.withGenesis === undefined) return { id, kind };
  const registered = await readGenesisRoot(l1, manager, id, firstBlock);
  for (const predeploys of candidates) {
    const candidate = begunWith(kind, { predeploys, accounts });
    if ((await candidate.kind.genesisRoot()) === registered) return { id, kind: candidate };
  }
  throw new WrongGenesisError(
    id,
    registered,
    candidates.map((predeploys) => shownGenesis({ predeploys, accounts })),
  );
}

/** For messages. */
function shownGenesis({ predeploys, accounts }: Genesis): string {
  const own = accounts === undefined || accounts.size === 0 ? "" : ` with ${[...accounts.keys()].join(", ")}`;
  return `${shownPredeploys(predeploys)}${own}`;
}
