import type { AccountFields, StateManagerInterface } from "@ethereumjs/common";
import { OriginalStorageCache } from "@ethereumjs/statemanager";
import { Account, type Address as EvmAddress } from "@ethereumjs/util";
import { type Address, bytesToHex, type Hex, hexToBytes, keccak256, trim } from "viem";
import type { Fork } from "./fork.ts";
import type { Journal } from "./journal.ts";

interface StoredAccount {
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly codeHash: Hex;
}

const EMPTY_CODE_HASH = keccak256("0x");

/**
 * L1's state during a simulation: what the fork says, with the simulation's writes over it. Its checkpoints, commits and
 * reverts are those of the journal, which carries them to the rollups.
 */
export class L1State implements StateManagerInterface {
  readonly originalStorageCache: OriginalStorageCache;
  readonly #fork: Fork;
  readonly #journal: Journal;
  readonly #accounts = new Map<Address, { readonly account?: StoredAccount }>();
  readonly #codes = new Map<Address, Uint8Array>();
  readonly #slots = new Map<Address, Map<Hex, Uint8Array>>();
  /** Accounts whose storage on the fork no longer counts. */
  readonly #cleared = new Set<Address>();

  constructor(fork: Fork, journal: Journal) {
    this.#fork = fork;
    this.#journal = journal;
    this.originalStorageCache = new OriginalStorageCache((address, key) => this.getStorage(address, key));
  }

  async getAccount(address: EvmAddress): Promise<Account | undefined> {
    const account = await this.#account(key(address));
    if (account === undefined) return undefined;
    return new Account(account.nonce, account.balance, undefined, hexToBytes(account.codeHash));
  }

  async putAccount(address: EvmAddress, account?: Account): Promise<void> {
    if (account === undefined) {
      this.#set(this.#accounts, key(address), {});
      return;
    }
    const { nonce, balance, codeHash } = account;
    this.#set(this.#accounts, key(address), { account: { nonce, balance, codeHash: bytesToHex(codeHash) } });
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
    const written = this.#codes.get(key(address));
    if (written !== undefined) return written;
    return hexToBytes((await this.#fork.account(key(address))).code);
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
    return withoutLeadingZeros(hexToBytes(await this.#fork.storage(key(address), bytesToHex(slot))));
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
    if (!this.#cleared.has(account)) {
      this.#cleared.add(account);
      this.#journal.record(() => this.#cleared.delete(account));
    }
    const slots = this.#slots.get(account);
    if (slots === undefined) return;
    this.#slots.delete(account);
    this.#journal.record(() => this.#slots.set(account, slots));
  }

  async checkpoint(): Promise<void> {
    this.#journal.checkpoint();
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
    throw new Error("a forked state has no root");
  }

  setStateRoot(): Promise<void> {
    throw new Error("a forked state has no root");
  }

  hasStateRoot(): Promise<boolean> {
    throw new Error("a forked state has no root");
  }

  shallowCopy(): StateManagerInterface {
    throw new Error("a simulation's state belongs to one simulation");
  }

  async #account(address: Address): Promise<StoredAccount | undefined> {
    const written = this.#accounts.get(address);
    if (written !== undefined) return written.account;
    const { nonce, balance, code } = await this.#fork.account(address);
    if (nonce === 0n && balance === 0n && code === "0x") return undefined;
    return { nonce, balance, codeHash: code === "0x" ? EMPTY_CODE_HASH : keccak256(code) };
  }

  #set<Key, Value extends object>(map: Map<Key, Value>, at: Key, value: Value): void {
    const before = map.get(at);
    map.set(at, value);
    this.#journal.record(() => (before === undefined ? map.delete(at) : map.set(at, before)));
  }
}

function key(address: EvmAddress): Address {
  return bytesToHex(address.bytes);
}

function withoutLeadingZeros(value: Uint8Array): Uint8Array {
  const trimmed = trim(value);
  return trimmed.length === 1 && trimmed[0] === 0 ? new Uint8Array() : trimmed;
}
