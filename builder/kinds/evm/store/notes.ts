import { type Address, type Hex, isAddress, isHex, size } from "viem";
import { z } from "zod";
import type { Entry } from "./entry.ts";

/**
 * What is noted beside the leaves (`builder/state`), so that what they stand for is known again after a
 * restart:
 *
 *     code:<code hash>   the code
 *     leaf:<key>         an account, slot or block as a JSON array; the key in hexadecimal
 *
 * Notes are not trusted: they are hashed and compared with their leaf.
 */
export const codeNote = (codeHash: Hex): string => `code:${codeHash}`;
export const leafNote = (key: bigint): string => `leaf:${key.toString(16).padStart(62, "0")}`;

const address = z.custom<Address>(
  (value) => typeof value === "string" && isAddress(value, { strict: false }),
);
const word = z.custom<Hex>((value) => isHex(value) && size(value) === 32);
const integer = z
  .string()
  .regex(/^[0-9]{1,39}$/)
  .transform(BigInt);

const note = z.union([
  z.tuple([z.literal("account"), address, integer, integer, word]),
  z.tuple([z.literal("slot"), address, word, word]),
  z.tuple([z.literal("block"), integer, integer]),
]);

export function encodeEntry(entry: Entry): string {
  switch (entry.type) {
    case "account": {
      const { nonce, balance } = entry.account;
      return JSON.stringify(["account", entry.address, nonce.toString(), balance.toString(), entry.codeHash]);
    }
    case "slot":
      return JSON.stringify(["slot", entry.address, entry.slot, entry.word]);
    case "block":
      return JSON.stringify(["block", entry.block.number.toString(), entry.block.timestamp.toString()]);
  }
}

/**
 * The code with this hash.
 * @throws when it is missing.
 */
export type CodeOf = (codeHash: Hex) => Hex;

/**
 * What a note says of the leaf with this key.
 * @throws when the text is no note, or what `codeOf` throws.
 */
export function decodeEntry(text: string, key: bigint, codeOf: CodeOf): Entry {
  const fields = note.parse(JSON.parse(text));
  switch (fields[0]) {
    case "account": {
      const [type, of, nonce, balance, codeHash] = fields;
      const account = { nonce, balance, code: codeOf(codeHash) };
      return { type, key, address: of, account, codeHash };
    }
    case "slot": {
      const [type, of, slot, content] = fields;
      return { type, key, address: of, slot, word: content };
    }
    case "block": {
      const [type, number, timestamp] = fields;
      return { type, key, block: { number, timestamp } };
    }
  }
}
