import {
  type ContractFunctionArgs,
  decodeFunctionData,
  encodeFunctionData,
  getAbiItem,
  type Hex,
  toFunctionSelector,
} from "viem";
import { rollupsAbi } from "./abi.ts";
import { type Action, ActionKind } from "./action.ts";
import { LockstepError } from "./errors.ts";
import { type Execution, MarkKind } from "./execution.ts";
import { executionValue } from "./execution/encoding.ts";
import { type ChainId, chainId, stateRoot } from "./ids.ts";

/** A proof of visits of one rollup (`contracts/interfaces/Actions.sol`). */
export interface RollupProof {
  readonly rollup: ChainId;
  /** Name of the key: keccak256 of its encoding. */
  readonly verificationKey: Hex;
  /** Which of the batch's visits it is of, ascending. */
  readonly visits: readonly number[];
  readonly proof: Hex;
}

/** What `postBatch` takes (docs/spec.md, "Batch"). A batch is named by the keccak256 of its calldata. */
export interface Batch {
  /** Seconds. */
  readonly timestamp: bigint;
  readonly blobCount: number;
  /** L2 transactions first. */
  readonly executions: readonly Execution[];
  readonly proofs: readonly RollupProof[];
}

/** A batch as the value of its ABI type, whether or not `Rollups` would take what it says. */
export type BatchValue = ContractFunctionArgs<typeof rollupsAbi, "nonpayable", "postBatch">[0];

/** First bytes of a batch's calldata. */
export const POST_BATCH_SELECTOR: Hex = toFunctionSelector(
  getAbiItem({ abi: rollupsAbi, name: "postBatch" }),
);

/** The bytes are no batch in its one canonical form. `Rollups` takes no such bytes. */
export class UnreadableBatchError extends LockstepError {
  constructor(batch: Hex, reason: string, options?: { cause?: unknown }) {
    super("BATCH_UNREADABLE", `batch ${batch} cannot be read: ${reason}`, options);
  }
}

/** Calldata of `postBatch`. */
export function encodeBatch(batch: Batch): Hex {
  return encodeBatchValue(batchValue(batch));
}

/**
 * Reads the calldata of `postBatch`: what {@link encodeBatch} gives for the batch returned, and no other
 * bytes. Addresses come out with their checksums.
 * @param id the batch's, for messages.
 * @throws {UnreadableBatchError}, and nothing else.
 * @example
 * ```ts
 * import { createPublicClient, http, keccak256 } from "viem";
 * import { decodeBatch } from "./builder/protocol/batch.ts";
 *
 * const client = createPublicClient({ transport: http("http://127.0.0.1:8545") });
 * const { transactions } = await client.getBlock({ includeTransactions: true });
 * for (const { input } of transactions) {
 *   const { executions } = decodeBatch(keccak256(input), input);
 *   console.log(executions.map(({ actions }) => actions.length));
 * }
 * ```
 */
export function decodeBatch(id: Hex, calldata: Hex): Batch {
  const { executions, proofs, ...fields } = decodeBatchValue(id, calldata);
  try {
    return {
      ...fields,
      executions: executions.map(executionOf),
      proofs: proofs.map((proof) => ({ ...proof, rollup: chainId(proof.rollup) })),
    };
  } catch (error) {
    throw unreadable(id, error);
  }
}

/** The batch as the value of its ABI type. */
export function batchValue({ executions, ...fields }: Batch): BatchValue {
  return { ...fields, executions: executions.map(executionValue) };
}

/** Calldata of `postBatch`, of whatever the ABI can write. */
export function encodeBatchValue(value: BatchValue): Hex {
  return encodeFunctionData({ abi: rollupsAbi, functionName: "postBatch", args: [value] });
}

/**
 * Reads calldata in its canonical form. Bytes that mean a batch without being its encoding are refused, so
 * that they are read exactly as the contract reads them.
 * @throws {UnreadableBatchError}, and nothing else.
 */
export function decodeBatchValue(id: Hex, calldata: Hex): BatchValue {
  try {
    const { functionName, args } = decodeFunctionData({ abi: rollupsAbi, data: calldata });
    if (functionName !== "postBatch") throw new UnreadableBatchError(id, `it is calldata of ${functionName}`);
    if (encodeBatchValue(args[0]) !== calldata.toLowerCase())
      throw new UnreadableBatchError(id, "it is not encoded in the canonical form");
    return args[0];
  } catch (error) {
    throw unreadable(id, error);
  }
}

function unreadable(id: Hex, cause: unknown): UnreadableBatchError {
  if (cause instanceof UnreadableBatchError) return cause;
  return new UnreadableBatchError(id, cause instanceof Error ? cause.message : String(cause), { cause });
}

function executionOf({ actions, visits, marks }: BatchValue["executions"][number]): Execution {
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
