import { render } from "preact";
import type { Layout } from "../score/parts.ts";
import { ScorePicture } from "../score/score.tsx";

/** Variables of the page's colours that the picture uses. */
const VARIABLES = [
  "--paper",
  "--sheet",
  "--ink",
  "--quiet",
  "--line",
  "--accent",
  "--fault",
  "--hatch",
  "--mono",
  "--sans",
];

/** The whole score as a file that needs nothing of the page: its styles and colours are inside. */
export function scoreFile(
  layout: Layout,
  chainName: (chain: number) => string,
  unproven: ReadonlySet<number>,
): string {
  const place = document.createElement("div");
  const nothing = (): void => undefined;
  render(
    <ScorePicture
      layout={layout}
      chainName={chainName}
      unproven={unproven}
      cursor={undefined}
      selected={undefined}
      onStep={nothing}
      onSelect={nothing}
      onOpen={nothing}
    />,
    place,
  );
  const picture = place.querySelector("svg");
  if (picture === null) throw new Error("there is no picture");
  const colours = getComputedStyle(document.documentElement);
  const variables = VARIABLES.map((name) => `${name}:${colours.getPropertyValue(name)}`).join(";");
  const text = new XMLSerializer().serializeToString(picture);
  render(null, place);
  return text.replace(">", `><style>svg{${variables};background:var(--paper)}${scoreRules()}</style>`);
}

function scoreRules(): string {
  return [...document.styleSheets]
    .flatMap((sheet) => [...sheet.cssRules])
    .filter((rule) => rule instanceof CSSStyleRule && rule.selectorText.includes(".score"))
    .map(({ cssText }) => cssText.replaceAll("<", ""))
    .join("");
}

/** Has the browser keep a file. */
export function save(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
