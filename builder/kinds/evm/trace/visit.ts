import { type BusEntry, busEntry } from "../../../../circuits/bus/evaluate.ts";
import { STATEMENT_ATTRIBUTE, STATEMENT_CONTEXT } from "../../../../circuits/evm/attributes.ts";
import { header as headerRow } from "../../../../circuits/evm/border/header.ts";
import { visit as visitRow } from "../../../../circuits/evm/border/visit.ts";
import { evmChainIdOf } from "../../../protocol/evm-chain-id.ts";
import { fieldElement } from "../../../protocol/ids.ts";
import { ActionKind } from "../../../protocol/action.ts";
import {
  STATEMENT_LAYOUT,
  type StatementHeader,
  type StatementVisit,
  wholeStatementWords,
} from "../../../protocol/statement.ts";
import type { RollupProxies } from "../../../proving/bus/proxies.ts";
import { hashState } from "../../../state/hashes.ts";
import { statementTuples } from "../../../proving/bus/statement-tuples.ts";
import type { Poseidon } from "../../../state/poseidon.ts";
import { treeDepth } from "../../../state/shape.ts";
import { blockOf } from "../execution/environment.ts";
import { StatementRefusedError } from "../reference/errors.ts";
import type { StateWitness } from "../reference/state-witness.ts";
import { traceCall } from "./call.ts";
import { NotYetProvableError } from "./errors.ts";
import { wordOf } from "./given.ts";
import { halves } from "../../../proving/bus/terms.ts";
import type { Operation, TracedOperation } from "./operation.ts";
import { Reads } from "./reads.ts";
import { traceState } from "./state.ts";
import { Tables } from "./tables.ts";
import { traceTransaction } from "./transaction.ts";
import type { TraceRow } from "./trace-row.ts";
import type { TreeTrace } from "./tree.ts";
import { witnessReader } from "./witness-reader.ts";

export interface VisitToTrace {
  readonly poseidon: Poseidon;
  readonly proxies: RollupProxies;
  readonly header: StatementHeader;
  readonly visit: StatementVisit;
  readonly witness: StateWitness;
}

export interface VisitTrace {
  /** All rows but those of tables and of codes. */
  readonly rows: readonly TraceRow[];
  /** What L1 puts on the bus. */
  readonly told: readonly BusEntry[];
  /** Codes by the statement's slots. */
  readonly codes: TracedOperation["codes"];
}

const FIRST_ACTION = BigInt(STATEMENT_LAYOUT.header + STATEMENT_LAYOUT.visit);

/**
 * Executes a visit on what its witness shows, and makes the rows that prove it.
 * @throws {NotYetProvableError} when no circuit covers it; {StatementRefusedError} when the visit is another
 * one than the statement says, or the witness does not show what it reads; {TimeGoesBackError}.
 */
export async function traceVisit(options: VisitToTrace): Promise<VisitTrace> {
  const { poseidon, proxies, header, visit, witness } = options;
  const { actions } = visit;
  const [first, answer] = actions;
  if (first === undefined || answer === undefined || actions.length !== 2)
    throw new NotYetProvableError("visits of more than one call or transaction");
  const tables = new Tables(witnessReader(witness));
  const operation: Operation = {
    action: first,
    answer,
    cursor: { index: FIRST_ACTION, number: 0n, time: 0n, context: 1n },
    statement: {
      timestamp: header.timestamp,
      number: blockOf(witness.block.state, header.timestamp).number,
      chainId: evmChainIdOf(header.l1ChainId, header.rollup),
    },
    tables,
    codes: witness.codes,
    proxies,
    hash: poseidon,
  };
  const traced = await traceOperation(operation);
  const { keeps, end, rows, codes } = traced;
  const reads = new Reads();
  reads.count(rows, "attribute", poseidon);
  const readsOf = (name: keyof typeof STATEMENT_ATTRIBUTE, value: bigint): bigint =>
    reads.of("attribute", {
      ...halves(value),
      context: STATEMENT_CONTEXT,
      kind: BigInt(STATEMENT_ATTRIBUTE[name]),
    });
  const { timestamp, number, chainId } = operation.statement;
  // The visit's own row asks for the number as well.
  const numberReads = readsOf("number", number) + 1n;
  const state = traceState(poseidon, { witness, tables, timestamp, keeps, numberReads });
  assertRoots(poseidon, visit, state);
  const { l1ChainId, manager, rollup, blobs } = header;
  const borders = [
    {
      type: headerRow,
      given: {
        l1ChainId,
        ...wordOf("manager", BigInt(manager)),
        rollup,
        timestamp,
        ...wordOf("blobs", blobs),
        // The row of the state's block asks for the timestamp.
        "reads timestamp": readsOf("timestamp", timestamp) + 1n,
        "reads chainId": readsOf("chainId", chainId),
        "reads l1ChainId": readsOf("l1ChainId", l1ChainId),
        "reads manager": readsOf("manager", BigInt(manager)),
        "reads rollup": readsOf("rollup", rollup),
      },
    },
    visitRowOf(visit, state, {
      keeps: keeps ? 1n : 0n,
      "reads keeps": readsOf("keeps", keeps ? 1n : 0n) + BigInt(state.meanings),
      number,
      end: end.index,
      endTime: end.time,
      endContext: end.context,
    }),
  ];
  const sent = [...statementTuples(wholeStatementWords(header, [visit]))].map(({ name, fields }) =>
    busEntry(name, fields),
  );
  return { rows: [...borders, ...rows, ...state.rows], told: sent, codes };
}

async function traceOperation(operation: Operation): Promise<TracedOperation> {
  const { kind } = operation.action;
  if (kind === ActionKind.CALL) return await traceCall(operation);
  return await traceTransaction(operation);
}

function visitRowOf(
  { rootBefore, rootAfter, actions }: StatementVisit,
  state: TreeTrace,
  given: Readonly<Record<string, bigint>>,
): TraceRow {
  const { sizeBefore, sizeAfter } = state;
  const [before, after] = [sizeBefore, sizeAfter].map((size) => treeDepth("growing", Number(size)));
  if (before === undefined || after === undefined || after > before + 1)
    throw new NotYetProvableError("a state tree that rises by more than one level");
  return {
    type: visitRow,
    given: {
      ...wordOf("rootBefore", rootBefore),
      ...wordOf("rootAfter", rootAfter),
      actions: BigInt(actions.length),
      treeBefore: state.rootBefore,
      treeAfter: state.rootAfter,
      sizeBefore,
      sizeAfter,
      rises: after > before ? 1n : 0n,
      [`depth ${before}`]: 1n,
      added: state.added,
      ...given,
    },
  };
}

function assertRoots(poseidon: Poseidon, visit: StatementVisit, state: TreeTrace): void {
  const root = (tree: bigint, size: bigint): bigint => hashState(poseidon, fieldElement(tree), size);
  if (root(state.rootBefore, state.sizeBefore) !== visit.rootBefore)
    throw new StatementRefusedError("WITNESS_NOT_IN_STATE", "the witness is of another root");
  const after = root(state.rootAfter, state.sizeAfter);
  if (after !== visit.rootAfter)
    throw new StatementRefusedError("ROOT_DIFFERS", `the root after is ${after}, not ${visit.rootAfter}`);
}
