import { type Action, ActionKind } from "../../protocol/action.ts";
import { type Execution, MarkKind } from "../../protocol/execution.ts";
import { describeAction } from "./describe-action.ts";
import type { Names } from "../../devnet/names.ts";

/**
 * An execution as lines of text: calls nest, each answered by the result on its own level. Where L1 undid
 * what it did and went on otherwise, a line says so, and what follows stands on the level gone back to.
 */
export function executionLines({ actions, marks }: Execution, names: Names): string[] {
  const lines: string[] = [];
  /** What is not answered yet, outermost first. */
  let open: readonly Action[] = [];
  /** The same, just before each action. */
  const before: (readonly Action[])[] = [];
  const resumes = marks.filter(({ kind }) => kind === MarkKind.RESUME);
  actions.forEach((action, index) => {
    const resumed = resumes.find(({ to }) => to === index);
    if (resumed !== undefined) {
      open = before[resumed.at] ?? [];
      lines.push(`${indent(open)}${names.chain(0n)} undid that, and went on otherwise`);
    }
    before.push(open);
    const answered = action.kind === ActionKind.RESULT ? open.at(-1) : undefined;
    if (answered !== undefined) open = open.slice(0, -1);
    lines.push(`${indent(open)}${describeAction(action, names, answered)}`);
    if (action.kind === ActionKind.CALL || action.kind === ActionKind.L2TX) open = [...open, action];
  });
  return lines;
}

function indent(open: readonly Action[]): string {
  return "  ".repeat(open.length);
}
