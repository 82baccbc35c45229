import pc from "picocolors";
import { plainText } from "../../../packages/client/src/words/plain-text.ts";
import type { Activity, ActivityTransaction } from "lockstep-client/rpc-types";

/** What a builder is doing and did lately, in lines for a person. */
export function activityLines(
  { waiting, trouble, lastSettlement, provers, transactions, failures }: Activity,
  chain: (id: string) => string,
  now: number,
): string[] {
  const queued = transactions.filter(({ state }) => state !== "posted" && state !== "failed");
  const included = transactions.filter(({ state }) => state === "posted").slice(0, 5);
  const settled =
    lastSettlement === null
      ? "nothing was settled since the builder began"
      : `last settlement ${ago(lastSettlement.at, now)} ago, in block ${Number(lastSettlement.blockNumber)}`;
  return [
    `builder  ${waiting} waiting, ${settled}`,
    ...(trouble === null
      ? []
      : [
          pc.yellow(
            `         waits ${ago(trouble.since, now)}: ${said(trouble.code)}, ${said(trouble.reason)}`,
          ),
        ]),
    ...queued.map((one) => `waiting  ${lineOf(one, chain)}, for ${ago(one.acceptedAt, now)}`),
    ...included.map((one) => `included ${lineOf(one, chain)}, ${ago(one.at, now)} ago`),
    ...failures
      .slice(0, 5)
      .map(({ hash, code, reason, at }) =>
        pc.red(`dropped  ${hash}, ${ago(at, now)} ago: ${said(code)}, ${said(reason)}`),
      ),
    ...provers.map(({ name, working, proofs, milliseconds, faults }) => {
      const latest = milliseconds === null ? "" : `, the latest in ${(milliseconds / 1_000).toFixed(2)} s`;
      return `prover   ${said(name)}: ${working} at work, ${proofs} proofs${latest}, ${faults} faults`;
    }),
  ];
}

function lineOf(
  { hash, state, reason, chain: on, rollups }: ActivityTransaction,
  chain: (id: string) => string,
): string {
  const chains = [...new Set([on, ...rollups])].map(chain).join(", ");
  return `${hash} on ${chains}: ${state}${reason === undefined ? "" : ` (${said(reason)})`}`;
}

/** Contracts choose the words of some reasons, and workers their names. */
function said(text: string): string {
  return plainText(text, MOST_REASON);
}

const MOST_REASON = 400;

function ago(then: number, now: number): string {
  return `${Math.max(0, Math.round((now - then) / 1_000))} s`;
}
