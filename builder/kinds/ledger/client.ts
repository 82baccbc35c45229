import { randomBytes } from "node:crypto";
import { type Address, encodeFunctionData, type Hex, hexToBytes, numberToHex } from "viem";
import { type ChainId, OutOfRangeError } from "../../protocol/ids.ts";
import { loadPoseidon, type Poseidon } from "../../state/poseidon.ts";
import { ledgerAbi } from "./abi.ts";
import { encodeL2tx, type LedgerDomain, ledgerMessage } from "./l2tx.ts";
import { NONCE_LIMIT } from "./limits.ts";
import { addressOf, loadSigning, PRIVATE_KEY_BYTES, type Signing } from "./signing.ts";

/** When a transaction is good: for which rollup, as the account's how many-th, and until when. */
export interface LedgerTransactionTerms {
  readonly domain: LedgerDomain;
  /** Number of successful L2 transactions of the account so far. */
  readonly nonce: bigint;
  /** Last batch timestamp, in seconds, at which the transaction may take effect. */
  readonly deadline: bigint;
}

export interface LedgerPayment extends LedgerTransactionTerms {
  /** Home chain of the recipient, in Lockstep's numbering: 0 is L1. */
  readonly chain: ChainId;
  readonly to: Address;
  /** Wei. */
  readonly amount: bigint;
}

/**
 * An account on ledgers held by a Baby Jubjub key, for users without an L1 key. The same key has the same
 * address on every ledger, but each signature is good for one rollup and one nonce. The sign functions return
 * an L2TX's data.
 * @example
 * ```ts
 * import { parseEther } from "viem";
 * import { LedgerAccount } from "./builder/kinds/ledger/client.ts";
 * import { chainId, L1 } from "./builder/protocol/ids.ts";
 *
 * const alice = await LedgerAccount.generate();
 * const transaction = alice.signTransfer({
 *   domain: {
 *     l1ChainId: 31337n,
 *     manager: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
 *     rollup: chainId(1),
 *   },
 *   chain: L1,
 *   to: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
 *   amount: parseEther("1"),
 *   nonce: 0n,
 *   deadline: BigInt(Math.floor(Date.now() / 1_000)) + 3_600n,
 * });
 * // eth_sendRawTransaction at the ledger's gateway takes it.
 * ```
 */
export class LedgerAccount {
  readonly address: Address;
  readonly #privateKey: Uint8Array;
  readonly #poseidon: Poseidon;
  readonly #signing: Signing;

  private constructor(privateKey: Uint8Array, poseidon: Poseidon, signing: Signing) {
    this.#privateKey = privateKey;
    this.#poseidon = poseidon;
    this.#signing = signing;
    this.address = numberToHex(addressOf(poseidon, signing.publicKeyOf(privateKey)), { size: 20 });
  }

  /**
   * @param seed 32 secret bytes: circomlib's private key, so that other circomlib tools derive the same
   * account.
   */
  static async fromSeed(seed: Hex | Uint8Array): Promise<LedgerAccount> {
    const privateKey = typeof seed === "string" ? hexToBytes(seed) : Uint8Array.from(seed);
    const [poseidon, signing] = await Promise.all([loadPoseidon(), loadSigning()]);
    return new LedgerAccount(privateKey, poseidon, signing);
  }

  /** An account with a new random key. */
  static generate(): Promise<LedgerAccount> {
    return LedgerAccount.fromSeed(randomBytes(PRIVATE_KEY_BYTES));
  }

  /** A transfer inside the ledger. */
  signTransfer({ chain, to, amount, ...terms }: LedgerPayment): Hex {
    const calldata = encodeFunctionData({
      abi: ledgerAbi,
      functionName: "transfer",
      args: [chain, to, amount],
    });
    return this.signCalldata(calldata, terms);
  }

  /** A call with value to another chain; its return data comes back. */
  signSend({ chain, to, amount, data, ...terms }: LedgerPayment & { readonly data: Hex }): Hex {
    const calldata = encodeFunctionData({
      abi: ledgerAbi,
      functionName: "send",
      args: [chain, to, amount, data],
    });
    return this.signCalldata(calldata, terms);
  }

  /**
   * Any call of the ledger.
   * @throws `INVALID_L2_TRANSACTION` when it is too long.
   */
  signCalldata(calldata: Hex, { domain, nonce, deadline }: LedgerTransactionTerms): Hex {
    assertUint64("nonce", nonce);
    assertUint64("deadline", deadline);
    const transaction = { nonce, deadline, calldata: hexToBytes(calldata) };
    const signature = this.#signing.sign(
      this.#privateKey,
      ledgerMessage(this.#poseidon, domain, transaction),
    );
    return encodeL2tx({ ...transaction, publicKey: this.#signing.publicKeyOf(this.#privateKey), signature });
  }
}

/** Nonces and deadlines are uint64; both limits are the same number. */
function assertUint64(what: string, value: bigint): void {
  if (value < 0n || value >= NONCE_LIMIT) throw new OutOfRangeError(what, value, "2^64");
}
