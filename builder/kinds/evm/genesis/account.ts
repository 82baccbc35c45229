import { type Address, type Hex, size } from "viem";
import { MAX_CODE_BYTES } from "../../../evm/code-size.ts";
import { isPrecompile } from "../../../evm/precompiles.ts";
import { InvalidGenesisError } from "./errors.ts";
import type { GenesisAccount } from "./read.ts";

/** EIP-2681: an account has room for one nonce more at least. */
const MAX_NONCE = 2n ** 64n - 2n;
/** As compilers write the place of a library's address. */
const PLACEHOLDER = /__\$[0-9a-fA-F]{34}\$__|__[^_].{35,36}__/;

/** A contract as its user gives it. */
export interface GivenAccount {
  /** As deployed: what a compiler or a node gives. */
  readonly code: string;
  /** Default: 1. */
  readonly nonce?: bigint | undefined;
  /** Wei. */
  readonly balance?: bigint | undefined;
  /** Words by slot, of 32 bytes each. */
  readonly slots?: ReadonlyMap<Hex, Hex> | undefined;
}

/**
 * A contract of a user's own, as it stands at genesis.
 * @param where names it in messages.
 * @throws {InvalidGenesisError}
 */
export function genesisAccount(
  where: string,
  { code: given, nonce = 1n, balance = 0n, slots }: GivenAccount,
): GenesisAccount {
  if (balance !== 0n)
    throw new InvalidGenesisError(
      where,
      `no Ether on L1 would back a balance of ${balance} wei. Leave it out, and send the contract Ether through ` +
        "its proxy once the rollup runs",
    );
  // Contracts begin with 1 (EIP-161).
  if (nonce < 1n || nonce > MAX_NONCE)
    throw new InvalidGenesisError(where, `a contract's nonce is a number from 1 to 2^64 - 2, not ${nonce}`);
  const code = codeBytes(where, given);
  if (size(code) > MAX_CODE_BYTES)
    throw new InvalidGenesisError(
      where,
      `its code has ${size(code)} bytes, and a contract has at most ${MAX_CODE_BYTES} (EIP-170). Compile it with ` +
        "the optimizer, or split it",
    );
  if (code.startsWith("0xef"))
    throw new InvalidGenesisError(
      where,
      "its code begins with 0xEF, as no contract's does (EIP-3541): an account that delegates is none. Give the " +
        "code that a compiler made",
    );
  return { nonce, balance: 0n, code, slots: withoutZeros(slots) };
}

/**
 * Bytes of code, in lower case.
 * @param where names it in messages.
 * @throws {InvalidGenesisError}
 */
export function codeBytes(where: string, text: string): Hex {
  if (PLACEHOLDER.test(text))
    throw new InvalidGenesisError(
      where,
      "its code calls libraries that are not linked (__$…$__). Place them at genesis too, and link it with their " +
        "addresses",
    );
  if (!/^0x([0-9a-fA-F]{2})*$/.test(text))
    throw new InvalidGenesisError(where, "its code is not whole bytes in hexadecimal, 0x…");
  if (text === "0x")
    throw new InvalidGenesisError(
      where,
      "it has no code, as interfaces and abstract contracts have none. Give the contract that implements it",
    );
  return `0x${text.slice(2).toLowerCase()}`;
}

function withoutZeros(slots: ReadonlyMap<Hex, Hex> = new Map()): ReadonlyMap<Hex, Hex> {
  return new Map([...slots].filter(([, word]) => BigInt(word) !== 0n));
}

/** What has this address on every EVM, if anything has. */
export function reservedFor(address: Address): string | undefined {
  if (BigInt(address) === 0n) return "nothing: it is the address of no account";
  if (isPrecompile(address)) return "a precompile";
  return undefined;
}
