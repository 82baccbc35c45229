/** Texts that a hostile contract, node or artifact may have shown, and what must never be shown. */
export const HOSTILE_TEXTS: Readonly<Record<string, string>> = {
  "marks of direction": "pay \u202e000,1\u202c to \u2066me\u2069",
  "an escape sequence": "\u001b[2J\u001b[45mall is well\u001b]0;title\u0007",
  "an 8-bit escape sequence": "\u009b2J and \u009d0;title\u009c",
  "line breaks": "denied\n✔ included in block 5\r\u2028\u2029\u0085next",
  "letters without width": "Roll\u200bups\u2060\ufeff\u00ad\u115f\u3164",
  "tags and selectors": "ok\u{e0041}\u{e0042}\ufe0f\u{e0100}",
  "a heap of accents": `a${"\u0301".repeat(500)}`,
  "half a character": "x\ud800y\udc00",
  "a very long text": "x".repeat(200_000),
};

/** Weight and colour of letters, which our own lines have in a terminal and in CI. No text above has them. */
const OWN_STYLE = [1, 2, 22, 31, 32, 33, 34, 35, 36, 39].map((code) => `\u001b[${code}m`);

/** Does not stand in anything that is shown: controls, what is not seen, more than a screen. */
export function expectHarmless(shown: string): void {
  // The mark after letters that are written leftwards is ours.
  const text = ["\u200e", ...OWN_STYLE].reduce((rest, own) => rest.replaceAll(own, ""), shown);
  const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]|\p{DI}|\p{M}{8}/u.exec(text);
  if (unseen !== null)
    throw new Error(`not seen: ${JSON.stringify(unseen[0])} in ${JSON.stringify(text.slice(0, 300))}`);
  if (text.length > 2_000) throw new Error(`${text.length} characters`);
}
