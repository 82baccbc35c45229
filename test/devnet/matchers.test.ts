import path from "node:path";
import { expect, use } from "chai";
import type { Contract } from "ethers";
import { createHardhatRuntimeEnvironment, importUserConfig } from "hardhat/hre";
import { type Devnet, startDevnet } from "../../builder/devnet/devnet.ts";
import { DEVNET_ROLLUPS } from "../../builder/devnet/devnet-rollups.ts";
import { SYSTEM } from "../../builder/kinds/evm/system.ts";
import { compileContracts } from "../../builder/node/deployment/compile.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { included } from "../../packages/hardhat/src/matchers/sent.ts";
import { lockstepMatchers } from "../../packages/hardhat/src/matchers/index.ts";

const PROXIES = [
  "function createProxy(address original, uint64 rollup) returns (address)",
  "function proxyOf(address original, uint64 rollup) view returns (address)",
];
const BOB = "0x0000000000000000000000000000000000000B0b";

describe("chai matchers on transactions across chains", function () {
  this.timeout(240_000);
  let devnet: Devnet;
  let l1: Awaited<ReturnType<typeof connect>>;
  let a: Awaited<ReturnType<typeof connect>>;
  /** A token on A, one on L1, and what stands for each on the other chain. */
  let onA: Contract;
  let onL1: Contract;
  let onAFromL1: Contract;
  let onL1FromA: Contract;
  /** What stands for the user on A, and for BOB at home on A on L1. */
  let userOnA: string;
  let bobFromL1: string;

  async function connect(url: string) {
    const root = path.resolve(import.meta.dirname, "../..");
    const config = path.join(root, "hardhat.config.ts");
    const networks = { chain: { type: "http", chainType: "l1", url, accounts: "remote" } } as const;
    const user = await importUserConfig(config);
    const hre = await createHardhatRuntimeEnvironment({ ...user, networks }, { config }, root);
    return await hre.network.create({ network: "chain", chainType: "l1" });
  }

  before(async () => {
    await compileContracts();
    devnet = await startDevnet({ ports: await freePorts(DEVNET_ROLLUPS.length), proofs: "none" });
    const { l1: first, rollups } = devnet.description;
    const second = rollups.find(({ name }) => name === "A");
    if (second === undefined) throw new Error("the devnet has no A");
    [l1, a] = [await connect(first.gateway), await connect(second.gateway)];
    use(lockstepMatchers);
    const proxiesOnL1 = await l1.ethers.getContractAt(PROXIES, first.rollups);
    const proxiesOnA = await a.ethers.getContractAt(PROXIES, SYSTEM);
    const [user] = await l1.ethers.getSigners();
    if (user === undefined) throw new Error("the gateway has no accounts");
    onA = await token(a);
    onL1 = await token(l1);
    onAFromL1 = await across(l1, proxiesOnL1, await onA.getAddress(), second.id);
    onL1FromA = await across(a, proxiesOnA, await onL1.getAddress(), 0);
    // Who calls across is a proxy there: it has what is to be moved.
    userOnA = await (await across(a, proxiesOnA, user.address, 0)).getAddress();
    const userOnL1 = await across(l1, proxiesOnL1, user.address, second.id);
    await sent(onA.getFunction("transfer")(userOnA, 100n));
    await sent(onL1.getFunction("transfer")(await userOnL1.getAddress(), 100n));
    const bob = await across(l1, proxiesOnL1, BOB, second.id);
    bobFromL1 = await bob.getAddress();
  });
  after(async () => {
    await devnet[Symbol.asyncDispose]();
  });
  async function sent(transaction: Promise<unknown>): Promise<void> {
    await included(transaction);
  }
  async function token({ ethers }: typeof l1): Promise<Contract> {
    const [holder] = await ethers.getSigners();
    const deployed = await ethers.deployContract("DemoToken", [holder?.address ?? BOB, 1_000n]);
    await deployed.waitForDeployment();
    return await ethers.getContractAt("DemoToken", await deployed.getAddress());
  }
  async function across({ ethers }: typeof l1, proxies: Contract, original: string, chain: number) {
    await sent(proxies.getFunction("createProxy")(original, chain));
    const address: unknown = await proxies.getFunction("proxyOf")(original, chain);
    return await ethers.getContractAt("DemoToken", String(address));
  }
  async function failureOf(assertion: PromiseLike<unknown>): Promise<string> {
    const failure = await Promise.resolve(assertion).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure instanceof Error) return failure.message;
    throw new Error("the assertion holds");
  }

  it("see events on the rollup that a transaction of L1 called", async () => {
    const transfer = onAFromL1.getFunction("transfer");
    await expect(transfer(BOB, 1n)).to.emit(onA, "Transfer");
    await expect(transfer(BOB, 2n)).to.emit(onA, "Transfer").withArgs(userOnA, BOB, 2n);
    expect(await failureOf(expect(transfer(BOB, 3n)).to.not.emit(onA, "Transfer"))).to.include(
      "NOT to be emitted",
    );
    expect(await failureOf(expect(transfer(BOB, 4n)).to.emit(onA, "Approval"))).to.include("but it wasn't");
  });

  it("see events on L1 of a transaction signed for a rollup, and only its own", async () => {
    const transfer = onL1FromA.getFunction("transfer");
    await expect(transfer(BOB, 1n)).to.emit(onL1, "Transfer");
    const [first, second] = await Promise.all([transfer(BOB, 2n), onA.getFunction("transfer")(BOB, 2n)]);
    await expect(Promise.resolve(first)).to.emit(onL1, "Transfer");
    await expect(Promise.resolve(second)).to.not.emit(onL1, "Transfer");
    await expect(Promise.resolve(second)).to.emit(onA, "Transfer");
  });

  it("do not wait for ever for a chain that the transaction did not touch", async () => {
    const plain = onL1.getFunction("transfer");
    await expect(plain(BOB, 1n)).to.not.emit(onA, "Transfer");
    expect(await failureOf(expect(plain(BOB, 1n)).to.emit(onA, "Transfer"))).to.include("but it wasn't");
    await expect(plain(BOB, 1n)).to.emit(onL1, "Transfer");
  });

  it("see balances of tokens change on every chain", async () => {
    const [user] = await l1.ethers.getSigners();
    if (user === undefined) throw new Error("the gateway has no accounts");
    await expect(onAFromL1.getFunction("transfer")(BOB, 5n)).to.changeTokenBalance(a.ethers, onA, BOB, 5n);
    await expect(onAFromL1.getFunction("transfer")(BOB, 5n)).to.changeTokenBalances(
      l1.ethers,
      onL1,
      [user, BOB],
      [0n, 0n],
    );
    await expect(onL1FromA.getFunction("transfer")(BOB, 6n)).to.changeTokenBalance(l1.ethers, onL1, BOB, 6n);
    await expect(onL1.getFunction("transfer")(BOB, 7n)).to.changeTokenBalances(
      l1.ethers,
      onL1,
      [user, BOB],
      [-7n, 7n],
    );
    const wrong = expect(onAFromL1.getFunction("transfer")(BOB, 5n)).to.changeTokenBalance(
      a.ethers,
      onA,
      BOB,
      6n,
    );
    expect(await failureOf(wrong)).to.include("to be 6, but it is 5");
  });

  it("see Ether move across chains, on both sides, behind the batch in the same block", async () => {
    const [user] = await l1.ethers.getSigners();
    if (user === undefined) throw new Error("the gateway has no accounts");
    const send = () => user.sendTransaction({ to: bobFromL1, value: 9n });
    await expect(send()).to.changeEtherBalance(a.ethers, BOB, 9n);
    await expect(send).to.changeEtherBalances(l1.ethers, [user, bobFromL1], [-9n, 0n]);
    await expect(send()).to.changeEtherBalance(l1.ethers, user, -9n);
    await expect(send()).to.not.changeEtherBalance(a.ethers, BOB, 8n);
    await expect(send()).to.changeEtherBalance(a.ethers, BOB, (change: bigint) => change > 8n);
  });
});
