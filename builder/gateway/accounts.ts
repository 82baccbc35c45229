import { type Hex, type LocalAccount, numberToHex, type TransactionSerializable } from "viem";
import type { Builder } from "../builder.ts";
import { Lock } from "../lock.ts";
import type { Authorization } from "../simulate/outcome.ts";
import { decodeTransaction } from "../transaction/decode.ts";
import { type CallParameters, callRequest } from "./call-request.ts";
import { estimateAcrossChains } from "./estimate.ts";

/**
 * The sender's next nonce when all its transactions that wait here are used. The queue is read before the node is asked:
 * a transaction that is posted in between is then counted by both, and not by neither.
 */
export async function nextNonce(
  builder: Builder,
  sender: Hex,
  askNode: () => Promise<bigint>,
): Promise<bigint> {
  const queued = builder
    .pendingOf(sender)
    .map(({ data }) => decodeTransaction(data, builder.l1ChainId).nonce);
  const onL1 = await askNode();
  return queued.reduce((next, nonce) => (nonce >= next ? nonce + 1n : next), onL1);
}

/**
 * Accounts whose keys the gateway holds and signs with for whoever asks: for development networks, where the keys are
 * public anyway.
 */
export class GatewayAccounts {
  readonly #builder: Builder;
  readonly #accounts: readonly LocalAccount[];
  /** Nonces are given out one at a time. */
  readonly #lock = new Lock();

  constructor(builder: Builder, accounts: readonly LocalAccount[]) {
    this.#builder = builder;
    this.#accounts = accounts;
  }

  get addresses(): Hex[] {
    return this.#accounts.map(({ address }) => address);
  }

  has(address: Hex | undefined): boolean {
    return this.#find(address) !== undefined;
  }

  /** Fills in what the call leaves open, signs it, and hands the raw transaction to `submit` before the next may start. */
  async send<Result>(call: CallParameters, submit: (raw: Hex) => Promise<Result>): Promise<Result> {
    const account = this.#find(call.from);
    if (account === undefined) throw new Error("the account is not the gateway's");
    return await this.#lock.run(async () => {
      const transaction = await this.#complete(call, account.address);
      return await submit(await account.signTransaction(transaction));
    });
  }

  async #complete(call: CallParameters, sender: Hex): Promise<TransactionSerializable> {
    const { l1 } = this.#builder;
    const { to, value, data } = callRequest(call);
    const askNode = async () =>
      BigInt(await l1.getTransactionCount({ address: sender, blockTag: "pending" }));
    const [nonce, gas, block] = await Promise.all([
      call.nonce ?? nextNonce(this.#builder, sender, askNode),
      call.gas ?? this.#estimate(call, sender),
      l1.getBlock({ blockTag: "pending" }),
    ]);
    const common = {
      chainId: Number(this.#builder.l1ChainId),
      to: to ?? null,
      value,
      data,
      gas,
      nonce: Number(nonce),
    };
    const list = call.accessList === undefined ? {} : { accessList: call.accessList };
    if (call.gasPrice !== undefined) {
      return call.accessList === undefined
        ? { ...common, type: "legacy", gasPrice: call.gasPrice }
        : { ...common, ...list, type: "eip2930", gasPrice: call.gasPrice };
    }
    const maxPriorityFeePerGas = call.maxPriorityFeePerGas ?? 1_000_000_000n;
    const maxFeePerGas = call.maxFeePerGas ?? (block.baseFeePerGas ?? 0n) * 2n + maxPriorityFeePerGas;
    const dynamic = { ...common, ...list, maxFeePerGas, maxPriorityFeePerGas };
    if (call.authorizationList === undefined) return { ...dynamic, type: "eip1559" };
    return { ...dynamic, type: "eip7702", authorizationList: call.authorizationList.map(toSigned) };
  }

  async #estimate(call: CallParameters, sender: Hex): Promise<bigint> {
    const request = callRequest({ ...call, from: sender });
    const across = await estimateAcrossChains(this.#builder, request, true);
    if (across !== undefined) return across;
    const { to, value, data } = request;
    return await this.#builder.l1.estimateGas({ account: sender, to: to ?? null, value, data });
  }

  #find(address: Hex | undefined): LocalAccount | undefined {
    return this.#accounts.find((account) => account.address.toLowerCase() === address?.toLowerCase());
  }
}

function toSigned({ chainId, address, nonce, yParity, r, s }: Authorization) {
  const word = (value: bigint): Hex => numberToHex(value, { size: 32 });
  return {
    chainId: Number(chainId),
    address,
    nonce: Number(nonce),
    yParity: Number(yParity),
    r: word(r),
    s: word(s),
  };
}
