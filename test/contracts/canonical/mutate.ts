import { concatHex, type Hex, numberToHex, size } from "viem";
import type { Pick } from "../worlds/pick.ts";
import type { Role, Word } from "./layout.ts";

/** How calldata was changed. */
export const MUTATIONS = [
  "a byte",
  "bytes",
  "a byte with a meaning",
  "a byte without meaning",
  "a number",
  "an offset",
  "a length",
  "words swapped",
  "a word copied",
  "a word put in",
  "a word left out",
  "bytes put in",
  "bytes left out",
  "the end",
  "a part shared",
  "parts moved",
] as const;
export type Mutation = (typeof MUTATIONS)[number];

/** Changes calldata of `postBatch` in one way. May happen to change nothing. */
export function mutate(mutation: Mutation, data: Hex, words: readonly Word[], pick: Pick): Hex {
  const bytes = (count: number): Hex =>
    concatHex(Array.from({ length: count }, () => numberToHex(pick.below(256), { size: 1 })));
  const of = (...roles: Role[]): Word => pick.of(words.filter(({ role }) => roles.includes(role)));
  const valueAt = (at: number): bigint => BigInt(wordIn(data, at));
  const set = (at: number, value: bigint): Hex => put(data, at, wordOf(value));
  const nudge = (): bigint => pick.of([1n, -1n, 31n, -31n, 32n, -32n, 64n, -64n, 96n, -96n]);

  switch (mutation) {
    case "a byte":
      return put(data, pick.below(size(data)), bytes(1));
    case "bytes":
      return Array.from({ length: 1 + pick.below(6) }).reduce<Hex>(
        (changed) => put(changed, pick.below(size(data)), bytes(1)),
        data,
      );
    case "a byte with a meaning": {
      const { at, role, meaning } = of("key", "bytes", "number");
      const place = at + pick.below(meaning) + (role === "number" ? 32 - meaning : 0);
      return put(data, place, bytes(1));
    }
    case "a byte without meaning": {
      const { at, role, meaning } = pick.of(words.filter((word) => word.meaning < 32));
      const spare = pick.below(32 - meaning);
      return put(
        data,
        role === "bytes" ? at + meaning + spare : at + spare,
        numberToHex(1 + pick.below(255)),
      );
    }
    case "a number": {
      const { at } = of("number");
      return set(at, pick.of([valueAt(at) + nudge(), 0n, 1n, 2n, 1n << BigInt(pick.below(256)), -1n]));
    }
    case "an offset": {
      const { at } = of("offset");
      const other = valueAt(of("offset").at);
      const target = BigInt(pick.of(words).at - at);
      const high = valueAt(at) | (1n << BigInt(255 - pick.below(190)));
      return set(at, pick.of([valueAt(at) + nudge(), other, target, high, 0n, -32n]));
    }
    case "a length": {
      const { at } = of("length");
      return set(at, pick.of([valueAt(at) + nudge(), 0n, 1n, 1n << BigInt(pick.below(256)), -1n]));
    }
    case "words swapped": {
      const [first, second] = [pick.of(words).at, pick.of(words).at];
      return put(put(data, first, wordIn(data, second)), second, wordIn(data, first));
    }
    case "a word copied": {
      const from = pick.of(words).at;
      return put(data, pick.of(words).at, wordIn(data, from));
    }
    case "a word put in":
      return splice(data, pick.of(words).at, 0, pick.of([wordOf(0n), wordOf(32n), bytes(32)]));
    case "a word left out":
      return splice(data, pick.of(words).at, 32, "0x");
    case "bytes put in":
      return splice(data, pick.below(size(data)), 0, bytes(1 + pick.below(40)));
    case "bytes left out":
      return splice(data, pick.below(size(data)), 1 + pick.below(40), "0x");
    case "the end":
      return pick.of([
        concatHex([data, bytes(1 + pick.below(64))]),
        concatHex([data, wordOf(0n)]),
        splice(data, Math.max(0, size(data) - 1 - pick.below(100)), size(data), "0x"),
      ]);
    case "a part shared": {
      // One offset leads to what another leads to, and counts from where it stands itself.
      const offsets = words.filter(({ role }) => role === "offset");
      const [one, other] = [pick.of(offsets), pick.of(offsets)];
      return set(one.at, valueAt(other.at) + BigInt(other.at - one.at));
    }
    case "parts moved": {
      // A gap, with all offsets that lead over it corrected: nothing is missing, but something is too much.
      const gap = pick.of(words).at;
      return words.reduceRight<Hex>(
        (moved, { at, role, word }) => {
          const leadsOver = role === "offset" && at < gap && at + Number(BigInt(word)) > gap;
          return leadsOver && pick.chance(90) ? put(moved, at, wordOf(BigInt(word) + 32n)) : moved;
        },
        splice(data, gap, 0, wordOf(0n)),
      );
    }
  }
}

/** Zero beyond the end. */
function wordIn(data: Hex, at: number): Hex {
  return `0x${data.slice(2 + 2 * at, 66 + 2 * at).padEnd(64, "0")}`;
}

function wordOf(value: bigint): Hex {
  return numberToHex(BigInt.asUintN(256, value), { size: 32 });
}

/** `part` in the place of as many bytes as it has. */
export function put(bytes: Hex, at: number, part: Hex): Hex {
  return splice(bytes, at, size(part), part);
}

/** `part` in the place of `count` bytes. */
export function splice(bytes: Hex, at: number, count: number, part: Hex): Hex {
  const [head, tail] = [2 + 2 * at, 2 + 2 * (at + count)];
  return `0x${bytes.slice(2, head)}${part.slice(2)}${bytes.slice(tail)}`;
}
