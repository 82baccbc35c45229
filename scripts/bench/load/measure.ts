import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { type Hex, keccak256 } from "viem";
import { type Job, toldSchema } from "./users.ts";
import type { World } from "./world.ts";

/** As text. */
export const quantile = (times: readonly number[], share: number): string => {
  const sorted = times.toSorted((x, y) => x - y);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(0);
};

/** What became of the transactions of a mix; times are milliseconds. */
export interface Result {
  readonly mix: string;
  readonly perSecond: number;
  readonly included: number;
  readonly refused: readonly string[];
  readonly answers: readonly number[];
  readonly inclusions: readonly number[];
  readonly reads: readonly number[];
  readonly queue: number;
  readonly mebibytes: number;
  /** Of the processor, for each transaction: of the builder's thread, and of all but users. */
  readonly milliseconds: { readonly thread: number; readonly process: number };
}

/** The time on the clock of all threads, milliseconds. */
const now = (): number => performance.timeOrigin + performance.now();

/** The processor's, microseconds. */
const used = () => {
  const sum = ({ user, system }: NodeJS.CpuUsage): number => user + system;
  return { thread: sum(process.threadCpuUsage()), process: sum(process.cpuUsage()) };
};

export interface RunOptions {
  /** For how long transactions may take to be included, milliseconds. */
  readonly patience: number;
  /** Whose balance is read meanwhile. */
  readonly address: Hex;
  /** Between reads, milliseconds; default 20. */
  readonly pause?: number;
  /** Whether what is answered is included. */
  readonly isFinal?: boolean;
}

/**
 * Lets users send.
 * @param jobs of each user, in order.
 */
export async function run(
  { builder, gateways }: Pick<World, "builder" | "gateways">,
  mix: string,
  jobs: readonly (readonly Job[])[],
  { patience, address, pause = 20, isFinal = false }: RunOptions,
): Promise<Result> {
  const [answers, inclusions, reads, refused]: [number[], number[], number[], string[]] = [[], [], [], []];
  const open = new Map<Hex, number>();
  const read = { url: gateways.a.url, address, pause };
  const worker = new Worker(new URL("./users.ts", import.meta.url), { workerData: { jobs, read } });
  const isSent = Promise.withResolvers<undefined>();
  const isOver = Promise.withResolvers<number>();
  let [queue, memory, start, last] = [0, 0, 0, 0];
  let before = used();
  worker.once("error", isOver.reject);
  worker.on("message", (message: unknown) => {
    const told = toldSchema.parse(message);
    if (told.type === "begin") {
      [start, before] = [told.at, used()];
    } else if (told.type === "refused") refused.push(told.reason);
    else if (told.type === "sent") isSent.resolve(undefined);
    else if (told.type === "over") {
      reads.push(...told.reads);
      isOver.resolve(told.microseconds);
    } else {
      last = told.at;
      answers.push(told.at - told.begun);
      if (isFinal) inclusions.push(told.at - told.begun);
      else open.set(keccak256(told.raw), told.begun);
    }
  });
  const look = (): void => {
    queue = Math.max(queue, builder.waiting);
    memory = Math.max(memory, process.memoryUsage.rss());
    for (const [hash, begun] of open) {
      const status = builder.status(hash);
      if (status?.state !== "posted" && status?.state !== "failed") continue;
      open.delete(hash);
      last = now();
      if (status.state === "failed") refused.push(JSON.stringify(status));
      else inclusions.push(last - begun);
    }
  };
  const looking = setInterval(look, 10);
  await Promise.race([isSent.promise, isOver.promise]);
  while (open.size > 0 && now() - start < patience) await sleep(10);
  const after = used();
  clearInterval(looking);
  worker.postMessage("over");
  const ofUsers = await isOver.promise;
  const included = inclusions.length;
  const each = (microseconds: number): number => microseconds / 1_000 / included;
  return {
    mix,
    perSecond: (included / (last - start)) * 1_000,
    included,
    refused,
    answers,
    inclusions,
    reads,
    queue,
    mebibytes: memory / 2 ** 20,
    milliseconds: {
      thread: each(after.thread - before.thread),
      process: each(after.process - before.process - ofUsers),
    },
  };
}

export function print(result: Result): void {
  const { mix, perSecond, included, refused, answers, inclusions, reads, queue, mebibytes } = result;
  const { thread, process } = result.milliseconds;
  const pair = (times: readonly number[]): string => `${quantile(times, 0.5)}/${quantile(times, 0.95)}`;
  console.log(
    `${mix}: ${perSecond.toFixed(1)} tx/s; ${included} included, ${refused.length} refused, ` +
      `p50/p95 ms: answer ${pair(answers)}, inclusion ${pair(inclusions)}, read ${pair(reads)}; ` +
      `processor ${thread.toFixed(2)} ms/tx in the builder's thread, ${process.toFixed(2)} with the node's; ` +
      `queue ${queue}, ${mebibytes.toFixed(0)} MiB`,
  );
  for (const [reason, count] of Map.groupBy(refused, (text) => text.slice(0, 160)))
    console.log(`  ${count.length} × ${reason}`);
}
