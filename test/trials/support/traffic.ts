import { setTimeout as sleep } from "node:timers/promises";
import { type Address, type Hex, keccak256, parseGwei } from "viem";
import { evmChainIdOf } from "../../../builder/protocol/evm-chain-id.ts";
import { L1 } from "../../../builder/protocol/ids.ts";
import type { Gateways, TrialBuilder } from "./builder.ts";
import { ask, RpcError } from "./json-rpc.ts";
import { type Proxies, SINKS } from "./purses.ts";
import { L1_CHAIN_ID, type TrialUser, type TrialWorld } from "./world.ts";

/** What users do; each with a wei. */
const KINDS = ["plain", "deposit", "bring", "onA", "out", "ledger"] as const;
export type Kind = (typeof KINDS)[number];
export type Home = keyof Gateways;

/** A transaction that a builder said it takes. */
export interface Accepted {
  readonly kind: Kind;
  readonly hash: Hex;
  /** The builder that a user sent it to. */
  readonly by: TrialBuilder;
}

export interface TrafficOptions {
  readonly proxies: Proxies;
  /** How long an accepted transaction may take, milliseconds. */
  readonly patience: number;
  /** In [0, 1). */
  readonly random: () => number;
  /** What users send; default: everything. */
  readonly kinds?: readonly Kind[];
}

const homeOf = (kind: Kind): Home =>
  kind === "ledger" ? "ledger" : kind === "onA" || kind === "out" ? "a" : "l1";
const FEES = { gas: 2_000_000n, maxFeePerGas: parseGwei("100"), maxPriorityFeePerGas: 1n } as const;
const FREE = { gas: 500_000n, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n } as const;
const LONGEST_BURST = 3;

/**
 * Users who send one transaction after the other, of all kinds, in bursts through one builder, and then wait
 * until they are on their chain. What is refused, or not answered, is sent again as it is.
 */
export class Traffic {
  readonly #world: TrialWorld;
  readonly #options: TrafficOptions;
  /** What builders took, in order. */
  readonly accepted: Accepted[] = [];
  /** What did not come to its chain, and what is known of it. */
  readonly lost: string[] = [];
  /** Refusals, which users then did not give up for. */
  readonly refusals: string[] = [];
  /** Since when builders are let alone, by `performance.now()`: until then nothing is late. */
  #calm: number | undefined;
  /** How many transactions each user has signed. */
  readonly nonces = new Map<TrialUser, Record<Home, number>>();

  constructor(world: TrialWorld, options: TrafficOptions) {
    this.#world = world;
    this.#options = options;
    for (const user of world.users) this.nonces.set(user, { l1: 0, a: 0, ledger: 0 });
  }

  /** From here on, or from when it is sent, a transaction has its time to arrive. */
  calm(): void {
    this.#calm = performance.now();
  }

