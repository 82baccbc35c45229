import { STEPS } from "../../../../../circuits/evm/steps/index.ts";
import type { Machine } from "../machine.ts";
import type { StorageEntry } from "../tables.ts";
import { operandHalves } from "../words.ts";
import type { Handlers } from "./handler.ts";

type Given = Readonly<Record<string, bigint>>;

/** The newest entry of the slot on top of the stack, as rows take it. */
async function slotOnTop(machine: Machine): Promise<{ entry: StorageEntry; given: Given }> {
  const entry = await machine.tables.storage(machine.attribute("address"), machine.peek(0));
  const given = {
    ...operandHalves("address", entry.address),
    ...machine.operand("slot", 0),
    ...operandHalves("current", entry.value),
    ...operandHalves("original", entry.original),
    warm: entry.warm ? 1n : 0n,
    // Of the entry, not of the word on the stack.
    entryTime: entry.time,
  };
  return { entry, given };
}

/** EIP-2200 with the prices of EIP-2929 and EIP-3529. */
export function sstorePrice(
  { value: current, original, warm }: Pick<StorageEntry, "value" | "original" | "warm">,
  value: bigint,
): { readonly cost: bigint; readonly refund: bigint } {
  const cold = warm ? 0n : 2_100n;
  if (value === current) return { cost: cold + 100n, refund: 0n };
  if (current === original) {
    const cost = cold + (original === 0n ? 20_000n : 2_900n);
    return { cost, refund: original !== 0n && value === 0n ? 4_800n : 0n };
  }
  let refund = 0n;
  if (original !== 0n && current === 0n) refund -= 4_800n;
  if (original !== 0n && value === 0n) refund += 4_800n;
  if (value === original) refund += original === 0n ? 19_900n : 2_800n;
  return { cost: cold + 100n, refund };
}

export const STORAGE: Handlers = {
  0x54: async (machine) => {
    const { entry, given } = await slotOnTop(machine);
    const { tables, time } = machine;
    const cost = entry.warm ? 100n : 2_100n;
    if (cost > machine.gas) {
      machine.halt(STEPS.sloadUnpaid, given, 1);
      tables.writeStorage({ ...entry, time });
      return;
    }
    machine.step({ type: STEPS.sload, given, cost, pops: 1, pushes: [entry.value] });
    machine.changeStorage(entry, { ...entry, warm: true, time });
  },
  0x55: async (machine) => {
    const { entry, given } = await slotOnTop(machine);
    const { tables, time } = machine;
    const value = machine.peek(1);
    const { cost, refund } = sstorePrice(entry, value);
    const operands = { ...given, ...machine.operand("value", 1) };
    if (cost > machine.gas) {
      machine.halt(STEPS.sstoreUnpaid, operands, 2);
      tables.writeStorage({ ...entry, time });
      return;
    }
    const before = tables.refund;
    const counter = { refund: before.value, refundTime: before.time };
    machine.step({ type: STEPS.sstore, given: { ...operands, ...counter }, cost, pops: 2 });
    machine.changeStorage(entry, { ...entry, value, warm: true, time });
    tables.writeRefund({ value: before.value + refund, time });
  },
};
