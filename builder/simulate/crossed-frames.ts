import type { CallFrame } from "../evm/call-frame.ts";
import type { CallRequest } from "../evm/call-request.ts";
import { type Action, ActionKind } from "../protocol/action.ts";
import type { ChainId } from "../protocol/ids.ts";

/** A frame, and the chain on which it ran. */
export interface PlacedFrame {
  readonly chain: ChainId;
  readonly frame: CallFrame;
}

/** Which frame each call between chains left, and which it entered: what was undone later included. */
export class CrossedFrames {
  readonly #callees = new WeakMap<CallFrame, PlacedFrame[]>();

  /** A call that left in one frame entered another. */
  link(left: CallFrame, entered: PlacedFrame): void {
    const known = this.#callees.get(left);
    if (known === undefined) this.#callees.set(left, [entered]);
    else known.push(entered);
  }

  /**
   * What ran on other chains for the frame: one frame, or, for a frame that stands for a chain without
   * frames, any number of them. Nothing for a frame in which no call left its chain.
   */
  calleesOf(frame: CallFrame): readonly PlacedFrame[] {
    return this.#callees.get(frame) ?? [];
  }
}

/**
 * The frames in which control is while it goes from chain to chain, the outermost first. Chains whose kind
 * has no frames are shown by the calls that they get.
 */
export class OpenFrames {
  readonly #crossed: CrossedFrames;
  readonly #open: { readonly frame: CallFrame; readonly isMadeUp: boolean }[] = [];
  readonly #request: CallRequest | undefined;
  #left: CallFrame | undefined;
  #first: CallFrame | undefined;

  /**
   * @param left the frame in which L1 was left, if one was.
   * @param request that stands for the L2TX, if that is none that was signed.
   */
  constructor(crossed: CrossedFrames, left: CallFrame | undefined, request?: CallRequest) {
    this.#crossed = crossed;
    this.#left = left;
    this.#request = request;
  }

  /**
   * A CALL or an L2TX has reached its rollup.
   * @param frame that it opened there, if the rollup has such a thing.
   */
  enter(action: Action, frame: CallFrame | undefined): void {
    const entered = frame ?? frameOf(action, this.#request);
    if (this.#left !== undefined) this.#crossed.link(this.#left, { chain: action.to, frame: entered });
    this.#first ??= entered;
    this.#open.push({ frame: entered, isMadeUp: frame === undefined });
  }

  /** The frame that was entered first. */
  get first(): CallFrame | undefined {
    return this.#first;
  }

  /** A call goes out, in the frame that is given if the rollup has frames. */
  leave(frame: CallFrame | undefined): void {
    this.#left = frame ?? this.#open.at(-1)?.frame;
  }

  /** A call that went out to L1 was played there, and has a frame. */
  visitL1(to: ChainId, frame: CallFrame | undefined): void {
    if (frame !== undefined && this.#left !== undefined) this.#crossed.link(this.#left, { chain: to, frame });
  }

  /** A rollup has answered the innermost call. */
  answer({ failed, data }: Action): void {
    const innermost = this.#open.pop();
    if (innermost?.isMadeUp !== true) return;
    innermost.frame.output = data;
    if (failed) innermost.frame.error = "revert";
  }
}

function frameOf({ kind, sender, target, value, data, isStatic }: Action, request?: CallRequest): CallFrame {
  const made = { gas: 0n, gasUsed: 0n, output: "0x", calls: [] } satisfies Partial<CallFrame>;
  if (kind !== ActionKind.CALL && request !== undefined) {
    const { from, to, data: input } = request;
    return { type: "CALL", from, ...(to === undefined ? {} : { to }), value: request.value, input, ...made };
  }
  return {
    type: isStatic ? "STATICCALL" : "CALL",
    from: sender,
    ...(kind === ActionKind.CALL ? { to: target } : {}),
    value,
    input: data,
    ...made,
  };
}
