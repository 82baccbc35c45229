import path from "node:path";
import { expect } from "chai";
import {
  Contract,
  ContractFactory,
  type ContractTransactionResponse,
  Interface,
  JsonRpcProvider,
  Wallet,
  WebSocketProvider,
} from "ethers";
import fc from "fast-check";
import { createHardhatRuntimeEnvironment, importUserConfig } from "hardhat/hre";
import type { HttpNetworkAccountsUserConfig } from "hardhat/types/config";
import {
  createPublicClient,
  encodeFunctionData,
  type Hex,
  parseAbi,
  parseEther,
  toHex,
  webSocket,
  type PublicClient,
} from "viem";
import { GATEWAY_KINDS } from "../../builder/node/kinds/index.ts";
import { startL1Gateway } from "../../builder/gateway/l1.ts";
import { startRollupGateway } from "../../builder/gateway/rollup.ts";
import type { Gateway } from "../../builder/gateway/server.ts";
import { evmChainIdOf } from "../../builder/protocol/evm-chain-id.ts";
import { accountAt, artefact } from "../core/setup.ts";
import { expectCode } from "../protocol/expect-code.ts";
import { clientsFor } from "../scenarios/support/clients.ts";
import { alice, bob, L1_CHAIN_ID, World } from "../scenarios/support/world.ts";

const unlocked = accountAt(5);
const nobody: Hex = `0x${"56".repeat(20)}`;
const keyOf = (index: number): Hex => toHex(accountAt(index).getHdKey().privateKey ?? new Uint8Array());

