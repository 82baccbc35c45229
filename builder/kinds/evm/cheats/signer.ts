import type { Hex } from "viem";
import { LockstepError } from "../../../protocol/errors.ts";
import type { Signer } from "../../kind.ts";
import { CHEATS } from "./account.ts";
import { decodeCheat } from "./envelope.ts";

/** Cheats come in the order of their numbers, as if one account had signed them; nothing for what is none. */
export function signerOfCheat(data: Hex): Signer | undefined {
  try {
    return { sender: CHEATS, nonce: decodeCheat(data).number, maxFee: 0n, priorityFee: 0n };
  } catch (error) {
    if (error instanceof LockstepError) return undefined;
    throw error;
  }
}
