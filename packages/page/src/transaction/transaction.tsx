import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { replace } from "../app/location.ts";
import { urlOf } from "../app/route.ts";
import { useLoaded } from "../chains/loaded.ts";
import { builderNews, news } from "../chains/live.ts";
import type { System } from "../chains/system.ts";
import { abis } from "../names/abis.ts";
import { nameOrShort, names } from "../names/names.ts";
import { Await } from "../parts/notice.tsx";
import { labelsOf } from "../score/labels.ts";
import { arrowOfTurn, layOut } from "../score/layout.ts";
import { chainsOf, type FrameNode, nodesOf, scoreOf, turnsOf } from "../score/model.ts";
import { useNames } from "../score/use-names.ts";
import { Score } from "../score/score.tsx";
import { textLines } from "../score/text.ts";
import { Boundary } from "../parts/boundary.tsx";
import type { ExecutionShown, Hex, TraceFrame } from "../chains/rpc-types.ts";
import { FramePanel } from "./frame-panel.tsx";
import { type Included, loadTransaction } from "./load.ts";
import { NotIncluded } from "./not-included.tsx";
import { save, scoreFile } from "./save-svg.tsx";
import { StepPanel } from "./step-panel.tsx";
import { Summary } from "./summary.tsx";
import { Below } from "./below.tsx";
import { useKeys, useWidth } from "./hooks.ts";

interface TransactionProps {
  readonly system: System;
  readonly hash: string;
  readonly step: number | undefined;
}

export function TransactionScreen({ system, hash, step }: TransactionProps): JSX.Element {
  const wanted: Hex = `0x${hash.slice(2)}`;
  const [isDone, setDone] = useState("");
  // A transaction that is on L1 is asked for again only when L1 has a new block: it may be gone.
  const reasons = [isDone === hash ? (news.value.get(0) ?? 0) : builderNews.value];
  const loaded = useLoaded(() => loadTransaction(system, wanted), hash, reasons);
  const isIncluded = loaded.state === "ready" && loaded.value.isIncluded;
  useEffect(() => {
    if (isIncluded) setDone(hash);
  }, [isIncluded, hash]);
  return (
    <main>
      <Await loaded={loaded} what="the transaction">
        {(value) =>
          value.isIncluded ? (
            <IncludedTransaction system={system} included={value} step={step} />
          ) : (
            <NotIncluded hash={hash} waiting={value} />
          )
        }
      </Await>
    </main>
  );
}

function IncludedTransaction({
  system,
  included,
  step,
}: {
  readonly system: System;
  readonly included: Included;
  readonly step: number | undefined;
}): JSX.Element {
  const { trace } = included;
  return (
    <>
      <Summary system={system} included={included} />
      {trace === null ? (
        <p class="quiet">The node of L1 keeps no trace of it.</p>
      ) : countOf(trace, included.own) > MOST_PARTS ? (
        <p class="fault">{`It has more than ${MOST_PARTS.toLocaleString("en")} frames and steps: too many to be drawn.`}</p>
      ) : (
        <Boundary what="the picture" value={included}>
          <ScoreOf system={system} included={included} trace={trace} step={step} />
        </Boundary>
      )}
      <Below system={system} included={included} />
    </>
  );
}

/** Frames and steps of a picture. A batch has some hundreds of steps. */
const MOST_PARTS = 20_000;

function countOf(trace: TraceFrame, own: readonly ExecutionShown[]): number {
  let count = own.reduce((sum, { steps }) => sum + steps.length, 0);
  const waiting = [trace];
  for (let frame = waiting.pop(); frame !== undefined; frame = waiting.pop()) {
    count++;
    for (const call of frame.calls ?? []) waiting.push(call);
  }
  return count;
}

/** Pixels from the window's edge at which the cursor is still seen well. */
const NEAR = 70;

