import type { SettledVisit } from "../chains/rpc-types.ts";
import {
  type ChainIndex,
  type CrossingNode,
  type FrameNode,
  type ScoreNode,
  type Turn,
  visitOf,
} from "./model.ts";
import type { Arrow, Band, Box, Bracket, Column, Fold, Instead, Labels, Layout } from "./parts.ts";

export interface LayoutOptions {
  readonly chains: readonly ChainIndex[];
  /** Of the whole picture; it may become wider. */
  readonly width: number;
  readonly labels: Labels;
  readonly visits: readonly SettledVisit[];
  /** Frames whose many calls are all drawn. */
  readonly opened: ReadonlySet<string>;
}

export const HEAD = 34;
const LINE = 15;
const PAD = 6;
const ARROW_ROW = 24;
/** In the box that a call enters: its answer's label stands there. */
const ANSWER_ROW = 21;
/** By how much the box begins above the arrow that enters it. */
const ARROW_OVERLAP = 5;
const INDENT = 9;
/** Columns of a phone have no room to lose. */
const NARROW = 220;
const NARROW_INDENT = 4;
const DEEPEST_INDENT = 6;
const RAIL = 10;
/** Right of a column's boxes. */
const SIDE = 6;
/** Left of the first column, and right of the last one, where its brackets are. */
const EDGE = 8;
const END = 18;
const LEAST_COLUMN = 158;
const MOST_COLUMN = 420;
const LEAST_GAP = 46;
const MOST_GAP = 110;
/** Frames with more calls than this show the first and the last of them. */
const MOST_CALLS = 14;
const FIRST_CALLS = 5;
const LAST_CALLS = 2;

/** Puts the tree into columns, one a chain, from the top to the bottom in the order in which it ran. */
export function layOut(root: FrameNode, options: LayoutOptions): Layout {
  return new Drawing(root, options).layout;
}

interface OpenVisit {
  readonly y: number;
  readonly isUndone: boolean;
  readonly visit: SettledVisit | undefined;
}

class Drawing {
  readonly #options: LayoutOptions;
  readonly #columns: Column[];
  readonly #boxes: Box[] = [];
  readonly #folds: Fold[] = [];
  readonly #arrows: Arrow[] = [];
  readonly #brackets: Bracket[] = [];
  readonly #insteads: Instead[] = [];
  /** How many frames of a chain are open. */
  readonly #open = new Map<ChainIndex, number>();
  readonly #visits = new Map<ChainIndex, OpenVisit>();
  readonly #waits: { chain: ChainIndex; from: number; to: number }[] = [];
  readonly #changes: { chain: ChainIndex; y: number; visit: SettledVisit }[] = [];
  /** Visits that no frame was found for yet, by rollup. */
  readonly #left: Map<ChainIndex, SettledVisit[]>;
  readonly #width: number;
  #y = HEAD + 14;
  readonly layout: Layout;

