import { expect } from "chai";
import { type Address, createPublicClient, http, parseEther } from "viem";
import { SYSTEM } from "../../builder/kinds/evm/system.ts";
import { developmentAccount } from "../../builder/devnet/accounts.ts";
import { type Devnet, startDevnet } from "../../builder/devnet/devnet.ts";
import { readFork } from "../../builder/devnet/fork.ts";
import { counterAbi, counterCallerAbi, managerAbi } from "../../builder/devnet/tour/abi.ts";
import { type Dapp, openDapp } from "../../builder/devnet/tour/dapp.ts";
import { prepareArtefacts } from "../../builder/node/artefacts.ts";
import { Deployer } from "../../builder/node/deployment/deployer.ts";
import { freePorts, HOST } from "../../builder/node/ports.ts";
import { anvilMissing, startAnvil } from "../post/nodes.ts";
import { expectCode } from "../protocol/expect-code.ts";

/** Stands for a public chain: another chain id, and what others did there. */
const REMOTE_CHAIN_ID = 1;

const title = "a devnet that is a fork";

describe(anvilMissing === undefined ? title : `${title}: ${anvilMissing}`, function () {
  this.timeout(300_000);
  const cleanup = new AsyncDisposableStack();
  let remote: Deployer;
  let url: string;
  let counter: Address;
  let forkedBlock: bigint;
  let devnet: Devnet;
  let onL1: Dapp;
  let onA: Dapp;

  const count = async (dapp: Pick<Dapp, "publicClient">): Promise<bigint> =>
    await dapp.publicClient.readContract({ address: counter, abi: counterAbi, functionName: "count" });

  before(async function () {
    if (anvilMissing !== undefined) this.skip();
    // A process of its own, as a public chain's node is: two of Hardhat's nodes in one starve each other.
    const node = await startAnvil(REMOTE_CHAIN_ID);
    cleanup.defer(() => node.close());
    url = node.url;
    remote = new Deployer(url, developmentAccount(3));
    counter = await remote.create("examples/Counter.sol");
    for (let each = 0; each < 2; each++)
      await remote.call(counter, { abi: counterAbi, functionName: "increment", args: [] });
    forkedBlock = await remote.client.getBlockNumber();
    // What comes later on that chain is not the devnet's.
    await remote.call(counter, { abi: counterAbi, functionName: "increment", args: [] });

    devnet = await startDevnet({
      rollups: [{ name: "A", kind: "evm" }],
      ports: await freePorts(1),
      circuits: await prepareArtefacts(),
      fork: await readFork({ url, block: forkedBlock }),
    });
    cleanup.use(devnet);
    const [a] = devnet.description.rollups;
    if (a === undefined) throw new Error("the devnet has a rollup");
    onL1 = openDapp(devnet.description, 3);
    onA = openDapp(devnet.description, 3, a);
  });
  after(() => cleanup.disposeAsync());

  it("says which block of which chain it comes from, and has a chain id of its own", async () => {
    const { l1 } = devnet.description;
    expect(l1.fork).to.deep.equal({ chainId: REMOTE_CHAIN_ID, block: Number(forkedBlock) });
    expect(l1.chainId).to.equal(31337);
    expect(await onL1.publicClient.getChainId()).to.equal(31337);
    expect(JSON.stringify(devnet.description)).not.to.include(url);
  });

  it("lets a dApp go on with what was there, and leaves the other chain as it is", async () => {
    expect(await count(onL1)).to.equal(2n);
    await onL1.write({ address: counter, abi: counterAbi, functionName: "increment" });
    expect(await count(onL1)).to.equal(3n);
    expect(await count({ publicClient: createPublicClient({ transport: http(url) }) })).to.equal(3n);
    expect(await remote.client.getBlockNumber()).to.equal(forkedBlock + 1n);
    // The account goes on with the nonce that it had there at that block.
    const { address } = developmentAccount(3);
    expect(await onL1.publicClient.getTransactionCount({ address })).to.equal(4);
    expect(await onA.publicClient.getBalance({ address })).to.equal(parseEther("100"));
  });

  it("has contracts of the other chain called from a rollup, in one transaction", async () => {
    const args = [counter, 0n] as const;
    await onA.write({ address: SYSTEM, abi: managerAbi, functionName: "createProxy", args });
    const proxy = await onA.publicClient.readContract({
      address: SYSTEM,
      abi: managerAbi,
      functionName: "proxyOf",
      args,
    });
    const caller = await onA.deploy("CounterCaller", [proxy]);
    const before = await count(onL1);
    await onA.write({ address: caller, abi: counterCallerAbi, functionName: "bump" });
    expect(await count(onL1)).to.equal(before + 1n);
    const last = { address: caller, abi: counterCallerAbi, functionName: "lastResult" } as const;
    expect(await onA.publicClient.readContract(last)).to.equal(before + 1n);
  });

  it("is refused where there is no such block, or no node", async () => {
    await expectCode(
      readFork({ url, block: 1_000n }),
      "FORK",
      new RegExp(`newest is ${forkedBlock + 1n}\\b`),
    );
    const { rpc } = await freePorts(0);
    await expectCode(readFork({ url: `http://${HOST}:${rpc}` }), "FORK");
  });

  it("begins with the newest block where none is named", async () => {
    expect(await readFork({ url })).to.include({ block: forkedBlock + 1n, chainId: REMOTE_CHAIN_ID });
  });
});
