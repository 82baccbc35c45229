import { type Hex, isHex, keccak256 } from "viem";
import { z } from "zod";
import type { L1Entry, ReplayedTransaction } from "./entry.ts";
import { NotReplayableError } from "./errors.ts";
import type { StateChange } from "./journal.ts";

/** Asks the node itself. */
export type AskNode = (method: string, params: readonly unknown[]) => Promise<unknown>;

/** What changes the state of L1 between two blocks, in a way that later blocks show. */
const CHEATS = new Set([
  "hardhat_setBalance",
  "hardhat_setCode",
  "hardhat_setCoinbase",
  "hardhat_setMinGasPrice",
  "hardhat_setNextBlockBaseFeePerGas",
  "hardhat_setNonce",
  "hardhat_setPrevRandao",
  "hardhat_setStorageAt",
  "evm_setBlockGasLimit",
]);
/** What makes blocks, or brings transactions that do. */
const MINING = new Set(["eth_sendTransaction", "eth_sendRawTransaction", "evm_mine", "hardhat_mine"]);
/** What changes nothing that a block does not say by itself. */
const PASSING = new Set([
  "evm_setAutomine",
  "evm_setNextBlockTimestamp",
  "hardhat_addCompilationResult",
  "hardhat_dropTransaction",
  "hardhat_getAutomine",
  "hardhat_impersonateAccount",
  "hardhat_metadata",
  "hardhat_setLoggingEnabled",
  "hardhat_stopImpersonatingAccount",
]);
const OTHERS = new Set(["evm_increaseTime", "evm_snapshot", "evm_revert"]);

const hexString = z.custom<Hex>((value) => isHex(value), "is not hexadecimal");
const quantity = z.union([hexString, z.number(), z.bigint()]).transform(Number);
const block = z.object({
  hash: hexString,
  timestamp: hexString.transform(Number),
  transactions: z.array(z.looseObject({ hash: hexString, from: hexString })),
});
/** Of a transaction in a block, what it takes to ask for the same one. */
const KEPT = [
  "from",
  "to",
  "value",
  "gas",
  "nonce",
  "gasPrice",
  "maxFeePerGas",
  "maxPriorityFeePerGas",
  "accessList",
  "authorizationList",
];

/** Where the record was when a snapshot was taken. */
interface Mark {
  readonly entries: number;
  readonly head: number;
  readonly clock: number;
}

/**
 * Records what happens on the devnet's own L1, so that a fresh node can be brought to the same blocks. It
 * stands in front of the node: what changes something goes one after the other, and what could not happen
 * again is refused.
 */
export class L1Recorder {
  /** Seconds by which L1's clock is ahead of this machine's. */
  clock = 0;
  /** Told of every change, and waited for before the caller that made it is. */
  onChange: () => Promise<void> = async () => undefined;
  readonly #lines: string[] = [];
  readonly #signed = new Map<string, Hex>();
  readonly #marks = new Map<string, Mark>();
  #head = 0;
  /** How many lines stand that were taken before, and the clock then. */
  #taken = { lines: 0, clock: 0 };
  #isTakenBack = false;
  #isOn = false;
  #last: Promise<unknown> = Promise.resolve();

