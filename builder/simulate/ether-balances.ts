import type { ChainId } from "../protocol/ids.ts";
import type { Journal } from "../evm/journal.ts";
import type { RollupEther } from "../l1/head.ts";
import { SimulationRefusedError } from "./refusal.ts";

/** The rollups' Ether balances during a simulation, as `Rollups` keeps them. */
export class EtherBalances {
  readonly #journal: Journal;
  readonly #balances = new Map<ChainId, bigint>();
  readonly #native = new Set<ChainId>();

  constructor(rollups: ReadonlyMap<ChainId, RollupEther>, journal: Journal) {
    this.#journal = journal;
    for (const [rollup, { balance, nativeToken }] of rollups) {
      this.#balances.set(rollup, balance);
      if (nativeToken) this.#native.add(rollup);
    }
  }

  /** As they are now. */
  snapshot(): ReadonlyMap<ChainId, RollupEther> {
    return new Map(
      [...this.#balances].map(([rollup, balance]) => [
        rollup,
        { balance, nativeToken: this.#native.has(rollup) },
      ]),
    );
  }

  hasNativeToken(rollup: ChainId): boolean {
    return this.#native.has(rollup);
  }

  balanceOf(rollup: ChainId): bigint {
    return this.#balances.get(rollup) ?? 0n;
  }

  credit(rollup: ChainId, value: bigint): void {
    if (value === 0n) return;
    this.#assertTakesEther(rollup);
    this.#set(rollup, this.balanceOf(rollup) + value);
  }

  /** @throws {SimulationRefusedError} `INSUFFICIENT_ROLLUP_BALANCE`. */
  debit(rollup: ChainId, value: bigint): void {
    if (value === 0n) return;
    this.#assertTakesEther(rollup);
    const balance = this.balanceOf(rollup);
    if (balance < value) {
      const message = `rollup ${rollup} would send ${value} wei, but L1 holds ${balance} wei for it`;
      throw new SimulationRefusedError("INSUFFICIENT_ROLLUP_BALANCE", message);
    }
    this.#set(rollup, balance - value);
  }

  #set(rollup: ChainId, balance: bigint): void {
    const before = this.balanceOf(rollup);
    this.#balances.set(rollup, balance);
    this.#journal.record(() => this.#balances.set(rollup, before));
  }

  #assertTakesEther(rollup: ChainId): void {
    if (!this.#native.has(rollup)) return;
    const message = `rollup ${rollup} has a native token of its own, so no Ether can cross its border`;
    throw new SimulationRefusedError("NATIVE_TOKEN_ROLLUP", message);
  }
}
