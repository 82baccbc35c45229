import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import {
  createPublicClient,
  createWalletClient,
  getAddress,
  type Hex,
  http,
  parseEther,
  publicActions,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { developmentAccounts } from "../../builder/devnet/accounts.ts";
import { descriptionFile, readDescription } from "../../builder/node/deployment/description.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { SYSTEM } from "../../builder/kinds/evm/system.ts";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { untilGone } from "./sandbox.ts";

const PROJECT = path.resolve(import.meta.dirname, "../..");

/** `npm start` without npm: the bootstrap with its set-up done, in a data folder of the test's own. */
class Start {
  readonly child: ChildProcess;
  output = "";

  /** What it told its starter. */
  readonly told: unknown[] = [];

  constructor(folder: string, portBase: number, more: readonly string[]) {
    const options = ["start", "--no-play", "--data", folder, "--port-base", String(portBase), ...more];
    this.child = spawn(process.execPath, [path.join(PROJECT, "builder/cli/index.ts"), ...options], {
      cwd: tmpdir(),
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    this.child.on("message", (message) => this.told.push(message));
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

function connect({ gateway }: { readonly gateway: string }, key: Hex) {
  const account = privateKeyToAccount(key);
  const client = createWalletClient({ account, transport: http(gateway), pollingInterval: 50 });
  return client.extend(publicActions);
}

function rollup(id: number, name: string, kind: string) {
  return { id, name, kind, chainId: 31337000 + id };
}

describe("npm start", function () {
  this.timeout(300_000);
  let folder: string;
  const started: Start[] = [];
  const start = (portBase: number, ...more: string[]): Start => {
    const one = new Start(folder, portBase, more);
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

    const description = readDescription(folder);
    expect(first.told).to.deep.equal([{ type: "ready", devnet: description }]);
    const { l1, rollups, accounts } = description;
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
    expect(samePorts.told).to.have.length(1);
    expect(samePorts.told[0]).to.include({ type: "failed", code: "DEVNET_RUNNING" });
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

  it("has the rollups, accounts and blocks that it is told to have, on ports that are free", async () => {
    const mnemonic = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    const rollups = ["--rollups", "Shop:evm,Bank:ledger,Shelf:evm,Vault:evm"];
    const one = start(0, ...rollups, "--accounts", "8", "--mnemonic", mnemonic, "--block-time", "1.5");
    await one.up();

    const devnet = readDescription(folder);
    expect(devnet.rollups.map(({ id, name, kind }) => [id, name, kind])).to.deep.equal([
      [1, "Shop", "evm"],
      [2, "Bank", "ledger"],
      [3, "Shelf", "evm"],
      [4, "Vault", "evm"],
    ]);
    expect(devnet.accounts).to.deep.equal(developmentAccounts(8, mnemonic));
    const [payer, , , , , , , last] = devnet.accounts;
    const [shop, bank, , vault] = devnet.rollups;
    if (payer === undefined || last === undefined || !shop || !bank || !vault) throw new Error("too few");
    for (const { gateway } of [shop, vault]) {
      const rollup = createPublicClient({ transport: http(gateway) });
      expect(await rollup.getBalance({ address: last.address })).to.equal(parseEther("100"));
    }

    const l1 = connect(devnet.l1, payer.privateKey);
    const before = await l1.getBlockNumber();
    const plain = await l1.sendTransaction({ to: last.address, value: 1n, gas: 21_000n, chain: null });
    const { blockNumber } = await l1.waitForTransactionReceipt({ hash: plain });
    const created = await l1.writeContract({
      address: devnet.l1.rollups,
      abi: rollupsAbi,
      functionName: "createProxy",
      args: [last.address, BigInt(shop.id)],
      chain: null,
    });
    await l1.waitForTransactionReceipt({ hash: created });
    const to = await l1.readContract({
      address: devnet.l1.rollups,
      abi: rollupsAbi,
      functionName: "proxyOf",
      args: [last.address, BigInt(shop.id)],
    });
    // What waits for the timer does not keep a batch from its block, nor the batch it from its own.
    const waiting = await l1.sendTransaction({ to: last.address, value: 1n, gas: 21_000n, chain: null });
    const other = connect(devnet.l1, last.privateKey);
    const across = await other.sendTransaction({ to, value: 5n, chain: null });
    for (const hash of [across, waiting])
      expect((await l1.waitForTransactionReceipt({ hash })).status).to.equal("success");
    const onShop = createPublicClient({ transport: http(shop.gateway) });
    expect(await onShop.getBalance({ address: last.address })).to.equal(parseEther("100") + 5n);
    // Without a transaction there are blocks, and they are as far apart as it was told.
    const head = await l1.getBlock();
    await sleep(4_000);
    const later = await l1.getBlock();
    expect(blockNumber > before && later.number > head.number + 1n).to.equal(true);
    expect(later.number - head.number <= 4n).to.equal(true);
  });

  it("names what is wrong with its options before anything is begun", async () => {
    const wrong = ["--rollups", "A:wasm", "--accounts", "0", "--mnemonic", "one two", "--block-time", "soon"];
    const one = start(0, ...wrong);
    expect(await one.end()).to.equal(1);
    for (const key of ["rollups", "accounts", "mnemonic", "blockTime"])
      expect(one.output).to.match(new RegExp(`\\b${key}: `));
    expect(one.told[0]).to.include({ type: "failed", code: "INVALID_CONFIGURATION" });
  });
});
