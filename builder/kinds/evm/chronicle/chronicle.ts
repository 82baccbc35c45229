import { type LogFilter, matches, mayMatch } from "../../../evm/logs.ts";
import type { Hex } from "viem";
import type { CallFrame } from "../../../evm/call-frame.ts";
import type { ChainId, StateRoot } from "../../../protocol/ids.ts";
import {
  ageOf,
  clearing,
  type Database,
  openInFolder,
  openInMemory,
  type Write,
} from "../../../state/database.ts";
import {
  CorruptStateError,
  ForeignStateError,
  StateUnavailableError,
  UnknownRootError,
} from "../../../state/errors.ts";
import type { L1Inclusion } from "../../kind.ts";
import type { VisitReceipt } from "../receipt.ts";
import { TooManyLogsError } from "./errors.ts";
import { logsOf } from "./logs.ts";
import {
  blockKey,
  CHRONICLE_FORMAT,
  decodeBlock,
  decodeFrames,
  decodeHead,
  decodePlace,
  decodeTransaction,
  encodeBlock,
  encodeFrames,
  encodeHead,
  encodeTransaction,
  framesKey,
  HEAD_KEY,
  hashKey,
  l1Key,
  transactionKey,
  visitKey,
} from "./records.ts";
import { type ChronicleEntry, genesisBlock, sealBlock } from "./seal.ts";
import type { ChronicleBlock, ChronicleLog, ChronicleTransaction } from "./types.ts";

export interface OpenChronicleOptions {
  readonly rollup: ChainId;
  /** The rollup's root before its first visit. */
  readonly genesisRoot: StateRoot;
  /** The root that the rollup's durable state has now: what the chronicle has on top of it is dropped. */
  readonly root: StateRoot;
  /** Durable in this folder; without it in memory. */
  readonly folder?: string;
}

/** Most logs in one answer. */
const MAX_LOGS = 10_000;

/**
 * Opens a rollup's chronicle, or begins one.
 * @throws `FOREIGN_STATE`, `CORRUPT_STATE` (also when it does not know `root`), `STATE_LOCKED`,
 * `STATE_UNAVAILABLE`, `UNSUPPORTED_FORMAT`.
 */
export async function openChronicle(options: OpenChronicleOptions): Promise<Chronicle> {
  const { rollup, genesisRoot, root, folder } = options;
  const where = folder ?? "memory";
  const identity = identityOf(rollup);
  const database = await (folder === undefined ? openInMemory() : openInFolder(folder));
  try {
    const genesis = genesisBlock(rollup, genesisRoot);
    const latest =
      (await readLatest(database, where, identity)) ?? (await begin(database, identity, genesis));
    const first = await database.get(blockKey(0n));
    if (first === undefined || decoded(where, "block 0", () => decodeBlock(first)).hash !== genesis.hash)
      throw new ForeignStateError(where, "it began with another state");
    const chronicle = new Chronicle(database, { rollup, identity, where, latest });
    await chronicle.rewind(root).catch((error: unknown) => {
      if (!(error instanceof UnknownRootError)) throw error;
      throw new CorruptStateError(where, "it does not know the root of the state beside it", error);
    });
    return chronicle;
  } catch (error) {
    await database.close();
    throw error;
  }
}

const identityOf = (rollup: ChainId): string => `evm:${rollup}`;

async function readLatest(
  database: Database,
  where: string,
  identity: string,
): Promise<ChronicleBlock | undefined> {
  const text = await database.get(HEAD_KEY);
  if (text === undefined) {
    for await (const [key] of database.entries({ limit: 1 }))
      throw new ForeignStateError(where, `it holds ${key}`);
    return undefined;
  }
  if (ageOf(where, text, { format: CHRONICLE_FORMAT, identity }) === "outdated") return undefined;
  const head = decoded(where, HEAD_KEY, () => decodeHead(text));
  return head.latest;
}

/**
 * Whether an older version wrote the chronicle in this folder. It is then made again together with the state
 * beside it.
 * @throws what {@link openChronicle} throws.
 */
export async function isOutdatedChronicle(rollup: ChainId, folder: string): Promise<boolean> {
  const database = await openInFolder(folder);
  try {
    const head = await database.get(HEAD_KEY);
    if (head === undefined) return false;
    const expected = { format: CHRONICLE_FORMAT, identity: identityOf(rollup) };
    return ageOf(folder, head, expected) === "outdated";
  } finally {
    await database.close();
  }
}

/** In place of whatever there was, in one step. */
async function begin(database: Database, identity: string, genesis: ChronicleBlock): Promise<ChronicleBlock> {
  const before = await clearing(database);
  await database.write([
    ...before,
    ...blockWrites(genesis),
    put(HEAD_KEY, encodeHead({ identity, latest: genesis })),
  ]);
  return genesis;
}

/** A visit that is not durable yet. */
interface Appended extends ChronicleEntry {
  readonly receipt: VisitReceipt;
}

/**
 * What has taken effect on one EVM rollup, for people and tools: a visit is a transaction, and all visits of
 * one rollup block number are a block. That may be visits of several blocks of L1, as batches may have the
 * same timestamp: the latest block is then replaced by a longer one. Nothing that is proven depends on it.
 * Only what is durable can be read; reading may overlap with `persist` and `rewind`, and then sees what is
 * gone as missing.
 */
