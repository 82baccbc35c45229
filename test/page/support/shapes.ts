import { numberToHex } from "viem";
import type {
  ActionShown,
  ExecutionShown,
  ExecutionStep,
  Hex,
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
