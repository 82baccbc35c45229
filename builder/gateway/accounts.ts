import {
  BaseError,
  type Hex,
  hashMessage,
  hashTypedData,
  type LocalAccount,
  numberToHex,
  type TransactionSerializable,
} from "viem";
import type { Authorization } from "../evm/call-request.ts";
import { LockstepError } from "../protocol/errors.ts";
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

/** The gateway does not hold the account's key. */
export class UnknownAccountError extends LockstepError {
  constructor(address: Hex | undefined) {
    const which = address ?? "an account that is not named";
    super("UNKNOWN_ACCOUNT", `unknown account: the gateway does not hold the key of ${which}`);
  }
}

/** What a transaction may say. Anything else would be signed away unseen. */
const FIELDS: ReadonlySet<string> = new Set([
  "from",
  "to",
  "gas",
  "gasPrice",
  "maxFeePerGas",
  "maxPriorityFeePerGas",
  "value",
  "nonce",
  "chainId",
  "type",
  "data",
  "input",
  "authorizationList",
  "accessList",
]);

/**
 * Accounts whose keys the gateway holds and signs with for every client: for development networks, where the
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
    return this.#accounts.some((account) => lowerCase(account.address) === address?.toLowerCase());
  }

  /**
   * Fills in what the call leaves open, signs it, and hands the raw transaction to `submit` before the next
   * may start.
   * @throws {InvalidParamsError} for values that no transaction can hold.
   */
  async send<Result>(call: CallParameters, submit: (raw: Hex) => Promise<Result>): Promise<Result> {
    return await this.#lock.run(async () => await submit((await this.sign(call)).raw));
  }

  /** The signed transaction, which is sent nowhere. */
  async sign(call: CallParameters): Promise<{ raw: Hex; transaction: TransactionSerializable }> {
    const account = this.#account(call.from);
    const transaction = await this.fill(call);
    try {
      return { raw: await account.signTransaction(transaction), transaction };
    } catch (error) {
      if (error instanceof BaseError) throw new InvalidParamsError(error.shortMessage);
      throw error;
    }
  }

  /** Signs a message as wallets do (EIP-191). */
  async signMessage(address: Hex, message: Hex): Promise<Hex> {
    return await this.#signHash(address, hashMessage({ raw: message }));
  }

  /**
   * Signs structured data (EIP-712).
   * @throws {InvalidParamsError} when it is none.
   */
  async signTypedData(address: Hex, data: TypedData): Promise<Hex> {
    const { chainId } = data.domain;
    if (chainId !== undefined && chainId !== this.#chain.chainId)
      throw new InvalidParamsError(`the data is for chain ${chainId}, this one is ${this.#chain.chainId}`);
    let hash: Hex;
    try {
      hash = hashTypedData(data);
    } catch (cause) {
      throw new InvalidParamsError(
        `not typed data: ${cause instanceof BaseError ? cause.shortMessage : "it cannot be encoded"}`,
      );
    }
    return await this.#signHash(address, hash);
  }

  async #signHash(address: Hex, hash: Hex): Promise<Hex> {
    const account = this.#account(address);
    if (account.sign === undefined) throw new UnknownAccountError(address);
    return await account.sign({ hash });
  }

  /**
   * The transaction that the call stands for, with everything that it leaves open.
   * @throws {InvalidParamsError} when it says what no transaction of this chain can be.
   */
  async fill(call: CallParameters): Promise<TransactionSerializable> {
    const chain = this.#chain;
    const type = typeOf(call, chain.chainId);
    const sender = call.from;
    if (sender === undefined) throw new InvalidParamsError(`"from" is missing`);
    const { to, value, data } = callRequest(call);
    const [nonce, gas, baseFee] = await Promise.all([
      call.nonce ?? chain.nextNonce(sender),
      call.gas ?? chain.estimateGas(call),
      chain.baseFee(),
    ]);
    if (nonce > BigInt(Number.MAX_SAFE_INTEGER))
      throw new InvalidParamsError("nonce: a nonce that no account will reach");
    const common = {
      chainId: Number(chain.chainId),
      to: to ?? null,
      value,
      data,
      gas,
      nonce: Number(nonce),
    };
    const accessList = call.accessList ?? [];
    const priority = call.maxPriorityFeePerGas ?? chain.priorityFee;
    if (type === "legacy" || type === "eip2930") {
      const gasPrice = call.gasPrice ?? baseFee * 2n + chain.priorityFee;
      return type === "legacy" ? { ...common, type, gasPrice } : { ...common, type, gasPrice, accessList };
    }
    const maxFeePerGas = call.maxFeePerGas ?? baseFee * 2n + priority;
    const maxPriorityFeePerGas =
      call.maxPriorityFeePerGas === undefined && maxFeePerGas < priority ? maxFeePerGas : priority;
    const dynamic = { ...common, accessList, maxFeePerGas, maxPriorityFeePerGas };
    if (type === "eip1559") return { ...dynamic, type };
    return { ...dynamic, type, authorizationList: (call.authorizationList ?? []).map(toSigned) };
  }

  #account(address: Hex | undefined): LocalAccount {
    const found = this.#accounts.find((account) => lowerCase(account.address) === address?.toLowerCase());
    if (found === undefined) throw new UnknownAccountError(address);
    return found;
  }
}

