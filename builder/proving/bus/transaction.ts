import { RLP, type NestedUint8Array } from "@ethereumjs/rlp";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { concatBytes, keccak256, toHex } from "viem";
import { publicKeyToAddress } from "viem/accounts";
import { type TransactionField, TRANSACTION_STATUS } from "../../../circuits/bus/transaction-fields.ts";

/** What L1 says of an L2TX's data. */
export type DecodedTransaction =
  | {
      readonly status: typeof TRANSACTION_STATUS.valid;
      readonly fields: Readonly<Record<TransactionField, bigint>>;
      readonly data: Uint8Array;
    }
  | { readonly status: typeof TRANSACTION_STATUS.invalid | typeof TRANSACTION_STATUS.unsupported };

const INVALID: DecodedTransaction = { status: TRANSACTION_STATUS.invalid };

const TYPES = { legacy: 0, accessList: 1, dynamicFee: 2, setCode: 4 } as const;
/** Where the first bytes of lists begin. */
const LIST = 0xc0;
/** `v`, `r` and `s`, which stand last. */
const SIGNATURE_ITEMS = 3;

const CURVE_ORDER = secp256k1.Point.Fn.ORDER;
const BASE_GAS = 21_000n;
const CREATION_GAS = 32_000n;
const INIT_WORD_GAS = 2n;
const ACCESS_ADDRESS_GAS = 2_400n;
const ACCESS_SLOT_GAS = 1_900n;
const TOKEN_GAS = 4n;
const FLOOR_TOKEN_GAS = 10n;
const TOKENS = { zeroByte: 1n, otherByte: 4n } as const;

/**
 * Decodes a signed Ethereum transaction as `contracts/proofs/bus/Transactions.sol` does.
 * @param chainId EVM chain id of the rollup.
 */
export function decodeTransaction(data: Uint8Array, chainId: bigint): DecodedTransaction {
  const [first] = data;
  if (first === undefined) return INVALID;
  if (first === TYPES.setCode) return { status: TRANSACTION_STATUS.unsupported };
  const type = first >= LIST ? TYPES.legacy : first;
  if (type === TYPES.legacy ? first < LIST : type > TYPES.dynamicFee) return INVALID;
  try {
    return decode(data.subarray(type === TYPES.legacy ? 0 : 1), type, chainId);
  } catch (error) {
    if (error instanceof NotCanonicalError) return INVALID;
    throw error;
  }
}

type Item = Uint8Array | NestedUint8Array;

/** Thrown for what is no transaction in its one form; caught where one is decoded. */
class NotCanonicalError extends Error {
  constructor(what: string, options?: ErrorOptions) {
    super(`not canonical: ${what}`, options);
    this.name = "NotCanonicalError";
  }
}

