import { type Hex, numberToHex, parseEther, parseGwei } from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { LedgerAccount } from "../../../builder/kinds/ledger/client.ts";
import { evmChainIdOf } from "../../../builder/protocol/evm-chain-id.ts";
import { L1 } from "../../../builder/protocol/ids.ts";
import { accountAt } from "../../../test/core/setup.ts";
import type { Job } from "./users.ts";
import { L1_CHAIN_ID, type World } from "./world.ts";

const PAYEE = accountAt(3).address;
const ON_L1 = { gas: 600_000n, maxFeePerGas: parseGwei("100"), maxPriorityFeePerGas: 1n } as const;
const FREE = { gas: 100_000n, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n } as const;

interface Size {
  readonly users: number;
  /** Of all users together, in each mix. */
  readonly transactions: number;
}

/** What users send. */
export class Jobs {
  readonly #world: World;
  readonly #size: Size;
  readonly #accounts: readonly PrivateKeyAccount[];
  /** Of ledger accounts that were used. */
  #seeds = 0n;

  private constructor(world: World, size: Size) {
    this.#world = world;
    this.#size = size;
    this.#accounts = strangers(size.users);
  }

  /** Users have Ether on L1. */
  static async open(world: World, size: Size): Promise<Jobs> {
    const jobs = new Jobs(world, size);
    const { node } = world.lockstep.l1;
    for (const { address } of jobs.#accounts) await node.setBalance({ address, value: parseEther("100") });
    return jobs;
  }

  /** What each user sends, in order. */
  async of(mix: "a" | "l1" | "ledger" | "plain" | "flood"): Promise<Job[][]> {
    const { users, transactions } = this.#size;
    const each = Math.ceil(transactions / users);
    switch (mix) {
      case "ledger":
        return await Promise.all(this.#accounts.map(() => this.#ofLedger(each)));
      case "a":
        return await this.#ofRollup(this.#accounts, each);
      case "flood":
        return await this.#ofRollup(strangers(transactions), 1);
      case "l1":
      case "plain":
        return await this.#ofL1(mix, each);
    }
  }

  async #ofLedger(each: number): Promise<Job[]> {
    const { lockstep, gateways } = this.#world;
    const { rollups, ledger } = lockstep;
    const own = await LedgerAccount.fromSeed(numberToHex(++this.#seeds, { size: 32 }));
    const domain = { l1ChainId: L1_CHAIN_ID, manager: rollups, rollups, rollup: ledger };
    return Array.from({ length: each }, (_, nonce) => {
      const terms = { domain, nonce: BigInt(nonce), deadline: 1n << 40n };
      const raw = own.signTransfer({ ...terms, chain: L1, to: PAYEE, amount: 0n });
      return { url: gateways.ledger.url, raw };
    });
  }

  async #ofRollup(senders: readonly PrivateKeyAccount[], each: number): Promise<Job[][]> {
    const { a, gateways } = this.#world;
    const { url } = gateways.a;
    const chainId = Number(evmChainIdOf(L1_CHAIN_ID, a));
    return await signed(senders, url, each, { chainId, to: PAYEE, ...FREE });
  }

  async #ofL1(mix: "l1" | "plain", each: number): Promise<Job[][]> {
    const { a, gateways, lockstep } = this.#world;
    const { url } = gateways.l1;
    const to = mix === "l1" ? await lockstep.createProxy(PAYEE, a) : PAYEE;
    const value = mix === "plain" ? 1n : 0n;
    return await signed(this.#accounts, url, each, { chainId: Number(L1_CHAIN_ID), to, value, ...ON_L1 });
  }
}

function strangers(count: number) {
  return Array.from({ length: count }, () => privateKeyToAccount(generatePrivateKey()));
}

async function signed(
  senders: readonly PrivateKeyAccount[],
  url: string,
  each: number,
  transaction: (typeof ON_L1 | typeof FREE) & { chainId: number; to: Hex; value?: bigint },
): Promise<Job[][]> {
  return await Promise.all(
    senders.map(async (account) => {
      const start = await nonceOf(url, account.address);
      const raws = Array.from({ length: each }, (_, index) =>
        account.signTransaction({ type: "eip1559", nonce: start + index, ...transaction }),
      );
      return (await Promise.all(raws)).map((raw) => ({ url, raw }));
    }),
  );
}

const answerSchema = z.object({ result: z.string() });

async function nonceOf(url: string, address: Hex): Promise<number> {
  const params = [address, "latest"];
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_getTransactionCount", params });
  const headers = { "content-type": "application/json" };
  const answer: unknown = await (await fetch(url, { method: "POST", headers, body })).json();
  return Number(answerSchema.parse(answer).result);
}
