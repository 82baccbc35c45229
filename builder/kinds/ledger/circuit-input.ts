import { hexToBytes, size } from "viem";
import { type Action, ActionKind } from "../../protocol/action.ts";
import { publicInputsOf } from "../../protocol/fingerprint.ts";
import { type FieldElement, fieldElement } from "../../protocol/ids.ts";
import { actionWords, BYTES_PER_WORD, headerWords, type VisitStatement } from "../../protocol/statement.ts";
import { hashLeaf } from "../../state/hashes.ts";
import { loadPoseidon, type Poseidon } from "../../state/poseidon.ts";
import { type Siblings, TREE_DEPTH, type UpsertWitness } from "../../state/types.ts";
import { rootOfPath } from "../../state/verify.ts";
import { VisitTooLargeError } from "../errors.ts";
import type { CircuitInput, CircuitJob, CompletedVisit } from "../kind.ts";
import { UnprovableVisitError } from "./errors.ts";
import {
  MAX_CALLDATA_BYTES,
  MAX_L2TX_BYTES,
  MAX_OPERATIONS,
  MAX_RETURN_DATA_BYTES,
  OPERATIONS_OF_CIRCUIT,
} from "./limits.ts";
import type { LedgerOperationStep, LedgerResultStep, LedgerVisitRecord } from "./record.ts";

/** Words of an action before its data: packed, sender, target, value. */
const HEAD_WORDS = 4;
/** Bytes of `abi.encode(bytes)` of the longest return data: offset, length, data (a multiple of 32). */
const MAX_FORWARDED_BYTES = 64 + MAX_RETURN_DATA_BYTES;
/**
 * The longest payload of a `send`: what MAX_CALLDATA_BYTES leaves behind selector and five words, in whole
 * words.
 */
const MAX_PAYLOAD_BYTES = 256;
/** Inputs the commitment's permutation takes; behind the first one, one of them is the state. */
const COMMITMENT_WIDTH = 16;

/** An operation with the result of its outgoing call, if it made one. */
interface Operation {
  readonly step: LedgerOperationStep;
  readonly result?: LedgerResultStep;
}

/**
 * Inputs of the smallest circuit instance that holds the visit, its public inputs included:
 * `circuits/ledger/visit.circom`.
 * @throws `VISIT_TOO_LARGE`; `UNPROVABLE_VISIT` when the record is no visit of a ledger.
 */
export async function ledgerCircuitJob(
  statement: VisitStatement,
  visit: CompletedVisit<LedgerVisitRecord>,
): Promise<CircuitJob> {
  const { header } = statement;
  const poseidon = await loadPoseidon();
  const operations = pairOperations(visit.record);
  const instance = Object.entries(OPERATIONS_OF_CIRCUIT).find(([, most]) => operations.length <= most);
  if (instance === undefined)
    throw new VisitTooLargeError("operations in one visit", operations.length, MAX_OPERATIONS);
  const [circuit, capacity] = instance;
  const slots = Array.from({ length: capacity }, (_, index) => operations[index]);

  const words = [
    ...headerWords(header, 1),
    visit.rootBefore,
    visit.rootAfter,
    fieldElement(BigInt(visit.actions.length)),
    ...slots.flatMap((slot, index) => [
      ...actionSlot(slot?.step.in, dataCapacity(index)),
      ...actionSlot(slot?.step.out, MAX_PAYLOAD_BYTES),
    ]),
    ...slots
      .toReversed()
      .flatMap((slot) => [
        ...actionSlot(slot?.result?.in, MAX_RETURN_DATA_BYTES),
        ...actionSlot(slot?.result?.out, MAX_FORWARDED_BYTES),
      ]),
  ];
  const { commitment, challenge, evaluation } = publicInputsOf(
    statement.words,
    commitmentOf(poseidon, words),
  );
  const input: CircuitInput = {
    commitment,
    challenge,
    evaluation,
    l1ChainId: header.l1ChainId,
    rollups: BigInt(header.manager),
    rollup: header.rollup,
    timestamp: header.timestamp,
    blobs: header.blobs,
    ...stateInputs(poseidon, slots[0]),
    ...operationInputs(slots),
    ...treeInputs(slots),
    resultFailed: slots.map((slot) => flag(slot?.result?.in.failed)),
    resultLength: slots.map((slot) => lengthOf(slot?.result?.in)),
    resultData: slots.map((slot) => paddedBytes(slot?.result?.in, MAX_RETURN_DATA_BYTES)),
  };
  return { circuit, input, commitment };
}

/** `circuits/lib/commitment.circom`. */
function commitmentOf(poseidon: Poseidon, words: readonly FieldElement[]): FieldElement {
  const absorb = (inputs: FieldElement[]): FieldElement => {
    while (inputs.length < COMMITMENT_WIDTH) inputs.push(fieldElement(0n));
    return poseidon(inputs);
  };
  let state = absorb(words.slice(0, COMMITMENT_WIDTH));
  for (let at = COMMITMENT_WIDTH; at < words.length; at += COMMITMENT_WIDTH - 1)
    state = absorb([state, ...words.slice(at, at + COMMITMENT_WIDTH - 1)]);
  return state;
}

