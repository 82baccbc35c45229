import { createHash } from "node:crypto";
import { english } from "viem/accounts";

/** How many words a mnemonic may have (BIP-39). */
const LENGTHS = [12, 15, 18, 21, 24];
/** Each word stands for so many bits. */
const BITS = 11;

/**
 * What is wrong with a mnemonic, in words that do not show it; undefined if it is one (BIP-39, in English).
 */
export function mnemonicFault(text: string): string | undefined {
  const words = text.split(" ");
  if (!LENGTHS.includes(words.length))
    return `is not a mnemonic of 12, 15, 18, 21 or 24 words with one space between them; it has ${words.length}`;
  const unknown = words.findIndex((word) => !english.includes(word));
  if (unknown >= 0) return `word ${unknown + 1} is not on BIP-39's English list; words are in lower case`;
  const bits = words.map((word) => english.indexOf(word).toString(2).padStart(BITS, "0")).join("");
  // The entropy comes first, then one bit of its hash for each 32 of its own.
  const length = Math.floor(bits.length / 33) * 32;
  const entropy = Buffer.from(
    (bits.slice(0, length).match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)),
  );
  const [first = 0] = createHash("sha256").update(entropy).digest();
  if (first.toString(2).padStart(8, "0").startsWith(bits.slice(length))) return undefined;
  return "its words do not belong together (the checksum is wrong): one of them is another word";
}
