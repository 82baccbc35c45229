import type { AccountFields, StateManagerInterface } from "@ethereumjs/common";
import { OriginalStorageCache } from "@ethereumjs/statemanager";
import { Account, type Address as EvmAddress } from "@ethereumjs/util";
import { type Address, bytesToHex, type Hex, hexToBytes, keccak256, pad, trim } from "viem";
import type { ChainId } from "../protocol/ids.ts";
import { Recent } from "../state/recent.ts";
import type { Journal } from "./journal.ts";
import type { SourceAccount, StateSource } from "./state-source.ts";

interface StoredAccount {
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly codeHash: Uint8Array;
}

export interface JournaledStateOptions {
  readonly chain: ChainId;
  readonly source: StateSource;
  readonly journal: Journal;
}

/** A code as EVMs take it. */
interface LoadedCode {
  readonly code: Uint8Array;
  readonly codeHash: Uint8Array;
}

/**
 * Codes by their hex: contracts are met again and again, and hashing a code takes longer than most calls of
 * it.
 */
const loadedCodes = new Recent<LoadedCode>(1 << 9);

/**
 * A chain's state while EVMs play on it: what the source says, with their writes over it. Its checkpoints,
 * commits and reverts are those of the journal, which carries them to all other chains.
 */
export class JournaledState implements StateManagerInterface {
  readonly originalStorageCache: OriginalStorageCache;
  readonly #chain: ChainId;
  readonly #source: StateSource;
  #journal: Journal;
  #accounts = new Map<Address, { readonly account?: StoredAccount }>();
  #codes = new Map<Address, Uint8Array>();
  #slots = new Map<Address, Map<Hex, Uint8Array>>();
  /** What the source said, with the code ready for use. */
  #read = new Map<Address, Promise<{ account?: StoredAccount; code: Uint8Array }>>();
  /** Accounts whose storage in the source no longer counts. */
  #cleared = new Set<Address>();

  constructor({ chain, source, journal }: JournaledStateOptions) {
    this.#chain = chain;
    this.#source = source;
    this.#journal = journal;
    this.originalStorageCache = new OriginalStorageCache((address, key) => this.getStorage(address, key));
  }

  /** Forgets all writes, and what the source said: it may say something else now. */
  reset(journal: Journal): void {
    this.#journal = journal;
    // New maps: what an older journal still undoes is in the old ones.
    this.#accounts = new Map();
    this.#codes = new Map();
    this.#slots = new Map();
    this.#read = new Map();
    this.#cleared = new Set();
    this.clearCaches();
  }

