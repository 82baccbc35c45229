import { pbkdf2Sync } from "node:crypto";
import { toHex } from "viem";
import { type HDAccount, HDKey, privateKeyToAccount } from "viem/accounts";
import { ACCOUNT_COUNT } from "./account-count.ts";

/** The mnemonic every Ethereum development tool knows. Real Ether that is sent to these accounts is lost. */
export const DEVELOPMENT_MNEMONIC = "test test test test test test test test test test test junk";

export interface DevelopmentAccount {
  readonly address: `0x${string}`;
  readonly privateKey: `0x${string}`;
}

/** What all accounts of a mnemonic are derived from: making its seed takes long. */
const parents = new Map<string, HDKey>();

/** The `index`-th account of the mnemonic, as every wallet derives it. */
export function developmentAccount(index: number, mnemonic: string = DEVELOPMENT_MNEMONIC): HDAccount {
  const parent = parents.get(mnemonic) ?? HDKey.fromMasterSeed(seedOf(mnemonic)).derive("m/44'/60'/0'/0");
  parents.set(mnemonic, parent);
  const key = parent.deriveChild(index);
  const account = privateKeyToAccount(toHex(keyOf(key)));
  return { ...account, getHdKey: () => key, source: "hd" };
}

/** BIP-39, without a passphrase: Node's own function takes a hundredth of the time that JavaScript does. */
function seedOf(mnemonic: string): Uint8Array {
  return pbkdf2Sync(mnemonic.normalize("NFKD"), "mnemonic", 2_048, 64, "sha512");
}

function keyOf({ privateKey }: HDKey): Uint8Array {
  if (privateKey === null) throw new TypeError("an account derived from a mnemonic has a private key");
  return privateKey;
}

/** The mnemonic's first accounts, with their keys. */
export function developmentAccounts(
  count: number = ACCOUNT_COUNT,
  mnemonic: string = DEVELOPMENT_MNEMONIC,
): DevelopmentAccount[] {
  return Array.from({ length: count }, (_, index) => {
    const account = developmentAccount(index, mnemonic);
    return { address: account.address, privateKey: toHex(keyOf(account.getHdKey())) };
  });
}

/** The accounts of a devnet: its users', and two that no description lists. */
export class DevnetAccounts {
  /** All of them have Ether on L1. */
  readonly all: readonly DevelopmentAccount[];
  /** For users, with Ether on every chain: gateways sign for them. */
  readonly users: readonly DevelopmentAccount[];
  /** Brings Ether to the others on the rollups when a devnet starts. */
  readonly funding: HDAccount;
  /**
   * Deploys, and posts batches. No user has it, since a transaction of its own would change the nonce that a
   * batch was signed with.
   */
  readonly posting: HDAccount;

  constructor(count: number = ACCOUNT_COUNT, mnemonic: string = DEVELOPMENT_MNEMONIC) {
    this.all = developmentAccounts(count + 2, mnemonic);
    this.users = this.all.slice(0, count);
    this.funding = developmentAccount(count, mnemonic);
    this.posting = developmentAccount(count + 1, mnemonic);
  }
}
