import type { Found } from "../found.ts";
import type { Hex } from "../rpc-types.ts";
import type { ChainNames } from "./chain-names.ts";

/** A call, on the chain on which it ran. */
export interface Frame {
  /** Name of the chain. */
  readonly chain: string;
  /** `CALL`, `STATICCALL`, `DELEGATECALL`, `CREATE`, … */
  readonly type: string;
  readonly from: Hex;
  /** Undefined for a creation that failed. */
  readonly to: Hex | undefined;
  readonly value: bigint;
  readonly gas: bigint;
  readonly gasUsed: bigint;
  readonly input: Hex;
  /** What it returned, or reverted with. */
  readonly output: Hex;
  /** Why it failed; undefined if it did not. */
  readonly error: string | undefined;
  /** The chain for which a call left in this frame: the frame that ran there is its only child. */
  readonly crossing: string | undefined;
  /** Why frames of the other chain are not there. */
  readonly missing: string | undefined;
  /** What will probably surprise. */
  readonly warning: string | undefined;
  readonly calls: readonly Frame[];
}

/**
 * Reads a tree of frames, as `lockstep_traceTransaction` answers it.
 * @param here the chain that was asked: a node's own trace names none.
 * @throws {UnexpectedAnswerError}
 */
export function readFrame(found: Found, names: ChainNames, here: string): Frame {
  const optional = (key: string): Found | undefined => {
    const field = found.at(key);
    return field.isThere ? field : undefined;
  };
  const chainAt = (key: string): string | undefined => {
    const number = optional(key)?.quantity();
    return number === undefined ? undefined : names.of(number);
  };
  const chain = chainAt("chain") ?? here;
  return {
    chain,
    type: found.at("type").text(),
    from: found.at("from").hex(20),
    to: optional("to")?.hex(20),
    value: optional("value")?.quantity() ?? 0n,
    gas: optional("gas")?.quantity() ?? 0n,
    gasUsed: optional("gasUsed")?.quantity() ?? 0n,
    input: optional("input")?.hex() ?? "0x",
    output: optional("output")?.hex() ?? "0x",
    error: optional("error")?.text(),
    crossing: chainAt("crossing"),
    missing: optional("missing")?.text(),
    warning: optional("warning")?.text(),
    calls: found
      .at("calls")
      .items()
      .map((call) => readFrame(call, names, chain)),
  };
}
