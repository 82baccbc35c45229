import { type Address, type Hex, parseEther } from "viem";
import { Lock } from "../../../../core/lock.ts";
import type { Failed } from "../../../../intake/accepted.ts";
import { CHEATS } from "../../../../kinds/evm/cheats/account.ts";
import { type Cheat, decodeCheat, encodeCheat, isCheat } from "../../../../kinds/evm/cheats/envelope.ts";
import { LockstepError } from "../../../../protocol/errors.ts";
import type { Backend } from "../../../backend.ts";
import type { Fund } from "../../fund.ts";
import type { EvmRollupView } from "../view.ts";

/** Milliseconds for which a cheat may take until it has taken effect. */
const PATIENCE = 60_000;
/** So much is brought at once, so that most tests need it once. */
const PORTION = parseEther("1000000");

/** A cheat did not take effect: what was wrong with it. */
class FailedCheatError extends LockstepError {
  constructor({ code, reason, data }: Failed) {
    super(code, reason);
    if (data !== undefined) Object.assign(this, { data });
  }
}

/** Sends cheats to one rollup, in the order of their numbers. */
export class Cheating {
  readonly #builder: Pick<Backend, "status">;
  readonly #view: EvmRollupView;
  readonly #fund: Fund | undefined;
  readonly #lock = new Lock();

  /** @param fund without it, balances are raised by what the account that stands for cheats was sent. */
  constructor(builder: Pick<Backend, "status">, view: EvmRollupView, fund: Fund | undefined) {
    this.#builder = builder;
    this.#view = view;
    this.#fund = fund;
  }

  /**
   * Has the cheat wait for its batch.
   * @returns its hash.
   * @throws what the rollup refuses it with.
   */
  async send(cheat: Cheat): Promise<Hex> {
    return await this.#lock.run(async () => await this.#send(cheat));
  }

  /** The same, and waits until it has taken effect on L1. */
  async apply(cheat: Cheat): Promise<void> {
    await this.#lock.run(async () => {
      if (cheat.do === "setBalance") await this.#bring(cheat.account, cheat.balance);
      const hash = await this.#send(cheat);
      await this.#view.settled(hash, PATIENCE);
      const status = this.#builder.status(hash);
      if (status?.state === "failed") throw new FailedCheatError(status);
    });
  }

  async #send(cheat: Cheat): Promise<Hex> {
    const { chainId } = this.#view;
    return await this.#view.submit(encodeCheat({ chainId, number: await this.#next(), cheat }));
  }

  /** The queue is read first: what is posted in between is then counted by both, and not by neither. */
  async #next(): Promise<bigint> {
    const numbers = this.#view
      .waiting()
      .filter(({ data }) => isCheat(data))
      .map(({ data }) => decodeCheat(data).number);
    const used = await this.#view.read(({ store }) => store.account(CHEATS)?.nonce ?? 0n);
    return numbers.reduce((next, number) => (number >= next ? number + 1n : next), used);
  }

  /** Ether for what the balance is raised by comes from L1 before it is given. */
  async #bring(address: Address, balance: bigint): Promise<void> {
    const fund = this.#fund;
    if (fund === undefined) return;
    const lacking = await this.#view.read(({ store }) => {
      const [own, cheats] = [store.account(address)?.balance ?? 0n, store.account(CHEATS)?.balance ?? 0n];
      return balance - own - cheats;
    });
    if (lacking > 0n) await fund(CHEATS, lacking > PORTION ? lacking : PORTION);
  }
}
