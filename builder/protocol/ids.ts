/**
 * Branded scalars. A brand is given once, by the guard below, where a value enters the program; after that
 * the compiler keeps a chain id from being passed where a root or a plain number is meant.
 */
import { LockstepError } from "./errors.ts";

declare const brand: unique symbol;
/**
 * The brands are the keys of an object, so that a type may carry several (one string type would make it
 * `never`).
 */
type Brand<T, Name extends string> = T & { readonly [brand]: Readonly<Record<Name, true>> };

/** A chain in Lockstep's own numbering: 0 is L1, every rollup is ≥ 1. 64 bits. Not an EVM chain id. */
export type ChainId = Brand<bigint, "ChainId">;
/** An element of the BN254 scalar field, 0 ≤ x < {@link FIELD_MODULUS}. */
export type FieldElement = Brand<bigint, "FieldElement">;
/** A rollup's state root: a field element that commits to the whole state. */
export type StateRoot = Brand<FieldElement, "StateRoot">;

/** Order of the BN254 scalar field (EIP-197), the field of every circuit. */
export const FIELD_MODULUS = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

export class OutOfRangeError extends LockstepError {
  constructor(what: string, value: bigint, limit: string) {
    super("OUT_OF_RANGE", `${what} is ${value}, which is not in [0, ${limit})`);
  }
}

/**
 * A chain id, checked.
 * @throws {OutOfRangeError}
 * @example
 * ```ts
 * import { chainId, L1 } from "./builder/protocol/ids.ts";
 *
 * const rollup = chainId(1); // a ChainId; a plain bigint or a StateRoot is not taken where one is wanted
 * rollup === L1; // false
 * ```
 */
export function chainId(value: bigint | number): ChainId {
  const id = BigInt(value);
  if (id < 0n || id >= 1n << 64n) throw new OutOfRangeError("chain id", id, "2^64");
  return id as ChainId;
}

export function fieldElement(value: bigint): FieldElement {
  if (value < 0n || value >= FIELD_MODULUS) throw new OutOfRangeError("field element", value, "BN254 r");
  return value as FieldElement;
}

export function stateRoot(value: bigint): StateRoot {
  return fieldElement(value) as StateRoot;
}

/** L1's chain id in Lockstep's numbering. */
export const L1: ChainId = chainId(0);
