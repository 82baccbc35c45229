import {
  type Abi,
  type Account,
  type Address,
  createPublicClient,
  createWalletClient,
  encodeFunctionData,
  type Hex,
  http,
  type PublicClient,
  type TransactionReceipt,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import type { DevnetDescription } from "../../../builder/node/deployment/description.ts";
import { SYSTEM } from "../../../builder/kinds/evm/system.ts";
import { crossChainManagerAbi, rollupsAbi } from "../../../builder/protocol/abi.ts";
import { artefact } from "../../core/setup.ts";

const answerSchema = z.object({
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});

/** L1 or a rollup of the devnet, by name. */
export type Place = "L1" | "Ledger" | "A" | "B" | "C";

/** A contract that stands on one of the devnet's chains. */
export interface Actor {
  readonly on: Place;
  readonly address: Address;
  readonly abi: Abi;
}

/** Deploys contracts on a devnet's chains and has them call each other, all through the gateways. */
export class Stage {
  readonly devnet: DevnetDescription;
  readonly account: Account;

  /** @param account which of the devnet's accounts pays. */
  constructor(devnet: DevnetDescription, account = 2) {
    this.devnet = devnet;
    const key = devnet.accounts[account]?.privateKey;
    if (key === undefined) throw new RangeError(`the devnet has no account ${account}`);
    this.account = privateKeyToAccount(key);
  }

  /** Address of a chain's gateway. */
  gateway(on: Place): string {
    return on === "L1" ? this.devnet.l1.gateway : this.#rollup(on).gateway;
  }

  /** Lockstep's number of a chain. */
  idOf(on: Place): bigint {
    return on === "L1" ? 0n : BigInt(this.#rollup(on).id);
  }

  reader(on: Place): PublicClient {
    return createPublicClient({
      transport: http(this.gateway(on), { retryCount: 0 }),
      pollingInterval: 50,
      cacheTime: 0,
    });
  }

  /** Any method of a chain's gateway. */
  async ask(on: Place, method: string, params: readonly unknown[]): Promise<unknown> {
    const answer = await fetch(this.gateway(on), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const { result, error } = answerSchema.parse(await answer.json());
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  async deploy(on: Place, name: string, args: readonly unknown[] = []): Promise<Actor> {
    const { abi, bytecode } = await artefact(name);
    const hash = await this.#wallet(on).deployContract({ abi, bytecode, args, ...this.#signed });
    const { contractAddress } = await this.included(on, hash);
    if (contractAddress == null) throw new Error(`${name} was not deployed`);
    return { on, address: contractAddress, abi };
  }

  /** The address by which contracts of `on` call the actor: its own, or its proxy's, which is created. */
  async addressOn(on: Place, actor: Pick<Actor, "on" | "address">): Promise<Address> {
    if (actor.on === on) return actor.address;
    const manager =
      on === "L1"
        ? { address: this.devnet.l1.rollups, abi: rollupsAbi }
        : { address: SYSTEM, abi: crossChainManagerAbi };
    const args = [actor.address, this.idOf(actor.on)] as const;
    const data = encodeFunctionData({ abi: rollupsAbi, functionName: "createProxy", args });
    await this.included(
      on,
      await this.#wallet(on).sendTransaction({ to: manager.address, data, ...this.#signed }),
    );
    return await this.reader(on).readContract({
      address: manager.address,
      abi: rollupsAbi,
      functionName: "proxyOf",
      args,
    });
  }

  /** Sends a call and does not wait for it. */
  async submit(
    on: Place,
    actor: Actor,
    functionName: string,
    args: readonly unknown[] = [],
    more: {
      readonly value?: bigint;
      readonly gas?: bigint;
    } = {},
  ): Promise<Hex> {
    const to = await this.addressOn(on, actor);
    const data = encodeFunctionData({ abi: actor.abi, functionName, args });
    return await this.#wallet(on).sendTransaction({ to, data, ...more, ...this.#signed });
  }

  /** Sends any transaction and does not wait for it. */
  async post(
    on: Place,
    transaction: {
      readonly to?: Address;
      readonly data?: Hex;
      readonly nonce?: number;
      readonly gas?: bigint;
      readonly maxFeePerGas?: bigint;
      readonly maxPriorityFeePerGas?: bigint;
    },
  ): Promise<Hex> {
    return await this.#wallet(on).sendTransaction({ ...transaction, ...this.#signed });
  }

  /** Sends any transaction and waits until L1 has it. */
  async sent(...transaction: Parameters<Stage["post"]>): Promise<TransactionReceipt> {
    return await this.included(transaction[0], await this.post(...transaction));
  }

  /** Deploys a contract that no Solidity was written for. */
  async create(on: Place, code: Hex): Promise<Address> {
    const { contractAddress } = await this.sent(on, { data: code });
    if (contractAddress == null) throw new Error("nothing was deployed");
    return contractAddress;
  }

  /** Sends to L1's node a transaction of which the builder is not told. */
  async pastTheGateway(transaction: Parameters<Stage["post"]>[1]): Promise<TransactionReceipt> {
    const transport = http(this.devnet.l1.rpc, { retryCount: 0 });
    const hash = await createWalletClient({ transport }).sendTransaction({ ...transaction, ...this.#signed });
    return await createPublicClient({ transport, pollingInterval: 50 }).waitForTransactionReceipt({ hash });
  }

  /** Sends a call and waits until L1 has it. */
  async send(...call: Parameters<Stage["submit"]>): Promise<Hex> {
    const hash = await this.submit(...call);
    await this.included(call[0], hash);
    return hash;
  }

  async included(on: Place, hash: Hex) {
    return await this.reader(on).waitForTransactionReceipt({ hash, timeout: 120_000 });
  }

  get #signed() {
    return { account: this.account, chain: null } as const;
  }

  #wallet(on: Place) {
    return createWalletClient({ transport: http(this.gateway(on), { retryCount: 0 }) });
  }

  #rollup(name: Place) {
    const rollup = this.devnet.rollups.find((each) => each.name === name);
    if (rollup === undefined) throw new RangeError(`the devnet has no rollup ${name}`);
    return rollup;
  }
}