/**
 * The words of an action at their fixed places in the circuit: zeros behind its data, and if there is no
 * action.
 */
function actionSlot(action: Action | undefined, capacity: number): FieldElement[] {
  const words = action === undefined ? [] : actionWords(action);
  assertFits(action, capacity);
  const length = HEAD_WORDS + Math.ceil(capacity / BYTES_PER_WORD);
  return Array.from({ length }, (_, index) => words[index] ?? fieldElement(0n));
}

/** Each operation with its result: a RESULT answers the innermost operation that still waits. */
function pairOperations({ steps }: LedgerVisitRecord): Operation[] {
  const operations: { step: LedgerOperationStep; result?: LedgerResultStep }[] = [];
  for (const step of steps) {
    if (step.type === "operation") {
      operations.push({ step });
      continue;
    }
    const waiting = operations.findLast(
      ({ step: { out }, result }) => out.kind === ActionKind.CALL && result === undefined,
    );
    if (waiting === undefined) throw new UnprovableVisitError("a result that no operation waits for");
    waiting.result = step;
  }
  return operations;
}

/** Root of the tree and number of leaves before the visit. */
function stateInputs(poseidon: Poseidon, first: Operation | undefined): CircuitInput {
  if (first === undefined) throw new UnprovableVisitError("no operation");
  const { low, lowIndex, lowSiblings, sizeBefore } = first.step.account;
  const treeRoot = rootOfPath(poseidon, hashLeaf(poseidon, low), lowIndex, lowSiblings);
  if (treeRoot === undefined || lowSiblings.length !== TREE_DEPTH)
    throw new UnprovableVisitError("a path of the wrong shape");
  return { treeRoot, size: sizeBefore };
}

/** The incoming actions, field by field. */
function operationInputs(slots: readonly (Operation | undefined)[]): CircuitInput {
  const incoming = slots.map((slot) => slot?.step.in);
  const [, ...others] = incoming;
  return {
    signed: flag(incoming[0]?.kind === ActionKind.L2TX),
    from: incoming.map((action) => action?.from ?? 0n),
    sender: incoming.map((action) => BigInt(action?.sender ?? 0n)),
    target: incoming.map((action) => BigInt(action?.target ?? 0n)),
    value: incoming.map((action) => action?.value ?? 0n),
    isStatic: incoming.map((action) => flag(action?.isStatic)),
    gas: incoming.map((action) => BigInt(action?.gas ?? 0)),
    dataLength: incoming.map(lengthOf),
    data: paddedBytes(incoming[0], MAX_L2TX_BYTES),
    // The smallest instance has no place for further operations, and so no such inputs.
    ...(others.length > 0 && {
      reentered: others.map((action) => flag(action !== undefined)),
      reentrantData: others.map((action) => paddedBytes(action, MAX_CALLDATA_BYTES)),
    }),
  };
}

/** The paths of both accounts of each operation. */
function treeInputs(slots: readonly (Operation | undefined)[]): CircuitInput {
  const upserts = slots.map((slot) => [slot?.step.account, slot?.step.counterparty]);
  const each = <T>(read: (upsert: UpsertWitness | undefined) => T): T[][] =>
    upserts.map((pair) => pair.map(read));
  return {
    lowKey: each((upsert) => upsert?.low.key ?? 0n),
    lowNextKey: each((upsert) => upsert?.low.nextKey ?? 0n),
    lowValue: each((upsert) => upsert?.low.value ?? 0n),
    lowIndex: each((upsert) => upsert?.lowIndex ?? 0n),
    lowSiblings: each((upsert) => siblingInputs(upsert?.lowSiblings)),
    insertedSiblings: each((upsert) => siblingInputs(upsert?.inserted?.siblings)),
  };
}

function siblingInputs(siblings: Siblings | undefined): bigint[][] {
  return Array.from({ length: TREE_DEPTH }, (_, level) => [...(siblings?.[level] ?? [0n, 0n, 0n])]);
}

function paddedBytes(action: Action | undefined, capacity: number): bigint[] {
  assertFits(action, capacity);
  const bytes = hexToBytes(action?.data ?? "0x");
  return Array.from({ length: capacity }, (_, index) => BigInt(bytes[index] ?? 0));
}

/** Bytes that the index-th operation's action may carry: only the first may be an L2TX. */
function dataCapacity(index: number): number {
  return index === 0 ? MAX_L2TX_BYTES : MAX_CALLDATA_BYTES;
}

function assertFits(action: Action | undefined, capacity: number): void {
  const bytes = action === undefined ? 0 : size(action.data);
  if (bytes > capacity) throw new VisitTooLargeError("bytes of an action's data", bytes, capacity);
}

function lengthOf(action: Action | undefined): bigint {
  return action === undefined ? 0n : BigInt(size(action.data));
}

function flag(value: boolean | undefined): bigint {
  return value === true ? 1n : 0n;
}
