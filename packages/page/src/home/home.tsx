import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useLoaded } from "../chains/loaded.ts";
import { builderNews, news } from "../chains/live.ts";
import type { System } from "../chains/system.ts";
import { abis } from "../names/abis.ts";
import { lookUp } from "../names/names.ts";
import type { ActivityTransaction } from "../chains/rpc-types.ts";
import { Boundary } from "../parts/boundary.tsx";
import { Await } from "../parts/notice.tsx";
import { loadActivity, loadLanes } from "./load.ts";
import { LanesView } from "./lanes.tsx";
import { Failures, Provers, Queue, Recent } from "./queue.tsx";
import { Vitals } from "./vitals.tsx";

const NONE: readonly ActivityTransaction[] = [];

/** Provers that hang do not push: what they do is looked at again by itself. */
const LOOK_AGAIN = 5_000;

export function HomeScreen({ system }: { readonly system: System }): JSX.Element {
  const [last, setLast] = useState<number>();
  const [again, setAgain] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setAgain((count) => count + 1), LOOK_AGAIN);
    return () => clearInterval(timer);
  }, []);
  const isLatest = last === undefined;
  const lanes = useLoaded(async () => await loadLanes(system, last), `lanes ${last ?? "latest"}`, [
    isLatest ? news.value : 0,
  ]);
  const activity = useLoaded(async () => await loadActivity(system), "activity", [builderNews.value, again]);
  const transactions = activity.state === "ready" ? activity.value.transactions : NONE;
  useEffect(() => {
    const called = transactions.flatMap(({ chain, to }) =>
      to === null ? [] : [{ chain: Number(chain), address: to }],
    );
    void lookUp(system, called);
  }, [transactions, abis.value]);
  useEffect(() => {
    if (lanes.state !== "ready") return;
    const called = lanes.value.columns.flatMap(({ blocks }) =>
      blocks.flatMap(({ chain, transactions }) =>
        transactions.flatMap(({ to }) => (to === null ? [] : [{ chain, address: to }])),
      ),
    );
    void lookUp(system, called);
  }, [lanes, abis.value]);
  return (
    <main>
      <h1 class="unseen">What is happening</h1>
      {activity.state === "ready" && (
        <Boundary what="the builder" value={activity.value}>
          <Vitals activity={activity.value} />
        </Boundary>
      )}
      <section aria-label="Blocks of all chains">
        <Await loaded={lanes} what="blocks">
          {(value) => (
            <LanesView
              system={system}
              lanes={value}
              transactions={transactions}
              isLatest={isLatest}
              onMove={setLast}
            />
          )}
        </Await>
      </section>
      <Await loaded={activity} what="the builder">
        {(value) => (
          <div class="panels">
            <div>
              <Queue system={system} activity={value} />
              <Failures activity={value} />
              <Provers activity={value} />
            </div>
            <Recent system={system} activity={value} />
          </div>
        )}
      </Await>
    </main>
  );
}
