import { curveBasis, line } from "d3-shape";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { rootColour } from "./colour.ts";
import { HEAD } from "./layout.ts";
import type { Arrow, Band, Box, Bracket, Fold, Instead, Layout } from "./parts.ts";

/** About as wide as a character of the score's text, in pixels. */
const CHARACTER = 7.1;
const SMALL_CHARACTER = 6.1;

interface ScoreProps {
  readonly layout: Layout;
  readonly chainName: (chain: number) => string;
  readonly unproven: ReadonlySet<number>;
  /** Step of the cursor. */
  readonly cursor: number | undefined;
  readonly selected: string | undefined;
  readonly onStep: (position: number) => void;
  readonly onSelect: (id: string) => void;
  readonly onOpen: (id: string) => void;
}

/** What the window shows of a tall picture, with some more on both sides. */
interface Sight {
  readonly from: number;
  readonly to: number;
}

const MARGIN = 600;
const EVERYTHING: Sight = { from: -Infinity, to: Infinity };

/** The transaction as one picture. Of a tall one only what can be seen is in the document. */
export function Score(props: ScoreProps): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState<Sight>({ from: 0, to: 2_400 });
  useEffect(() => {
    let isAsked = false;
    const look = (): void => {
      isAsked = false;
      const top = frame.current?.getBoundingClientRect().top ?? 0;
      setSight({ from: -top - MARGIN, to: -top + innerHeight + MARGIN });
    };
    const ask = (): void => {
      if (isAsked) return;
      isAsked = true;
      requestAnimationFrame(look);
    };
    look();
    addEventListener("scroll", ask, { passive: true });
    addEventListener("resize", ask);
    return () => {
      removeEventListener("scroll", ask);
      removeEventListener("resize", ask);
    };
  }, [props.layout]);
  return (
    <div
      class="score-frame"
      ref={frame}
      tabIndex={0}
      role="region"
      aria-label="The transaction across chains"
    >
      <ScorePicture {...props} sight={sight} />
    </div>
  );
}

/** @param sight which part of it is drawn; by default all. */
export function ScorePicture({
  layout,
  chainName,
  unproven,
  cursor,
  selected,
  onStep,
  onSelect,
  onOpen,
  sight = EVERYTHING,
}: ScoreProps & { readonly sight?: Sight }): JSX.Element {
  const { width, height, columns } = layout;
  const isSeen = ({ y, height: tall = 0 }: { readonly y: number; readonly height?: number }): boolean =>
    y <= sight.to && y + tall >= sight.from;
  return (
    <svg
      class="score"
      xmlns="http://www.w3.org/2000/svg"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label="Calls of the transaction, one column a chain; the same is given as text below"
    >
      <defs>
        <pattern id="undone" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect class="score-hatch-ground" width="7" height="7" />
          <line class="score-hatch" x1="0" y1="0" x2="0" y2="7" />
        </pattern>
        <pattern id="waits" width="6" height="6" patternUnits="userSpaceOnUse">
          <rect class="score-wait" width="6" height="3" />
        </pattern>
        <Head id="head" name="score-head" />
        <Head id="head-failed" name="score-head failed" />
        <Head id="head-undone" name="score-head undone" />
      </defs>
      {columns.map(({ chain, x, width: wide }) => (
        <g key={chain}>
          <rect class="score-column" x={x} y={HEAD} width={wide} height={height - HEAD} rx="6" />
          <text class="score-chain" x={x + (chain === 0 ? 10 : 14)} y="21">
            {chainName(chain)}
          </text>
          {unproven.has(chain) && (
            <text class="score-unproven" x={x + wide} y="21" text-anchor="end">
              UNPROVEN
            </text>
          )}
        </g>
      ))}
      {layout.bands.filter(isSeen).map((band) => (
        <BandPart key={`${band.chain} ${band.y}`} band={band} layout={layout} />
      ))}
      {layout.boxes.filter(isSeen).map((box) => (
        <BoxPart key={box.id} box={box} isSelected={box.id === selected} onSelect={onSelect} />
      ))}
      {layout.folds.filter(isSeen).map((fold) => (
        <FoldPart key={fold.id} fold={fold} onOpen={onOpen} />
      ))}
      {layout.insteads.map((instead) => (
        <InsteadPart key={instead.from} instead={instead} />
      ))}
      {layout.brackets.filter(isSeen).map((bracket) => (
        <BracketPart key={bracket.id} bracket={bracket} />
      ))}
      {layout.arrows.filter(isSeen).map((arrow) => (
        <ArrowPart
          key={`${arrow.kind} ${arrow.id}`}
          arrow={arrow}
          isAtCursor={cursor !== undefined && arrow.position === cursor}
          onStep={onStep}
        />
      ))}
    </svg>
  );
}

function Head({ id, name }: { readonly id: string; readonly name: string }): JSX.Element {
  return (
    <marker id={id} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
      <path class={name} d="M0 0.6 L7.4 4 L0 7.4 Z" />
    </marker>
  );
}

