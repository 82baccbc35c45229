import { expect } from "chai";
import {
  concatHex,
  encodeFunctionData,
  type Hex,
  isHex,
  padHex,
  parseEventLogs,
  toHex,
  zeroAddress,
} from "viem";
import { z } from "zod";
import type { Contract } from "../scenarios/support/scenario-chains.ts";
import { alice, bob, carol, World } from "../scenarios/support/world.ts";
import { deployBuilt, readBuilt } from "./built.ts";

const SAFE = "@safe-global/safe-contracts/build/artifacts/contracts";
const ACCOUNTS = "@account-abstraction/contracts/artifacts";
const ENTRY_POINT = "0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108";

const creation = z.object({ proxy: z.custom<Hex>((value) => isHex(value)) });

/** Accounts that are contracts on A, and what they do on L1. */
describe("wallets from npm, across chains", function () {
  this.timeout(600_000);
  let world: World;
  let counter: Contract;

  before(async () => {
    world = await World.start({ chains: ["L1", "A"], evm: { A: { predeploys: ["entrypoint-0.8"] } } });
    counter = await world.deploy("L1", "Counter");
  });
  after(() => world.close());

  const increment = async () => await world.encode({ to: counter, call: "increment" });

  it("a Safe on A that an account of L1 owns calls a contract on L1", async () => {
    const singleton = await deployBuilt(world, "A", `${SAFE}/Safe.sol/Safe.json`);
    const factory = await deployBuilt(
      world,
      "A",
      `${SAFE}/proxies/SafeProxyFactory.sol/SafeProxyFactory.json`,
    );
    const owner = await world.addressOn({ chain: "L1", address: alice.address }, "A");
    const setup = encodeFunctionData({
      abi: singleton.abi,
      functionName: "setup",
      args: [[owner, bob.address], 2n, zeroAddress, "0x", zeroAddress, zeroAddress, 0n, zeroAddress],
    });
    const create = [singleton.address, setup, 0n];
    const made = await world.send({
      on: "A",
      by: bob,
      to: factory,
      call: "createProxyWithNonce",
      args: create,
    });
    const { logs } = await world.endpoint("A").clients.reader.getTransactionReceipt({ hash: made.hash });
    const [created] = parseEventLogs({ abi: factory.abi, eventName: "ProxyCreation", logs });
    const { proxy } = creation.parse(created?.args);
    const safe: Contract = { chain: "A", address: proxy, abi: singleton.abi };

    const to = await world.addressOn(counter, "A");
    const data = await increment();
    const call = [to, 0n, data, 0, 0n, 0n, 0n, zeroAddress, zeroAddress] as const;
    const { reader } = world.endpoint("A").clients;
    const digest = await reader.readContract({
      ...safe,
      functionName: "getTransactionHash",
      args: [...call, 0n],
    });
    // Alice is who calls, through her proxy; bob has signed.
    const approved = concatHex([padHex(owner), padHex("0x"), "0x01"]);
    const signed = await bob.sign({ hash: `0x${String(digest).slice(2)}` });
    const inOrder = [
      { by: owner, signature: approved },
      { by: bob.address, signature: signed },
    ].sort((one, other) => (one.by.toLowerCase() < other.by.toLowerCase() ? -1 : 1));
    const signatures = concatHex(inOrder.map(({ signature }) => signature));
    const before = await world.read(counter, "count");
    await world.send({ on: "L1", by: alice, to: safe, call: "execTransaction", args: [...call, signatures] });
    expect(await world.read(counter, "count")).to.equal(BigInt(String(before)) + 1n);
    const [event] = await world
      .endpoint("L1")
      .clients.reader.getContractEvents({ ...counter, fromBlock: 0n });
    const safeOnL1 = await world.knownAs(safe, "L1");
    expect(event).to.have.nested.property("args.by", safeOnL1);
  });

  it("an ERC-4337 account on A, made by its first operation, calls a contract on L1", async () => {
    const { abi: entryPointAbi } = await readBuilt(`${ACCOUNTS}/EntryPoint.json`);
    const { abi: accountAbi } = await readBuilt(`${ACCOUNTS}/SimpleAccount.json`);
    const entryPoint: Contract = { chain: "A", address: ENTRY_POINT, abi: entryPointAbi };
    const factory = await deployBuilt(world, "A", `${ACCOUNTS}/SimpleAccountFactory.json`, [ENTRY_POINT]);
    const sender =
      `0x${String(await world.read(factory, "getAddress", [bob.address, 0n])).slice(2)}` as const;
    const create = encodeFunctionData({ ...factory, functionName: "createAccount", args: [bob.address, 0n] });
    const operation = {
      sender,
      nonce: 0n,
      initCode: concatHex([factory.address, create]),
      callData: encodeFunctionData({
        abi: accountAbi,
        functionName: "execute",
        args: [await world.addressOn(counter, "A"), 0n, await increment()],
      }),
      // Gas to verify, and of the call.
      accountGasLimits: concatHex([
        padHex(toHex(2_000_000n), { size: 16 }),
        padHex(toHex(1_000_000n), { size: 16 }),
      ]),
      preVerificationGas: 0n,
      gasFees: padHex("0x"),
      paymasterAndData: "0x",
    } as const;
    const { reader } = world.endpoint("A").clients;
    const hash = await reader.readContract({
      ...entryPoint,
      functionName: "getUserOpHash",
      args: [{ ...operation, signature: "0x" }],
    });
    const signature = await bob.sign({ hash: `0x${String(hash).slice(2)}` });
    const before = await world.read(counter, "count");
    const data = encodeFunctionData({
      abi: entryPointAbi,
      functionName: "handleOps",
      args: [[{ ...operation, signature }], carol.address],
    });
    const sent = await world.transfer({ on: "A", by: carol, to: entryPoint, data });
    const operated = sent.events(entryPoint).find(({ name }) => name === "UserOperationEvent");
    expect(operated?.args).to.include({ sender, success: true });
    expect(await world.read(counter, "count")).to.equal(BigInt(String(before)) + 1n);
    const events = await world.endpoint("L1").clients.reader.getContractEvents({ ...counter, fromBlock: 0n });
    expect(events.at(-1)).to.have.nested.property(
      "args.by",
      await world.knownAs({ chain: "A", address: sender }, "L1"),
    );
  });
});
