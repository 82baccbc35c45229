import { assert } from "chai";
import { evmChainIdOf } from "../../../../builder/protocol/evm-chain-id.ts";
import { chainId } from "../../../../builder/protocol/ids.ts";
import { type TracedFrame, traceFrame } from "../../../../builder/kinds/evm/trace/frame.ts";
import type { FrameStart } from "../../../../builder/kinds/evm/trace/frame-start.ts";
import { Tables } from "../../../../builder/kinds/evm/trace/tables.ts";
import { commit, judge, type Surroundings } from "./bus.ts";
import { ADDRESS, BALANCE, BLOCK, type Call, CALLER, GAS_PRICE, ORIGIN, runReference } from "./reference.ts";

const DEFAULTS: Omit<Call, "code"> = {
  data: new Uint8Array(),
  gas: 1_000_000n,
  value: 0n,
  isStatic: false,
  storage: new Map(),
};

/** A call of which only the code has to be said; and whether a failure is undone. */
export type Wanted = Partial<Call> & Pick<Call, "code"> & { readonly undoesFailure?: boolean };

export interface Traced extends Surroundings {
  readonly frame: TracedFrame;
}

export function startOf(call: Call): FrameStart {
  return {
    context: 5n,
    time: 9n,
    gas: call.gas,
    slot: 2n,
    code: call.code,
    callData: call.data,
    attributes: {
      address: ADDRESS,
      origin: ORIGIN,
      caller: CALLER,
      callValue: call.value,
      callDataSize: BigInt(call.data.length),
      gasPrice: GAS_PRICE,
      isStatic: call.isStatic ? 1n : 0n,
      timestamp: BLOCK.timestamp,
      number: BLOCK.number,
      chainId: evmChainIdOf(31_337n, chainId(3)),
    },
    undoneBefore: undefined,
  };
}

export function tablesOf(call: Call): Tables {
  return new Tables({
    account: async () => ({ nonce: 1n, balance: BALANCE + call.value, codeHash: (7n << 200n) + 3n }),
    storage: async (_, slot) => call.storage.get(slot) ?? 0n,
  });
}

/** Traces a call. */
export async function trace({ undoesFailure = false, ...wanted }: Wanted): Promise<Traced> {
  const call = { ...DEFAULTS, ...wanted };
  const start = { ...startOf(call), undoneBefore: undoesFailure ? 0n : undefined };
  const tables = tablesOf(call);
  const frame = await traceFrame(start, tables);
  return { start, tables, frame, end: frame.end, undoing: frame.undoing };
}

/**
 * Traces a call, whose rows have to hold and to balance, and to end as EthereumJS says.
 * @param watched whether every step is compared.
 */
export async function agree(wanted: Wanted, watched = true): Promise<Traced> {
  const call = { ...DEFAULTS, ...wanted };
  const traced = await trace(wanted);
  const { frame, tables } = traced;
  const verdict = judge(commit(frame.rows), traced);
  assert.deepEqual(verdict.broken, [], "constraints");
  assert.deepEqual([...verdict.unbalanced], [], "balance");
  const reference = await runReference(call, watched);
  const { end } = frame;
  assert.equal(end.succeeded, reference.succeeded, "success");
  assert.equal(end.gas, reference.gas, "gas");
  assert.equal(
    Buffer.from(end.output).toString("hex"),
    Buffer.from(reference.output).toString("hex"),
    "output",
  );
  const steps = frame.rows.filter(({ given }) => given.pc !== undefined);
  for (const [index, step] of reference.steps.entries()) {
    const given = steps[index]?.given;
    const state = [given?.pc, given?.gas, given?.sp];
    assert.deepEqual(state, [BigInt(step.pc), step.gas, BigInt(step.stack.length)], `step ${index}`);
  }
  // EthereumJS reports neither a step whose price it cannot find nor the STOP behind the end of the code.
  if (watched) assert.isAtMost(steps.length - reference.steps.length, 1, "steps");
  if (end.succeeded) assert.equal(tables.refund.value, reference.refund, "refund");
  if (end.succeeded || wanted.undoesFailure === true)
    for (const { last } of tables.slots)
      assert.equal(last.value, await reference.slot(last.slot), `slot ${last.slot}`);
  // Nothing but time is left of what is undone.
  if (traced.undoing !== 0n) {
    assert.equal(tables.refund.value, 0n, "refund of a failure");
    for (const { first, last } of tables.slots)
      assert.deepEqual({ ...last, time: 0n }, { ...first, time: 0n }, `slot ${last.slot}`);
  }
  return traced;
}
