import { BaseError, type Hex, type LocalAccount, numberToHex, type TransactionSerializable } from "viem";
import type { Authorization } from "../evm/call-request.ts";
import { Lock } from "../core/lock.ts";
import { type CallParameters, callRequest } from "./call-request.ts";
import { InvalidParamsError } from "./json-rpc.ts";

/** The chain for which accounts of a gateway sign. */
export interface SigningChain {
  /** EVM chain id. */
  readonly chainId: bigint;
  /** Wei per gas that a transaction offers on top of the base fee when its sender does not say. */
  readonly priorityFee: bigint;
  /** Wei per gas of the next block. */
  baseFee(): Promise<bigint>;
  /** The sender's next nonce, transactions that wait counted. */
  nextNonce(sender: Hex): Promise<bigint>;
  /**
   * Gas with which the call succeeds.
   * @throws {TransactionRevertedError}
   */
  estimateGas(call: CallParameters): Promise<bigint>;
}

/**
 * Accounts whose keys the gateway holds and signs with for every caller: for development networks, where the
 * keys are public anyway.
 */
export class GatewayAccounts {
  readonly #chain: SigningChain;
  readonly #accounts: readonly LocalAccount[];
  /** Nonces are given out one at a time. */
  readonly #lock = new Lock();

  constructor(chain: SigningChain, accounts: readonly LocalAccount[]) {
    this.#chain = chain;
    this.#accounts = accounts;
  }

  get addresses(): Hex[] {
    return this.#accounts.map(({ address }) => address);
  }

  has(address: Hex | undefined): boolean {
    return this.#find(address) !== undefined;
  }

  /**
   * Fills in what the call leaves open, signs it, and hands the raw transaction to `submit` before the next
   * may start.
   * @throws {InvalidParamsError} for values that no transaction can hold.
   */
  async send<Result>(call: CallParameters, submit: (raw: Hex) => Promise<Result>): Promise<Result> {
    const account = this.#find(call.from);
    if (account === undefined) throw new Error("the account is not the gateway's");
    return await this.#lock.run(async () => {
      const transaction = await this.#complete(call, account.address);
      return await submit(await sign(account, transaction));
    });
  }

  async #complete(call: CallParameters, sender: Hex): Promise<TransactionSerializable> {
    const chain = this.#chain;
    const { to, value, data } = callRequest(call);
    const [nonce, gas, baseFee] = await Promise.all([
      call.nonce ?? chain.nextNonce(sender),
      call.gas ?? chain.estimateGas({ ...call, from: sender }),
      chain.baseFee(),
    ]);
    const common = {
      chainId: Number(chain.chainId),
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
    const maxPriorityFeePerGas = call.maxPriorityFeePerGas ?? chain.priorityFee;
    const maxFeePerGas = call.maxFeePerGas ?? baseFee * 2n + maxPriorityFeePerGas;
    const dynamic = { ...common, ...list, maxFeePerGas, maxPriorityFeePerGas };
    if (call.authorizationList === undefined) return { ...dynamic, type: "eip1559" };
    return { ...dynamic, type: "eip7702", authorizationList: call.authorizationList.map(toSigned) };
  }

  #find(address: Hex | undefined): LocalAccount | undefined {
    return this.#accounts.find((account) => account.address.toLowerCase() === address?.toLowerCase());
  }
}

async function sign(account: LocalAccount, transaction: TransactionSerializable): Promise<Hex> {
  try {
    return await account.signTransaction(transaction);
  } catch (error) {
    if (error instanceof BaseError) throw new InvalidParamsError(error.shortMessage);
    throw error;
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
