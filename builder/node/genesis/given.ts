import { type Address, type Hex, isAddress } from "viem";
import { genesisAccount, reservedFor } from "../../kinds/evm/genesis/account.ts";
import { InvalidGenesisError } from "../../kinds/evm/genesis/errors.ts";
import type { PredeployName } from "../../kinds/evm/genesis/names.ts";
import { PREDEPLOYS } from "../../kinds/evm/genesis/predeploys.ts";
import type { GenesisAccount, GenesisAccounts } from "../../kinds/evm/genesis/read.ts";
import type { KnownKind } from "../kinds/index.ts";
import { readArtifact } from "./artifact.ts";
import { type FileEntry, readGenesisFile } from "./file.ts";

/** What a command is given of rollups' genesis. */
export interface GivenGenesis {
  /** `--genesis <rollup>=<file>`. */
  readonly genesis: readonly { readonly rollup: string; readonly file: string }[];
  /** `--genesis-contract <rollup>=<address>:<artifact or code>`. */
  readonly genesisContract: readonly {
    readonly rollup: string;
    readonly address: string;
    readonly source: string;
  }[];
}

/** A rollup that may have contracts of its user's own. */
export interface GenesisRollup {
  /** What a command may call it. */
  readonly names: readonly string[];
  readonly kind: KnownKind;
}

/**
 * The contracts of users' own that rollups have from genesis on.
 * @param predeploys what else they have.
 * @returns for each rollup, in their order.
 * @throws {InvalidGenesisError} naming the rollup and the contract that is wrong, and what to do.
 */
export async function readGenesis(
  { genesis, genesisContract }: GivenGenesis,
  rollups: readonly GenesisRollup[],
  predeploys: readonly PredeployName[],
): Promise<readonly GenesisAccounts[]> {
  const places = rollups.map(({ kind }) => new Place(kind, predeploys));
  for (const { rollup, file } of genesis) {
    const where = `rollup ${rollup}`;
    const place = placeOf(rollup, rollups, places);
    for (const entry of await readGenesisFile(where, file)) await place.put(where, entry);
  }
  for (const { rollup, address, source } of genesisContract)
    await placeOf(rollup, rollups, places).put(`rollup ${rollup}`, {
      address,
      source: source.startsWith("0x") ? { code: source } : { artifact: source },
    });
  return places.map(({ accounts }) => accounts);
}

function placeOf(name: string, rollups: readonly GenesisRollup[], places: readonly Place[]): Place {
  const place = places[rollups.findIndex(({ names }) => names.includes(name))];
  if (place === undefined) {
    const known = rollups.map(({ names, kind }) => `${names.join(" or ")} (${kind.kind.name})`);
    throw new InvalidGenesisError(`rollup ${name}`, `there is no such rollup. They are ${known.join(", ")}`);
  }
  if (place.kind.withGenesis === undefined)
    throw new InvalidGenesisError(
      `rollup ${name}`,
      `a rollup of kind ${place.kind.kind.name} has no contracts but its own. Choose one that runs Solidity`,
    );
  return place;
}

/** One rollup's genesis, contract by contract. */
class Place {
  readonly kind: KnownKind;
  readonly accounts = new Map<Address, GenesisAccount>();
  /** Who has an address already. */
  readonly #taken: Map<Address, string>;

  constructor(kind: KnownKind, predeploys: readonly PredeployName[]) {
    const { address, name } = kind.contract;
    this.kind = kind;
    this.#taken = new Map([
      [address, name] as const,
      ...(kind.standing ?? []),
      ...predeploys.flatMap((predeploy) => {
        const { title, accounts } = PREDEPLOYS[predeploy];
        return accounts.map((account) => [account.address, title] as const);
      }),
    ]);
  }

  async put(rollup: string, { address: given, source, nonce, balance, slots }: FileEntry): Promise<void> {
    const where = `${rollup}, ${given}`;
    const address = addressOf(where, given);
    const taken = this.#taken.get(address) ?? reservedFor(address);
    if (taken !== undefined)
      throw new InvalidGenesisError(where, `the address belongs to ${taken}. Choose another one`);
    this.#taken.set(address, "a contract that is given before");
    const { code, slots: constructed } =
      "code" in source
        ? { code: source.code, slots: new Map<Hex, Hex>() }
        : await readArtifact(where, source.artifact, address);
    const account = { code, nonce, balance, slots: new Map([...constructed, ...(slots ?? [])]) };
    this.accounts.set(address, genesisAccount(where, account));
  }
}

/** In lower case, as the state has it. */
function addressOf(where: string, text: string): Address {
  const address: Address = `0x${text.slice(2).toLowerCase()}`;
  if (!isAddress(address) || !text.startsWith("0x"))
    throw new InvalidGenesisError(where, "that is not an address, 0x and 40 hexadecimal digits");
  if (text !== address && !isAddress(text))
    throw new InvalidGenesisError(
      where,
      "the address has capital letters that are not its checksum (EIP-55). Check it, or write it in lower case",
    );
  return address;
}