export class Chronicle {
  readonly #database: Database;
  readonly #rollup: ChainId;
  readonly #identity: string;
  readonly #where: string;
  #latest: ChronicleBlock;
  /** Appended, and not durable yet. */
  #entries: Appended[] = [];

  /** @internal Use {@link openChronicle}. */
  constructor(
    database: Database,
    about: { rollup: ChainId; identity: string; where: string; latest: ChronicleBlock },
  ) {
    this.#database = database;
    this.#rollup = about.rollup;
    this.#identity = about.identity;
    this.#where = about.where;
    this.#latest = about.latest;
  }

  /** The latest block. Block 0 is the genesis state. */
  get latest(): ChronicleBlock {
    return this.#latest;
  }

  /**
   * Adds a visit that has taken effect.
   * @param rootAfter the rollup's root after it.
   */
  append(receipt: VisitReceipt, l1: L1Inclusion, rootAfter: StateRoot): void {
    const l1Index = this.#entries.filter((entry) => entry.l1.transaction === l1.transaction).length;
    this.#entries.push({ receipt, l1, l1Index, rootAfter });
  }

  /** Makes blocks of what was appended, and makes them durable. */
  async persist(): Promise<void> {
    const writes: Write[] = [];
    let latest = this.#latest;
    for (const [number, entries] of Map.groupBy(this.#entries, ({ receipt }) => receipt.blockNumber)) {
      const { parent, before } = await this.#begun(number, latest);
      const [first, ...others] = [...before, ...entries.map(withoutFrames)];
      if (first === undefined) continue;
      const firstVisit = parent.firstVisit + parent.transactions.length;
      const { block, transactions } = sealBlock(this.#rollup, parent, [first, ...others], firstVisit);
      if (before.length > 0) writes.push(del(hashKey(latest.hash)));
      latest = block;
      writes.push(...blockWrites(block), ...transactions.flatMap((each) => visitWrites(block, each)));
      entries.forEach(({ receipt }, index) =>
        writes.push(put(framesKey(firstVisit + before.length + index), encodeFrames(receipt.operations))),
      );
    }
    if (writes.length > 0) await this.#write(writes, latest);
    this.#entries = [];
  }

  /** What a block with this number stands on, and what it holds already. */
  async #begun(
    number: bigint,
    latest: ChronicleBlock,
  ): Promise<{ parent: ChronicleBlock; before: readonly ChronicleEntry[] }> {
    if (number === latest.number + 1n) return { parent: latest, before: [] };
    const parent = number === latest.number ? await this.block(number - 1n) : undefined;
    if (parent === undefined)
      throw new Error(`block ${number} of rollup ${this.#rollup} does not follow block ${latest.number}`);
    return { parent, before: await this.transactionsOf(latest) };
  }

  /**
   * Goes back to the newest visit after which the rollup had this root; what was not durable is lost.
   * @throws {UnknownRootError}
   */
  async rewind(root: StateRoot): Promise<void> {
    this.#entries = [];
    if (this.#latest.stateRoot === root) return;
    const writes: Write[] = [];
    for await (const [key, text] of this.#database.entries({ ...BLOCK_KEYS, reverse: true })) {
      const block = this.#decoded(key, () => decodeBlock(text));
      if (block.stateRoot === root) {
        await this.#write(writes, block);
        return;
      }
      const transactions = await this.transactionsOf(block);
      const kept = transactions.slice(
        0,
        transactions.findLastIndex(({ rootAfter }) => rootAfter === root) + 1,
      );
      writes.push(del(key), del(hashKey(block.hash)));
      for (const { hash, index, l1, l1Index } of transactions.slice(kept.length)) {
        const visit = block.firstVisit + index;
        const gone = [
          visitKey(visit),
          framesKey(visit),
          transactionKey(hash),
          l1Key(l1.transaction, l1Index),
        ];
        writes.push(...gone.map(del));
      }
      const [first, ...others] = kept;
      if (first === undefined) continue;
      const parent = await this.block(block.number - 1n);
      if (parent === undefined) break;
      const shorter = sealBlock(this.#rollup, parent, [first, ...others], block.firstVisit);
      writes.push(...blockWrites(shorter.block));
      writes.push(...shorter.transactions.flatMap((each) => visitWrites(shorter.block, each)));
      await this.#write(writes, shorter.block);
      return;
    }
    throw new UnknownRootError(root);
  }

  async block(number: bigint): Promise<ChronicleBlock | undefined> {
    if (number < 0n || number > this.#latest.number) return undefined;
    const key = blockKey(number);
    const text = await this.#database.get(key);
    return text === undefined ? undefined : this.#decoded(key, () => decodeBlock(text));
  }

  async blockByHash(hash: Hex): Promise<ChronicleBlock | undefined> {
    const key = hashKey(hash);
    const text = await this.#database.get(key);
    const block = text === undefined ? undefined : await this.block(this.#decoded(key, () => BigInt(text)));
    return block?.hash === hash ? block : undefined;
  }

  /** The newest block whose visits took effect in this block of L1 or before it. */
  async blockAtL1(l1BlockNumber: bigint): Promise<ChronicleBlock | undefined> {
    for await (const [key, text] of this.#database.entries({ ...BLOCK_KEYS, reverse: true })) {
      const block = this.#decoded(key, () => decodeBlock(text));
      if (block.l1BlockNumber <= l1BlockNumber) return block;
    }
    return undefined;
  }

  /** The transactions of a block, in order. */
  async transactionsOf({ firstVisit, transactions }: ChronicleBlock): Promise<ChronicleTransaction[]> {
    const found: ChronicleTransaction[] = [];
    const range = { gte: visitKey(firstVisit), lt: visitKey(firstVisit + transactions.length) };
    for await (const [key, text] of this.#database.entries(range))
      found.push(this.#decoded(key, () => decodeTransaction(text)));
    return found;
  }

  async transaction(hash: Hex): Promise<ChronicleTransaction | undefined> {
    return await this.#transactionAt(transactionKey(hash));
  }

  /** The visits that one transaction of L1 caused, in order. */
  async ofL1Transaction(l1Transaction: Hex): Promise<ChronicleTransaction[]> {
    const found: ChronicleTransaction[] = [];
    for (;;) {
      const next = await this.#transactionAt(l1Key(l1Transaction, found.length));
      if (next === undefined) return found;
      found.push(next);
    }
  }

  /**
   * The frames of each of a transaction's operations: the first is its own, others came from calls back into
   * the rollup.
   */
  async framesOf(hash: Hex): Promise<CallFrame[] | undefined> {
    const visit = await this.#visitAt(transactionKey(hash));
    if (visit === undefined) return undefined;
    const key = framesKey(visit);
    const text = await this.#database.get(key);
    return text === undefined ? undefined : this.#decoded(key, () => decodeFrames(text));
  }

  /**
   * Logs of blocks `from` to `to`, both included.
   * @throws {TooManyLogsError}
   */
  async logs(from: bigint, to: bigint, filter: LogFilter): Promise<ChronicleLog[]> {
    const found: ChronicleLog[] = [];
    const last = to < this.#latest.number ? to : this.#latest.number;
    if (from > last) return found;
    for await (const [key, text] of this.#database.entries({
      gte: blockKey(from),
      lt: blockKey(last + 1n),
    })) {
      const block = this.#decoded(key, () => decodeBlock(text));
      found.push(...(await this.logsOf(block, filter)));
      if (found.length > MAX_LOGS) throw new TooManyLogsError(MAX_LOGS);
    }
    return found;
  }

  /** Logs of one block. */
  async logsOf(block: ChronicleBlock, filter: LogFilter): Promise<ChronicleLog[]> {
    if (!mayMatch(block.logsBloom, filter)) return [];
    const transactions = await this.transactionsOf(block);
    return transactions.flatMap(logsOf).filter((log) => matches(log, filter));
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  async #transactionAt(place: string): Promise<ChronicleTransaction | undefined> {
    const visit = await this.#visitAt(place);
    if (visit === undefined) return undefined;
    const key = visitKey(visit);
    const text = await this.#database.get(key);
    return text === undefined ? undefined : this.#decoded(key, () => decodeTransaction(text));
  }

  async #visitAt(key: string): Promise<number | undefined> {
    const text = await this.#database.get(key);
    return text === undefined ? undefined : this.#decoded(key, () => decodePlace(text));
  }

  /** One atomic, synced write that ends in the given latest block. */
  async #write(writes: readonly Write[], latest: ChronicleBlock): Promise<void> {
    const head = put(HEAD_KEY, encodeHead({ identity: this.#identity, latest }));
    try {
      await this.#database.write([...writes, head]);
    } catch (error) {
      throw new StateUnavailableError(this.#where, "could not be written", error);
    }
    this.#latest = latest;
  }

  #decoded<T>(key: string, decode: () => T): T {
    return decoded(this.#where, key, decode);
  }
}

const BLOCK_KEYS = { gte: "block:", lt: "block;" } as const;

function blockWrites(block: ChronicleBlock): Write[] {
  return [put(blockKey(block.number), encodeBlock(block)), put(hashKey(block.hash), block.number.toString())];
}

/** A visit, and the ways to it. */
function visitWrites({ firstVisit }: ChronicleBlock, transaction: ChronicleTransaction): Write[] {
  const visit = firstVisit + transaction.index;
  return [
    put(visitKey(visit), encodeTransaction(transaction)),
    put(transactionKey(transaction.hash), visit.toString()),
    put(l1Key(transaction.l1.transaction, transaction.l1Index), visit.toString()),
  ];
}

function withoutFrames({ receipt: { operations: _, ...receipt }, ...entry }: Appended): ChronicleEntry {
  return { ...entry, receipt };
}

function del(key: string): Write {
  return { type: "del", key };
}

function put(key: string, value: string): Write {
  return { type: "put", key, value };
}

function decoded<T>(where: string, key: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw new CorruptStateError(where, `${key} cannot be read`, error);
  }
}
