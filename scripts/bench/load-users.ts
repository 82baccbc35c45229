/**
 * Users of `npm run bench load --mix plain`, in a thread of their own: they are no part of what is measured.
 * Each sends its transactions one behind the other.
 */
import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";

const jobs = z.array(z.array(z.object({ url: z.string(), raw: z.string() }))).parse(workerData);
const answerSchema = z.looseObject({ result: z.string() });

let ids = 0;
const answers: number[] = [];
const refused: string[] = [];

const start = performance.now();
await Promise.all(
  jobs.map(async (own) => {
    for (const { url, raw } of own) {
      const begun = performance.now();
      const body = JSON.stringify({
        jsonrpc: "2.0",
        id: ++ids,
        method: "eth_sendRawTransaction",
        params: [raw],
      });
      const headers = { "content-type": "application/json" };
      const answer: unknown = await (await fetch(url, { method: "POST", headers, body })).json();
      if (answerSchema.safeParse(answer).success) answers.push(performance.now() - begun);
      else refused.push(JSON.stringify(answer));
    }
  }),
);
parentPort?.postMessage({ answers, refused, milliseconds: performance.now() - start });
