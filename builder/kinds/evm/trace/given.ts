import type { Hex } from "viem";
import {
  FRAME_ATTRIBUTE,
  type FrameAttribute,
  FRAME_ATTRIBUTES,
} from "../../../../circuits/evm/attributes.ts";
import type { FieldsOf } from "../../../../circuits/bus/tuples.ts";
import { codeHashOf } from "../reference/code-hash.ts";
import { StatementRefusedError } from "../reference/errors.ts";
import { NotYetProvableError } from "./errors.ts";
import { accountFields, NO_CODE_HASH } from "./fields.ts";
import { halves } from "../../../proving/bus/terms.ts";
import type { Operation } from "./operation.ts";
import type { Reads } from "./reads.ts";
import type { AccountEntry } from "./tables.ts";

/** EIP-7702: what an account that delegates has for a code. */
const DELEGATION = "0xef0100";

/**
 * The code with this hash; nothing for an account without code.
 * @throws {StatementRefusedError} `WITNESS_CODE`; {NotYetProvableError}.
 */
export function codeOf({ codes }: Operation, codeHash: bigint): Hex | undefined {
  if (codeHash === NO_CODE_HASH) return undefined;
  const code = codes.find((one) => BigInt(codeHashOf(one)) === codeHash);
  if (code === undefined) throw new StatementRefusedError("WITNESS_CODE", "the target's code is not there");
  if (code.startsWith(DELEGATION)) throw new NotYetProvableError("accounts that delegate (EIP-7702)");
  return code;
}

/** An account as a row of the border finds it. */
export function found(name: string, account: AccountEntry): Record<string, bigint> {
  const fields = { ...accountFields(account), warm: account.warm ? 1n : 0n, time: account.time };
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [`${name} ${field}`, value]));
}

export function attributeReads(
  reads: Reads,
  context: bigint,
  attributes: Readonly<Record<FrameAttribute, bigint>>,
): Record<string, bigint> {
  const read: Record<string, bigint> = {};
  for (const name of FRAME_ATTRIBUTES)
    read[`reads ${name}`] = reads.of("attribute", {
      ...halves(attributes[name]),
      context,
      kind: BigInt(FRAME_ATTRIBUTE[name]),
    });
  return read;
}

/** The halves of a word of the statement. */
export function wordOf(name: string, word: bigint): Record<string, bigint> {
  const { lo, hi } = halves(word);
  return { [`${name} lo`]: lo, [`${name} hi`]: hi };
}

/** The word of zeros behind so many words of calldata. */
export function wordBehind(context: bigint, words: number): FieldsOf<"calldata", bigint> {
  return { lo: 0n, context, index: BigInt(words), hi: 0n };
}
