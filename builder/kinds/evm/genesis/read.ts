import { type Address, type Hex, keccak256 } from "viem";
import { LockstepError } from "../../../protocol/errors.ts";
import type { EvmAccount } from "../state-types.ts";
import { ConstructionSite } from "./construct.ts";
import { PREDEPLOY_NAMES, type PredeployName } from "./names.ts";
import { PREDEPLOYS, type Predeploy, type PredeployedAccount } from "./predeploys.ts";

/** A package does not hold the code that a rollup's genesis needs. */
export class PredeployCodeError extends LockstepError {
  constructor(name: PredeployName, reason: string, options?: { cause?: unknown }) {
    super("PREDEPLOY_CODE", `the code of ${name} ${reason}`, options);
  }
}

/** An account at genesis. */
export interface GenesisAccount extends EvmAccount {
  /** Words by slot. */
  readonly slots: ReadonlyMap<Hex, Hex>;
}

export type GenesisAccounts = ReadonlyMap<Address, GenesisAccount>;

const NO_SLOTS: ReadonlyMap<Hex, Hex> = new Map();

/** All are read when the first is asked for: the later ones stand on the earlier. */
let known: Promise<ReadonlyMap<PredeployName, GenesisAccounts>> | undefined;

/**
 * The accounts that contracts have at genesis.
 * @throws {PredeployCodeError}
 */
export async function readPredeploys(names: readonly PredeployName[]): Promise<GenesisAccounts> {
  if (names.length === 0) return new Map();
  const all = await (known ??= readAll());
  return new Map(names.flatMap((name) => [...(all.get(name) ?? [])]));
}

async function readAll(): Promise<ReadonlyMap<PredeployName, GenesisAccounts>> {
  const site = await ConstructionSite.open();
  const all = new Map<PredeployName, GenesisAccounts>();
  for (const name of PREDEPLOY_NAMES) {
    try {
      all.set(name, await readPredeploy(site, name, PREDEPLOYS[name]));
    } catch (error) {
      if (error instanceof PredeployCodeError) throw error;
      throw new PredeployCodeError(name, "cannot be read", { cause: error });
    }
  }
  return all;
}

/**
 * @param site where what it stands on has been constructed before.
 * @throws {PredeployCodeError}
 */
export async function readPredeploy(
  site: ConstructionSite,
  name: PredeployName,
  { accounts, construction }: Predeploy,
): Promise<GenesisAccounts> {
  if (construction !== undefined) await site.construct(construction);
  const read = new Map<Address, GenesisAccount>();
  for (const account of accounts) {
    const { address, nonce, codeHash, slots = NO_SLOTS } = account;
    const code = await (account.code === undefined ? site.code(address) : account.code());
    if (keccak256(code) !== codeHash)
      throw new PredeployCodeError(name, `at ${address} has the hash ${keccak256(code)}, not ${codeHash}`);
    if (account.code === undefined) await assertLeft(site, name, account);
    read.set(address, { nonce, balance: 0n, code, slots });
  }
  return read;
}

/** The constructor has left the account as the table has it. */
async function assertLeft(
  site: ConstructionSite,
  name: PredeployName,
  { address, nonce, slots = NO_SLOTS }: PredeployedAccount,
): Promise<void> {
  const left = await site.nonce(address);
  if (left !== nonce)
    throw new PredeployCodeError(name, `leaves ${address} with nonce ${left}, not ${nonce}`);
  for (const [slot, word] of slots)
    if ((await site.slot(address, slot)) !== word)
      throw new PredeployCodeError(name, `leaves another word than ${word} in slot ${slot} of ${address}`);
}
