import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import {
  type Address,
  createTestClient,
  type Hex,
  http,
  parseEther,
  publicActions,
  walletActions,
} from "viem";
import { type Devnet, type DevnetOptions, startDevnet } from "../../builder/devnet/devnet.ts";
import { counterAbi, counterCallerAbi, managerAbi } from "../../builder/devnet/tour/abi.ts";
import { openDapp } from "../../builder/devnet/tour/dapp.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { expectCode } from "../protocol/expect-code.ts";

const STRANGER: Address = "0x00000000000000000000000000000000000057a4";
const OTHER: Address = "0x0000000000000000000000000000000000000b0b";

describe("a devnet with --state", function () {
  this.timeout(300_000);
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "lockstep state "));
    file = path.join(folder, "devnet.state");
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (more: Partial<DevnetOptions> = {}): Promise<Devnet> =>
    await startDevnet({
      rollups: [{ name: "A", kind: "evm" }],
      ports: await freePorts(1),
      predeploys: ["create2"],
      proofs: "none",
      state: file,
      ...more,
    });
  const nodeOf = ({ description }: Devnet) =>
    createTestClient({ mode: "hardhat", transport: http(description.l1.rpc) })
      .extend(publicActions)
      .extend(walletActions);
  const aOf = ({ description }: Devnet) => {
    const [a] = description.rollups;
    if (a === undefined) throw new Error("there is a rollup");
    return openDapp(description, 1, a);
  };
  /** Hashes of all blocks of a chain. */
  const blocks = async (client: Pick<ReturnType<typeof nodeOf>, "getBlock">): Promise<Hex[]> => {
    const { number } = await client.getBlock();
    const all = await Promise.all(
      Array.from({ length: Number(number) + 1 }, (_, index) =>
        client.getBlock({ blockNumber: BigInt(index) }),
      ),
    );
    return all.map(({ hash }) => hash);
  };

  let counter: Address;
  let caller: Address;
  let hashes: { readonly l1: Hex[]; readonly a: Hex[] };
  let clock: bigint;

  it("begins anew where there is no file, and keeps what happens in it", async () => {
    await using devnet = await start();
    const node = nodeOf(devnet);
    const [onL1, onA] = [openDapp(devnet.description, 1), aOf(devnet)];
    counter = await onA.deploy("Counter");
    const args = [counter, 1n] as const;
    const manager = { address: devnet.description.l1.rollups, abi: managerAbi } as const;
    await onL1.write({ ...manager, functionName: "createProxy", args });
    const proxy = await onL1.publicClient.readContract({ ...manager, functionName: "proxyOf", args });
    caller = await onL1.deploy("CounterCaller", [proxy]);
    const bump = { address: caller, abi: counterCallerAbi, functionName: "bump" } as const;
    await onL1.write(bump);

    // What was taken back must not come again.
    const snapshot = await node.snapshot();
    await node.setBalance({ address: OTHER, value: 7n });
    await node.sendTransaction({ account: onL1.account.address, to: OTHER, value: 9n, chain: null });
    await node.revert({ id: snapshot });
    // Cheats, an impersonated sender, blocks by the thousand, and a clock that is ahead.
    await node.impersonateAccount({ address: STRANGER });
    await node.setBalance({ address: STRANGER, value: parseEther("2") });
    await node.sendTransaction({ account: STRANGER, to: OTHER, value: 5n, chain: null });
    await node.stopImpersonatingAccount({ address: STRANGER });
    await node.sendTransaction({ account: onL1.account.address, to: OTHER, value: 1n, chain: null });
    await node.setStorageAt({ address: OTHER, index: 1, value: `0x${"00".repeat(31)}2a` });
    await node.increaseTime({ seconds: 100_000 });
    await node.mine({ blocks: 1_000, interval: 3 });
    await onL1.write(bump);
    hashes = { l1: await blocks(node), a: await blocks(onA.publicClient) };
    clock = (await node.getBlock()).timestamp - BigInt(Math.floor(Date.now() / 1_000));
  });

  it("goes on from there with the same blocks, on L1 and on its rollups", async () => {
    await using devnet = await start();
    const node = nodeOf(devnet);
    const [onL1, onA] = [openDapp(devnet.description, 1), aOf(devnet)];
    expect((await blocks(node)).slice(0, hashes.l1.length)).to.deep.equal(hashes.l1);
    expect(await blocks(onA.publicClient)).to.deep.equal(hashes.a);
    expect(await node.getBalance({ address: OTHER })).to.equal(6n);
    expect(await node.getStorageAt({ address: OTHER, slot: "0x1" })).to.match(/2a$/);
    const count = { address: counter, abi: counterAbi, functionName: "count" } as const;
    expect(await onA.publicClient.readContract(count)).to.equal(2n);

    await onL1.write({ address: caller, abi: counterCallerAbi, functionName: "bump" });
    expect(await onA.publicClient.readContract(count)).to.equal(3n);
    const now = (await node.getBlock()).timestamp - BigInt(Math.floor(Date.now() / 1_000));
    expect(now >= clock - 2n && now <= clock + 60n, `${now} and ${clock}`).to.equal(true);
    hashes = { l1: await blocks(node), a: await blocks(onA.publicClient) };
  });

  it("goes on a second time, makes blocks by a timer, and refuses what could not happen again", async () => {
    await using devnet = await start({ blockTime: 0.5 });
    const node = nodeOf(devnet);
    expect((await blocks(node)).slice(0, hashes.l1.length)).to.deep.equal(hashes.l1);
    const before = await node.getBlockNumber({ cacheTime: 0 });
    const [user] = devnet.description.accounts;
    if (user === undefined) throw new Error("there is an account");
    const hash = await node.sendTransaction({ account: user.address, to: OTHER, value: 1n, chain: null });
    const { blockNumber } = await node.waitForTransactionReceipt({ hash, pollingInterval: 50 });
    expect(blockNumber > before).to.equal(true);
    for (const [method, params, advice] of [
      ["hardhat_reset", [], /remove the file/],
      ["evm_setIntervalMining", [1_000], /--block-time/],
      ["hardhat_becomeAnother", [], /not known/],
    ] as const) {
      const response = await fetch(devnet.description.l1.rpc, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      });
      const text = await response.text();
      expect(text).to.include("NOT_REPLAYABLE");
      expect(text).to.match(advice);
    }
  });

  it("has on the disk what a caller was told, at whatever moment it is killed", async () => {
    const killed = path.join(folder, "killed.state");
    const copy = (): void => {
      for (const suffix of ["", ".journal"]) copyFileSync(`${file}${suffix}`, `${killed}${suffix}`);
    };
    let told: { readonly l1: Hex[]; readonly a: Hex[] };
    {
      await using devnet = await start();
      const [node, onA] = [nodeOf(devnet), aOf(devnet)];
      const bump = { address: caller, abi: counterCallerAbi, functionName: "bump" } as const;
      // What was taken back must not come again, nor what came behind it be lost.
      const snapshot = await node.snapshot();
      await node.setBalance({ address: OTHER, value: 77n });
      await node.mine({ blocks: 2 });
      await node.revert({ id: snapshot });
      await openDapp(devnet.description, 1).write(bump);
      copy();
      told = { l1: await blocks(node), a: await blocks(onA.publicClient) };
    }
    expect(existsSync(`${file}.journal`), "stopped, it is one file").to.equal(false);
    {
      await using devnet = await start({ state: killed });
      expect(await blocks(nodeOf(devnet))).to.deep.equal(told.l1);
      expect(await blocks(aOf(devnet).publicClient)).to.deep.equal(told.a);
      expect(await nodeOf(devnet).getBalance({ address: OTHER })).to.not.equal(77n);
    }
  });

  it("is refused where it is of another devnet, damaged or of another version, and stays as it is", async () => {
    const text = readFileSync(file, "utf8");
    await expectCode(start({ rollups: [{ name: "B", kind: "evm" }] }), "DEVNET_STATE", /other rollups/);
    await expectCode(start({ predeploys: [] }), "DEVNET_STATE", /predeploys/);
    expect(readFileSync(file, "utf8")).to.equal(text);
    for (const [damaged, code, reason] of [
      [text.slice(0, -20), "DEVNET_STATE", /cut off/],
      [text.replace('"kind":"request"', '"kind":"requesT"'), "DEVNET_STATE", /changed/],
      ["", "DEVNET_STATE", /first line/],
      ["{", "DEVNET_STATE", /first line/],
      [text.replace("state.v1", "state.v0"), "UNSUPPORTED_FORMAT", /state\.v0/],
    ] as const) {
      writeFileSync(file, damaged);
      await expectCode(start(), code, reason);
      await expectCode(start(), code, /devnet\.state/);
      expect(readFileSync(file, "utf8")).to.equal(damaged);
    }
    writeFileSync(file, text);
  });

  it("keeps what it was where it cannot be written", async () => {
    const text = readFileSync(file, "utf8");
    // The name beside it, under which it is written first, is taken: as where the disk is full.
    mkdirSync(`${file}.new`);
    await expectCode(start(), "DEVNET_STATE", /cannot be written.*still there/);
    expect(readFileSync(file, "utf8")).to.equal(text);
    rmSync(`${file}.new`, { recursive: true });
    expect(existsSync(file)).to.equal(true);
  });
});
