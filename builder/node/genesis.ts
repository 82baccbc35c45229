import type { Address } from "viem";
import { PREDEPLOY_NAMES, type PredeployName } from "../kinds/evm/genesis/names.ts";
import type { L1Client } from "../l1/client.ts";
import { readGenesisRoot } from "../l1/registration.ts";
import { shownPredeploys } from "./configuration.ts";
import type { RegisteredRollup } from "./deployment/deploy.ts";
import { WrongGenesisError } from "./errors.ts";
import { predeployed } from "./kinds/index.ts";

/** Where registrations are found. */
export interface Registration {
  readonly l1: L1Client;
  readonly manager: Address;
  /** From which on they are looked for. */
  readonly firstBlock: bigint;
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
  rollups: readonly RegisteredRollup[],
  predeploys?: readonly PredeployName[],
): Promise<RegisteredRollup[]> {
  const candidates = predeploys === undefined ? USUAL : [predeploys];
  return await Promise.all(rollups.map((rollup) => begun(registration, rollup, candidates)));
}

async function begun(
  { l1, manager, firstBlock }: Registration,
  { id, kind }: RegisteredRollup,
  candidates: readonly (readonly PredeployName[])[],
): Promise<RegisteredRollup> {
  if (kind.withPredeploys === undefined) return { id, kind };
  const registered = await readGenesisRoot(l1, manager, id, firstBlock);
  for (const names of candidates) {
    const candidate = predeployed(kind, names);
    if ((await candidate.kind.genesisRoot()) === registered) return { id, kind: candidate };
  }
  throw new WrongGenesisError(id, registered, candidates.map(shownPredeploys));
}