  #isLate(since: number): boolean {
    if (this.#calm === undefined) return false;
    return performance.now() > Math.max(since, this.#calm) + this.#options.patience;
  }

  /** One user sends so many transactions, and waits until they are on their chain. */
  async burst(count: number): Promise<void> {
    const [user] = this.#world.users;
    if (user !== undefined) await this.#burst(user, count);
  }

  /** Goes on until `isOver`; then everything has arrived, or is lost. */
  async run(isOver: () => boolean): Promise<void> {
    await Promise.all(
      this.#world.users.map(async (user) => {
        while (!isOver() && (await this.#burst(user)));
      }),
    );
  }

  /** @returns whether all of it arrived. */
  async #burst(user: TrialUser, given?: number): Promise<boolean> {
    const kinds = (this.#options.kinds ?? KINDS).filter(
      (kind) => kind !== "ledger" || this.#nonces(user).ledger < 900,
    );
    const kind = this.#pick(kinds);
    const builder = this.#pick(this.#world.builders);
    const count = given ?? 1 + Math.floor(this.#options.random() * LONGEST_BURST);
    const own: Accepted[] = [];
    for (let index = 0; index < count; index++) {
      const raw = await this.#sign(user, kind);
      if (!(await this.#insist(builder, kind, raw))) return false;
      own.push({ kind, hash: keccak256(raw), by: builder });
      this.accepted.push({ kind, hash: keccak256(raw), by: builder });
      this.#nonces(user)[homeOf(kind)]++;
    }
    return await this.#arrived(user, kind, own);
  }

  #pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#options.random() * items.length)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  }

  #nonces(user: TrialUser): Record<Home, number> {
    const nonces = this.nonces.get(user);
    if (nonces === undefined) throw new TypeError("not a user of this world");
    return nonces;
  }

  async #sign(user: TrialUser, kind: Kind): Promise<Hex> {
    const { ledger, rollups: manager, ledgerProxy } = this.#world.lockstep;
    const { proxies } = this.#options;
    const nonce = this.#nonces(user)[homeOf(kind)];
    if (kind === "ledger") {
      const domain = { l1ChainId: L1_CHAIN_ID, manager, rollup: ledger };
      const terms = { domain, nonce: BigInt(nonce), deadline: 1n << 40n };
      return user.ledgerAccount.signTransfer({ ...terms, chain: L1, to: SINKS.ledger, amount: 1n });
    }
    const to: Address = {
      plain: SINKS.plain,
      deposit: ledgerProxy,
      bring: proxies.bring,
      onA: SINKS.onA,
      out: proxies.out,
    }[kind];
    const terms =
      homeOf(kind) === "l1"
        ? { chainId: Number(L1_CHAIN_ID), ...FEES }
        : { chainId: Number(evmChainIdOf(L1_CHAIN_ID, this.#world.a)), ...FREE };
    return await user.account.signTransaction({ type: "eip1559", nonce, to, value: 1n, ...terms });
  }

  /** Sends it until it is taken; one that is on its chain already was. */
  async #insist(builder: TrialBuilder, kind: Kind, raw: Hex): Promise<boolean> {
    const since = performance.now();
    let last = "it never ran";
    while (!this.#isLate(since)) {
      const url = builder.gateways?.[homeOf(kind)];
      try {
        if (url !== undefined) {
          await ask(url, "eth_sendRawTransaction", [raw]);
          return true;
        }
      } catch (error) {
        last = error instanceof Error ? error.message : String(error);
        if (/nonce too low|already known/i.test(last)) return true;
        if (error instanceof RpcError) this.refusals.push(`${builder.name}, ${kind}: ${last}`);
      }
      await sleep(50 + 50 * Math.random());
    }
    this.lost.push(`${kind} ${keccak256(raw)}: ${builder.name} never took it: ${last}`);
    return false;
  }

  async #arrived(user: TrialUser, kind: Kind, own: readonly Accepted[]): Promise<boolean> {
    const since = performance.now();
    const wanted = this.#nonces(user)[homeOf(kind)];
    while (!this.#isLate(since)) {
      if ((await this.#count(user, homeOf(kind)).catch(() => 0)) >= wanted) return true;
      await sleep(40);
    }
    for (const { hash, by } of own) {
      const said = await ask(by.gateways?.l1 ?? "", "lockstep_transactionStatus", [hash]).catch(String);
      this.lost.push(`${kind} ${hash}: ${by.name} says ${JSON.stringify(said)}`);
    }
    return false;
  }

  /** How many transactions of the user are on the chain. */
  async #count({ account, ledgerAccount }: TrialUser, home: Home): Promise<number> {
    const { reader } = this.#world.lockstep.l1;
    if (home === "l1") return await reader.getTransactionCount({ address: account.address });
    const url = this.#world.builders.find(({ gateways }) => gateways !== undefined)?.gateways?.[home];
    if (url === undefined) return 0;
    const address = home === "a" ? account.address : ledgerAccount.address;
    return Number(await ask(url, "eth_getTransactionCount", [address, "latest"]));
  }
}