/** What is signed as structured data. */
export interface TypedData {
  readonly domain: { readonly chainId?: bigint | undefined; readonly [field: string]: unknown };
  readonly types: Readonly<Record<string, readonly { readonly name: string; readonly type: string }[]>>;
  readonly primaryType: string;
  readonly message: Readonly<Record<string, unknown>>;
}

const TYPES = ["legacy", "eip2930", "eip1559", undefined, "eip7702"] as const;

/** The type of transaction that the call asks for, in words or by its fields. */
function typeOf(call: CallParameters, chainId: bigint): "legacy" | "eip2930" | "eip1559" | "eip7702" {
  const unknown = Object.entries(call).find(
    ([field, value]) => !FIELDS.has(field) && value !== undefined && value !== null,
  );
  if (unknown !== undefined) throw new InvalidParamsError(`"${unknown[0]}" is not supported here`);
  if (call.chainId !== undefined && call.chainId !== chainId)
    throw new InvalidParamsError(`the transaction is for chain ${call.chainId}, this one is ${chainId}`);
  const { gasPrice, accessList, authorizationList } = call;
  const hasDynamicFee = call.maxFeePerGas !== undefined || call.maxPriorityFeePerGas !== undefined;
  const asked = call.type === undefined ? undefined : TYPES[Number(call.type)];
  if (call.type !== undefined && asked === undefined)
    throw new InvalidParamsError(`transactions of type ${numberToHex(call.type)} are not supported here`);
  const byFields =
    authorizationList !== undefined
      ? "eip7702"
      : gasPrice === undefined
        ? "eip1559"
        : accessList === undefined
          ? "legacy"
          : "eip2930";
  const type = asked ?? byFields;
  const refuse = (field: string): never => {
    throw new InvalidParamsError(
      `a transaction of type ${numberToHex(TYPES.indexOf(type))} has no "${field}"`,
    );
  };
  if (authorizationList !== undefined && type !== "eip7702") refuse("authorizationList");
  if (type === "eip7702" && authorizationList === undefined)
    throw new InvalidParamsError("a transaction of type 0x4 needs an authorizationList");
  if (type === "eip7702" && call.to === undefined)
    throw new InvalidParamsError(`a transaction of type 0x4 needs "to"`);
  if (type === "legacy" && accessList !== undefined) refuse("accessList");
  if ((type === "legacy" || type === "eip2930") && hasDynamicFee) refuse("maxFeePerGas");
  if ((type === "eip1559" || type === "eip7702") && gasPrice !== undefined) refuse("gasPrice");
  return type;
}

function lowerCase(address: Hex): Hex {
  return `0x${address.slice(2).toLowerCase()}`;
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
