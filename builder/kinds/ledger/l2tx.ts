import {
  type Address,
  bytesToBigInt,
  bytesToHex,
  concatHex,
  type Hex,
  hexToBytes,
  keccak256,
  numberToHex,
  toHex,
} from "viem";
import { type ChainId, FIELD_MODULUS, type FieldElement, fieldElement } from "../../protocol/ids.ts";
import { dataWords } from "../../protocol/statement.ts";
import type { Poseidon } from "../../state/poseidon.ts";
import type { Signer } from "../kind.ts";
import { InvalidL2TransactionError } from "../errors.ts";
import { L2TX_HEADER_BYTES, MAX_CALLDATA_BYTES, SIGNED_CALLDATA_WORDS } from "./limits.ts";
import type { CurvePoint, Signature } from "./signing.ts";

/** First input of the signed message: keeps a signature from meaning anything elsewhere. */
export const LEDGER_TX_DOMAIN = fieldElement(BigInt(keccak256(toHex("lockstep.ledger.l2tx.v1"))) >> 8n);

/** The one rollup a signature is good for. */
export interface LedgerDomain {
  /** EVM chain id of L1. */
  readonly l1ChainId: bigint;
  /** Address of `Rollups` on L1. */
  readonly manager: Address;
  readonly rollup: ChainId;
}

/** What the user decides. */
export interface LedgerTransaction {
  /** Number of successful L2 transactions of the account so far. */
  readonly nonce: bigint;
  /** Last batch timestamp, in seconds, at which the transaction is good. */
  readonly deadline: bigint;
  readonly calldata: Uint8Array;
}

export interface SignedLedgerTransaction extends LedgerTransaction {
  readonly publicKey: CurvePoint;
  readonly signature: Signature;
}

/**
 * The signed message (docs/spec.md section 5, "L2TX").
 * @throws `INVALID_L2_TRANSACTION` when the calldata is too long.
 */
export function ledgerMessage(
  poseidon: Poseidon,
  domain: LedgerDomain,
  { nonce, deadline, calldata }: LedgerTransaction,
): FieldElement {
  if (calldata.length > MAX_CALLDATA_BYTES)
    throw new InvalidL2TransactionError(
      `calldata of ${calldata.length.toString()} bytes, at most ${MAX_CALLDATA_BYTES.toString()} fit`,
    );
  const words = dataWords(calldata);
  while (words.length < SIGNED_CALLDATA_WORDS) words.push(fieldElement(0n));
  return poseidon([
    LEDGER_TX_DOMAIN,
    domain.l1ChainId,
    BigInt(domain.manager),
    domain.rollup,
    nonce,
    deadline,
    BigInt(calldata.length),
    poseidon(words),
  ]);
}

/** `Ax ‖ Ay ‖ R8x ‖ R8y ‖ S ‖ nonce ‖ deadline ‖ calldata`: the data of an L2TX. */
export function encodeL2tx({
  publicKey,
  signature,
  nonce,
  deadline,
  calldata,
}: SignedLedgerTransaction): Hex {
  return concatHex([
    ...[publicKey.x, publicKey.y, signature.r8.x, signature.r8.y, signature.s].map((element) =>
      numberToHex(element, { size: 32 }),
    ),
    numberToHex(nonce, { size: 8 }),
    numberToHex(deadline, { size: 8 }),
    bytesToHex(calldata),
  ]);
}

/**
 * Inverse of {@link encodeL2tx}; field elements are taken modulo p, as the circuit takes them.
 * @throws `INVALID_L2_TRANSACTION` when it is shorter than its header.
 */
export function decodeL2tx(data: Hex): SignedLedgerTransaction {
  const bytes = hexToBytes(data);
  if (bytes.length < L2TX_HEADER_BYTES)
    throw new InvalidL2TransactionError(
      `${bytes.length.toString()} bytes, but its header alone has ${L2TX_HEADER_BYTES.toString()}`,
    );
  const element = (n: number): FieldElement =>
    fieldElement(bytesToBigInt(bytes.subarray(32 * n, 32 * n + 32)) % FIELD_MODULUS);
  return {
    publicKey: { x: element(0), y: element(1) },
    signature: { r8: { x: element(2), y: element(3) }, s: element(4) },
    nonce: bytesToBigInt(bytes.subarray(160, 168)),
    deadline: bytesToBigInt(bytes.subarray(168, 176)),
    calldata: bytes.subarray(L2TX_HEADER_BYTES),
  };
}

/** Who signed an L2TX; nothing if it is none. */
export function signerOfL2tx(data: Hex): Signer | undefined {
  try {
    const { publicKey, nonce } = decodeL2tx(data);
    return { sender: `${publicKey.x},${publicKey.y}`, nonce, maxFee: 0n, priorityFee: 0n };
  } catch (error) {
    if (error instanceof InvalidL2TransactionError) return undefined;
    throw error;
  }
}
