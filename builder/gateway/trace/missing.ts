import { type Hex, size, slice } from "viem";
import type { Action } from "../../protocol/action.ts";
import { lowerCase } from "../../protocol/address.ts";
import { nameOf } from "../../simulate/far-failure.ts";

/** How a call that left a chain came back. */
export interface Answer {
  readonly output?: Hex | undefined;
  readonly error?: string | undefined;
}

/** Of a call about which nothing else is known. */
export const UNDONE = "what it did there was undone, and is not kept";

/** Bytes of calldata that are shown: a selector and an argument. */
const MOST_SHOWN = 36;

/**
 * What is known of a call whose frames on the other chain are not kept, since nothing of it stayed: whom it
 * called, with what, and how it came back.
 */
export function missingOf(
  { to, target, data }: Pick<Action, "to" | "target" | "data">,
  { output = "0x", error }: Answer,
): string {
  const bytes = size(data);
  const calldata =
    bytes === 0 ? "no data" : bytes <= MOST_SHOWN ? data : `${slice(data, 0, 4)}… (${bytes} bytes)`;
  const called = `${lowerCase(target)} on ${nameOf(to)} was called with ${calldata}`;
  if (error === undefined) return `${called}; ${UNDONE}`;
  return output === "0x"
    ? `${called} and failed without data: it reverted without a reason, or halted (out of gas, say); which is ` +
        "not recorded"
    : `${called} and failed with the data shown here; its frames there are not kept`;
}
