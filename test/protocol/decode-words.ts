import { type Address, concatHex, type Hex, numberToHex, slice } from "viem";
import type { Action, ActionKind } from "../../builder/protocol/action.ts";
import { chainId, stateRoot } from "../../builder/protocol/ids.ts";
import {
  STATEMENT_DOMAIN,
  type StatementHeader,
  type StatementVisit,
} from "../../builder/protocol/statement.ts";

/** Data follows its action. */
const HERE = 0n;

/**
 * Reads a statement back from its words: that this is possible for every statement shows that no two have the
 * same words.
 * @param bytesPerWord bytes of data in a word.
 * @throws when the words are no statement's.
 */
export function decodeStatement(
  words: readonly bigint[],
  bytesPerWord: 31 | 32,
): {
  header: StatementHeader;
  visits: StatementVisit[];
} {
  let at = 0;
  const next = (): bigint => {
    const word = words[at++];
    if (word === undefined) throw new Error("the words end too early");
    return word;
  };
  const toAddress = (word: bigint): Address => numberToHex(word, { size: 20 });
  const field = (word: bigint, low: bigint, bits: bigint): bigint => (word >> low) & ((1n << bits) - 1n);

  const decodeData = (length: number): Hex => {
    const count = Math.ceil(length / bytesPerWord);
    const padded = concatHex(
      Array.from({ length: count }, () => numberToHex(next(), { size: bytesPerWord })),
    );
    return length === 0 ? "0x" : slice(padded, 0, length);
  };
  const decodeAction = (): Action => {
    const packed = next();
    if (field(packed, 24n, 8n) !== HERE) throw new Error("data that is elsewhere");
    const [sender, target, value] = [toAddress(next()), toAddress(next()), next()];
    return {
      kind: Number(field(packed, 0n, 8n)) as ActionKind,
      failed: field(packed, 8n, 8n) === 1n,
      isStatic: field(packed, 16n, 8n) === 1n,
      gas: Number(packed >> 192n),
      from: chainId(field(packed, 32n, 64n)),
      to: chainId(field(packed, 96n, 64n)),
      sender,
      target,
      value,
      data: decodeData(Number(field(packed, 160n, 32n))),
    };
  };

  if (next() !== STATEMENT_DOMAIN) throw new Error("not a statement");
  const header = {
    l1ChainId: next(),
    manager: toAddress(next()),
    rollup: chainId(next()),
    timestamp: next(),
    blobs: next(),
  };
  const visits = Array.from({ length: Number(next()) }, () => ({
    rootBefore: stateRoot(next()),
    rootAfter: stateRoot(next()),
    actions: Array.from({ length: Number(next()) }, decodeAction),
  }));
  if (at !== words.length) throw new Error("words are left over");
  return { header, visits };
}
