import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { network } from "hardhat";
import { createPublicClient, createTestClient, http, numberToHex, publicActions } from "viem";
import { developmentAccounts } from "../../builder/devnet/accounts.ts";
import type { DevnetDescription } from "../../builder/node/deployment/description.ts";
import { type L1Node, startL1 } from "../../builder/devnet/l1.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { makeFirstCall } from "../../builder/devnet/tour/first-call.ts";
import { Checks } from "../../builder/devnet/tour/checks.ts";
import { runSolidityTour } from "../../builder/devnet/tour/solidity-tour.ts";
import { SYSTEM } from "../../builder/kinds/evm/system.ts";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";

const PROJECT = path.resolve(import.meta.dirname, "../..");

const OTHER = "0x00000000000000000000000000000000000a11ce";

/** A command of the command line in a process of its own. */
class Command {
  readonly child: ChildProcess;
  output = "";

  constructor(options: readonly string[], environment: Record<string, string> = {}) {
    this.child = spawn(process.execPath, [path.join(PROJECT, "builder/cli/index.ts"), ...options], {
      cwd: tmpdir(),
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
  }

  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`ended early:\n${this.output}`);
      await sleep(50);
    }
  }

  async end(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, "exit");
    return this.child.exitCode;
  }
}

describe("by hand: a node, a deployment, a builder", function () {
  this.timeout(300_000);
  const [poster] = developmentAccounts();
  let l1: L1Node;
  let folder: string;
  const commands: Command[] = [];
  const run = (options: readonly string[], environment?: Record<string, string>): Command => {
    const command = new Command(options, environment);
    commands.push(command);
    return command;
  };

  before(async () => {
    l1 = await startL1(0);
    folder = mkdtempSync(path.join(tmpdir(), "lockstep-by-hand-"));
  });
  after(async () => {
    for (const { child } of commands) child.kill("SIGKILL");
    await l1.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("deploys, serves a proven call, and stops in order", async () => {
    const deployment = run(["deploy", "--rpc", l1.url]);
    expect(await deployment.end(), deployment.output).to.equal(0);
    const line = /npm run builder -- (.*)/.exec(deployment.output)?.[1];
    const rollups = /--rollups (0x[0-9a-fA-F]{40})/.exec(deployment.output)?.[1];
    if (line === undefined || rollups === undefined) throw new Error(deployment.output);

    expect(deployment.output)
      .to.match(/rollup 2 .*evm.*UNPROVEN/)
      .and.to.not.match(/rollup 1 .*UNPROVEN/);
    expect(line).to.include(
      "--rollup 1:ledger --rollup 2:evm --rollup 3:evm --rollup 4:proven-evm --predeploys all",
    );

    const portBase = 20_000 + ((await freePorts(0)).rpc % 2_400) * 6;
    const options = [...line.split(" "), "--port-base", String(portBase), "--data", folder];
    const builder = run(["builder", ...options], { LOCKSTEP_KEY: poster?.privateKey ?? "" });
    await builder.says("builder is up");
    const address = numberToHex(BigInt(rollups), { size: 20 });
    const at = (offset: number): string => `http://127.0.0.1:${portBase + offset}`;
    const devnet: DevnetDescription = {
      l1: { rpc: l1.url, gateway: at(1), chainId: 31337, rollups: address },
      rollups: [
        {
          id: 1,
          name: "Ledger",
          kind: "ledger",
          proven: true,
          gateway: at(2),
          chainId: 31337001,
          contract: LEDGER,
        },
        {
          id: 3,
          name: "B",
          kind: "evm",
          proven: false,
          gateway: at(4),
          chainId: 31337003,
          contract: SYSTEM,
        },
      ],
      accounts: developmentAccounts(),
    };
    const call = await makeFirstCall(devnet);
    expect(call.summary).to.equal("PiggyBank holds 1 ETH on the ledger");
    const { etherBalance } = await createPublicClient({ transport: http(l1.url) }).readContract({
      address,
      abi: rollupsAbi,
      functionName: "rollupOf",
      args: [1n],
    });
    expect(etherBalance).to.equal(10n ** 18n);
    const checks = new Checks(() => undefined);
    await runSolidityTour(devnet, checks, {
      describe: () => undefined,
      named: () => undefined,
      transaction: async () => undefined,
    });
    checks.finish();
    expect(builder.output).to.include("UNPROVEN");
    builder.child.kill("SIGTERM");
    expect(await builder.end(), builder.output).to.equal(0);
    expect(builder.output).not.to.include((poster?.privateKey ?? "").slice(2));
  });

  it("deploys rollups for tests, which a builder takes only if it is told so", async function () {
    this.timeout(90_000);
    const deployment = run(["deploy", "--rpc", l1.url, "--kinds", "ledger,evm", "--proofs", "none"]);
    expect(await deployment.end(), deployment.output).to.equal(0);
    expect(deployment.output)
      .to.match(/rollup 1 .*ledger.*UNPROVEN/)
      .and.to.match(/rollup 2 .*evm.*UNPROVEN/);
    const line = /npm run builder -- (.*)/.exec(deployment.output)?.[1]?.split(" ") ?? [];
    const own = ["--port-base", "0", "--data", path.join(folder, "for-tests")];
    const environment = { LOCKSTEP_KEY: poster?.privateKey ?? "" };
    const builder = run(["builder", ...line, ...own], environment);
    await builder.says("builder is up");
    const [, url = ""] = /"id":"2","url":"([^"]+)"/.exec(builder.output) ?? [];
    const a = createTestClient({ mode: "hardhat", transport: http(url) }).extend(publicActions);
    await a.setNonce({ address: OTHER, nonce: 3 });
    expect(await a.getTransactionCount({ address: OTHER })).to.equal(3);
    builder.child.kill("SIGTERM");
    expect(await builder.end(), builder.output).to.equal(0);
    const ignorant = line.filter((word) => !["--proofs", "none"].includes(word)).join(" ");
    // Of kinds with circuits it would need keys first.
    const untold = ignorant.replace("--rollup 1:ledger ", "").split(" ");
    const refused = run(["builder", ...untold, ...own], environment);
    expect(await refused.end()).to.equal(1);
    expect(refused.output).to.include("WRONG_KIND");
  });

  it("deploys nothing with development keys on a chain that is not local", async () => {
    const server = await network.createServer(
      { network: "default", override: { chainId: 5 } },
      "127.0.0.1",
      0,
    );
    const { port } = await server.listen();
    try {
      const url = `http://127.0.0.1:${port}`;
      const deployment = run(["deploy", "--rpc", url]);
      expect(await deployment.end()).to.equal(1);
      expect(deployment.output).to.include("DEVELOPMENT_KEY");
      expect(await createPublicClient({ transport: http(url) }).getBlockNumber()).to.equal(0n);
    } finally {
      await server.close();
    }
  });

  it("deploys no rollup without proof on a chain that is not local, whatever else there is", async () => {
    const server = await network.createServer(
      { network: "default", override: { chainId: 5 } },
      "127.0.0.1",
      0,
    );
    const { port } = await server.listen();
    try {
      const url = `http://127.0.0.1:${port}`;
      const deployment = run(["deploy", "--rpc", url, "--kinds", "evm"]);
      expect(await deployment.end()).to.equal(1);
      expect(deployment.output).to.include("UNPROVEN_KIND");
      expect(await createPublicClient({ transport: http(url) }).getBlockNumber()).to.equal(0n);
    } finally {
      await server.close();
    }
  });

  it("names what is wrong with its options", async () => {
    const wrong = ["--rpc", "ftp://nowhere", "--predeploys", "create2,create3"];
    const deployment = run(["deploy", ...wrong], { LOCKSTEP_KEY: "0x12" });
    expect(await deployment.end()).to.equal(1);
    expect(deployment.output).to.include("rpc").and.to.include("LOCKSTEP_KEY");
    expect(deployment.output).to.include("predeploys").and.to.include("they are create2, safe-factory");
    expect(deployment.output).to.include("INVALID_CONFIGURATION");
    const builder = run(["builder", "--rpc", l1.url, "--rollups", LEDGER, "--rollup", "1:wasm"]);
    expect(await builder.end()).to.equal(1);
    expect(builder.output).to.include("1:ledger").and.to.include("kinds are ledger, evm");
  });
});
