import { plainText } from "lockstep-client/words";
import type { ExecutionShown, ExecutionStep, Hex, SettledVisit, TraceFrame } from "../chains/rpc-types.ts";

/** Lockstep's number of a chain: 0 is L1. */
export type ChainIndex = number;

/** A step of the cursor: a step of one of the executions that are shown, in the order in which L1 walks. */
export interface Turn {
  /** Among all that are shown. */
  readonly position: number;
  readonly execution: ExecutionShown;
  readonly step: ExecutionStep;
}

/** What a frame and a call between chains have in common. */
interface Called {
  /** Where it stands in the tree, `0.2.1`. */
  readonly id: string;
  readonly type: string;
  readonly from: Hex;
  readonly to: Hex | undefined;
  readonly value: bigint;
  readonly input: Hex;
  readonly output: Hex;
  /** The EVM's word for why it failed; undefined if it did not. */
  readonly error: string | undefined;
  /** What it did does not count. */
  readonly isUndone: boolean;
  /** What will probably surprise, in words. */
  readonly warning: string | undefined;
}

/** Code that ran on one chain. */
export interface FrameNode extends Called {
  readonly kind: "frame";
  readonly chain: ChainIndex;
  readonly gasUsed: bigint;
  /** Of a rollup that keeps nothing of it: its caller stands there as on the calling chain. */
  readonly isForgotten: boolean;
  readonly inside: readonly ScoreNode[];
}

/** Control left one chain for another, and came back. */
export interface CrossingNode extends Called {
  readonly kind: "crossing";
  readonly source: ChainIndex;
  readonly destination: ChainIndex;
  /** What ran there, if it is known. */
  readonly callee: FrameNode | undefined;
  /** Why it is not. */
  readonly missing: string | undefined;
  readonly call: Turn | undefined;
  readonly answer: Turn | undefined;
}

export type ScoreNode = FrameNode | CrossingNode;

/** All steps of the executions, numbered through. */
export function turnsOf(executions: readonly ExecutionShown[]): Turn[] {
  let position = 0;
  return executions.flatMap((execution) =>
    execution.steps.map((step) => ({ position: position++, execution, step })),
  );
}

/**
 * One tree of what ran on all chains. The trace has the frames that are kept, and the executions have the
 * calls that were undone, whose frames rollups forget: those are put in where the trace says that they are
 * missing.
 */
export function scoreOf(trace: TraceFrame, turns: readonly Turn[]): FrameNode {
  return new Reader(turns).frame(trace, "0", false);
}

class Reader {
  readonly #turns: readonly Turn[];
  /** The first step that no call of the trace was found for yet. */
  #next = 0;

  constructor(turns: readonly Turn[]) {
    this.#turns = turns;
  }

  frame(shown: TraceFrame, id: string, isInsideUndone: boolean): FrameNode {
    const hasFailed = shown.error !== undefined;
    const isUndone = isInsideUndone || hasFailed;
    return {
      kind: "frame",
      ...calledOf(shown, id),
      isUndone,
      chain: Number(shown.chain),
      gasUsed: BigInt(shown.gasUsed),
      isForgotten: false,
      inside: (shown.calls ?? []).map((call, index) => this.#node(call, `${id}.${index}`, isUndone)),
    };
  }

  #node(found: TraceFrame, id: string, isInsideUndone: boolean): ScoreNode {
    const shown = withoutRelay(found);
    const { crossing } = shown;
    if (crossing === undefined) return this.frame(shown, id, isInsideUndone);
    const source = Number(shown.chain);
    const destination = Number(crossing);
    const call = this.#turnOf(shown, source, destination);
    if (call !== undefined) this.#next = Math.max(this.#next, call.position + 1);
    const isUndone = isInsideUndone || shown.error !== undefined || call?.step.undone === true;
    const [child] = shown.calls ?? [];
    const ran = child === undefined ? undefined : withoutProxy(child);
    const callee =
      ran === undefined
        ? call && this.#forgotten(call, `${id}.0`, isInsideUndone)
        : this.frame({ ...ran, ...failureOf(shown) }, `${id}.0`, isInsideUndone);
    const answer = call && this.#answerTo(call);
    if (answer !== undefined && callee !== undefined && ran === undefined)
      this.#next = Math.max(this.#next, answer.position + 1);
    return {
      kind: "crossing",
      ...calledOf(shown, id),
      isUndone,
      source,
      destination,
      callee,
      missing: callee === undefined ? (said(shown.missing) ?? "its frames are not kept") : undefined,
      call,
      answer,
    };
  }

