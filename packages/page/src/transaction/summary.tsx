import { plainText } from "lockstep-client/words";
import type { JSX } from "preact";
import type { System } from "../chains/system.ts";
import { abis } from "../names/abis.ts";
import { decodeError } from "../names/decode.ts";
import { nameOrShort } from "../names/names.ts";
import { BlockLink, TransactionLink } from "../parts/links.tsx";
import { Unproven } from "../parts/notice.tsx";
import type { TraceFrame } from "../chains/rpc-types.ts";
import type { Included } from "./load.ts";

/** Whether it worked, and where it is. */
export function Summary({
  system,
  included,
}: {
  readonly system: System;
  readonly included: Included;
}): JSX.Element {
  const { hash, settlement, trace, isBatch, own } = included;
  const deepest = trace === null ? undefined : deepestFailure(trace);
  const failed = settlement?.l1.success === false || trace?.error !== undefined;
  const visits = own.flatMap((execution) => execution.visits);
  const batch = settlement?.batch?.transactionHash;
  const isAround = batch === hash || batch === settlement?.l1.transactionHash;
  const served = [
    ...(settlement?.transactions ?? []).filter((each) => each !== hash),
    ...own.flatMap(({ transactions }) => transactions),
  ];
  const unproven = [...new Set(visits.filter(({ proven }) => !proven).map(({ rollup }) => Number(rollup)))];
  return (
    <section class="summary">
      <h1>
        {isBatch ? "Batch" : "Transaction"}
        <span class={failed ? "verdict fault" : "verdict"}>{failed ? "reverted" : "succeeded"}</span>
      </h1>
      <p class="mono break">{hash}</p>
      <p>
        {settlement !== null && (
          <>
            L1 block <BlockLink chain={0} block={Number(settlement.l1.blockNumber)} />
            {settlement.l1.transactionHash !== hash && (
              <>
                {settlement.l1.transactionHash === settlement.batch?.transactionHash
                  ? ", in batch "
                  : ", in "}
                <TransactionLink hash={settlement.l1.transactionHash} />
              </>
            )}
            {settlement.batch !== null && !isAround && (
              <>
                {", after batch "}
                <TransactionLink hash={settlement.batch.transactionHash} />
              </>
            )}
          </>
        )}
        {settlement === null && <span class="quiet">It touched no rollup.</span>}
      </p>
      {failed && deepest !== undefined && (
        <p class="fault">
          {`Failed in ${nameOrShort(Number(deepest.chain), deepest.to)} on ${system.nameOf(Number(deepest.chain))}: ${decodeError(deepest.output ?? "0x", abis.value, (each) => nameOrShort(Number(deepest.chain), each)) || plainText(deepest.error ?? "")}`}
        </p>
      )}
      {unproven.length > 0 && (
        <p>
          <Unproven />
          {` what ${unproven.map((chain) => system.nameOf(chain)).join(" and ")} did: L1 took it on trust.`}
        </p>
      )}
      {isBatch && served.length > 0 && (
        <p>
          {"It serves "}
          {served.map((each, index) => (
            <>
              {index > 0 && ", "}
              <TransactionLink hash={each} />
            </>
          ))}
        </p>
      )}
    </section>
  );
}

/** The frame that failed first: those around it failed for it. */
function deepestFailure(frame: TraceFrame): TraceFrame | undefined {
  if (frame.error === undefined) return undefined;
  const inner = (frame.calls ?? []).findLast(({ error }) => error !== undefined);
  return (inner !== undefined && inner.output === frame.output ? deepestFailure(inner) : undefined) ?? frame;
}
