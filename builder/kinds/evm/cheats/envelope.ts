import {
  type Address,
  concatHex,
  fromRlp,
  type Hex,
  hexToBigInt,
  isHex,
  numberToHex,
  size,
  slice,
  toRlp,
} from "viem";
import { lowerCase } from "../../../protocol/address.ts";
import { InvalidL2TransactionError } from "../../errors.ts";

/** Type of the transaction that is a cheat (docs/spec.md section 9). */
export const CHEAT_TYPE = 0x7d;

/** What a cheat does. */
export type Cheat =
  | { readonly do: "setBalance"; readonly account: Address; readonly balance: bigint }
  | { readonly do: "setNonce"; readonly account: Address; readonly nonce: bigint }
  | { readonly do: "setCode"; readonly account: Address; readonly code: Hex }
  | { readonly do: "setStorage"; readonly account: Address; readonly slot: Hex; readonly word: Hex }
  | ImpersonatedTransaction
  | { readonly do: "pass" };

/** A transaction that its sender did not sign. */
export interface ImpersonatedTransaction {
  readonly do: "transact";
  readonly sender: Address;
  readonly nonce: bigint;
  readonly gas: bigint;
  /** Absent where it creates a contract. */
  readonly to: Address | undefined;
  readonly value: bigint;
  readonly data: Hex;
}

/** A cheat with its place among those of the rollup. */
export interface NumberedCheat {
  /** EVM chain id of the rollup. */
  readonly chainId: bigint;
  /** Nonce of the account that stands for cheats. */
  readonly number: bigint;
  readonly cheat: Cheat;
}

const NAMES = ["setBalance", "setNonce", "setCode", "setStorage", "transact", "pass"] as const;

/** Whether the bytes are meant as a cheat, well formed or not. */
export function isCheat(data: Hex): boolean {
  return data.slice(2, 4).toLowerCase() === "7d";
}

export function encodeCheat({ chainId, number, cheat }: NumberedCheat): Hex {
  const place = BigInt(NAMES.indexOf(cheat.do)) + 1n;
  const fields = [quantity(chainId), quantity(number), quantity(place), ...argumentsOf(cheat)];
  return concatHex([numberToHex(CHEAT_TYPE, { size: 1 }), toRlp(fields)]);
}

function argumentsOf(cheat: Cheat): Hex[] {
  switch (cheat.do) {
    case "setBalance":
      return [cheat.account, quantity(cheat.balance)];
    case "setNonce":
      return [cheat.account, quantity(cheat.nonce)];
    case "setCode":
      return [cheat.account, cheat.code];
    case "setStorage":
      return [cheat.account, cheat.slot, cheat.word];
    case "transact": {
      const { sender, nonce, gas, to = "0x", value, data } = cheat;
      return [sender, quantity(nonce), quantity(gas), to, quantity(value), data];
    }
    case "pass":
      return [];
  }
}

/**
 * Reads a cheat. There is one form for each.
 * @throws {InvalidL2TransactionError}
 */
export function decodeCheat(data: Hex): NumberedCheat {
  const cheat = fieldsOf(data);
  if (cheat === undefined || encodeCheat(cheat) !== data.toLowerCase())
    throw new InvalidL2TransactionError("it is no cheat in its one form");
  return cheat;
}

function fieldsOf(data: Hex): NumberedCheat | undefined {
  if (!isCheat(data) || !isHex(data) || data.length % 2 !== 0 || size(data) < 2) return undefined;
  const items = itemsOf(slice(data, 1));
  const [chainId, number, place, ...rest] = items ?? [];
  if (chainId === undefined || number === undefined || place === undefined) return undefined;
  const cheat = cheatOf(NAMES[Number(hexToBigInt(word(place))) - 1], rest);
  return cheat && { chainId: bigint(chainId), number: bigint(number), cheat };
}

function itemsOf(bytes: Hex): readonly Hex[] | undefined {
  let decoded: unknown;
  try {
    decoded = fromRlp(bytes, "hex");
  } catch {
    return undefined;
  }
  if (!Array.isArray(decoded)) return undefined;
  const items = decoded.filter((item): item is Hex => isHex(item));
  return items.length === decoded.length ? items : undefined;
}

/** The cheat of this name with these arguments; what is in another form is encoded otherwise. */
function cheatOf(name: Cheat["do"] | undefined, items: readonly Hex[]): Cheat | undefined {
  const [first = "0x", second = "0x", third = "0x", fourth = "0x", fifth = "0x", sixth = "0x"] = items;
  if (name === undefined) return undefined;
  if (name === "pass") return { do: name };
  if (size(first) !== 20) return undefined;
  const account = lowerCase(first);
  switch (name) {
    case "setBalance":
      return { do: name, account, balance: bigint(second) };
    case "setNonce":
      return { do: name, account, nonce: bigint(second) };
    case "setCode":
      return { do: name, account, code: second };
    case "setStorage":
      return size(second) === 32 && size(third) === 32
        ? { do: name, account, slot: second, word: third }
        : undefined;
    case "transact": {
      if (size(fourth) !== 0 && size(fourth) !== 20) return undefined;
      const to = fourth === "0x" ? undefined : lowerCase(fourth);
      const [nonce, gas, value] = [bigint(second), bigint(third), bigint(fifth)];
      return { do: name, sender: account, nonce, gas, to, value, data: sixth };
    }
  }
}

/** A number as Ethereum encodes one: without leading zeros. */
function quantity(value: bigint): Hex {
  if (value === 0n) return "0x";
  const hex = numberToHex(value);
  return hex.length % 2 === 0 ? hex : `0x0${hex.slice(2)}`;
}

function bigint(item: Hex): bigint {
  return item === "0x" ? 0n : hexToBigInt(item);
}

/** What stands for an operation, short enough to be a number. */
function word(item: Hex): Hex {
  return item === "0x" || size(item) > 1 ? "0x00" : item;
}
