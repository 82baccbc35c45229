import { type HDAccount, mnemonicToAccount } from "viem/accounts";

/** The mnemonic every Ethereum development tool knows. Real Ether that is sent to these accounts is lost. */
export const DEVELOPMENT_MNEMONIC = "test test test test test test test test test test test junk";

/** Accounts with Ether on every chain of a devnet, all of them for users: gateways sign for them. */
export const ACCOUNT_COUNT = 10;

/**
 * One more account, which no description lists: brings Ether to the others on the rollups when a devnet
 * starts.
 */
export const FUNDING_ACCOUNT = ACCOUNT_COUNT;

/**
 * One more: deploys, and posts batches. No user has it, since a transaction of its own would change the
 * nonce that a
 * batch was signed with.
 */
export const POSTING_ACCOUNT = ACCOUNT_COUNT + 1;

/** How many accounts of the mnemonic have Ether on a devnet's L1. */
export const FUNDED_ACCOUNTS = ACCOUNT_COUNT + 2;

export interface DevelopmentAccount {
  readonly address: `0x${string}`;
  readonly privateKey: `0x${string}`;
}

/** The `index`-th account of the mnemonic, as every wallet derives it. */
export function developmentAccount(index: number): HDAccount {
  return mnemonicToAccount(DEVELOPMENT_MNEMONIC, { addressIndex: index });
}

export function developmentAccounts(): DevelopmentAccount[] {
  return Array.from({ length: ACCOUNT_COUNT }, (_, index) => {
    const account = developmentAccount(index);
    const key = account.getHdKey().privateKey;
    if (key === null) throw new TypeError("an account derived from a mnemonic has a private key");
    return { address: account.address, privateKey: `0x${Buffer.from(key).toString("hex")}` };
  });
}
