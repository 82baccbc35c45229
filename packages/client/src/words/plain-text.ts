/**
 * Text that a stranger wrote (a contract's string, a reason, a name), made harmless for where a person reads
 * it: a terminal obeys control characters, and every screen obeys marks of direction. What it says stays.
 */

/** Characters of a text that are shown. */
const MOST = 120;

/** Characters of several lines that are shown. */
const MOST_OF_LINES = 20_000;

/**
 * What is not seen: control characters (ESC and the 8-bit CSI among them), marks of direction and of width,
 * variation selectors, fillers, private letters, halves of characters.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{DI}\p{Zl}\p{Zp}]/gu;

/** Marks above and below one letter: a heap of them covers the lines around it. */
const HEAPS = /(\p{M}{4})\p{M}+/gu;

/** Letters that are written leftwards: numbers and signs that follow are drawn in their order. */
const LEFTWARDS = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Left-to-right mark: what follows is drawn rightwards again. */
const RIGHTWARDS = "\u200e";

/** A text in one line, without anything that is not seen. */
export function plainText(text: string, most = MOST): string {
  return ended(visible(cut(text, most + MOST).replace(/\s+/g, " ")), most);
}

/** Several lines, as an error of ours has them; parts of it may be what another machine said. */
export function plainLines(text: string): string {
  return text
    .slice(0, MOST_OF_LINES)
    .split("\n")
    .map((line) => `${/^ */.exec(line)?.[0] ?? ""}${plainText(line.trim(), MOST_OF_LINES)}`)
    .join("\n");
}

/** A string in quotes, on one line: line breaks and the like are written as JSON writes them. */
export function quotedText(text: string, most = MOST): string {
  return ended(visible(JSON.stringify(cut(text, most))), Infinity);
}

/** JSON with all that is not seen written as `\u202e`: the value stays the same. */
export function visibleJson(json: string): string {
  return json.replace(/[^\P{C}\n]|\p{DI}|[\u2028\u2029]/gu, (found) =>
    found
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/** Not more than `most` characters, and what follows is drawn behind it. */
export function ended(text: string, most: number): string {
  const shown = cut(text, most);
  return LEFTWARDS.test(shown) ? `${shown}${RIGHTWARDS}` : shown;
}

function visible(text: string): string {
  return text.replace(UNSEEN, "�").replace(HEAPS, "$1�");
}

/** Never between the halves of a character. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const isHalf = /[\ud800-\udbff]/.test(text.charAt(most - 1));
  return `${text.slice(0, isHalf ? most - 1 : most)}…`;
}
