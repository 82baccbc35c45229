import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { createPublicClient, getAddress, http } from "viem";
import { descriptionFile, readDescription } from "../../builder/node/deployment/description.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { SYSTEM } from "../../builder/kinds/evm/system.ts";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";
import { untilGone } from "./sandbox.ts";

const PROJECT = path.resolve(import.meta.dirname, "../..");

/** `npm start` without npm: the bootstrap with its set-up done, in a data folder of the test's own. */
class Start {
  readonly child: ChildProcess;
  output = "";

  constructor(folder: string, portBase: number) {
    const options = ["start", "--no-play", "--data", folder, "--port-base", String(portBase)];
    this.child = spawn(process.execPath, [path.join(PROJECT, "builder/cli/index.ts"), ...options], {
      cwd: tmpdir(),
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error("the process did not start");
    return this.child.pid;
  }

  /** Waits until it says that it is up. */
  async up(): Promise<void> {
    while (!this.output.includes("Ctrl-C stops it")) {
      if (this.child.exitCode !== null) throw new Error(`ended early:\n${this.output}`);
      await sleep(50);
    }
  }

  async end(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, "exit");
    return this.child.exitCode;
  }
}

function rollup(id: number, name: string, kind: string) {
  return { id, name, kind, chainId: 31337000 + id };
}

describe("npm start", function () {
  this.timeout(300_000);
  let folder: string;
  const started: Start[] = [];
  const start = (portBase: number): Start => {
    const one = new Start(folder, portBase);
    started.push(one);
    return one;
  };
  /** A base with free ports behind it: ports that the system gives out are rarely in a row. */
  const freeBase = async (): Promise<number> => 20_000 + ((await freePorts(0)).rpc % 2_400) * 5;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "lockstep start "));
  });
  afterEach(async () => {
    for (const one of started.splice(0)) one.child.kill("SIGKILL");
    await sleep(0);
    rmSync(folder, { recursive: true, force: true });
  });

  it("describes itself truthfully, refuses a second one, and stops in order on SIGINT", async () => {
    const base = await freeBase();
    const first = start(base);
    await first.up();

    const { l1, rollups, accounts } = readDescription(folder);
    expect(l1.rpc).to.equal(`http://127.0.0.1:${base}`);
    expect(l1.gateway).to.equal(`http://127.0.0.1:${base + 1}`);
    const at = (port: number): string => `http://127.0.0.1:${port}`;
    expect(rollups).to.deep.equal([
      { ...rollup(1, "Ledger", "ledger"), proven: true, gateway: at(base + 2), contract: LEDGER },
      { ...rollup(2, "A", "evm"), proven: false, gateway: at(base + 3), contract: SYSTEM },
      { ...rollup(3, "B", "evm"), proven: false, gateway: at(base + 4), contract: SYSTEM },
      { ...rollup(4, "C", "proven-evm"), proven: true, gateway: at(base + 5), contract: SYSTEM },
    ]);
    expect(first.output)
      .to.match(/A \(evm 2\).*UNPROVEN/)
      .and.to.match(/B \(evm 3\).*UNPROVEN/);
    expect(first.output).to.not.match(/Ledger \(ledger 1\).*UNPROVEN/);
    expect(first.output).to.not.match(/C \(proven-evm 4\).*UNPROVEN/);
    for (const [url, chainId] of [
      [l1.rpc, l1.chainId],
      [l1.gateway, l1.chainId],
      ...rollups.map(({ gateway, chainId: id }) => [gateway, id] as const),
    ] as const)
      expect(await createPublicClient({ transport: http(url) }).getChainId(), url).to.equal(chainId);
    const client = createPublicClient({ transport: http(l1.gateway) });
    expect(await client.getCode({ address: l1.rollups })).to.have.length.greaterThan(2);
    for (const { address } of accounts) {
      expect(address).to.equal(getAddress(address));
      expect(Number(await client.getBalance({ address })) > 1e18, address).to.equal(true);
    }

    const samePorts = start(base);
    expect(await samePorts.end()).to.equal(1);
    expect(samePorts.output).to.contain("DEVNET_RUNNING");
    const sameFolder = start(await freeBase());
    expect(await sameFolder.end()).to.equal(1);
    expect(sameFolder.output).to.contain("DEVNET_RUNNING");

    first.child.kill("SIGINT");
    expect(await first.end()).to.equal(0);
    expect(existsSync(descriptionFile(folder))).to.equal(false);
    await untilGone([first.pid]);
  });

  it("stops in order on SIGTERM, and when its starter is gone", async () => {
    for (const end of [(one: Start) => one.child.kill("SIGTERM"), (one: Start) => one.child.disconnect()]) {
      const one = start(await freeBase());
      await one.up();
      end(one);
      expect(await one.end()).to.equal(0);
      expect(existsSync(descriptionFile(folder))).to.equal(false);
    }
  });

  it("starts again after it was killed", async () => {
    const base = await freeBase();
    const first = start(base);
    await first.up();
    first.child.kill("SIGKILL");
    await first.end();
    expect(existsSync(descriptionFile(folder))).to.equal(true);
    const second = start(base);
    await second.up();
    second.child.kill("SIGTERM");
    expect(await second.end()).to.equal(0);
  });
});