  /** Accounts written so far, as they are now; `undefined`: gone. */
  async writtenAccounts(): Promise<Map<Address, SourceAccount | undefined>> {
    const written = new Map<Address, SourceAccount | undefined>();
    for (const address of new Set([...this.#accounts.keys(), ...this.#codes.keys()])) {
      const account = await this.#account(address);
      const code = bytesToHex(await this.#code(address));
      written.set(address, account && { nonce: account.nonce, balance: account.balance, code });
    }
    return written;
  }

  /** Slots written so far, by account: 32-byte words as they are now. */
  writtenSlots(): Map<Address, Map<Hex, Hex>> {
    return new Map(
      [...this.#slots].map(([address, slots]) => [
        address,
        new Map([...slots].map(([slot, value]) => [slot, toWord(value)] as const)),
      ]),
    );
  }

  /** The state as it is now, which goes on being that whatever is written or undone here. */
  frozen(): StateSource {
    const source = this.#source;
    const [accounts, codes, cleared] = [
      new Map(this.#accounts),
      new Map(this.#codes),
      new Set(this.#cleared),
    ];
    const slots = new Map([...this.#slots].map(([address, words]) => [address, new Map(words)]));
    return {
      account: async (address) => {
        const written = accounts.get(address);
        const code = codes.get(address);
        if (written !== undefined && code !== undefined)
          return sourceAccount(written.account, bytesToHex(code));
        const known = await source.account(address);
        if (written === undefined) return code === undefined ? known : { ...known, code: bytesToHex(code) };
        return sourceAccount(written.account, known.code);
      },
      storage: async (address, slot) => {
        const written = slots.get(address)?.get(slot);
        if (written !== undefined) return toWord(written);
        return cleared.has(address) ? EMPTY_WORD : await source.storage(address, slot);
      },
    };
  }

  async getAccount(address: EvmAddress): Promise<Account | undefined> {
    const account = await this.#account(key(address));
    if (account === undefined) return undefined;
    return new Account(account.nonce, account.balance, undefined, account.codeHash);
  }

  async putAccount(address: EvmAddress, account?: Account): Promise<void> {
    if (account === undefined) {
      this.#set(this.#accounts, key(address), {});
      return;
    }
    const { nonce, balance, codeHash } = account;
    this.#set(this.#accounts, key(address), { account: { nonce, balance, codeHash } });
  }

  async deleteAccount(address: EvmAddress): Promise<void> {
    this.#set(this.#accounts, key(address), {});
    this.#set(this.#codes, key(address), new Uint8Array());
    await this.clearStorage(address);
  }

  async modifyAccountFields(address: EvmAddress, fields: AccountFields): Promise<void> {
    const account = (await this.getAccount(address)) ?? new Account();
    account.nonce = fields.nonce ?? account.nonce;
    account.balance = fields.balance ?? account.balance;
    account.codeHash = fields.codeHash ?? account.codeHash;
    await this.putAccount(address, account);
  }

  async getCode(address: EvmAddress): Promise<Uint8Array> {
    return await this.#code(key(address));
  }

  async getCodeSize(address: EvmAddress): Promise<number> {
    return (await this.getCode(address)).length;
  }

  async putCode(address: EvmAddress, code: Uint8Array): Promise<void> {
    this.#set(this.#codes, key(address), code);
    await this.modifyAccountFields(address, { codeHash: keccak256(code, "bytes") });
  }

  /** @returns the value without leading zeros, as EthereumJS expects. */
  async getStorage(address: EvmAddress, slot: Uint8Array): Promise<Uint8Array> {
    const written = this.#slots.get(key(address))?.get(bytesToHex(slot));
    if (written !== undefined) return written;
    if (this.#cleared.has(key(address))) return new Uint8Array();
    return withoutLeadingZeros(hexToBytes(await this.#source.storage(key(address), bytesToHex(slot))));
  }

  async putStorage(address: EvmAddress, slot: Uint8Array, value: Uint8Array): Promise<void> {
    let slots = this.#slots.get(key(address));
    if (slots === undefined) {
      slots = new Map();
      this.#slots.set(key(address), slots);
    }
    this.#set(slots, bytesToHex(slot), withoutLeadingZeros(value));
  }

  async clearStorage(address: EvmAddress): Promise<void> {
    const account = key(address);
    const cleared = this.#cleared;
    if (!cleared.has(account)) {
      cleared.add(account);
      this.#journal.record(() => cleared.delete(account));
    }
    const all = this.#slots;
    const slots = all.get(account);
    if (slots === undefined) return;
    all.delete(account);
    this.#journal.record(() => all.set(account, slots));
  }

  async checkpoint(): Promise<void> {
    this.#journal.checkpoint(this.#chain);
  }

  async commit(): Promise<void> {
    this.#journal.commit();
  }

  async revert(): Promise<void> {
    this.#journal.revert();
  }

  clearCaches(): void {
    this.originalStorageCache.clear();
  }

  getStateRoot(): Promise<Uint8Array> {
    throw new Error("a state that is being played on has no root");
  }

  setStateRoot(): Promise<void> {
    throw new Error("a state that is being played on has no root");
  }

  hasStateRoot(): Promise<boolean> {
    throw new Error("a state that is being played on has no root");
  }

  shallowCopy(): StateManagerInterface {
    throw new Error("a simulation's state belongs to one simulation");
  }

  async #code(address: Address): Promise<Uint8Array> {
    return this.#codes.get(address) ?? (await this.#fromSource(address)).code;
  }

  async #account(address: Address): Promise<StoredAccount | undefined> {
    const written = this.#accounts.get(address);
    return written === undefined ? (await this.#fromSource(address)).account : written.account;
  }

  #fromSource(address: Address): Promise<{ account?: StoredAccount; code: Uint8Array }> {
    const known = this.#read.get(address);
    if (known !== undefined) return known;
    const answer = this.#ask(address);
    this.#read.set(address, answer);
    answer.catch(() => this.#read.delete(address));
    return answer;
  }

  async #ask(address: Address): Promise<{ account?: StoredAccount; code: Uint8Array }> {
    const { nonce, balance, code: hex } = await this.#source.account(address);
    const { code, codeHash } = loadedCodes.get(hex, () => loadCode(hex));
    if (nonce === 0n && balance === 0n && code.length === 0) return { code };
    return { account: { nonce, balance, codeHash }, code };
  }

  #set<Key, Value extends object>(map: Map<Key, Value>, at: Key, value: Value): void {
    const before = map.get(at);
    map.set(at, value);
    this.#journal.record(() => (before === undefined ? map.delete(at) : map.set(at, before)));
  }
}

const EMPTY_WORD: Hex = `0x${"00".repeat(32)}`;

function sourceAccount(account: StoredAccount | undefined, code: Hex): SourceAccount {
  if (account === undefined) return { nonce: 0n, balance: 0n, code: "0x" };
  return { nonce: account.nonce, balance: account.balance, code };
}

function loadCode(hex: Hex): LoadedCode {
  const code = hexToBytes(hex);
  return { code, codeHash: keccak256(code, "bytes") };
}

function key(address: EvmAddress): Address {
  return bytesToHex(address.bytes);
}

function toWord(value: Uint8Array): Hex {
  return pad(bytesToHex(value), { size: 32 });
}

function withoutLeadingZeros(value: Uint8Array): Uint8Array {
  const trimmed = trim(value);
  return trimmed.length === 1 && trimmed[0] === 0 ? new Uint8Array() : trimmed;
}
