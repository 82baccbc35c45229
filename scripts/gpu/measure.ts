/**
 * Measures provers on a machine that is lent for minutes: keys, proofs of each backend cold and warm, batches
 * by pools of them, the most valuable first. Each result is written when it is known, so that whatever ends
 * the run loses only what had not been measured.
 *
 * Usage: node scripts/gpu/measure.ts --out <folder> [--minutes 9.5] [--devices snarkrs:cuda,snarkrs:wgpu]
 * [--processors gnark] [--powers 16,17,18,20] [--visits 64]
 * [--no-ledger]
 * Writes `results.jsonl` (records.ts), `table.md`, made of it again after each result, and `log.txt`.
 */
import { fork } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DATA_FOLDER } from "../../builder/places/places.ts";
import { findWorker } from "../../builder/proving/backends/native/build.ts";
import { snarkrsWorker } from "../../builder/proving/backends/snarkrs/worker.ts";
import { findDrivers } from "./loaders.ts";
import { machineHere } from "./machine.ts";
import { nextTask, planOf, type Task, type TaskState, whyNot } from "./plan.ts";
import { type MeasuredRecord, recordSchema } from "./records.ts";
import { tableOf } from "./table.ts";

const { values } = parseArgs({
  options: {
    out: { type: "string" },
    minutes: { type: "string", default: "9.5" },
    devices: { type: "string", default: "snarkrs:cuda,snarkrs:wgpu" },
    processors: { type: "string", default: "gnark" },
    powers: { type: "string", default: "16,17,18,20" },
    visits: { type: "string", default: "64" },
    ledger: { type: "boolean", default: true },
  },
  allowNegative: true,
});
const { out } = values;
if (out === undefined) throw new TypeError("--out says where the results go");
const [minutes, visits] = [Number(values.minutes), Number(values.visits)];
const list = (text: string): string[] => text.split(",").filter((each) => each !== "");
const powers = list(values.powers).map(Number);
if (![minutes, visits, ...powers].every((each) => each > 0))
  throw new RangeError("minutes, visits and powers are positive numbers");

const end = performance.now() + minutes * 60_000;
const secondsLeft = (): number => (end - performance.now()) / 1_000;
/** A step that would have less is not begun, in seconds. */
const LEAST_SECONDS = 3;

const records: MeasuredRecord[] = [];
mkdirSync(out, { recursive: true });
const file = (name: string): string => join(out, name);
for (const name of ["results.jsonl", "log.txt"]) writeFileSync(file(name), "");

function keep(record: MeasuredRecord): void {
  records.push(record);
  appendFileSync(file("results.jsonl"), `${JSON.stringify(record)}\n`);
  // In one step: killed amid it, the run keeps the one before.
  writeFileSync(file("table.md.new"), tableOf(records));
  renameSync(file("table.md.new"), file("table.md"));
}

function log(line: string): void {
  const text = `${(minutes * 60 - secondsLeft()).toFixed(1).padStart(6)} s  ${line}\n`;
  process.stderr.write(text);
  appendFileSync(file("log.txt"), text);
}

const program = await findWorker(snarkrsWorker);
const tried = program === undefined ? [] : await findDrivers(program);
const machine = await machineHere();
keep({
  kind: "machine",
  ...machine,
  gpus: [...machine.gpus],
  tried: tried.map(({ how, adapters }) => ({ how, adapters })),
});
const way = tried.at(-1);
const environment = { ...process.env, ...way?.environment };
log(`${machine.processors} processors; ${way?.how ?? "there is no worker for GPUs"}`);

const tasks = planOf({
  devices: list(values.devices),
  processors: list(values.processors),
  powers,
  visits,
  hasLedger: values.ledger && hasLedger(),
});
const states = new Map<string, TaskState>();
const beside = new Map<string, Promise<void>>();
while (secondsLeft() > LEAST_SECONDS) {
  for (let task = nextTask(tasks, states, true); task !== undefined; task = nextTask(tasks, states, true)) {
    const { name } = task;
    beside.set(
      name,
      perform(task).finally(() => beside.delete(name)),
    );
  }
  const task = nextTask(tasks, states, false);
  if (task !== undefined) await perform(task);
  else if (beside.size > 0) await Promise.race(beside.values());
  else break;
}
await Promise.all(beside.values());
for (const task of tasks)
  if (!states.has(task.name)) keep({ kind: "gap", task: task.name, reason: whyNot(task, states) });
log(`done; ${join(out, "table.md")}`);
process.exit();

function hasLedger(): boolean {
  const folder = join(DATA_FOLDER, "artefacts");
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith("ledger1-"));
}

/** Runs a task's step in a process of its own, which is killed when its time is up. */
async function perform(task: Task): Promise<void> {
  states.set(task.name, "running");
  log(`${task.name} …`);
  const child = fork(join(import.meta.dirname, "step.ts"), [JSON.stringify(task.step)], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-1_000);
      appendFileSync(file("log.txt"), text);
    });
  child.on("message", (message) => {
    const { data, error } = recordSchema.safeParse(message);
    if (data === undefined) log(`${task.name} sent what is no record: ${error.message}`);
    else keep(data);
  });
  const seconds = Math.max(1, Math.min(task.seconds, secondsLeft()));
  const limit = AbortSignal.timeout(Math.ceil(seconds * 1_000));
  limit.addEventListener("abort", () => child.kill("SIGKILL"));
  const code = await new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (exit, signal) => resolve(exit ?? signal ?? "unknown"));
  });
  const isDone = code === 0;
  states.set(task.name, isDone ? "done" : "failed");
  log(`${task.name}: ${isDone ? "done" : `ended with ${String(code)}`}`);
  if (isDone) return;
  const reason = limit.aborted
    ? `it took longer than ${seconds.toFixed(0)} s`
    : reasonIn(said) || `ended with ${String(code)}`;
  keep({ kind: "gap", task: task.name, reason });
}

/** The line of an error that says what is wrong: Node prints the place of one that is not caught first. */
function reasonIn(said: string): string {
  const lines = said.split("\n").map((line) => line.trim());
  return (
    lines.find((line) => /^(\w*Error\b|\[)/.test(line)) ??
    lines.findLast((line) => line !== "") ??
    ""
  ).slice(0, 300);
}
