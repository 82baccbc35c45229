import { plainText } from "lockstep-client/words";
import type { JSX } from "preact";
import { ageText, now } from "../parts/age.tsx";
import type { Activity } from "../chains/rpc-types.ts";
import { ACTIVITY, MOST_REASON } from "./load.ts";

const MINUTE = 60_000;

/** In numbers, whether the system is well. */
export function Vitals({ activity }: { readonly activity: Activity }): JSX.Element {
  const { transactions, provers, lastSettlement, waiting, trouble } = activity;
  const proving = provers.reduce((sum, { working }) => sum + working, 0);
  const recent = transactions.filter(({ state, at }) => state === "posted" && now.value - at < MINUTE).length;
  const faults = provers.reduce((sum, each) => sum + each.faults, 0);
  return (
    <>
      {trouble !== null && (
        <p class="fault" role="alert">
          {`${plainText(trouble.code)}: ${plainText(trouble.reason, MOST_REASON)}`}
        </p>
      )}
      <dl class="vitals">
        <Vital
          name="last settlement"
          value={lastSettlement === null ? "none yet" : `${ageText(now.value - lastSettlement.at)} ago`}
        />
        <Vital name="waiting" value={String(waiting)} />
        <Vital name="included in the last minute" value={`${recent === ACTIVITY ? "≥ " : ""}${recent}`} />
        <Vital name="transactions a second" value={(recent / 60).toFixed(2)} />
        <Vital name="proofs in flight" value={String(proving)} />
        <Vital name="prover faults" value={String(faults)} isFault={faults > 0} />
      </dl>
    </>
  );
}

function Vital({
  name,
  value,
  isFault = false,
}: {
  readonly name: string;
  readonly value: string;
  readonly isFault?: boolean;
}): JSX.Element {
  return (
    <div class={isFault ? "fault" : ""}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
