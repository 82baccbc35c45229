import type { ChainNumber, Hex, TraceFrame } from "../rpc-types.ts";
import type { Knowledge } from "./knowledge.ts";
import { plainText } from "../words/plain-text.ts";
import { callInWords, errorInWords, type CallInWords } from "./values.ts";

/** A call in the tree over all chains. */
export interface CallNode {
  readonly chain: ChainNumber;
  /** `CALL`, `STATICCALL`, `DELEGATECALL`, `CREATE`, … */
  readonly type: string;
  readonly from: Hex;
  readonly to: Hex | undefined;
  readonly value: bigint;
  readonly input: Hex;
  readonly output: Hex | undefined;
  readonly gasUsed: bigint;
  /** Function, arguments and result, if an ABI tells. */
  readonly call: CallInWords | undefined;
  /** Why it failed, in words; undefined if it did not. */
  readonly error: string | undefined;
  /** The chain that the call came from, where that is another one. */
  readonly cameFrom: ChainNumber | undefined;
  /** A call around it failed, and took it along. */
  readonly isUndone: boolean;
  /** What is not there, and why. */
  readonly missing: string | undefined;
  readonly warning: string | undefined;
  readonly calls: readonly CallNode[];
}

/** Characters of a reason that are kept. */
const MOST = 400;
/** Deepest nesting that is followed. */
const MAX_DEPTH = 1_000;

/**
 * The tree that a person wants to see: proxies and the protocol's own contracts are left out, so that a call
 * to another chain stands right below the frame that made it.
 */
export function callTree(root: TraceFrame, knowledge: Knowledge): CallNode {
  return nodeOf(root, { cameFrom: undefined, isUndone: false, depth: 0 }, knowledge);
}

interface Place {
  readonly cameFrom: ChainNumber | undefined;
  readonly isUndone: boolean;
  readonly depth: number;
}

function nodeOf(frame: TraceFrame, place: Place, knowledge: Knowledge): CallNode {
  const { chain, type, from, to, input, output, error, missing, warning } = frame;
  const call = callInWords({ chain, ...(to === undefined ? {} : { to }), input, output }, knowledge);
  const failed = error !== undefined;
  return {
    chain,
    type,
    from,
    to,
    value: BigInt(frame.value ?? "0x0"),
    input,
    output,
    gasUsed: BigInt(frame.gasUsed),
    call: failed && call !== undefined ? { ...call, result: undefined } : call,
    error: failed ? reasonOf(frame, knowledge) : undefined,
    cameFrom: place.cameFrom,
    isUndone: place.isUndone,
    missing: missing === undefined ? undefined : plainText(missing, MOST),
    warning: warning === undefined ? undefined : plainText(warning, MOST),
    calls: below(frame, { ...place, cameFrom: undefined, isUndone: place.isUndone || failed }, knowledge),
  };
}

function reasonOf({ chain, output, error, revertReason }: TraceFrame, knowledge: Knowledge): string {
  return errorInWords(output, chain, knowledge) ?? plainText(revertReason ?? error ?? "failed", MOST);
}

/** The calls of a frame, without those that only carry others to another chain. */
function below(frame: TraceFrame, place: Place, knowledge: Knowledge): CallNode[] {
  if (place.depth > MAX_DEPTH) return [];
  const deeper = { ...place, depth: place.depth + 1 };
  return (frame.calls ?? []).flatMap((call) => {
    const crossed = crossedIn(call);
    if (crossed !== undefined) return carried(call, crossed, deeper, knowledge);
    const isOwn = call.to !== undefined && knowledge.isProtocol(call.chain, call.to);
    return isOwn ? below(call, deeper, knowledge) : [nodeOf(call, deeper, knowledge)];
  });
}

/** The frame in which a call leaves its chain: the proxy's own, or that of its manager inside it. */
function crossedIn(frame: TraceFrame): TraceFrame | undefined {
  if (frame.crossing !== undefined) return frame;
  const [only, ...others] = frame.calls ?? [];
  return only?.crossing !== undefined && others.length === 0 ? only : undefined;
}

/**
 * What stands for a call that leaves its chain: the frame that ran on the other one; the proxy's, if that is
 * not there.
 */
function carried(proxy: TraceFrame, relay: TraceFrame, place: Place, knowledge: Knowledge): CallNode[] {
  const [callee, ...rest] = relay.calls ?? [];
  if (callee === undefined || relay.missing !== undefined) {
    const { crossing } = relay;
    const missing = relay.missing ?? "what ran there is not known";
    const where = crossing === undefined ? "" : `on ${knowledge.chain(crossing)}: `;
    return [nodeOf({ ...proxy, calls: [], missing: `${where}${missing}` }, place, knowledge)];
  }
  const arrived = { ...place, cameFrom: proxy.chain };
  const others = below({ ...relay, calls: rest }, place, knowledge);
  return [nodeOf(withoutProxy(callee), arrived, knowledge), ...others];
}

/** On L1 a proxy makes the call: its calldata is `target ‖ gas ‖ data` (docs/spec.md section 3). */
function withoutProxy(frame: TraceFrame): TraceFrame {
  const [only, ...others] = frame.calls ?? [];
  if (only === undefined || others.length > 0 || only.chain !== frame.chain) return frame;
  const [target, data] = [frame.input.slice(2, 42), frame.input.slice(50)];
  return only.to?.slice(2) === target && only.input.slice(2) === data ? only : frame;
}
