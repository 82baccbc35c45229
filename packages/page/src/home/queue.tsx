import { plainText } from "lockstep-client/words";
import type { JSX } from "preact";
import type { Activity, ActivityTransaction } from "../chains/rpc-types.ts";
import type { System } from "../chains/system.ts";
import { nameOrShort } from "../names/names.ts";
import { Age } from "../parts/age.tsx";
import { BlockLink, TransactionLink } from "../parts/links.tsx";
import { seconds } from "../score/labels.ts";
import { MOST_REASON } from "./load.ts";
import { whyItWaits } from "./why.ts";

interface PanelProps {
  readonly system: System;
  readonly activity: Activity;
}

/** Rows of a list that are shown. */
const MOST_ROWS = 100;

const isWaiting = ({ state }: ActivityTransaction): boolean => state !== "posted" && state !== "failed";

/** What waits, and for what. */
export function Queue({ system, activity }: PanelProps): JSX.Element {
  const waiting = activity.transactions.filter(isWaiting);
  return (
    <section>
      <h2>Waiting</h2>
      {waiting.length === 0 && <p class="quiet">Nothing waits.</p>}
      <ul class="rows">
        {waiting.slice(0, MOST_ROWS).map((one) => (
          <li key={one.hash}>
            <TransactionLink hash={one.hash} />
            <span>{system.nameOf(Number(one.chain))}</span>
            <b>{plainText(one.state)}</b>
            <Age at={one.acceptedAt} />
            <p class="quiet">{whyItWaits(one, activity, (id) => system.nameOf(id))}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Failures({ activity: { failures } }: Pick<PanelProps, "activity">): JSX.Element {
  return (
    <section>
      <h2>Not included</h2>
      {failures.length === 0 && <p class="quiet">Nothing was dropped.</p>}
      <ul class="rows">
        {failures.slice(0, 12).map(({ hash, code, reason, at }) => (
          <li key={`${hash} ${at}`}>
            <TransactionLink hash={hash} />
            <b class="fault">{plainText(code)}</b>
            <Age at={at} />
            <p class="quiet">{plainText(reason, MOST_REASON)}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Provers({ activity: { provers } }: Pick<PanelProps, "activity">): JSX.Element {
  return (
    <section>
      <h2>Provers</h2>
      {provers.length === 0 && <p class="quiet">None has been asked yet.</p>}
      <ul class="rows">
        {provers.slice(0, MOST_ROWS).map(({ name, working, proofs, milliseconds, faults }) => (
          <li key={name}>
            <b>{plainText(name)}</b>
            <span>{working === 0 ? "idle" : `${working} in flight`}</span>
            <span>{`${proofs} proofs`}</span>
            <span>{milliseconds === null ? "none timed" : `last ${seconds(milliseconds)}`}</span>
            {faults > 0 && <b class="fault">{`${faults} faults`}</b>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The latest that L1 has included. */
export function Recent({ system, activity }: PanelProps): JSX.Element {
  const included = activity.transactions.filter(({ state }) => state === "posted");
  return (
    <section>
      <h2>Included</h2>
      {included.length === 0 && <p class="quiet">Nothing yet. A call to a proxy is a good beginning.</p>}
      <ul class="rows">
        {included.slice(0, 20).map(({ hash, chain, rollups, at, to, blockNumber }) => (
          <li key={hash}>
            <TransactionLink hash={hash} />
            <span>
              {[Number(chain), ...rollups.map(Number).filter((each) => each !== Number(chain))]
                .map((each) => system.nameOf(each))
                .join(" · ")}
            </span>
            {to !== null && <span>{nameOrShort(Number(chain), to)}</span>}
            {blockNumber !== null && <BlockLink chain={0} block={Number(blockNumber)} />}
            <Age at={at} />
          </li>
        ))}
      </ul>
    </section>
  );
}