  constructor(root: FrameNode, options: LayoutOptions) {
    this.#options = options;
    const { chains, width } = options;
    const gap = Math.max(LEAST_GAP, Math.min(MOST_GAP, (width / chains.length) * 0.24));
    const room = width - EDGE - END - gap * (chains.length - 1);
    const column = Math.max(LEAST_COLUMN, Math.min(MOST_COLUMN, room / chains.length));
    this.#columns = chains.map((chain, index) => ({
      chain,
      x: EDGE + index * (column + gap),
      width: column,
    }));
    this.#width = EDGE + END + chains.length * column + gap * (chains.length - 1);
    this.#left = Map.groupBy(options.visits, ({ rollup }) => Number(rollup));
    this.#frame(root);
    this.#y += 10;
    this.layout = {
      width: this.#width,
      height: this.#y,
      columns: this.#columns,
      boxes: this.#boxes,
      folds: this.#folds,
      arrows: this.#arrows,
      bands: chains.filter((chain) => chain !== 0).flatMap((chain) => this.#bandsOf(chain)),
      brackets: this.#brackets,
      insteads: this.#insteads,
    };
  }

  #column(chain: ChainIndex): Column {
    const column = this.#columns.find((each) => each.chain === chain);
    if (column === undefined) throw new RangeError(`chain ${chain} has no column`);
    return column;
  }

  #indent(depth: number): number {
    const step = (this.#columns[0]?.width ?? 0) < NARROW ? NARROW_INDENT : INDENT;
    return Math.min(depth, DEEPEST_INDENT) * step;
  }

  /** @param entering the call from another chain that began it: its answer leaves from its last row. */
  #frame(node: FrameNode, entering?: CrossingNode): Box {
    const { chain } = node;
    const isEntered = entering !== undefined;
    const depth = this.#open.get(chain) ?? 0;
    if (depth === 0 && chain !== 0) this.#openVisit(node, entering);
    this.#open.set(chain, depth + 1);
    const { title, detail } = this.#options.labels.frame(node);
    const result = isEntered ? "" : this.#options.labels.result(node);
    const y = this.#y;
    this.#y += PAD + LINE + (detail === "" ? 0 : LINE) + 2;
    const at = this.#boxes.length;
    this.#inside(node);
    this.#y += (isEntered ? ANSWER_ROW : result === "" ? 0 : LINE) + PAD;
    const indent = this.#indent(depth);
    const { x, width } = this.#column(chain);
    const box: Box = {
      id: node.id,
      chain,
      x: x + RAIL + indent,
      y,
      width: width - RAIL - SIDE - indent * 2,
      height: this.#y - y,
      title,
      detail,
      result,
      state: node.error !== undefined ? "failed" : node.isUndone ? "undone" : "done",
      isStatic: node.type === "STATICCALL",
      warning: node.warning,
    };
    this.#boxes.splice(at, 0, box);
    this.#open.set(chain, depth);
    if (depth === 0) this.#closeVisit(node, box.y + box.height);
    return box;
  }

  #inside(node: FrameNode): void {
    const { inside } = node;
    const isFolded = inside.length > MOST_CALLS && !this.#options.opened.has(node.id);
    const hidden = isFolded ? inside.length - FIRST_CALLS - LAST_CALLS : 0;
    let undone: { from: number; call: ScoreNode } | undefined;
    inside.forEach((inner, index) => {
      if (isFolded && index === FIRST_CALLS) this.#fold(node, hidden);
      if (isFolded && index >= FIRST_CALLS && index < inside.length - LAST_CALLS) return;
      this.#y += 3;
      const from = this.#y;
      this.#node(inner);
      this.#y += 3;
      if (undone !== undefined && !inner.isUndone && crosses(undone.call) && crosses(inner))
        this.#insteads.push({
          x: this.#column(node.chain).x + RAIL + 2,
          from: undone.from + 12,
          to: from + 16,
        });
      undone = inner.isUndone && !node.isUndone ? { from, call: inner } : undefined;
    });
  }

  #fold(node: FrameNode, count: number): void {
    const { x, width } = this.#column(node.chain);
    const indent = this.#indent(this.#open.get(node.chain) ?? 0);
    this.#y += 4;
    this.#folds.push({
      id: node.id,
      x: x + RAIL + indent,
      y: this.#y,
      width: width - RAIL - indent * 2,
      count,
    });
    this.#y += 30;
  }

  #node(node: ScoreNode): void {
    if (node.kind === "frame") this.#frame(node);
    else this.#crossing(node);
  }

  #crossing(node: CrossingNode): void {
    const { labels } = this.#options;
    const [source, destination] = [this.#column(node.source), this.#column(node.destination)];
    const isRightwards = destination.x > source.x;
    const outer = this.#indent(Math.max((this.#open.get(node.source) ?? 1) - 1, 0));
    const inner = this.#indent(this.#open.get(node.destination) ?? 0);
    const start = isRightwards ? source.x + source.width - SIDE - outer : source.x + RAIL + outer;
    const end = isRightwards
      ? destination.x + RAIL + inner
      : destination.x + destination.width - SIDE - inner;
    this.#y += ARROW_ROW;
    const left = this.#y;
    const arrow = { id: node.id, state: node.isUndone ? "undone" : "done" } as const;
    const label = labels.call(node);
    const position = node.call?.position;
    this.#arrows.push({ ...arrow, kind: "call", from: start, to: end, y: left, label, position });
    this.#y -= ARROW_OVERLAP;
    const box = node.callee && this.#frame(node.callee, node);
    const back = box === undefined ? left + ARROW_ROW : box.y + box.height - ARROW_OVERLAP;
    this.#y = Math.max(this.#y, back + ARROW_OVERLAP);
    if (node.source !== 0) this.#waits.push({ chain: node.source, from: left, to: back });
    this.#arrows.push({
      ...arrow,
      ...(node.error === undefined ? {} : { state: "failed" }),
      kind: "answer",
      from: end,
      to: start,
      y: back,
      label: labels.answer(node),
      position: node.answer?.position,
    });
  }

  #openVisit({ chain, isUndone }: FrameNode, entering: CrossingNode | undefined): void {
    this.#visits.set(chain, { y: this.#y, isUndone, visit: entering && visitOf(entering) });
  }

  #closeVisit({ chain }: FrameNode, y: number): void {
    const open = this.#visits.get(chain);
    if (open === undefined) return;
    this.#visits.delete(chain);
    const visit = open.visit ?? this.#nextVisit(chain, open.isUndone);
    if (visit === undefined) return;
    const { x, width } = this.#column(chain);
    const lines = this.#options.labels.proof(visit);
    this.#brackets.push({
      id: `visit ${visit.visit} ${open.y}`,
      chain,
      x: x + width + 3,
      y: open.y,
      height: y - open.y,
      lines,
      textX: x + RAIL,
      textY: y + 14,
      isProven: visit.proven,
      isUndone: open.isUndone,
    });
    this.#y = Math.max(this.#y, y + 8 + lines.length * 13);
    if (visit.tookEffect && !open.isUndone) this.#changes.push({ chain, y, visit });
  }

  /** Where nothing names a frame's visit: those of a rollup come in the order in which they end. */
  #nextVisit(chain: ChainIndex, isUndone: boolean): SettledVisit | undefined {
    const left = this.#left.get(chain) ?? [];
    const at = left.findIndex(({ outcome }) => (outcome === "undone") === isUndone);
    return left.splice(Math.max(at, 0), 1)[0];
  }

  #bandsOf(chain: ChainIndex): Band[] {
    const changes = this.#changes.filter((each) => each.chain === chain);
    const waits = this.#waits.filter((each) => each.chain === chain);
    const first =
      changes[0]?.visit.rootBefore ??
      this.#options.visits.find((each) => Number(each.rollup) === chain)?.rootBefore;
    const cuts = new Set([HEAD, this.#y]);
    for (const { y } of changes) cuts.add(y);
    for (const { from, to } of waits) cuts.add(from).add(to);
    const ends = [...cuts].sort((a, b) => a - b);
    return ends.slice(0, -1).map((y, index): Band => {
      const end = ends[index + 1] ?? y;
      const root = changes.findLast((each) => each.y <= y)?.visit.rootAfter ?? first;
      return {
        chain,
        y,
        height: end - y,
        root,
        isWaiting: waits.some(({ from, to }) => from <= y && to >= end),
      };
    });
  }
}

/** Whether a call leaves its chain in it. */
function crosses(node: ScoreNode): boolean {
  return node.kind === "crossing" || node.inside.some(crosses);
}

/** Where the step's arrow is; undefined if it is folded away or has none. */
export function arrowOfTurn({ arrows }: Layout, turn: Pick<Turn, "position">): Arrow | undefined {
  return arrows.find(({ position }) => position === turn.position);
}
