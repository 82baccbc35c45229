import type { Labels } from "./parts.ts";
import type { FrameNode, ScoreNode } from "./model.ts";

/** The score as lines of text, for readers of screens and for terminals. */
export function textLines(root: FrameNode, labels: Labels, chainName: (chain: number) => string): string[] {
  const lines: string[] = [];
  const write = (depth: number, text: string): void => void lines.push("  ".repeat(depth) + text);
  const undone = ({ isUndone, error }: ScoreNode): string =>
    isUndone && error === undefined ? " (undone)" : "";
  const frame = (node: FrameNode, depth: number, answered: boolean): void => {
    const { title, detail } = labels.frame(node);
    const result = answered ? "" : labels.result(node);
    const call = detail === "" ? title : `${title}(${detail})`;
    write(depth, `${chainName(node.chain)}: ${call}${result === "" ? "" : ` ${result}`}${undone(node)}`);
    if (node.warning !== undefined) write(depth + 1, `warning: ${node.warning}`);
    for (const inner of node.inside) visit(inner, depth + 1);
  };
  const visit = (node: ScoreNode, depth: number): void => {
    if (node.kind === "frame") {
      frame(node, depth, false);
      return;
    }
    const [from, to] = [chainName(node.source), chainName(node.destination)];
    write(depth, `${from} → ${to}: ${labels.call(node)}${undone(node)}`);
    if (node.callee === undefined) write(depth + 1, `(${node.missing ?? "not kept"})`);
    else frame(node.callee, depth + 1, true);
    const answer = labels.answer(node);
    write(depth, `${to} → ${from}: ${answer === "" ? "returns" : answer}`);
  };
  frame(root, 0, false);
  return lines;
}