  /** Entries as lines of JSON. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** What changed since the last time; nothing if nothing did. */
  takeChange(): StateChange | undefined {
    const { clock } = this;
    const { lines: keep, clock: before } = this.#taken;
    const isSame = keep === this.#lines.length && before === clock && !this.#isTakenBack;
    this.#taken = { lines: this.#lines.length, clock };
    this.#isTakenBack = false;
    return isSame ? undefined : { keep, clock, added: this.#lines.slice(keep) };
  }

  /** From now on it records, after these entries that led to the head. */
  begin(lines: readonly string[], head: number): void {
    for (const line of lines) this.#lines.push(line);
    this.#head = head;
    this.#isOn = true;
  }

  /**
   * Answers a request.
   * @throws {NotReplayableError}
   */
  async answer(method: string, params: readonly unknown[], ask: AskNode): Promise<unknown> {
    const isKnown = [CHEATS, MINING, OTHERS].some((methods) => methods.has(method));
    if (!this.#isOn || PASSING.has(method)) return await ask(method, params);
    if (!isKnown) {
      refuse(method, params);
      return await ask(method, params);
    }
    const result = this.#last.then(() => this.#change(method, params, ask));
    this.#last = result.catch(() => undefined);
    return await result;
  }

  async #change(method: string, params: readonly unknown[], ask: AskNode): Promise<unknown> {
    if (method === "eth_sendRawTransaction" && isHex(params[0]))
      this.#signed.set(keccak256(params[0]), params[0]);
    try {
      const result = await ask(method, params);
      this.#note(method, params, result);
      return result;
    } finally {
      // A transaction that fails has made a block all the same.
      if (MINING.has(method)) await this.#readBlocks(method, params, ask);
      await this.onChange();
    }
  }

  #note(method: string, params: readonly unknown[], result: unknown): void {
    if (CHEATS.has(method)) this.#add({ kind: "request", method, params: [...params] });
    if (method === "evm_increaseTime") this.clock += quantity.catch(0).parse(params[0]);
    if (method === "evm_snapshot")
      this.#marks.set(String(result), { entries: this.#lines.length, head: this.#head, clock: this.clock });
    if (method === "evm_revert" && result === true) {
      const mark = this.#marks.get(String(params[0]));
      if (mark === undefined) return;
      this.#lines.length = mark.entries;
      this.#isTakenBack ||= mark.entries < this.#taken.lines;
      this.#taken.lines = Math.min(this.#taken.lines, mark.entries);
      this.#head = mark.head;
      this.clock = mark.clock;
    }
  }

  async #readBlocks(method: string, params: readonly unknown[], ask: AskNode): Promise<void> {
    const head = quantity.parse(await ask("eth_blockNumber", []));
    const first = this.#head + 1;
    if (head < first) return;
    const read = async (number: number): Promise<z.infer<typeof block>> =>
      block.parse(await ask("eth_getBlockByNumber", [`0x${number.toString(16)}`, true]));
    for (let number = first; number <= head; number++) {
      const { hash, timestamp, transactions } = await read(number);
      // Many are asked for at once, and the node makes them when they are looked at.
      const isRun = method === "hardhat_mine" && transactions.length === 0 && number < head;
      const end = isRun ? await read(head) : { hash, timestamp };
      this.#add({
        kind: "blocks",
        count: isRun ? head - number + 1 : 1,
        interval: isRun && params[1] != null ? quantity.parse(params[1]) : 1,
        timestamp,
        transactions: this.#transactions(transactions),
        hash: end.hash,
      });
      this.clock = end.timestamp - Math.floor(Date.now() / 1_000);
      if (isRun) break;
    }
    this.#head = head;
  }

  #transactions(transactions: z.infer<typeof block>["transactions"]): ReplayedTransaction[] {
    return transactions.map((each) => {
      const raw = this.#signed.get(each.hash);
      if (raw !== undefined) return { raw };
      const keys = KEPT.filter((key) => each[key] != null && !isDerived(key, each));
      const kept = keys.map((key): readonly [string, unknown] => [key, each[key]]);
      return { from: each.from, request: { ...Object.fromEntries<unknown>(kept), data: each.input } };
    });
  }

  #add(entry: L1Entry): void {
    this.#lines.push(JSON.stringify(entry));
  }
}

/** Blocks show a gas price of every transaction, also of those that do not name one. */
function isDerived(key: string, transaction: Readonly<Record<string, unknown>>): boolean {
  return key === "gasPrice" && transaction.maxFeePerGas != null;
}

function refuse(method: string, params: readonly unknown[]): void {
  if (method === "evm_setIntervalMining" && params[0] !== 0)
    throw new NotReplayableError(method, "start it with --block-time instead");
  if (method === "hardhat_reset")
    throw new NotReplayableError(method, "stop it, and remove the file of its state or name another");
  if (method !== "evm_setIntervalMining" && /^(hardhat|evm)_/.test(method))
    throw new NotReplayableError(method, "it is not known what it changes");
}