  /** The step in which L1 makes the call, or learns of it: the next one that is the same. */
  #turnOf(shown: TraceFrame, source: ChainIndex, destination: ChainIndex): Turn | undefined {
    const isSame = ({ step: { kind, action } }: Turn): boolean =>
      kind === "CALL" &&
      Number(action.from) === source &&
      Number(action.to) === destination &&
      action.data === shown.input &&
      BigInt(action.value) === BigInt(shown.value ?? "0x0");
    return this.#turns.slice(this.#next).find(isSame) ?? this.#turns.find(isSame);
  }

  #answerTo({ execution, step }: Turn): Turn | undefined {
    const answers = this.#turns.filter(
      (turn) =>
        turn.execution === execution && turn.step.kind === "RESULT" && turn.step.answers === step.index,
    );
    return answers.find((turn) => !turn.step.undone) ?? answers.at(-1);
  }

  /** What ran behind a call that was undone, as far as it made calls itself. */
  #forgotten(call: Turn, id: string, isInsideUndone: boolean): FrameNode {
    const { action } = call.step;
    const answer = this.#answerTo(call);
    const end = answer?.position ?? call.position;
    const made = this.#turns
      .slice(call.position + 1, end)
      .filter(({ step }) => step.kind === "CALL" && step.depth === call.step.depth + 1);
    return {
      kind: "frame",
      id,
      type: action.isStatic ? "STATICCALL" : "CALL",
      from: action.sender,
      to: action.target,
      value: BigInt(action.value),
      input: action.data,
      output: answer?.step.action.data ?? "0x",
      error: answer?.step.action.failed === true ? "execution reverted" : undefined,
      isUndone: isInsideUndone || call.step.undone,
      warning: undefined,
      chain: Number(action.to),
      gasUsed: 0n,
      isForgotten: true,
      inside: made.map((inner, index) => this.#forgottenCrossing(inner, `${id}.${index}`, isInsideUndone)),
    };
  }

  #forgottenCrossing(call: Turn, id: string, isInsideUndone: boolean): CrossingNode {
    const { action } = call.step;
    const callee = this.#forgotten(call, `${id}.0`, isInsideUndone);
    return {
      ...callee,
      kind: "crossing",
      id,
      // The proxy that was called is not kept: the action names what it stands for.
      to: undefined,
      source: Number(action.from),
      destination: Number(action.to),
      callee,
      missing: undefined,
      call,
      answer: this.#answerTo(call),
    };
  }
}

function calledOf(shown: TraceFrame, id: string): Omit<Called, "isUndone"> {
  const { type, from, to, value = "0x0", input, output = "0x", error, warning } = shown;
  return {
    ...{ id, from, to, value: BigInt(value), input, output },
    type: plainText(type),
    error: said(error),
    warning: said(warning),
  };
}

/** Characters of a reason that are shown. */
const MOST = 400;

/** What a node or a builder says of a call: contracts choose the words of some of it. */
function said(text: string | undefined): string | undefined {
  return text === undefined ? undefined : plainText(text, MOST);
}

/** What a call came back with is said by the frame that made it, if its own says nothing. */
function failureOf({ error, output }: TraceFrame): Partial<TraceFrame> {
  return error === undefined ? {} : { error, ...(output === undefined ? {} : { output }) };
}

/**
 * A proxy that is called has the manager relay the call, which leaves the chain in the manager's frame. One
 * call is shown for both: the proxy's, with what the caller wrote.
 */
function withoutRelay(frame: TraceFrame): TraceFrame {
  const [only, ...others] = frame.calls ?? [];
  if (only?.crossing === undefined || others.length > 0 || !only.input.startsWith(RELAY)) return frame;
  const { crossing, missing, calls = [] } = only;
  return { ...frame, crossing, calls, ...(missing === undefined ? {} : { missing }) };
}

/** Selector of `relay(uint64,address,address,bytes)`. */
const RELAY = "0x6b1916c1";

/** On L1 a proxy calls for an account of a rollup: `target (20 bytes) ‖ gas (4 bytes) ‖ data`. */
function withoutProxy(frame: TraceFrame): TraceFrame {
  const [only, ...others] = frame.calls ?? [];
  if (Number(frame.chain) !== 0 || only === undefined || others.length > 0) return frame;
  const isRelayed = frame.input.slice(0, 42) === only.to && `0x${frame.input.slice(50)}` === only.input;
  return isRelayed ? only : frame;
}

/** The visit in which a rollup takes a call; undefined where the executions do not say. */
export function visitOf({ call, destination }: CrossingNode): SettledVisit | undefined {
  return call?.execution.visits.find(
    ({ rollup, steps }) => Number(rollup) === destination && steps.includes(call.step.index),
  );
}

/** All nodes, each before what is inside of it. */
export function* nodesOf(node: ScoreNode): Generator<ScoreNode> {
  yield node;
  if (node.kind === "crossing") {
    if (node.callee !== undefined) yield* nodesOf(node.callee);
  } else for (const inner of node.inside) yield* nodesOf(inner);
}

/** The chains that take part: L1 first. */
export function chainsOf(root: FrameNode): ChainIndex[] {
  const chains = new Set<ChainIndex>([0]);
  for (const node of nodesOf(root)) chains.add(node.kind === "frame" ? node.chain : node.destination);
  return [...chains].sort((a, b) => a - b);
}

/** The place in the tree whose call or answer the step is. */
export function nodeOfTurn(root: FrameNode, turn: Turn): CrossingNode | undefined {
  for (const node of nodesOf(root))
    if (
      node.kind === "crossing" &&
      (node.call?.position === turn.position || node.answer?.position === turn.position)
    )
      return node;
  return undefined;
}
