/**
 * `npm run screenshots`: the pictures of README and docs/page.md, in docs/pictures, from a devnet of its own.
 */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Hex } from "viem";
import { startDevnet } from "../builder/devnet/devnet.ts";
import { DEVNET_ROLLUPS } from "../builder/devnet/devnet-rollups.ts";
import { makeProvenCall } from "../builder/devnet/tour/proven-call.ts";
import { prepareArtefacts } from "../builder/node/artefacts.ts";
import { freePorts } from "../builder/node/ports.ts";
import { step } from "../builder/node/progress.mjs";
import { PROJECT_ROOT } from "../builder/places/places.ts";
import { Viewer } from "../test/page/support/browser.ts";
import { playCaughtRevert, playFlashLoan, playThereAndBack, playUndone } from "../test/page/support/plays.ts";
import { Stage } from "../test/page/support/stage.ts";
import { findChromium, NO_CHROMIUM } from "../test/trials/support/chromium.ts";

const FOLDER = path.join(PROJECT_ROOT, "docs/pictures");

interface Picture {
  readonly name: string;
  readonly fragment: string;
  readonly scheme: "light" | "dark";
  readonly width: number;
  readonly height: number;
  /** What has to be there before it is taken. */
  readonly until: string;
  /** The part of the screen that is taken; by default all that is seen. */
  readonly part?: string;
}

const executable = await findChromium();
if (executable === undefined) throw new Error(NO_CHROMIUM);
const circuits = await prepareArtefacts();
const ports = await freePorts(DEVNET_ROLLUPS.length);
await using devnet = await step("starting a devnet", () => startDevnet({ ports, circuits, pagePort: 0 }));
const stage = new Stage(devnet.description);
const tx = (hash: Hex): string => `/tx/${hash}`;
const thereAndBack = tx(await playThereAndBack(stage));
const undone = tx(await playUndone(stage));
const caught = tx(await playCaughtRevert(stage));
const loan = tx(await playFlashLoan(stage));
const proven = tx((await makeProvenCall(devnet.description)).hash);
const wide = { width: 1180, height: 760, until: ".score-title:has-text('.')" } as const;
const pictures: readonly Picture[] = [
  ...(["light", "dark"] as const).map((scheme): Picture => ({
    ...wide,
    name: `there-and-back-${scheme}`,
    fragment: `${thereAndBack}/step/1`,
    height: 560,
    scheme,
    until: ".score-title:has-text('NestedCounterCaller')",
  })),
  {
    ...wide,
    name: "undone",
    fragment: undone,
    scheme: "light",
    until: ".score-title:has-text('UndoingCaller.inner')",
    part: ".score-frame",
  },
  {
    ...wide,
    name: "caught",
    fragment: caught,
    scheme: "light",
    until: ".score-title:has-text('Refuser')",
    part: ".score-frame",
  },
  {
    ...wide,
    name: "flash-loan",
    fragment: loan,
    scheme: "dark",
    height: 1_500,
    until: ".score-title:has-text('HoldersClub')",
    part: ".score-frame",
  },
  {
    ...wide,
    name: "proven",
    fragment: `${proven}/step/1`,
    scheme: "dark",
    until: ".score-title:has-text('CounterCaller')",
  },
  { ...wide, name: "home", fragment: "/", scheme: "light", until: ".rows time" },
  {
    ...wide,
    name: "phone",
    fragment: caught,
    scheme: "dark",
    width: 375,
    height: 760,
    until: ".score-title:has-text('Refuser')",
  },
];

await mkdir(FOLDER, { recursive: true });
await using viewer = await Viewer.open(executable);
for (const { name, fragment, scheme, width, height, until, part } of pictures) {
  await using view = await viewer.look(`${devnet.description.page}/#${fragment}`, {
    viewport: { width, height },
    colorScheme: scheme,
  });
  await view.page.locator(until).first().waitFor();
  // Names of the other contracts come with the same answer, and are drawn with the next frame.
  await view.page.waitForTimeout(500);
  const file = path.join(FOLDER, `${name}.png`);
  await (part === undefined
    ? view.page.screenshot({ path: file })
    : view.page.locator(part).screenshot({ path: file }));
  console.log(path.relative(PROJECT_ROOT, file));
}
