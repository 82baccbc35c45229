import { decodeFunctionData, encodeFunctionData, type Hex } from "viem";
import { rollupsAbi } from "./abi.ts";
import { type Action, ActionKind } from "./action.ts";
import { LockstepError } from "./errors.ts";
import { type Execution, MarkKind } from "./execution.ts";
import { chainId, stateRoot } from "./ids.ts";

/** What a follower needs of a batch. */
export interface BatchContent {
  /** Seconds. */
  readonly timestamp: bigint;
  readonly executions: readonly Execution[];
}

/** The bytes are no batch in its one canonical form. `Rollups` takes no such bytes. */
export class UnreadableBatchError extends LockstepError {
  constructor(batch: Hex, reason: string, options?: { cause?: unknown }) {
    super("BATCH_UNREADABLE", `batch ${batch} cannot be read: ${reason}`, options);
  }
}

/**
 * Reads the calldata of `postBatch`. Bytes that mean a batch without being what its encoding gives are
 * refused, so that they are read exactly as the contract reads them.
 * @param id the batch's, for messages.
 * @throws {UnreadableBatchError}, and nothing else.
 */
export function decodeBatch(id: Hex, calldata: Hex): BatchContent {
  try {
    const { functionName, args } = decodeFunctionData({ abi: rollupsAbi, data: calldata });
    if (functionName !== "postBatch") throw new UnreadableBatchError(id, `it is calldata of ${functionName}`);
    if (encodeFunctionData({ abi: rollupsAbi, functionName, args }) !== calldata.toLowerCase())
      throw new UnreadableBatchError(id, "it is not encoded in the canonical form");
    const [{ timestamp, executions }] = args;
    return { timestamp, executions: executions.map(executionOf) };
  } catch (error) {
    if (error instanceof UnreadableBatchError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnreadableBatchError(id, reason, { cause: error });
  }
}

/** An execution as viem decodes it. */
type RawExecution = Extract<
  ReturnType<typeof decodeFunctionData<typeof rollupsAbi>>,
  { functionName: "postBatch" }
>["args"][0]["executions"][number];

function executionOf({ actions, visits, marks }: RawExecution): Execution {
  return {
    actions: actions.map((action): Action => ({
      ...action,
      kind: kindOf(action.kind),
      from: chainId(action.from),
      to: chainId(action.to),
    })),
    visits: visits.map(({ rollup, rootBefore, rootAfter }) => ({
      rollup: chainId(rollup),
      rootBefore: stateRoot(BigInt(rootBefore)),
      rootAfter: stateRoot(BigInt(rootAfter)),
    })),
    marks: marks.map(({ kind, at, to }) => ({ kind: markKindOf(kind), at, to })),
  };
}

function kindOf(kind: number): ActionKind {
  const known = Object.values(ActionKind).find((value) => value === kind);
  if (known === undefined) throw new LockstepError("UNKNOWN_ACTION_KIND", `kind ${kind}`);
  return known;
}

function markKindOf(kind: number): MarkKind {
  const known = Object.values(MarkKind).find((value) => value === kind);
  if (known === undefined) throw new LockstepError("UNKNOWN_MARK_KIND", `kind ${kind}`);
  return known;
}