/** @throws {NotCanonicalError} */
function decode(encoded: Uint8Array, type: number, chainId: bigint): DecodedTransaction {
  const items = list(rlp(encoded));
  const signed = items.slice(0, -SIGNATURE_ITEMS);
  const left = items.values();
  if (type !== TYPES.legacy && integer(left.next().value, 32) !== chainId)
    throw new NotCanonicalError("another chain");
  const nonce = integer(left.next().value, 8);
  const priorityFee = integer(left.next().value, 32);
  const fee = type === TYPES.dynamicFee ? integer(left.next().value, 32) : priorityFee;
  const gasLimit = integer(left.next().value, 8);
  const to = text(left.next().value);
  if (to.length !== 0 && to.length !== 20) throw new NotCanonicalError("a recipient");
  const value = integer(left.next().value, 32);
  const data = text(left.next().value);
  const accesses = type === TYPES.legacy ? { addresses: 0n, slots: 0n } : accessList(list(left.next().value));
  const signature = {
    v: integer(left.next().value, 32) - (type === TYPES.legacy ? 2n * chainId + 35n : 0n),
    r: integer(left.next().value, 32),
    s: integer(left.next().value, 32),
  };
  if (left.next().done !== true) throw new NotCanonicalError("items are left over");
  const signer = recover(digest(signed, type, chainId), signature);
  if (signer === undefined) return INVALID;
  const isCreation = to.length === 0;
  const tokens = data.reduce((sum, byte) => sum + (byte === 0 ? TOKENS.zeroByte : TOKENS.otherByte), 0n);
  const words = BigInt(Math.ceil(data.length / 32));
  const intrinsicGas =
    BASE_GAS +
    TOKEN_GAS * tokens +
    (isCreation ? CREATION_GAS + INIT_WORD_GAS * words : 0n) +
    ACCESS_ADDRESS_GAS * accesses.addresses +
    ACCESS_SLOT_GAS * accesses.slots;
  const fields = {
    status: BigInt(TRANSACTION_STATUS.valid),
    type: BigInt(type),
    nonce,
    maxFeePerGas: fee,
    maxPriorityFeePerGas: priorityFee,
    gasLimit,
    isCreation: isCreation ? 1n : 0n,
    to: isCreation ? 0n : BigInt(toHex(to)),
    value,
    dataLength: BigInt(data.length),
    intrinsicGas,
    floorGas: BASE_GAS + FLOOR_TOKEN_GAS * tokens,
    signer,
    accessAddresses: accesses.addresses,
    accessSlots: accesses.slots,
  };
  return { status: TRANSACTION_STATUS.valid, fields, data };
}

function accessList(entries: NestedUint8Array): { addresses: bigint; slots: bigint } {
  const slots = entries.map((entry) => {
    const [address, keys, ...others] = list(entry);
    text(address, 20);
    if (others.length > 0) throw new NotCanonicalError("an access");
    return list(keys).map((key) => text(key, 32)).length;
  });
  return { addresses: BigInt(slots.length), slots: BigInt(slots.reduce((sum, count) => sum + count, 0)) };
}

/** What is signed: the type, and the list of all items but the signature. */
function digest(signed: NestedUint8Array, type: number, chainId: bigint): Uint8Array {
  return keccak256(
    type === TYPES.legacy
      ? RLP.encode([...signed, chainId, 0, 0])
      : concatBytes([Uint8Array.of(type), RLP.encode(signed)]),
    "bytes",
  );
}

/** @returns nothing for a signature of no key. */
function recover(hash: Uint8Array, { v, r, s }: { v: bigint; r: bigint; s: bigint }): bigint | undefined {
  const isInRange = r > 0n && r < CURVE_ORDER && s > 0n && s <= CURVE_ORDER / 2n;
  if (!isInRange || (v !== 0n && v !== 1n)) return undefined;
  try {
    const key = new secp256k1.Signature(r, s, Number(v)).recoverPublicKey(hash);
    return BigInt(publicKeyToAddress(`0x${key.toHex(false)}`));
  } catch {
    // r is no x of the curve, or the key is the point at infinity.
    return undefined;
  }
}

/** @throws {NotCanonicalError} unless the bytes are one item in its shortest encoding. */
function rlp(encoded: Uint8Array): Item {
  try {
    return RLP.decode(encoded);
  } catch (cause) {
    throw new NotCanonicalError("no RLP", { cause });
  }
}

/** @throws {NotCanonicalError} */
function list(item: Item | undefined): NestedUint8Array {
  if (!Array.isArray(item)) throw new NotCanonicalError("no list where one belongs");
  return item;
}

/**
 * @param size bytes that it must have, if given.
 * @throws {NotCanonicalError}
 */
function text(item: Item | undefined, size?: number): Uint8Array {
  if (!(item instanceof Uint8Array) || (size !== undefined && item.length !== size))
    throw new NotCanonicalError("not the string");
  return item;
}

/** @throws {NotCanonicalError} unless the item is an integer of at most so many bytes. */
function integer(item: Item | undefined, maxBytes: number): bigint {
  const bytes = text(item);
  if (bytes.length > maxBytes || bytes[0] === 0) throw new NotCanonicalError("not the integer");
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}
