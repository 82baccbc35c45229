import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { createPublicClient, type Hex, http } from "viem";
import { makeFirstCall } from "../../builder/devnet/tour/first-call.ts";
import { makeProvenCall } from "../../builder/devnet/tour/proven-call.ts";
import { type DevnetDescription, readDescription } from "../../builder/node/deployment/description.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { untilGone } from "../devnet/sandbox.ts";
import { given } from "../gateway/seeing/ask.ts";

const PROJECT = path.resolve(import.meta.dirname, "../..");
const ROLLUPS = "Ledger:ledger,C:proven-evm";

/** `npm start -- --state`, as a user runs it, with real proofs and rollups that have them. */
describe("npm start -- --state, with proofs", function () {
  this.timeout(1_800_000);
  let folder: string;
  let state: string;
  let portBase: number;
  let child: ChildProcess | undefined;
  let output = "";
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "lockstep state "));
    state = path.join(folder, "kept.state");
    portBase = (await freePorts(2)).rpc;
  });
  after(async () => {
    child?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  function start(...more: string[]): ChildProcess {
    const given = ["--no-play", "--data", folder, "--port-base", String(portBase), "--state", state];
    const options = ["start", ...given, ...(more.length > 0 ? more : ["--rollups", ROLLUPS])];
    output = "";
    child = spawn(process.execPath, [path.join(PROJECT, "builder/cli/index.ts"), ...options], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    return child;
  }

  async function up(): Promise<DevnetDescription> {
    const starting = start();
    while (!output.includes("Ctrl-C stops it")) {
      if (starting.exitCode !== null) throw new Error(`ended early:\n${output}`);
      await sleep(50);
    }
    return readDescription(folder);
  }

  async function stop(signal: "SIGINT" | "SIGKILL"): Promise<number | null> {
    const { pid } = child ?? {};
    if (child === undefined || pid === undefined) throw new Error("it does not run");
    child.kill(signal);
    const [code]: unknown[] = await once(child, "exit");
    await untilGone([pid]);
    return typeof code === "number" ? code : null;
  }

  /** What has to be there again: blocks, nonces and balances of L1, roots, what the gateways say. */
  async function facts({ l1, rollups, accounts }: DevnetDescription, hashes: readonly Hex[]) {
    const node = createPublicClient({ transport: http(l1.rpc) });
    const { number, hash } = await node.getBlock();
    return {
      head: { number, hash },
      accounts: await Promise.all(
        accounts.map(async ({ address }) => [
          await node.getTransactionCount({ address }),
          await node.getBalance({ address }),
        ]),
      ),
      roots: await Promise.all(
        rollups.map(async ({ id }) => {
          const call = { address: l1.rollups, abi: rollupsAbi, functionName: "rollupOf" } as const;
          return (await node.readContract({ ...call, args: [BigInt(id)] })).root;
        }),
      ),
      settled: await Promise.all(hashes.map((each) => given(l1.gateway, "lockstep_getSettlement", [each]))),
      traces: await Promise.all(hashes.map((each) => given(l1.gateway, "lockstep_traceTransaction", [each]))),
    };
  }

  const hashes: Hex[] = [];
  let kept: Awaited<ReturnType<typeof facts>>;

  it("stops by SIGINT, and goes on with all that happened; what is new is proven", async () => {
    const first = await up();
    hashes.push((await makeFirstCall(first)).hash, (await makeProvenCall(first)).hash);
    kept = await facts(first, hashes);
    expect(kept.settled.flatMap(({ visits }) => visits.map(({ proven }) => proven))).to.deep.equal([
      true,
      true,
    ]);
    expect(await stop("SIGINT"), output).to.equal(0);

    const again = await up();
    expect(again).to.deep.include({ l1: first.l1, rollups: first.rollups, accounts: first.accounts });
    expect(await facts(again, hashes)).to.deep.equal(kept);
    const page = await fetch(again.page ?? "no page");
    expect([page.status, (await page.text()).includes("<html")]).to.deep.equal([200, true]);
    const { hash, summary } = await makeProvenCall(again);
    expect(summary).to.equal("Counter.increment() on C returned 2");
    hashes.push(hash);
  });

  it("killed the moment after an answer, has what was answered", async () => {
    const running = readDescription(folder);
    const { hash } = await makeFirstCall(running);
    hashes.push(hash);
    kept = await facts(running, hashes);
    expect(await stop("SIGKILL")).to.equal(null);
    const again = await up();
    expect(await facts(again, hashes)).to.deep.equal(kept);
    expect((await makeProvenCall(again)).summary).to.equal("Counter.increment() on C returned 3");
    await stop("SIGKILL");
  });

  it("killed in the middle of a write, leaves out what no caller was told of, and says so", async () => {
    writeFileSync(`${state}.journal`, readFileSync(`${state}.journal`).subarray(0, -9));
    const again = await up();
    expect(output).to.contain("is left out");
    expect((await facts(again, hashes)).settled).to.deep.equal(kept.settled);
    expect(await stop("SIGINT"), output).to.equal(0);
  });

  it("is refused with other rollups, other proofs, or a file that is damaged, and says what to do", async () => {
    const whole = readFileSync(state);
    const refused = async (...more: string[]): Promise<void> => {
      const [code]: unknown[] = await once(start(...more), "exit");
      expect(code, output).to.not.equal(0);
      expect(output)
        .to.contain("DEVNET_STATE")
        .and.to.contain(state)
        .and.to.match(/ame another file/);
      expect(output).to.not.contain("    at ");
    };
    await refused("--rollups", "Ledger:ledger,A:evm");
    await refused("--rollups", ROLLUPS, "--proofs", "none");
    const damaged = Buffer.from(whole);
    damaged[damaged.length - 100] = (damaged.at(-100) ?? 0) ^ 1;
    writeFileSync(state, damaged);
    await refused();
    expect(readFileSync(state).equals(damaged), "it is left as it is").to.equal(true);
    writeFileSync(state, whole);
  });
});
