import { type Json, toJson } from "./json.ts";
import { evmLeafVectors } from "./evm.ts";
import { l2txVectors, treeVectors, visitVectors } from "./ledger.ts";
import { actionVectors, batchVectors, executionVectors, statementVectors } from "./protocol.ts";

/** All shared test vectors by file name. They are the same in every run. */
export async function allVectors(): Promise<Record<string, Json>> {
  return {
    "actions.json": toJson(actionVectors),
    "executions.json": toJson(executionVectors),
    "batches.json": toJson(batchVectors),
    "statements.json": toJson(statementVectors),
    "tree.json": toJson(await treeVectors()),
    "evm-leaves.json": toJson(await evmLeafVectors()),
    "ledger-transactions.json": toJson(await l2txVectors()),
    "ledger-visits.json": toJson(await visitVectors()),
  };
}

/** A vector file's text. */
export function vectorText(vectors: Json): string {
  return `${JSON.stringify(vectors, null, 1)}\n`;
}
