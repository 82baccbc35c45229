import {
  type Address,
  concatHex,
  encodeAbiParameters,
  encodeDeployData,
  getContractAddress,
  getCreate2Address,
  type Hex,
  numberToHex,
  parseAbi,
  zeroAddress,
} from "viem";
import { type HDAccount, mnemonicToAccount } from "viem/accounts";
import { lowerCase } from "../../builder/protocol/address.ts";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";
import { SYSTEM } from "../../builder/kinds/evm/system.ts";
import { type ChainId, chainId, L1 } from "../../builder/protocol/ids.ts";
import { actorEntry, ENTRIES, FIRST_USER_ENTRY, LEDGER_ENTRY } from "./encode.ts";
import { artefact } from "./in-process.ts";
import { ACTORS, HOMES, type Home, NEWCOMER } from "./program.ts";

const MNEMONIC = "test test test test test test test test test test test junk";

/** Rollups in the order of their registration. */
export const ROLLUP_A = chainId(1);
export const ROLLUP_B = chainId(2);
export const LEDGER_ROLLUP = chainId(3);

/** Lockstep's number of a home. */
export function chainOf(home: Home): ChainId {
  return chainId(home);
}

/** Who deploys everything; on rollups the same key, with nonces of its own. */
export const deployer = accountAt(0);
/** Who posts batches. */
export const poster = accountAt(1);
/** The users of the three chains, and those who stand for them where all is on one chain. */
export const users: readonly HDAccount[] = HOMES.map((home) => accountAt(2 + home));
export const singleUsers: readonly HDAccount[] = HOMES.map((home) => accountAt(5 + home));

function accountAt(addressIndex: number): HDAccount {
  return mnemonicToAccount(MNEMONIC, { addressIndex });
}

const ACTOR_ABI = parseAbi(["constructor(address directory) payable"]);
const DIRECTORY_ABI = parseAbi(["constructor(bytes entries)"]);

/** An address with the chain where it is at home. */
export interface Resident {
  readonly address: Address;
  readonly chain: ChainId;
}

/** Initialisation code of what each chain holds. */
export interface Code {
  readonly actor: Hex;
  readonly directory: Hex;
  readonly ledger: Hex;
  readonly proxy: Hex;
}

export async function readCode(): Promise<Code> {
  const [actor, directory, ledger, proxy] = await Promise.all(
    ["FuzzActor", "FuzzDirectory", "FuzzLedger", "CrossChainProxy"].map(async (name) => {
      return (await artefact(name)).bytecode;
    }),
  );
  if (actor === undefined || directory === undefined || ledger === undefined || proxy === undefined)
    throw new Error("contracts are missing");
  return { actor, directory, ledger, proxy };
}

/** Address of the n-th contract that an account creates. */
export function created(by: Address, nonce: number): Address {
  return lowerCase(getContractAddress({ from: by, nonce: BigInt(nonce) }));
}

export function actorCode(code: Code, directory: Address): Hex {
  return encodeDeployData({ abi: ACTOR_ABI, bytecode: code.actor, args: [directory] });
}

/**
 * A directory as seen from `chain`.
 * @param residents every entry.
 */
export function directoryCode(
  code: Code,
  residents: readonly Resident[],
  locally: (resident: Resident) => Address,
): Hex {
  if (residents.length !== ENTRIES) throw new Error("a directory has sixteen entries");
  const entries = residents.map((resident) =>
    concatHex([locally(resident), resident.address, numberToHex(resident.chain, { size: 8 })]),
  );
  return encodeDeployData({ abi: DIRECTORY_ABI, bytecode: code.directory, args: [concatHex(entries)] });
}

/** The proxy that `manager` makes for a resident of another chain (docs/spec.md section 3). */
export function proxyOf(code: Code, manager: Address, { address, chain }: Resident): Address {
  const parameters = encodeAbiParameters([{ type: "address" }, { type: "uint64" }], [address, chain]);
  const salt = numberToHex(0, { size: 32 });
  return lowerCase(getCreate2Address({ from: manager, salt, bytecode: concatHex([code.proxy, parameters]) }));
}

/** Where every actor is when contracts are spread over the chains. */
export class Spread {
  readonly manager: Address;
  readonly residents: readonly Resident[];
  readonly #code: Code;
  readonly #actors: readonly (readonly Address[])[];

  /**
   * @param firstNonces of the deployer on each chain; from there it deploys four actors and the directory.
   */
  constructor(code: Code, manager: Address, firstNonces: readonly number[]) {
    this.#code = code;
    this.manager = manager;
    this.#actors = HOMES.map((home) =>
      ACTORS.map((actor) => created(deployer.address, (firstNonces[home] ?? 0) + actor)),
    );
    const residents: Resident[] = Array.from({ length: ENTRIES }, () => ({
      address: zeroAddress,
      chain: L1,
    }));
    for (const home of HOMES) {
      for (const actor of ACTORS)
        residents[actorEntry(home, actor)] = { address: this.actor(home, actor), chain: chainOf(home) };
      const user = users[home];
      if (user !== undefined)
        residents[FIRST_USER_ENTRY + home] = { address: lowerCase(user.address), chain: chainOf(home) };
    }
    residents[LEDGER_ENTRY] = { address: LEDGER, chain: LEDGER_ROLLUP };
    this.residents = residents;
  }

  actor(home: Home, actor: number): Address {
    const address = this.#actors[home]?.[actor];
    if (address === undefined) throw new Error("no such actor");
    return address;
  }

  /** What code on `home` calls to reach an actor. */
  locally(home: Home, resident: Resident): Address {
    if (resident.chain === chainOf(home)) return resident.address;
    return proxyOf(this.#code, home === 0 ? this.manager : SYSTEM, resident);
  }

  /** Those whom code on `home` reaches by proxy. */
  foreigners(home: Home): Resident[] {
    return this.residents.filter(({ chain }) => chain !== chainOf(home));
  }

  /** Those of them who have a proxy from the beginning: all but the newcomers. */
  known(home: Home): Resident[] {
    const newcomers = HOMES.map((each) => this.actor(each, NEWCOMER));
    return this.foreigners(home).filter(({ address }) => !newcomers.includes(address));
  }

  directory(home: Home): Hex {
    return directoryCode(this.#code, this.residents, (resident) => this.locally(home, resident));
  }
}
