import { type Hex, hexToBytes } from "viem";

const JUMPDEST = 0x5b;
const PUSH1 = 0x60;
const PUSH32 = 0x7f;
/** STOP, JUMP, RETURN, REVERT, INVALID, SELFDESTRUCT: execution goes on at a JUMPDEST, or not at all. */
const ENDS: ReadonlySet<number> = new Set([0x00, 0x56, 0xf3, 0xfd, 0xfe, 0xff]);

/** Instructions that neither call nor create: all that there are up to the Osaka fork but those that do. */
const HARMLESS: ReadonlySet<number> = new Set([
  ...range(0x00, 0x0b),
  ...range(0x10, 0x1e),
  0x20,
  ...range(0x30, 0x4a),
  ...range(0x50, 0x5f),
  ...range(PUSH1, PUSH32),
  ...range(0x80, 0x8f),
  ...range(0x90, 0x9f),
  ...range(0xa0, 0xa4),
  0xf3,
  0xfd,
  0xfe,
  0xff,
]);

/**
 * Whether an account with this code can, when it is called, call no other account. True only if none of the
 * instructions that can be reached calls or creates, whatever the input: what stands after a JUMP or an end
 * is reached through a JUMPDEST alone, and data of a PUSH is none. An instruction that is not known here may
 * be a call in a fork to come. A delegation (EIP-7702) begins with such a one.
 */
export function isSelfContained(code: Hex): boolean {
  const bytes = hexToBytes(code);
  let isReachable = true;
  for (let at = 0; at < bytes.length; at++) {
    const instruction = bytes[at] ?? 0;
    if (instruction === JUMPDEST) isReachable = true;
    if (isReachable && !HARMLESS.has(instruction)) return false;
    if (instruction >= PUSH1 && instruction <= PUSH32) at += instruction - PUSH1 + 1;
    if (ENDS.has(instruction)) isReachable = false;
  }
  return true;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
