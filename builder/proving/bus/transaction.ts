import { secp256k1 } from "@noble/curves/secp256k1.js";
import { concatBytes, hexToBytes, keccak256, numberToHex, toHex } from "viem";
import { publicKeyToAddress } from "viem/accounts";
import { type TRANSACTION_FIELDS, TRANSACTION_STATUS } from "../../../circuits/bus/transaction-fields.ts";
import { NotCanonicalError, RlpReader } from "./rlp.ts";

/** What L1 says of an L2TX's data. */
export type DecodedTransaction =
  | {
      readonly status: typeof TRANSACTION_STATUS.valid;
      /** By their numbers in `TRANSACTION_FIELDS`. */
      readonly fields: readonly bigint[];
      readonly data: Uint8Array;
    }
  | { readonly status: typeof TRANSACTION_STATUS.invalid | typeof TRANSACTION_STATUS.unsupported };

const INVALID: DecodedTransaction = { status: TRANSACTION_STATUS.invalid };

const TYPES = { legacy: 0, accessList: 1, dynamicFee: 2, setCode: 4 } as const;
/** Where the first bytes of lists begin. */
const LIST = 0xc0;

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

/** @throws {NotCanonicalError} */
function decode(encoded: Uint8Array, type: number, chainId: bigint): DecodedTransaction {
  const outer = new RlpReader(encoded);
  const items = outer.list();
  if (!outer.isFinished) throw new NotCanonicalError("trailing bytes");
  if (type !== TYPES.legacy && items.integer(32) !== chainId) throw new NotCanonicalError("another chain");
  const nonce = items.integer(8);
  const priorityFee = items.integer(32);
  const fee = type === TYPES.dynamicFee ? items.integer(32) : priorityFee;
  const gasLimit = items.integer(8);
  const to = items.text();
  if (to.length !== 0 && to.length !== 20) throw new NotCanonicalError("a recipient");
  const value = items.integer(32);
  const data = items.text();
  const accesses = type === TYPES.legacy ? { addresses: 0n, slots: 0n } : accessList(items.list());
  const signer = recover(
    items,
    digest(items.read, type, chainId),
    type === TYPES.legacy ? 2n * chainId + 35n : 0n,
  );
  if (signer === undefined || !items.isFinished) return INVALID;
  const isCreation = to.length === 0;
  const tokens = data.reduce((sum, byte) => sum + (byte === 0 ? TOKENS.zeroByte : TOKENS.otherByte), 0n);
  const words = BigInt(Math.ceil(data.length / 32));
  const intrinsicGas =
    BASE_GAS +
    TOKEN_GAS * tokens +
    (isCreation ? CREATION_GAS + INIT_WORD_GAS * words : 0n) +
    ACCESS_ADDRESS_GAS * accesses.addresses +
    ACCESS_SLOT_GAS * accesses.slots;
  const named: Readonly<Record<keyof typeof TRANSACTION_FIELDS, bigint>> = {
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
  const fields = Object.entries(named).map(([, field]) => field);
  return { status: TRANSACTION_STATUS.valid, fields, data };
}

function accessList(list: RlpReader): { addresses: bigint; slots: bigint } {
  const count = { addresses: 0n, slots: 0n };
  while (!list.isFinished) {
    const entry = list.list();
    entry.text(20);
    const slots = entry.list();
    for (; !slots.isFinished; count.slots++) slots.text(32);
    if (!entry.isFinished) throw new NotCanonicalError("an access");
    count.addresses++;
  }
  return count;
}

/** What is signed: the type, and the list of all items but the signature. */
function digest(signed: Uint8Array, type: number, chainId: bigint): Uint8Array {
  const items =
    type === TYPES.legacy ? concatBytes([signed, encodeInteger(chainId), Uint8Array.of(0x80, 0x80)]) : signed;
  const prefix = type === TYPES.legacy ? [] : [Uint8Array.of(type)];
  return keccak256(concatBytes([...prefix, listHeader(items.length), items]), "bytes");
}

/** @returns nothing for a signature of no key. */
function recover(items: RlpReader, hash: Uint8Array, parity: bigint): bigint | undefined {
  const [v, r, s] = [items.integer(32) - parity, items.integer(32), items.integer(32)];
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

function encodeInteger(value: bigint): Uint8Array {
  if (value === 0n) return Uint8Array.of(0x80);
  const digits = hexToBytes(numberToHex(value));
  const [only = 0] = digits;
  return digits.length === 1 && only < 0x80
    ? digits
    : concatBytes([Uint8Array.of(0x80 + digits.length), digits]);
}

function listHeader(length: number): Uint8Array {
  if (length <= 55) return Uint8Array.of(LIST + length);
  const digits = hexToBytes(numberToHex(length));
  return concatBytes([Uint8Array.of(LIST + 55 + digits.length), digits]);
}
