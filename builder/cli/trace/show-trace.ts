import pc from "picocolors";
import type { Executions, ExecutionShown, Progress, VisitShown } from "lockstep-client/rpc-types";
import { callTree, type Knowledge, treeLines } from "../../../packages/client/src/tree/index.ts";
import { plainText } from "../../../packages/client/src/words/plain-text.ts";
import type { Hex } from "viem";
import { UNPROVEN_LABEL } from "../show/unproven-label.ts";
import type { Told } from "./system.ts";

/** Characters of a reason: a contract may have chosen its words. */
const MOST_REASON = 400;

/**
 * What a transaction did, in lines for a person.
 * @param replayAt where a rollup's gateway replays a transaction of its own, if it is known to.
 */
export function traceLines(
  hash: Hex,
  told: Told,
  knowledge: Knowledge,
  replayAt: (rollup: Hex, transaction: Hex) => string | undefined,
): string[] {
  const { trace, settlement, executions, progress } = told;
  const unproven = unprovenChains(executions);
  const tree = treeLines(callTree(trace, knowledge), knowledge).map(({ prefix, chain, text, node }) => {
    const shown = unproven.has(node.chain) ? pc.red(chain) : pc.bold(chain);
    const dim = node.isUndone ? pc.dim(text) : text;
    return `  ${pc.dim(prefix)}${shown}  ${dim}`;
  });
  const place = settlement?.l1;
  const head =
    place === undefined
      ? `${pc.bold(hash)}, which touched no rollup`
      : `${pc.bold(hash)}, in L1's block ${Number(place.blockNumber)}` +
        (place.transactionHash === hash ? "" : `, by ${plainText(place.transactionHash)}`) +
        (place.success ? "" : pc.red(", reverted"));
  return [
    head,
    ...tree,
    ...(executions === null ? [] : visitLines(hash, told, executions, knowledge)),
    ...(executions === null ? [] : gasLines(executions)),
    ...timeLines(progress),
    ...(executions === null ? [] : replayLines(hash, told, executions, replayAt)),
  ];
}

/** How a tool runs what the transaction was on each rollup, opcode by opcode. */
function replayLines(
  hash: Hex,
  told: Told,
  executions: Executions,
  replayAt: (rollup: Hex, transaction: Hex) => string | undefined,
): string[] {
  const visits = ownExecutions(hash, told, executions).flatMap((execution) => execution.visits);
  const lines = visits.flatMap(({ rollup, transactionHash }) => {
    const url = transactionHash === null ? undefined : replayAt(rollup, transactionHash);
    return url === undefined ? [] : [`  cast run ${transactionHash} --rpc-url ${url}`];
  });
  return lines.length === 0 ? [] : [pc.bold("replay"), ...lines];
}

function unprovenChains(executions: Executions | null): ReadonlySet<Hex> {
  const proofs = executions?.proofs ?? [];
  return new Set(proofs.filter(({ proven }) => !proven).map(({ rollup }) => rollup));
}

/** Executions that have to do with the transaction; of a batch all. */
function ownExecutions(hash: Hex, { settlement }: Told, { batch, executions }: Executions): ExecutionShown[] {
  if (hash === batch.transactionHash) return [...executions];
  const own = new Set(settlement?.visits.map(({ execution }) => execution));
  return executions.filter(({ index }) => own.has(index));
}

function visitLines(hash: Hex, told: Told, executions: Executions, knowledge: Knowledge): string[] {
  const visits = ownExecutions(hash, told, executions).flatMap((execution) => execution.visits);
  if (visits.length === 0) return [];
  return [pc.bold("visits"), ...visits.map((visit) => `  ${visitText(visit, told, executions, knowledge)}`)];
}

function visitText(
  visit: VisitShown,
  { progress }: Told,
  { proofs }: Executions,
  knowledge: Knowledge,
): string {
  const { rollup, outcome, rootBefore, rootAfter, proof, transactionHash } = visit;
  const root =
    rootBefore === rootAfter ? "root unchanged" : `root ${short(rootBefore)} → ${short(rootAfter)}`;
  const shown = proofs[proof];
  const made = progress?.proofs.find((each) => each.rollup === rollup && each.circuit === shown?.circuit);
  const by =
    shown?.proven === true
      ? `proof ${proof} of circuit ${plainText(shown.circuit ?? "?")}` +
        (made?.backend == null
          ? ""
          : ` (${plainText(made.backend)}, ${seconds(made.proveMilliseconds ?? 0)})`)
      : UNPROVEN_LABEL;
  const as = transactionHash === null ? "" : `, ${plainText(transactionHash)}`;
  return `${knowledge.chain(rollup)}: ${plainText(outcome)}, ${plainText(root)}, ${by}${as}`;
}

function gasLines({ gas }: Executions): string[] {
  const part = (name: string, value: Hex | null): string[] =>
    value === null ? [] : [`${name} ${BigInt(value).toLocaleString("en")}`];
  const parts = [
    ...part("post", gas.post),
    ...part("proof check", gas.proofCheck),
    ...part("table", gas.table),
    ...part("calls", gas.calls),
  ];
  return [`${pc.bold("gas")}     ${parts.join(", ")}`];
}

function timeLines(progress: Progress | null): string[] {
  if (progress === null) return [`${pc.bold("time")}    not remembered by this builder`];
  const { simulateMilliseconds, witnessMilliseconds, proveMilliseconds, postMilliseconds } = progress;
  const part = (name: string, value: number | null): string[] =>
    value === null ? [] : [`${name} ${seconds(value)}`];
  const parts = [
    ...part("simulate", simulateMilliseconds),
    ...part("witness", witnessMilliseconds),
    ...part("prove", proveMilliseconds),
    ...part("post", postMilliseconds),
  ];
  const reason = progress.reason === null ? "" : `: ${plainText(progress.reason, MOST_REASON)}`;
  const state = progress.state === "posted" ? "" : `${plainText(progress.state)}${reason}`;
  return [`${pc.bold("time")}    ${[...parts, ...(state === "" ? [] : [state])].join(", ")}`];
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(2)} s`;
}

function short(root: Hex): string {
  return `${root.slice(0, 10)}…`;
}
