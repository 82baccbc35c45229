import { isWarmFromStart } from "../../../../circuits/evm/state/warm.ts";

/**
 * An account as the state has it, in the bus' terms; one that does not exist has nonce 0, balance 0 and the
 * hash of no code.
 */
export interface AccountContent {
  readonly nonce: bigint;
  /** Wei. */
  readonly balance: bigint;
  /** keccak256 of its code. */
  readonly codeHash: bigint;
}

/** The state before the transaction: what the tables begin with. */
export interface StateReader {
  account(address: bigint): Promise<AccountContent>;
  storage(address: bigint, slot: bigint): Promise<bigint>;
}

/** What one `account` tuple of the bus says. */
export interface AccountEntry extends AccountContent {
  readonly address: bigint;
  readonly warm: boolean;
  /** Since when: 0 for what the state has. */
  readonly time: bigint;
}

/** What one `storage` tuple of the bus says. */
export interface StorageEntry {
  readonly address: bigint;
  readonly slot: bigint;
  readonly value: bigint;
  /** What the slot held when the transaction began (EIP-2200). */
  readonly original: bigint;
  readonly warm: boolean;
  readonly time: bigint;
}

/** What one `refund` tuple of the bus says. */
export interface RefundEntry {
  readonly value: bigint;
  readonly time: bigint;
}

/** An entry's first and its newest form: what the state's rows send and receive. */
export interface Lifetime<Entry> {
  readonly first: Entry;
  readonly last: Entry;
}

/**
 * The newest entry of each account and slot that a transaction touches, and of its refund counter, as rows
 * receive and send them. Entries come from the state when they are first asked for.
 * @example
 * ```ts
 * import type { Tables } from "./builder/kinds/evm/trace/tables.ts";
 *
 * async function access(tables: Tables, address: bigint, slot: bigint, time: bigint): Promise<void> {
 *   const entry = await tables.storage(address, slot); // what the row receives
 *   tables.writeStorage({ ...entry, warm: true, time }); // what it sends
 * }
 * ```
 */
export class Tables {
  readonly #reader: StateReader;
  readonly #accounts = new Map<bigint, Lifetime<AccountEntry>>();
  readonly #storage = new Map<string, Lifetime<StorageEntry>>();
  #refund: RefundEntry = { value: 0n, time: 0n };

  constructor(reader: StateReader) {
    this.#reader = reader;
  }

  /** The newest entry. */
  async account(address: bigint): Promise<AccountEntry> {
    const known = this.#accounts.get(address);
    if (known !== undefined) return known.last;
    const content = await this.#reader.account(address);
    const first = { address, ...content, warm: isWarmFromStart(address), time: 0n };
    this.#accounts.set(address, { first, last: first });
    return first;
  }

  /**
   * Replaces the newest entry; the account was asked for before.
   * @throws {RangeError} unless its time is greater.
   */
  writeAccount(entry: AccountEntry): void {
    const known = this.#accounts.get(entry.address);
    requireLater(`account ${entry.address}`, known?.last, entry);
    this.#accounts.set(entry.address, { first: known?.first ?? entry, last: entry });
  }

  /** The newest entry. */
  async storage(address: bigint, slot: bigint): Promise<StorageEntry> {
    const key = `${address}:${slot}`;
    const known = this.#storage.get(key);
    if (known !== undefined) return known.last;
    const value = await this.#reader.storage(address, slot);
    const first = { address, slot, value, original: value, warm: false, time: 0n };
    this.#storage.set(key, { first, last: first });
    return first;
  }

  /**
   * Replaces the newest entry; the slot was asked for before.
   * @throws {RangeError} unless its time is greater.
   */
  writeStorage(entry: StorageEntry): void {
    const key = `${entry.address}:${entry.slot}`;
    const known = this.#storage.get(key);
    requireLater(`slot ${key}`, known?.last, entry);
    this.#storage.set(key, { first: known?.first ?? entry, last: entry });
  }

  /** The newest entry; what begins the transaction sends 0 at time 0. */
  get refund(): RefundEntry {
    return this.#refund;
  }

  writeRefund(entry: RefundEntry): void {
    requireLater("the refund counter", this.#refund, entry);
    this.#refund = entry;
  }

  /** Goes back to an entry: what came after it does not count. */
  restoreRefund(entry: RefundEntry): void {
    this.#refund = entry;
  }

  /** Every account that was asked for. */
  get accounts(): readonly Lifetime<AccountEntry>[] {
    return [...this.#accounts.values()];
  }

  /** Every slot that was asked for. */
  get slots(): readonly Lifetime<StorageEntry>[] {
    return [...this.#storage.values()];
  }
}

interface Timed {
  readonly time: bigint;
}

function requireLater(what: string, old: Timed | undefined, entry: Timed): void {
  if (old === undefined || old.time >= entry.time)
    throw new RangeError(`${what} is written at ${entry.time}, its newest entry is of ${old?.time}`);
}
