import { expect } from "chai";
import { labelsOf } from "../../packages/page/src/score/labels.ts";
import { layOut } from "../../packages/page/src/score/layout.ts";
import { chainsOf, nodesOf, scoreOf, turnsOf } from "../../packages/page/src/score/model.ts";
import { textLines } from "../../packages/page/src/score/text.ts";
import { Abis } from "../../packages/page/src/names/abis.ts";
import type { ExecutionShown, SettledVisit, TraceFrame } from "../../packages/client/src/rpc-types.ts";
import { actionShown, callFrame, execution, hex, step, visit } from "./support/shapes.ts";

const [user, shop, till, bank] = [hex(1), hex(2), hex(3), hex(4)];
const labels = labelsOf({
  abis: new Abis([]),
  address: (chain, address) => `${chain}/${Number(address ?? "0x0")}`,
  proofs: [],
});

/** L1's shop calls the till on rollup 1, which calls L1's bank. */
function thereAndBack(): TraceFrame {
  const inner = callFrame(0, till, bank, { input: "0x33" });
  const back = callFrame(1, till, bank, { input: "0x33", crossing: "0x0", calls: [inner] });
  const there = callFrame(1, shop, till, { input: "0x22", calls: [back] });
  const left = callFrame(0, shop, till, { input: "0x22", crossing: "0x1", calls: [there] });
  return callFrame(0, user, shop, { input: "0x11", calls: [left] });
}

function drawing(
  trace: TraceFrame,
  executions: readonly ExecutionShown[] = [],
  visits: readonly SettledVisit[] = [],
) {
  const root = scoreOf(trace, turnsOf(executions));
  const options = { chains: chainsOf(root), width: 900, labels, visits, opened: new Set<string>() };
  return { root, layout: layOut(root, options) };
}

