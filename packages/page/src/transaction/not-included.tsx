import { plainText } from "lockstep-client/words";
import type { JSX } from "preact";
import { Age } from "../parts/age.tsx";
import { MOST_REASON } from "../home/load.ts";
import type { Waiting } from "./load.ts";

/** A transaction that L1 has not included: nothing of it is shown as done. */
export function NotIncluded({
  hash,
  waiting,
}: {
  readonly hash: string;
  readonly waiting: Waiting;
}): JSX.Element {
  const { status, progress } = waiting;
  const state = said(progress?.state ?? status?.state);
  const given = said(progress?.reason ?? status?.reason);
  const reason = given ?? WAITS[state ?? ""];
  const isDropped = state === "failed";
  return (
    <section class="summary">
      <h1>
        {state === undefined ? "Not known" : isDropped ? "Dropped" : "Waiting"}
        <span class={isDropped || state === undefined ? "verdict fault" : "verdict"}>
          {state === undefined
            ? "no chain has it"
            : isDropped
              ? "it will not be included"
              : "L1 has not included it"}
        </span>
      </h1>
      <p class="mono break">{hash}</p>
      {state === undefined ? (
        <p>
          Neither L1 nor this builder knows a transaction of this hash. It may have been made on another
          network, or before the devnet was started again.
        </p>
      ) : (
        <dl class="facts">
          <dt>state</dt>
          <dd>{state}</dd>
          {status?.code !== undefined && (
            <>
              <dt>code</dt>
              <dd class="mono">{said(status.code)}</dd>
            </>
          )}
          {reason !== undefined && reason !== "" && (
            <>
              <dt>reason</dt>
              <dd class={isDropped ? "fault" : ""}>{reason}</dd>
            </>
          )}
          {progress?.acceptedAt != null && (
            <>
              <dt>accepted</dt>
              <dd>
                <Age at={progress.acceptedAt} />
              </dd>
            </>
          )}
        </dl>
      )}
      {progress !== null && progress.retries.length > 0 && (
        <details open>
          <summary>{`Tried again ${progress.retries.length} times`}</summary>
          <ol>
            {progress.retries.map(({ at, reason: why }) => (
              <li key={at}>
                {said(why)} <Age at={at} />
              </li>
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}

/** What it means that a transaction is in a state for which the builder gives no reason. */
const WAITS: Readonly<Record<string, string>> = {
  queued: "behind what is being proven",
  proving: "for its batch to be proven and posted",
};

function said(text: string | undefined): string | undefined {
  return text === undefined ? undefined : plainText(text, MOST_REASON);
}