function BandPart({ band, layout }: { readonly band: Band; readonly layout: Layout }): JSX.Element | null {
  const column = layout.columns.find(({ chain }) => chain === band.chain);
  if (column === undefined) return null;
  const place = { x: column.x, y: band.y, width: 7, height: band.height };
  return (
    <g>
      <rect {...place} class="score-band" fill={band.root === undefined ? "none" : rootColour(band.root)}>
        <title>{band.root === undefined ? "root unknown" : `root ${band.root}`}</title>
      </rect>
      {band.isWaiting && <rect {...place} fill="url(#waits)" />}
    </g>
  );
}

function BoxPart({
  box,
  isSelected,
  onSelect,
}: {
  readonly box: Box;
  readonly isSelected: boolean;
  readonly onSelect: (id: string) => void;
}): JSX.Element {
  const { id, x, y, width, height, title, detail, result, state, isStatic, warning } = box;
  const room = Math.floor((width - 16) / CHARACTER);
  const smallRoom = Math.floor((width - 16) / SMALL_CHARACTER);
  const classes = ["score-box", state, ...(isSelected ? ["selected"] : []), ...(isStatic ? ["static"] : [])];
  return (
    <g class={classes.join(" ")} onClick={() => onSelect(id)}>
      <rect class="score-ground" x={x} y={y} width={width} height={height} rx="4" />
      {state !== "done" && (
        <rect class="score-hatched" x={x} y={y} width={width} height={height} rx="4" fill="url(#undone)" />
      )}
      {state === "failed" && <rect class="score-fault" x={x} y={y} width="3" height={height} rx="1.5" />}
      <text class="score-title" x={x + 8} y={y + 17}>
        {cut(`${warning === undefined ? "" : "⚠ "}${title}`, room)}
      </text>
      {detail !== "" && (
        <text class="score-detail" x={x + 8} y={y + 31}>
          {cut(detail, smallRoom)}
        </text>
      )}
      {result !== "" && (
        <text class={`score-result ${state}`} x={x + 8} y={y + height - 8}>
          {cut(result, smallRoom)}
        </text>
      )}
      <title>
        {[title, detail, result, warning].filter((line) => line !== undefined && line !== "").join("\n")}
      </title>
    </g>
  );
}

function FoldPart({
  fold,
  onOpen,
}: {
  readonly fold: Fold;
  readonly onOpen: (id: string) => void;
}): JSX.Element {
  const { id, x, y, width, count } = fold;
  return (
    <g class="score-fold" onClick={() => onOpen(id)}>
      <rect x={x} y={y} width={width} height="24" rx="4" />
      <text x={x + width / 2} y={y + 16} text-anchor="middle">
        {`⋯ ${count} more calls`}
      </text>
    </g>
  );
}

/** What was undone, and what was done in its place. */
function InsteadPart({ instead: { x, from, to } }: { readonly instead: Instead }): JSX.Element {
  const bow = line().curve(curveBasis);
  const path = bow([
    [x, from],
    [x - 9, from + 14],
    [x - 9, to - 14],
    [x, to],
  ]);
  return (
    <g class="score-instead">
      <path d={path ?? ""} marker-end="url(#head-undone)" />
      <text x={x + 7} y={to - 10}>
        undone; instead:
      </text>
    </g>
  );
}

function BracketPart({ bracket }: { readonly bracket: Bracket }): JSX.Element {
  const { x, y, height, lines, textX, textY, isProven, isUndone } = bracket;
  const name = `score-bracket ${isProven ? "proven" : "unproven"}${isUndone ? " undone" : ""}`;
  return (
    <g class={name}>
      <path d={`M${x} ${y + 1} h6 v${height - 2} h-6`} />
      {lines.map((line, index) => (
        <text key={line} x={textX} y={textY + index * 13}>
          {line}
        </text>
      ))}
    </g>
  );
}

function ArrowPart({
  arrow,
  isAtCursor,
  onStep,
}: {
  readonly arrow: Arrow;
  readonly isAtCursor: boolean;
  readonly onStep: (position: number) => void;
}): JSX.Element {
  const { kind, from, to, y, label, state, position } = arrow;
  const middle = (from + to) / 2;
  const isLeftwards = to < from;
  // An answer's label stands in the last row of the box that it leaves: there is more room than in between.
  const [x, anchor] =
    kind === "call"
      ? ([middle, "middle"] as const)
      : isLeftwards
        ? ([from + 9, "start"] as const)
        : ([from - 9, "end"] as const);
  const room = Math.floor((kind === "call" ? Math.abs(to - from) + 120 : 240) / SMALL_CHARACTER);
  const head = state === "done" ? "head" : `head-${state}`;
  const classes = ["score-arrow", kind, state, ...(isAtCursor ? ["cursor"] : [])];
  const [left, right] = [Math.min(from, to), Math.max(from, to)];
  return (
    <g
      class={classes.join(" ")}
      onClick={() => {
        if (position !== undefined) onStep(position);
      }}
    >
      <rect class="score-touch" x={left - 4} y={y - 18} width={right - left + 8} height="24" rx="4" />
      <line x1={from} y1={y} x2={to} y2={y} marker-end={`url(#${head})`} />
      <text x={x} y={y - 5} text-anchor={anchor}>
        {cut(label, room)}
      </text>
      <title>{label}</title>
    </g>
  );
}

function cut(text: string, most: number): ComponentChildren {
  return text.length <= most ? text : `${text.slice(0, Math.max(most - 1, 1))}…`;
}