function ScoreOf({
  system,
  included,
  trace,
  step,
}: {
  readonly system: System;
  readonly included: Included;
  readonly trace: TraceFrame;
  readonly step: number | undefined;
}): JSX.Element {
  const { own, hash } = included;
  const turns = useMemo(() => turnsOf(own), [own]);
  const root = useMemo(() => scoreOf(trace, turns), [trace, turns]);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [selected, setSelected] = useState<string>();
  const [frame, width] = useWidth();
  useNames(system, root);
  const labels = useMemo(
    () =>
      labelsOf({
        abis: abis.value,
        address: (chain, address) => nameOrShort(chain, address),
        proofs: included.progress?.proofs ?? [],
      }),
    [abis.value, names.value, included.progress],
  );
  const visits = useMemo(() => own.flatMap((execution) => execution.visits), [own]);
  const layout = useMemo(
    () => layOut(root, { chains: chainsOf(root), width, labels, visits, opened }),
    [root, width, labels, visits, opened],
  );
  const turn = step === undefined ? undefined : turns[step];
  const moveTo = (position: number): void => {
    if (turns[position] === undefined) return;
    setSelected(undefined);
    replace(urlOf.transaction(hash, position));
  };
  const choose = (by: 1 | -1): void => {
    const at = layout.boxes.findIndex(({ id }) => id === selected);
    const next = layout.boxes[at < 0 ? (by > 0 ? 0 : layout.boxes.length - 1) : at + by];
    if (next !== undefined) setSelected(next.id);
  };
  useKeys({
    ArrowRight: () => moveTo(step === undefined ? 0 : step + 1),
    ArrowLeft: () => moveTo(step === undefined ? turns.length - 1 : step - 1),
    j: () => choose(1),
    k: () => choose(-1),
    Escape: () => setSelected(undefined),
  });
  useEffect(() => {
    if (turn !== undefined) setOpened((before) => withOpened(before, root, turn.position));
  }, [turn, root]);
  const height =
    (selected === undefined ? undefined : layout.boxes.find(({ id }) => id === selected)?.y) ??
    (turn && arrowOfTurn(layout, turn)?.y);
  useEffect(() => {
    const { current } = frame;
    if (height === undefined || current === null) return;
    const top = current.getBoundingClientRect().top + height;
    if (top < NEAR || top > innerHeight - NEAR) scrollBy({ top: top - innerHeight / 2 });
  }, [height]);
  const nameOfChain = (chain: number): string => system.nameOf(chain);
  const unproven = new Set(system.chains.filter(({ isProven }) => !isProven).map(({ id }) => id));
  const node =
    selected === undefined
      ? undefined
      : [...nodesOf(root)].find(({ id, kind }) => id === selected && kind === "frame");
  const text = useMemo(() => textLines(root, labels, nameOfChain), [root, labels]);
  return (
    <div class="transaction">
      <div ref={frame} class="picture">
        <Score
          layout={layout}
          chainName={nameOfChain}
          unproven={unproven}
          cursor={step}
          selected={selected}
          onStep={moveTo}
          onSelect={setSelected}
          onOpen={(id) => setOpened((before) => new Set([...before, id]))}
        />
        <p class="buttons">
          <button
            type="button"
            onClick={() => {
              const everything = layOut(root, {
                chains: chainsOf(root),
                width,
                labels,
                visits,
                opened: allOf(root),
              });
              save(`${hash}.svg`, "image/svg+xml", scoreFile(everything, nameOfChain, unproven));
            }}
          >
            save as SVG
          </button>
        </p>
        <details class="as-text">
          <summary>The same as text</summary>
          <pre tabIndex={0}>{text.join("\n")}</pre>
        </details>
      </div>
      <aside>
        {node?.kind === "frame" ? (
          <FramePanel system={system} node={node} onClose={() => setSelected(undefined)} />
        ) : turn !== undefined ? (
          <StepPanel system={system} turns={turns} turn={turn} onStep={moveTo} />
        ) : (
          <section class="step" aria-label="Steps">
            <p class="quiet">
              {turns.length === 0
                ? "No call left its chain."
                : `${turns.length} steps as L1 walks through them: ← and → move the cursor.`}
              {" Frames open by a click, or by j and k."}
            </p>
            {turns.length > 0 && (
              <button type="button" onClick={() => moveTo(0)}>
                to the first step
              </button>
            )}
          </section>
        )}
      </aside>
    </div>
  );
}

function allOf(root: FrameNode): ReadonlySet<string> {
  return new Set([...nodesOf(root)].map(({ id }) => id));
}

/** Opens what hides a step. */
function withOpened(before: ReadonlySet<string>, root: FrameNode, position: number): ReadonlySet<string> {
  for (const node of nodesOf(root)) {
    if (node.kind !== "crossing") continue;
    if (node.call?.position !== position && node.answer?.position !== position) continue;
    const parts = node.id.split(".");
    const around = parts.map((_part, index) => parts.slice(0, index + 1).join("."));
    return around.every((id) => before.has(id)) ? before : new Set([...before, ...around]);
  }
  return before;
}
