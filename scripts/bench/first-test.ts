/**
 * `npm run bench first-test [runs]`: how long a user's first test takes, in a project that has installed the
 * packages and has been built: from the command until the test is done, with the processor's time until
 * then, of Hardhat's process and of the devnet's. The first run fills the caches of the machine and the
 * project.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import path from "node:path";
import { UserProject } from "../../test/packages/installed.ts";

/** What `npm test` of the packages runs as well: a deployment on each of two chains, one call across them. */
const TEST = "test/guestbook.js";
/** In /proc/<pid>/stat: hundredths of a second, whatever the kernel's own clock is. */
const TICK_MS = 10;

interface Run {
  readonly wall: number;
  readonly hardhat: number | undefined;
  readonly devnet: number | undefined;
}

/** Milliseconds of processor time of a running process; undefined where the system does not tell. */
function processorTime(pid: number): number | undefined {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8");
  // Behind the name, which may hold anything: user and system time are the fields 14 and 15 of the line.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function childrenOf(pid: number): number[] {
  return globSync(`/proc/${pid}/task/*/children`).flatMap((file) =>
    readFileSync(file, "utf8").split(" ").filter(Boolean).map(Number),
  );
}

async function measure(project: UserProject): Promise<Run> {
  const program = path.join(project.folder, "node_modules/hardhat/dist/src/cli.js");
  const begun = performance.now();
  const child = spawn(process.execPath, [program, "test", "mocha", "--no-compile", TEST], {
    cwd: project.folder,
    env: project.environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const pid = child.pid ?? 0;
  let run: Run | undefined;
  let written = "";
  child.stdout.on("data", (chunk: Buffer) => {
    written += chunk.toString();
    if (run !== undefined || !written.includes("✔")) return;
    const devnets = childrenOf(pid).map((each) => processorTime(each) ?? 0);
    run = {
      wall: performance.now() - begun,
      hardhat: processorTime(pid),
      devnet: devnets.length === 0 ? undefined : devnets.reduce((sum, each) => sum + each, 0),
    };
  });
  await ended;
  if (child.exitCode !== 0 || run === undefined) throw new Error(`the test did not pass:\n${written}`);
  return run;
}

const shown = (milliseconds: number | undefined): string =>
  milliseconds === undefined ? "?" : `${(milliseconds / 1_000).toFixed(2)} s`;

const runs = Number(process.argv[2] ?? 5);
await using project = await UserProject.install();
await project.run("hardhat", ["build"]);
console.log(`load ${loadavg()[0]?.toFixed(1)}; done after (processor: Hardhat, devnet)`);
const all: Run[] = [];
for (let index = 0; index <= runs; index++) {
  const run = await measure(project);
  const title = index === 0 ? "no caches" : `run ${index}`;
  console.log(`${title.padEnd(10)}${shown(run.wall)}  (${shown(run.hardhat)}, ${shown(run.devnet)})`);
  if (index > 0) all.push(run);
}
const median = (of: (run: Run) => number | undefined): number | undefined =>
  all.map((run) => of(run) ?? NaN).sort((a, b) => a - b)[all.length >> 1];
console.log(
  `median    ${shown(median(({ wall }) => wall))}  (${shown(median(({ hardhat }) => hardhat))}, ` +
    `${shown(median(({ devnet }) => devnet))}); load ${loadavg()[0]?.toFixed(1)}`,
);
