import { setTimeout as sleep } from "node:timers/promises";
import { type Address, type Hex, isHex, keccak256, numberToHex, toHex, zeroHash } from "viem";
import type { L1Client } from "../l1/client.ts";
import { LockstepError } from "../protocol/errors.ts";

/**
 * Where builders on one node note whose turn it is. Nothing else is at this address, and it is no
 * account's.
 */
export const TURN_RECORD: Address = `0x${keccak256(toHex("lockstep.turn.v1")).slice(-40)}`;

/** What is noted there. */
const SLOT = {
  /** Id of the filter that stands for the turn while no builder has it. */
  token: numberToHex(0, { size: 32 }),
  /** Until when its holder may have it: milliseconds since 1970. */
  deadline: numberToHex(1, { size: 32 }),
  /** Who has it. */
  holder: numberToHex(2, { size: 32 }),
  /** 1 while mining on demand is off and has to be put on again. */
  automine: numberToHex(3, { size: 32 }),
} as const;

/** How long a turn may last, in milliseconds. */
const TURN = 10_000;
/** Where a turn that is not given back is looked for again, in milliseconds. */
const PAUSE = 8;

/** The turn lasted too long: another builder may have it by now. Nothing more may be done in it. */
export class TurnOverError extends LockstepError {
  constructor() {
    super("TURN_OVER", `including a batch took longer than ${TURN} ms, so it was given up`);
  }
}

/** A turn at saying when the node makes blocks. */
export interface Turn {
  /** @throws {TurnOverError} when it has lasted too long. */
  assertOwn(): void;
}

interface TurnRecord {
  readonly token: bigint;
  readonly deadline: bigint;
  readonly holder: Hex;
  readonly automine: boolean;
}

/** What is written of a turn. */
type Note = Readonly<Record<keyof typeof SLOT, bigint>>;

/**
 * Turns at mining. A node has one switch for it, and no lock. It does have filters, each of which can be
 * uninstalled exactly once: who gets to uninstall the one that is noted has the turn, and installs another
 * one afterwards.
 */
export class Turns {
  readonly #l1: L1Client;

  constructor(l1: L1Client) {
    this.#l1 = l1;
  }

  /**
   * Waits for a turn, and lets `work` have the node with mining on demand off. Afterwards it is as it was.
   * @param holder names this builder; a turn that is still in its name was not ended by it, and is taken
   * over.
   */
  async during<Result>(holder: Hex, work: (turn: Turn) => Promise<Result>): Promise<Result> {
    const end = performance.now() + TURN;
    const record = await this.#take(holder);
    const isOn = record.automine || (await this.#l1.getAutomine());
    if (isOn) {
      await this.#note({ automine: 1n });
      await this.#l1.setAutomine(false);
    }
    const turn = {
      assertOwn: (): void => {
        if (performance.now() > end) throw new TurnOverError();
      },
    };
    try {
      return await work(turn);
    } finally {
      if (performance.now() < end) await this.#give(isOn);
    }
  }

  /** Ends a turn that an earlier process of this builder did not end. */
  async recover(holder: Hex): Promise<void> {
    const record = await this.#read();
    if (record.holder === holder) await this.#give(record.automine);
  }

  async #give(isOn: boolean): Promise<void> {
    if (isOn) await this.#mineOnDemand();
    const token = await this.#install();
    await this.#note({ automine: 0n, holder: 0n, deadline: 0n, token });
  }

  /** What others sent meanwhile is in the pool, and Hardhat's node leaves it there when mining comes back. */
  async #mineOnDemand(): Promise<void> {
    await this.#l1.setAutomine(true);
    const { transactions } = await this.#l1.getBlock({ blockTag: "pending" });
    if (transactions.length > 0) await this.#l1.mine({ blocks: 1 });
  }

  async #take(holder: Hex): Promise<TurnRecord> {
    for (;;) {
      const record = await this.#read();
      if (record.token !== 0n && (await this.#uninstall(record.token))) {
        await this.#note({ deadline: BigInt(Date.now() + TURN), holder: BigInt(holder), token: 0n });
        return record;
      }
      const isOver = record.deadline < BigInt(Date.now()) || record.holder === holder;
      if (isOver) await this.#renew(record);
      else await sleep(PAUSE * (0.5 + Math.random()));
    }
  }

  /** Notes a new token in the place of one that is lost, unless others are at it. */
  async #renew(lost: TurnRecord): Promise<void> {
    await sleep(PAUSE * 4 * Math.random());
    const now = await this.#read();
    if (now.token !== lost.token || now.deadline !== lost.deadline || now.holder !== lost.holder) return;
    await this.#note({ token: await this.#install(), holder: 0n, deadline: 0n });
    await sleep(PAUSE);
  }

  async #read(): Promise<TurnRecord> {
    const read = async (slot: Hex): Promise<Hex> =>
      (await this.#l1.getStorageAt({ address: TURN_RECORD, slot })) ?? zeroHash;
    const [token, deadline, holder, automine] = await Promise.all([
      read(SLOT.token),
      read(SLOT.deadline),
      read(SLOT.holder),
      read(SLOT.automine),
    ]);
    return { token: BigInt(token), deadline: BigInt(deadline), holder, automine: BigInt(automine) === 1n };
  }

  /** The token comes last: with it, the turn may be another builder's. */
  async #note({ deadline, holder, automine, token }: Partial<Note>): Promise<void> {
    await Promise.all([
      this.#set("deadline", deadline),
      this.#set("holder", holder),
      this.#set("automine", automine),
    ]);
    await this.#set("token", token);
  }

  async #set(slot: keyof Note, value: bigint | undefined): Promise<void> {
    if (value === undefined) return;
    const word = numberToHex(value, { size: 32 });
    await this.#l1.setStorageAt({ address: TURN_RECORD, index: SLOT[slot], value: word });
  }

  async #install(): Promise<bigint> {
    const id = await this.#l1.request({ method: "eth_newBlockFilter" });
    return BigInt(isHex(id) ? id : zeroHash);
  }

  async #uninstall(token: bigint): Promise<boolean> {
    return await this.#l1.request({ method: "eth_uninstallFilter", params: [numberToHex(token)] });
  }
}
