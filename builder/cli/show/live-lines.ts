import pc from "picocolors";
import type { Hex } from "viem";
import type { BuilderEvent } from "../../core/events.ts";
import type { Devnet } from "../../devnet/devnet.ts";
import { getActivity } from "../../gateway/seeing/activity.ts";
import { BuilderMemory } from "../../gateway/seeing/memory.ts";
import { plainText } from "../../../packages/client/src/words/plain-text.ts";
import { UNPROVEN_LABEL } from "./unproven-label.ts";

type Posted = Extract<BuilderEvent, { type: "posted" }>;
type Failed = Extract<BuilderEvent, { type: "failed" }>;

/** Characters of a reason: a contract may have chosen its words. */
const MOST_REASON = 400;
/** Transactions that are looked for in what the builder remembers. */
const LATEST = 1_000;

/** Prints a line for each transaction that the builder has included, or given up. */
export class LiveLines implements Disposable {
  readonly #devnet: Pick<Devnet, "builder" | "description">;
  readonly #print: (line: string) => void;
  readonly #memory: BuilderMemory;
  readonly #end: () => void;
  /** One after the other, in the order in which they happened. */
  #printing: Promise<void> = Promise.resolve();

  constructor(devnet: Pick<Devnet, "builder" | "description">, print: (line: string) => void) {
    this.#devnet = devnet;
    this.#print = print;
    // It is told before this, and so knows what a line is about.
    this.#memory = new BuilderMemory(devnet.builder);
    this.#end = devnet.builder.listen((event) => {
      if (event.type === "posted")
        this.#queue(async () => {
          // What was taken on before is not known well enough for a line.
          const known = event.transactions.filter((hash) => this.#memory.transaction(hash) !== undefined);
          for (const hash of known) this.#print(await this.#included(hash, event));
        });
      if (event.type === "failed")
        this.#queue(async () => {
          this.#print(this.#dropped(event));
        });
    });
  }

  /** Resolves when all that happened so far is printed. */
  async settled(): Promise<void> {
    await this.#printing;
  }

  [Symbol.dispose](): void {
    this.#end();
    this.#memory[Symbol.dispose]();
  }

  #queue(work: () => Promise<void>): void {
    // A line that cannot be made is no reason to end a devnet.
    this.#printing = this.#printing.then(work).catch(() => undefined);
  }

  async #included(hash: Hex, { blockNumber, batchGas }: Posted): Promise<string> {
    const own = await this.#gasOf(hash);
    const gas = [...(batchGas === undefined ? [] : [batchGas]), ...(own === undefined ? [] : [own])];
    const block = pc.green(`block ${blockNumber}`);
    const sum = gas.map((each) => each.toLocaleString("en")).join(" + ");
    return `${this.#about(hash)}  ${block}  ${sum === "" ? "" : `gas ${sum}  `}${this.#proofsOf(hash)}`;
  }

  #dropped({ transaction, code, reason }: Failed): string {
    return `${this.#about(transaction)}  ${pc.red("dropped")}  ${code}: ${plainText(reason, MOST_REASON)}`;
  }

  /** Hash, from whom to whom, and the chains that it touches. */
  #about(hash: Hex): string {
    const { builder } = this.#devnet;
    const { transactions } = getActivity(builder, this.#memory, LATEST);
    const one = transactions.find((each) => each.hash === hash);
    const time = new Date().toTimeString().slice(0, 8);
    const parties = `${this.#party(one?.from)} → ${this.#party(one?.to)}`;
    const chains = [...new Set([one?.chain ?? "0x0", ...(one?.rollups ?? [])])].map((id) => this.#chain(id));
    return `${pc.dim(time)}  ${hash.slice(0, 10)}…${hash.slice(-4)}  ${parties}  ${chains.join(", ")}`;
  }

  #proofsOf(hash: Hex): string {
    const remembered = this.#memory.transaction(hash);
    const proofs = remembered === undefined ? [] : this.#memory.proofsOf(remembered);
    const proven = proofs.filter((each) => each.proven);
    const time = proven.reduce((sum, each) => sum + (each.proveMilliseconds ?? each.milliseconds), 0);
    return [
      ...(proven.length === 0 ? [] : [`${proven.length} proven in ${(time / 1_000).toFixed(2)} s`]),
      ...(proofs.length > proven.length ? [UNPROVEN_LABEL] : []),
    ].join("  ");
  }

  #chain(id: Hex): string {
    const name = this.#devnet.description.rollups.find((rollup) => BigInt(rollup.id) === BigInt(id))?.name;
    return id === "0x0" ? "L1" : (name ?? `rollup ${BigInt(id)}`);
  }

  #party(address: Hex | null | undefined): string {
    if (address === null || address === undefined) return "…";
    const { accounts } = this.#devnet.description;
    const index = accounts.findIndex((account) => account.address.toLowerCase() === address);
    return index < 0 ? `${address.slice(0, 8)}…${address.slice(-4)}` : `account ${index}`;
  }

  /** Of a transaction of L1. */
  async #gasOf(hash: Hex): Promise<bigint | undefined> {
    const isOfL1 = this.#memory.transaction(hash)?.rollup === undefined;
    if (!isOfL1) return undefined;
    return (await this.#devnet.builder.l1.getTransactionReceipt({ hash })).gasUsed;
  }
}