/** A real rollup, through its gateway, with the tools that people use. */
describe("evm rollup through its gateway", function () {
  this.timeout(300_000);
  let world: World;
  let gateway: Gateway;
  let l1Gateway: Gateway;
  let chainId: bigint;

  before(async () => {
    world = await World.start({ chains: ["L1", "A"] });
    const rollup = world.idOf("A");
    chainId = evmChainIdOf(L1_CHAIN_ID, rollup);
    gateway = await startRollupGateway(world.builder, {
      kinds: GATEWAY_KINDS,
      port: 0,
      rollup,
      accounts: [unlocked],
    });
    l1Gateway = await startL1Gateway(world.builder, {
      kinds: GATEWAY_KINDS,
      port: 0,
      accounts: [accountAt(6)],
    });
    for (const { address } of [alice, bob, unlocked, accountAt(4)]) {
      const to = { chain: "A", address } as const;
      await world.transfer({ on: "L1", by: alice, to, value: parseEther("1") });
    }
  });
  after(async () => {
    await gateway.close();
    await l1Gateway.close();
    await world.close();
  });

  async function rpc(url: string, method: string, params: readonly unknown[] = []) {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const answer: ReturnType<typeof JSON.parse> = JSON.parse(await response.text());
    return answer;
  }
  const clients = () => clientsFor(gateway.url, chainId);

  it("says that nothing proves it", async () => {
    const { result } = await rpc(gateway.url, "lockstep_status");
    expect(result.rollups[0]).to.deep.include({ kind: "evm", proof: "UNPROVEN" });
    expect((await rpc(gateway.url, "eth_chainId")).result).to.equal(toHex(chainId));
    await expectCode(
      startRollupGateway(world.builder, {
        kinds: GATEWAY_KINDS,
        port: 0,
        rollup: world.idOf("A"),
        chainId: 5n,
      }),
      "WRONG_CHAIN_ID",
    );
  });

  for (const [name, accounts, sender] of [
    ["accounts of the gateway", "remote", unlocked.address],
    ["private keys of its own", [keyOf(4)], accountAt(4).address],
  ] as const) {
    it(`is a network of a Hardhat project, with ${name}`, async () => {
      const counter = await world.deploy("L1", "Counter");
      const counterOnA = await world.addressOn(counter, "A");
      const { ethers, provider } = await connect(typeof accounts === "string" ? accounts : [...accounts]);
      const [signer] = await ethers.getSigners();
      expect(signer?.address).to.equal(sender);
      const caller = await ethers.deployContract("CounterCaller", [counterOnA]);
      await caller.waitForDeployment();
      expect(await caller.getFunction("bump").staticCall()).to.equal(1n);
      for (const count of [1n, 2n]) {
        const sent: ContractTransactionResponse = await caller.getFunction("bump")();
        const receipt = await sent.wait();
        expect(receipt?.status).to.equal(1);
        expect(await caller.getFunction("lastResult")()).to.equal(count);
        expect(await world.read(counter, "count")).to.equal(count);
        expect((await ethers.provider.getTransaction(sent.hash))?.blockNumber).to.equal(receipt?.blockNumber);
      }
      const club = await ethers.deployContract("FaultyCounter", []);
      await club.waitForDeployment();
      expect(BigInt(String(await provider.request({ method: "eth_chainId" })))).to.equal(chainId);
    });
  }

  async function connect(accounts: HttpNetworkAccountsUserConfig) {
    const root = path.resolve(import.meta.dirname, "../..");
    const config = path.join(root, "hardhat.config.ts");
    const networks = {
      lockstep: { type: "http", chainType: "l1", url: gateway.url, accounts },
    } as const;
    const user = await importUserConfig(config);
    const hre = await createHardhatRuntimeEnvironment({ ...user, networks }, { config }, root);
    return await hre.network.create({ network: "lockstep", chainType: "l1" });
  }

  it("serves ethers: deploy, events, reverts", async () => {
    // Blocks come sooner than ethers forgets an answer by itself, a nonce for example.
    const provider = new JsonRpcProvider(gateway.url, undefined, { pollingInterval: 50, cacheTimeout: -1 });
    const signer = new Wallet(keyOf(2), provider);
    const { abi, bytecode } = await artefact("DemoToken");
    const contractAbi = new Interface(JSON.stringify(abi));
    const factory = new ContractFactory(contractAbi, bytecode, signer);
    const token = await factory.deploy(accountAt(2).address, 1_000n);
    await token.waitForDeployment();
    const book = new Contract(await token.getAddress(), contractAbi, signer);
    const sent = await book.getFunction("transfer")(alice.address, 10n);
    const receipt = await sent.wait();
    const events = await book.queryFilter("Transfer", 0, "latest");
    expect(events.map(({ transactionHash }) => transactionHash)).to.include(receipt.hash);
    const tooMuch: unknown = await book
      .getFunction("transfer")
      .staticCall(alice.address, 1n << 200n)
      .catch((error: unknown) => error);
    expect(tooMuch).to.have.property("code", "CALL_EXCEPTION");
    provider.destroy();
  });

  it("takes transactions of types 0, 1, 2 and 4", async () => {
    const { reader, wallet } = clients();
    const writer = wallet(bob);
    const common = { to: alice.address, value: 1n } as const;
    const counter = await world.deploy("A", "Counter");
    const increment = encodeFunctionData({ abi: counter.abi, functionName: "increment" });
    const nonce = await reader.getTransactionCount({ address: bob.address });
    const authorization = await writer.signAuthorization({
      contractAddress: counter.address,
      nonce: nonce + 4,
    });
    const requests = [
      { ...common, type: "legacy" },
      { ...common, type: "eip2930", accessList: [{ address: alice.address, storageKeys: [] }] },
      { ...common, type: "eip1559" },
      {
        to: bob.address,
        data: increment,
        type: "eip7702",
        authorizationList: [authorization],
        gas: 200_000n,
      },
    ] as const;
    for (const request of requests) {
      const hash = await writer.sendTransaction(request);
      const receipt = await reader.waitForTransactionReceipt({ hash });
      expect(receipt).to.deep.include({ status: "success", type: request.type });
      expect(await reader.getTransaction({ hash })).to.deep.include({ type: request.type });
    }
    expect(await reader.getCode({ address: bob.address })).to.equal(
      `0xef0100${counter.address.slice(2).toLowerCase()}`,
    );
    expect(BigInt((await reader.getStorageAt({ address: bob.address, slot: "0x0" })) ?? "0x")).to.equal(1n);
  });

  it("estimates what suffices, and sees L1 in calls", async () => {
    const { reader } = clients();
    const plain = await reader.estimateGas({ account: alice.address, to: `0x${"12".repeat(20)}`, value: 1n });
    expect(plain).to.equal(21_000n);
    const counter = await world.deploy("L1", "Counter");
    const onA = await world.addressOn(counter, "A");
    const data = encodeFunctionData({ abi: counter.abi, functionName: "increment" });
    const { data: result } = await reader.call({ account: alice.address, to: onA, data });
    expect(result).to.equal(toHex(1, { size: 32 }));
    expect(await world.read(counter, "count")).to.equal(0n);
    const gas = await reader.estimateGas({ account: alice.address, to: onA, data });
    const hash = await clients().wallet(alice).sendTransaction({ to: onA, data, gas });
    expect((await reader.waitForTransactionReceipt({ hash })).status).to.equal("success");
    expect(await world.read(counter, "count")).to.equal(1n);
  });

  it("includes a transaction that reverts, and says so", async () => {
    const { reader, wallet } = clients();
    const { abi, bytecode } = await artefact("DemoToken");
    const deployed = await wallet(alice).deployContract({ abi, bytecode, args: [alice.address, 5n] });
    const { contractAddress } = await reader.waitForTransactionReceipt({ hash: deployed });
    const data = encodeFunctionData({ abi, functionName: "transfer", args: [bob.address, 6n] });
    const hash = await wallet(alice).sendTransaction({ to: contractAddress, data, gas: 100_000n });
    const receipt = await reader.waitForTransactionReceipt({ hash });
    expect(receipt.status).to.equal("reverted");
    const trace = await rpc(gateway.url, "debug_traceTransaction", [hash, { tracer: "callTracer" }]);
    expect(trace.result.error).to.equal("execution reverted");
  });

  it("refuses in words that wallets know", async () => {
    const { reader } = clients();
    const nonce = await reader.getTransactionCount({ address: alice.address });
    const common = { chainId: Number(chainId), type: "eip1559", to: bob.address, gas: 21_000n } as const;
    const refusal = async (more: { nonce: number; value?: bigint; gas?: bigint }) => {
      const raw = await alice.signTransaction({ ...common, ...more });
      return (await rpc(gateway.url, "eth_sendRawTransaction", [raw])).error;
    };
    expect((await refusal({ nonce: nonce - 1 })).data.code).to.equal("NONCE_TOO_LOW");
    expect((await refusal({ nonce: nonce + 1 })).data.code).to.equal("NONCE_TOO_HIGH");
    expect((await refusal({ nonce, value: parseEther("100") })).data.code).to.equal("INSUFFICIENT_FUNDS");
    expect((await refusal({ nonce, gas: (1n << 24n) + 1n })).data.code).to.equal("MALFORMED_TRANSACTION");
    expect((await refusal({ nonce, gas: 20_000n })).data.code).to.equal("INVALID_L2_TRANSACTION");
  });

  it("shows calls from L1 as transactions that name it", async () => {
    const { reader } = clients();
    const receiver = { chain: "A", address: `0x${"34".repeat(20)}` } as const;
    const { hash } = await world.transfer({ on: "L1", by: alice, to: receiver, value: 7n });
    const block = await reader.getBlock({ includeTransactions: true });
    const [shown] = block.transactions;
    expect(shown).to.deep.include({ typeHex: "0x7e", to: receiver.address, value: 7n });
    expect(shown).to.have.nested.property("lockstep.l1TransactionHash", hash);
    expect(shown).to.have.nested.property("lockstep.sourceChain", "0x0");
    expect(
      String(
        (await rpc(gateway.url, "eth_getTransactionByHash", [shown?.hash])).result.lockstep.sourceSender,
      ),
    ).to.equal(alice.address.toLowerCase());
    expect(await reader.getBalance({ address: receiver.address })).to.equal(7n);
  });

  it("goes back with L1, and forward again", async () => {
    const { reader, wallet } = clients();
    const { node } = world.l1;
    const before = await reader.getBlock();
    const feed = (await rpc(gateway.url, "eth_newBlockFilter")).result;
    const snapshot = await node.snapshot();
    const hash = await wallet(alice).sendTransaction({ to: nobody, value: 1n });
    await reader.waitForTransactionReceipt({ hash });
    const undone = await reader.getBlock();
    expect((await rpc(gateway.url, "eth_getFilterChanges", [feed])).result).to.deep.equal([undone.hash]);
    await node.revert({ id: snapshot });
    // What L1 no longer holds is included again.
    await reader.waitForTransactionReceipt({ hash });
    const latest = await reader.getBlock();
    expect(latest).to.deep.include({
      number: undone.number,
      parentHash: before.hash,
      transactions: [hash],
    });
    // In the same second it is the very same block, which the filter tells of again if it looked while the
    // rollup had gone back.
    const again = (await rpc(gateway.url, "eth_getFilterChanges", [feed])).result;
    if (latest.hash !== undone.hash || again.length !== 0) expect(again).to.deep.equal([latest.hash]);
    const next = await wallet(alice).sendTransaction({ to: nobody, value: 2n });
    await reader.waitForTransactionReceipt({ hash: next });
    expect((await reader.getBlock()).parentHash).to.equal(latest.hash);
  });

  describe("subscriptions", () => {
    const until = async (done: () => boolean) => {
      for (let waited = 0; !done() && waited < 200; waited++)
        await new Promise((resolve) => setTimeout(resolve, 50));
    };

    for (const chain of ["L1", "A"] as const) {
      it(`on ${chain}'s gateway, with viem and ethers`, async () => {
        const { url } = chain === "L1" ? l1Gateway : gateway;
        const socketUrl = url.replace("http", "ws");
        const token = await world.deploy(chain, "DemoToken", [accountAt(0).address, 100n]);
        const viem: PublicClient = createPublicClient({ transport: webSocket(socketUrl) });
        const ethers = new WebSocketProvider(socketUrl);
        const seen = new Set<string>();
        const unwatchBlocks = viem.watchBlockNumber({ onBlockNumber: () => seen.add("viem block") });
        const unwatchEvents = viem.watchEvent({
          address: token.address,
          event: parseAbi(["event Transfer(address indexed from, address indexed to, uint256 value)"])[0],
          onLogs: (logs) => logs.forEach(({ args }) => seen.add(`viem log ${String(args.value)}`)),
        });
        const unwatchPending = viem.watchPendingTransactions({
          onTransactions: (hashes) => hashes.forEach((hash) => seen.add(hash)),
        });
        await ethers.on("block", () => seen.add("ethers block"));
        await ethers.on({ address: token.address }, () => seen.add("ethers log"));
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        const args = [bob.address, 3n];
        const data = encodeFunctionData({ abi: token.abi, functionName: "transfer", args });
        const by = accountAt(0);
        const id = chain === "L1" ? L1_CHAIN_ID : chainId;
        const hash = await clientsFor(url, id).wallet(by).sendTransaction({ to: token.address, data });
        const wanted = ["viem block", "viem log 3", "ethers block", "ethers log", hash];
        await until(() => wanted.every((each) => seen.has(each)));
        expect([...seen]).to.include.members(wanted);
        for (const unwatch of [unwatchBlocks, unwatchEvents, unwatchPending]) unwatch();
        await ethers.destroy();
        (await viem.transport.getRpcClient()).close();
      });
    }
  });

  it("says that a creation's or a call's value is more than its sender has", async () => {
    for (const method of ["eth_call", "eth_estimateGas"])
      for (const to of [{}, { to: alice.address }]) {
        const params = [{ from: `0x${"57".repeat(20)}`, value: "0xc0dfd", ...to }];
        const { error } = await rpc(gateway.url, method, params);
        expect(error.message, `${method} ${JSON.stringify(to)}`).to.match(/value is 790013, 0x57\w+ has 0/);
        // L1's node knows better than the simulation what a call says that crosses nothing.
        const onL1 = JSON.stringify(await rpc(l1Gateway.url, method, params));
        expect(onL1).to.not.match(/internal error of the gateway/);
      }
  });

  it("answers any parameters with what is wrong", async () => {
    const methods = [
      "eth_call",
      "eth_estimateGas",
      "eth_sendRawTransaction",
      "eth_sendTransaction",
      "debug_traceTransaction",
    ];
    const hex = fc
      .oneof(fc.constantFrom(0, 1, 20, 32, 33), fc.nat(64))
      .chain((size) => fc.uint8Array({ minLength: size, maxLength: size }))
      .map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);
    const address = fc.constantFrom(
      alice.address,
      unlocked.address,
      accountAt(6).address,
      `0x${"00".repeat(19)}09`,
      `0x${"00".repeat(12)}4c6f636b73746570`,
    );
    const quantity = fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }).map((value) => toHex(value));
    const odd = fc.oneof(hex, fc.constantFrom("latest", "pending"), fc.jsonValue({ maxDepth: 3 }));
    const number = fc.oneof(quantity, fc.nat(9).map(toHex), odd);
    const authorization = fc.record({
      address,
      chainId: quantity,
      nonce: quantity,
      yParity: quantity,
      r: quantity,
      s: quantity,
    });
    const call = fc.record(
      {
        from: address,
        to: address,
        data: hex,
        value: number,
        gas: number,
        gasPrice: number,
        maxFeePerGas: number,
        maxPriorityFeePerGas: number,
        nonce: number,
        accessList: fc.array(fc.record({ address, storageKeys: fc.array(hex, { maxLength: 2 }) }), {
          maxLength: 2,
        }),
        authorizationList: fc.array(authorization, { maxLength: 2 }),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...methods),
        fc.array(fc.oneof(call, hex, odd), { maxLength: 3 }),
        fc.boolean(),
        async (method, params, isOnL1) => {
          const answer = await rpc((isOnL1 ? l1Gateway : gateway).url, method, params);
          if ("result" in answer) return;
          expect(answer.error.message, method)
            .to.be.a("string")
            .and.not.match(/internal error of the gateway/);
        },
      ),
      { numRuns: 200 },
    );
  });
});
