import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { z } from "zod";
import { shownError } from "../../builder/cli/log.ts";
import { connectL1, l1Error } from "../../builder/l1/client.ts";
import { Upstream } from "../../builder/gateway/upstream.ts";
import { connectRedis } from "../../builder/proving/redis/connection.ts";
import { shownUrl, withShownUrls } from "../../builder/protocol/shown-url.ts";

const execute = promisify(execFile);
const COMMAND = path.join(import.meta.dirname, "../../builder/cli/index.ts");
const outputSchema = z.looseObject({ stdout: z.string(), stderr: z.string() });
/** Nothing listens there, and nothing may: it is no port that a system gives out. */
const NOWHERE = "127.0.0.1:1";
const SECRET = "s3cr:t";
const PASSWORD = encodeURIComponent(SECRET);

/** What may be seen of an error: its message, its log line. */
function shown(error: unknown): string {
  if (!(error instanceof Error)) throw new Error("no error was thrown");
  return `${error.message} ${JSON.stringify(shownError(error))}`;
}

async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  return await work().then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("the secrets in URLs", () => {
  it("are left out wherever a URL is shown", () => {
    for (const [url, expected] of [
      ["http://127.0.0.1:8545", "http://127.0.0.1:8545"],
      [`http://joe:${PASSWORD}@127.0.0.1:8545/`, "http://127.0.0.1:8545"],
      [`https://:${PASSWORD}@node.example`, "https://node.example"],
      [`https://joe@node.example/v3/${PASSWORD}`, "https://node.example/…"],
      [`https://node.example/?key=${PASSWORD}`, "https://node.example/…"],
      [`rediss://default:${PASSWORD}@[::1]:6379/3`, "rediss://[::1]:6379/…"],
      // A password as it may not stand in a URL is still found.
      ["redis://joe:p@ss@127.0.0.1:6379", "redis://127.0.0.1:6379"],
      [`joe:${PASSWORD}@nowhere`, "an address that is no URL"],
    ] as const) {
      if (!expected.startsWith("an address")) {
        const text = withShownUrls(`asked <${url}>, then "${url}" again`);
        expect(text).to.equal(`asked <${expected}>, then "${expected}" again`);
      }
      if (URL.canParse(url) && !url.startsWith("joe")) expect(shownUrl(url)).to.equal(expected);
    }
  });

  it("are in no error of L1's clients and of Redis'", async () => {
    const url = `http://joe:${PASSWORD}@${NOWHERE}/v3/${PASSWORD}`;
    const errors = [
      l1Error(await failureOf(() => connectL1(url).getBlockNumber()), url),
      await failureOf(() => new Upstream(url).forward({ method: "eth_blockNumber", params: [] })),
      await failureOf(() => connectRedis(`redis://joe:${PASSWORD}@${NOWHERE}`)),
    ];
    for (const error of errors)
      expect(shown(error)).to.include(NOWHERE).and.not.include(SECRET).and.not.include(PASSWORD);
  });

  it("are in nothing that commands print", async () => {
    const http = `http://joe:${PASSWORD}@${NOWHERE}/v3/${PASSWORD}`;
    const address = `0x${"11".repeat(20)}`;
    const key = `0x${"22".repeat(32)}`;
    for (const options of [
      ["builder", "--rpc", http, "--rollups", address],
      ["prover-worker", "--redis", http],
    ]) {
      const env = { ...process.env, LOCKSTEP_KEY: key, LOCKSTEP_LOG: "trace" };
      const ended = await failureOf(() => execute(process.execPath, [COMMAND, ...options], { env }));
      const { stdout, stderr } = outputSchema.parse(ended);
      expect(stderr, options[0]).to.match(/lockstep:/);
      expect(`${stdout}${stderr}`, options[0]).to.not.include(SECRET).and.not.include(PASSWORD);
    }
  }).timeout(60_000);
});
