import { numberToHex } from "viem";
import type {
  ActionShown,
  Executions,
  ExecutionShown,
  ExecutionStep,
  Hex,
  Progress,
  SettledVisit,
  StepKind,
  TraceFrame,
} from "../../../packages/client/src/rpc-types.ts";

/** An address or a root, by its number. */
export function hex(number: number): Hex {
  return numberToHex(number, { size: 20 });
}

export function callFrame(chain: number, from: Hex, to: Hex, more: Partial<TraceFrame> = {}): TraceFrame {
  return {
    chain: numberToHex(chain),
    type: "CALL",
    from,
    to,
    gas: "0x0",
    gasUsed: "0x0",
    input: "0x",
    ...more,
  };
}

export function actionShown(from: number, to: number, sender: Hex, target: Hex, data: Hex): ActionShown {
  return {
    from: numberToHex(from),
    to: numberToHex(to),
    sender,
    target,
    data,
    value: "0x0",
    failed: false,
    isStatic: false,
  };
}

export function step(
  index: number,
  kind: StepKind,
  action: ActionShown,
  more: Partial<ExecutionStep> = {},
): ExecutionStep {
  return {
    index,
    actionIndex: index,
    depth: kind === "CALL" ? 0 : 1,
    kind,
    action,
    bytes: "0x",
    hash: "0x",
    parent: index === 0 ? null : index - 1,
    answers: null,
    branch: null,
    undone: false,
    undoneBy: null,
    visits: [],
    roots: [],
    balances: [],
    ...more,
  };
}

export function execution(steps: readonly ExecutionStep[]): ExecutionShown {
  const [first] = steps;
  if (first === undefined) throw new RangeError("an execution has a trigger");
  return {
    index: 0,
    trigger: first.action,
    state: "consumed",
    calledBy: hex(99),
    transactions: [],
    steps,
    visits: [],
  };
}

export function visit(
  rollup: number,
  rootBefore: Hex,
  rootAfter: Hex,
  more: Partial<SettledVisit> = {},
): SettledVisit {
  return {
    rollup: numberToHex(rollup),
    transactionHash: null,
    execution: 0,
    visit: 0,
    rootBefore,
    rootAfter,
    proven: true,
    tookEffect: true,
    outcome: "effective",
    trigger: actionShown(0, rollup, hex(2), hex(3), "0x"),
    ...more,
  };
}

/** A transaction of L1 that calls a contract on rollup 2 so often, and the execution of it. */
export function manyCalls(times: number): {
  readonly trace: TraceFrame;
  readonly executions: (calledBy: Hex) => Executions;
} {
  const [user, caller, callee] = [hex(21), hex(22), hex(23)];
  const call = actionShown(0, 2, caller, callee, "0xd09de08a");
  const calls = Array.from({ length: times }, (_, index): TraceFrame => {
    const output = numberToHex(index, { size: 32 });
    const inner = callFrame(2, caller, callee, { input: call.data, output });
    return callFrame(0, caller, callee, { input: call.data, output, crossing: "0x2", calls: [inner] });
  });
  const steps = calls.flatMap(({ output = "0x" }, index) => [
    step(2 * index, "CALL", call),
    step(2 * index + 1, "RESULT", actionShown(2, 0, hex(0), hex(0), output), { answers: 2 * index }),
  ]);
  const place = { transactionHash: hash(1), blockNumber: "0x1", blockHash: hash(2) } as const;
  return {
    trace: callFrame(0, user, caller, { input: "0x12345678", calls }),
    executions: (calledBy) => ({
      batch: { ...place, id: hash(3), gasUsed: "0x0", timestamp: "0x0" },
      timestamp: "0x0",
      raw: "0x",
      gas: { post: "0x0", proofCheck: null, table: null, calls: null },
      executions: [{ ...execution(steps), calledBy }],
      proofs: [],
      transactions: [calledBy],
    }),
  };
}

function hash(number: number): Hex {
  return numberToHex(number, { size: 32 });
}

/** What a builder knows of a transaction that it has not included. */
export function progressShown(more: Partial<Progress>): Progress {
  return {
    state: "queued",
    reason: null,
    acceptedAt: Date.now(),
    simulateMilliseconds: null,
    witnessMilliseconds: null,
    proveMilliseconds: null,
    proofs: [],
    postMilliseconds: null,
    checkMilliseconds: null,
    includedAt: null,
    retries: [],
    prerequisites: [],
    gas: null,
    batch: null,
    ...more,
  };
}