describe("the score of a transaction", () => {
  it("has a column for each chain that takes part, L1's first, and the boxes of each chain in its column", () => {
    const { layout } = drawing(thereAndBack());
    expect(layout.columns.map(({ chain }) => chain)).to.deep.equal([0, 1]);
    const [first, second] = layout.columns;
    for (const box of layout.boxes) {
      const column = box.chain === 0 ? first! : second!;
      expect(box.x).to.be.at.least(column.x);
      expect(box.x + box.width).to.be.at.most(column.x + column.width);
    }
    expect(layout.boxes.map(({ chain }) => chain)).to.deep.equal([0, 1, 0]);
  });

  it("nests boxes as calls nest, in time as on the way", () => {
    const { boxes } = drawing(thereAndBack()).layout;
    const [outer, middle, inner] = boxes;
    expect(middle!.y).to.be.greaterThan(outer!.y);
    expect(inner!.y).to.be.greaterThan(middle!.y);
    expect(inner!.y + inner!.height).to.be.lessThan(middle!.y + middle!.height);
    expect(middle!.y + middle!.height).to.be.lessThan(outer!.y + outer!.height);
    // A frame that is entered again on its chain stands inside the one that waits there.
    expect(inner!.x).to.be.greaterThan(outer!.x);
    expect(inner!.x + inner!.width).to.be.lessThan(outer!.x + outer!.width);
  });

  it("has an arrow there and one back for each call that leaves its chain, one below the other", () => {
    const { arrows } = drawing(thereAndBack()).layout;
    expect(arrows.map(({ kind, from, to }) => `${kind} ${from < to ? "→" : "←"}`)).to.deep.equal([
      "call →",
      "call ←",
      "answer →",
      "answer ←",
    ]);
    const heights = arrows.map(({ y }) => y);
    expect(heights).to.deep.equal([...heights].sort((a, b) => a - b));
    for (const [index, y] of heights.slice(1).entries()) expect(y - heights[index]!).to.be.at.least(18);
  });

  it("shows one call for a proxy, the manager's relay and the proxy on the other side", () => {
    const callee = callFrame(0, till, bank, { input: "0x44" });
    const gas = "00000000";
    const relayed = callFrame(0, hex(9), till, { input: `${bank}${gas}44`, calls: [callee] });
    const relay = callFrame(1, hex(8), hex(9), { input: "0x6b1916c1", crossing: "0x0", calls: [relayed] });
    const proxy = callFrame(1, till, hex(8), { input: "0x44", calls: [relay] });
    const { root } = drawing(callFrame(1, user, till, { input: "0x11", calls: [proxy] }));
    const nodes = [...nodesOf(root)];
    expect(nodes.map(({ kind, from, to }) => [kind, from, to])).to.deep.equal([
      ["frame", user, till],
      ["crossing", till, hex(8)],
      ["frame", till, bank],
    ]);
  });

  it("takes from the executions what rollups forgot, and marks it as undone", () => {
    const missing = callFrame(0, shop, till, {
      input: "0x22",
      crossing: "0x1",
      missing: "undone",
      output: "0x07",
    });
    const undone = callFrame(0, shop, shop, { input: "0x99", error: "execution reverted", calls: [missing] });
    const again = callFrame(0, shop, till, {
      input: "0x22",
      crossing: "0x1",
      output: "0x08",
      calls: [callFrame(1, shop, till, { input: "0x22", output: "0x08" })],
    });
    const call = actionShown(0, 1, shop, till, "0x22");
    const answer = (data: "0x07" | "0x08") => actionShown(1, 0, hex(0), hex(0), data);
    const executions = [
      execution([
        step(0, "CALL", call, { undone: true, undoneBy: "L1" }),
        step(1, "RESULT", answer("0x07"), { answers: 0, undone: true }),
        step(2, "CALL", call),
        step(3, "RESULT", answer("0x08"), { answers: 2 }),
      ]),
    ];
    const { root, layout } = drawing(
      callFrame(0, user, shop, { input: "0x11", calls: [undone, again] }),
      executions,
    );
    const frames = [...nodesOf(root)].filter((node) => node.kind === "frame" && node.chain === 1);
    expect(frames.map(({ isUndone, output }) => [isUndone, output])).to.deep.equal([
      [true, "0x07"],
      [false, "0x08"],
    ]);
    expect(layout.boxes.map(({ state }) => state)).to.deep.equal(["done", "failed", "undone", "done"]);
    expect(layout.arrows.map(({ position }) => position)).to.deep.equal([0, 1, 2, 3]);
    expect(layout.insteads).to.have.length(1);
  });

  it("says beside each visit what proves it, and changes the rollup's colour where its root changes", () => {
    const moved = visit(1, hex(0xa), hex(0xb), { proven: false });
    const { layout } = drawing(thereAndBack(), [], [moved]);
    expect(layout.brackets.map(({ lines, isProven }) => [lines, isProven])).to.deep.equal([
      [["UNPROVEN"], false],
    ]);
    expect(layout.bands.map(({ root, isWaiting }) => [root, isWaiting])).to.deep.equal([
      [hex(0xa), false],
      [hex(0xa), true],
      [hex(0xa), false],
      [hex(0xb), false],
    ]);
    const [first] = layout.bands;
    const last = layout.bands.at(-1)!;
    expect(last.y + last.height).to.equal(layout.height);
    expect(first!.y).to.be.lessThan(layout.boxes[0]!.y);
  });

  it("folds a frame of many calls, until it is opened", () => {
    const calls = Array.from({ length: 300 }, (_, index) =>
      callFrame(0, shop, till, {
        input: "0x22",
        crossing: "0x1",
        calls: [callFrame(1, shop, till, { input: "0x22", output: hex(index) })],
      }),
    );
    const trace = callFrame(0, user, shop, { input: "0x11", calls });
    const { root, layout } = drawing(trace);
    expect(layout.folds.map(({ count }) => count)).to.deep.equal([293]);
    expect(layout.boxes).to.have.length(8);
    const options = { chains: chainsOf(root), width: 900, labels, visits: [], opened: new Set(["0"]) };
    const whole = layOut(root, options);
    expect(whole.boxes).to.have.length(301);
    expect(whole.arrows).to.have.length(600);
  });

  it("is text as well, a line each for what was called and what came back", () => {
    const { root } = drawing(thereAndBack());
    expect(textLines(root, labels, (chain) => (chain === 0 ? "L1" : "A"))).to.deep.equal([
      "L1: 0/2.0x11",
      "  L1 → A: 0x22",
      "    A: 1/3.0x22",
      "      A → L1: 0x33",
      "        L1: 0/4.0x33",
      "      L1 → A: returns",
      "  A → L1: returns",
    ]);
  });
});
