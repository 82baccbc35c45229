/**
 * Users of `npm run bench load`, in a thread of their own: they are no part of what is measured. Each sends
 * its transactions one behind the other; one more reads, until it is told that all is over.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { type Hex, isHex } from "viem";
import { z } from "zod";

const hex = z.custom<Hex>((value) => isHex(value), "not hexadecimal");
const jobSchema = z.object({ url: z.string(), raw: hex });

/** A transaction, and where it is sent. */
export type Job = z.output<typeof jobSchema>;

/** What users tell; times are of the clock of all threads, in milliseconds. */
export const toldSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("begin"), at: z.number() }),
  z.object({ type: z.literal("answered"), raw: hex, begun: z.number(), at: z.number() }),
  z.object({ type: z.literal("refused"), reason: z.string() }),
  z.object({ type: z.literal("sent") }),
  /** Microseconds: what they took of the processor. */
  z.object({ type: z.literal("over"), reads: z.array(z.number()), microseconds: z.number() }),
]);

const workSchema = z.object({
  jobs: z.array(z.array(jobSchema)),
  read: z.object({ url: z.string(), address: z.string(), pause: z.number() }),
});
const answerSchema = z.looseObject({ result: z.string() });

const now = (): number => performance.timeOrigin + performance.now();
const tell = (told: z.input<typeof toldSchema>): void => parentPort?.postMessage(told);

let ids = 0;
async function ask(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: ++ids, method, params });
  const headers = { "content-type": "application/json" };
  return await (await fetch(url, { method: "POST", headers, body })).json();
}

async function send({ url, raw }: Job): Promise<void> {
  const begun = now();
  const answer = await ask(url, "eth_sendRawTransaction", [raw]).catch((error: unknown) => String(error));
  if (answerSchema.safeParse(answer).success) tell({ type: "answered", raw, begun, at: now() });
  else tell({ type: "refused", reason: JSON.stringify(answer) });
}

async function work({ jobs, read }: z.output<typeof workSchema>): Promise<void> {
  const over = new AbortController();
  parentPort?.once("message", () => {
    over.abort();
  });
  const reads: number[] = [];
  const before = process.threadCpuUsage();
  tell({ type: "begin", at: now() });
  const reading = (async () => {
    while (!over.signal.aborted) {
      const begun = now();
      await ask(read.url, "eth_getBalance", [read.address, "latest"]).catch(() => undefined);
      reads.push(now() - begun);
      await sleep(read.pause);
    }
  })();
  await Promise.all(
    jobs.map(async (own) => {
      for (const job of own) await send(job);
    }),
  );
  tell({ type: "sent" });
  await reading;
  const { user, system } = process.threadCpuUsage(before);
  tell({ type: "over", reads, microseconds: user + system });
}

if (!isMainThread) await work(workSchema.parse(workerData));
