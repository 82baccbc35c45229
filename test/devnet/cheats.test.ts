import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import { createHardhatRuntimeEnvironment, importUserConfig } from "hardhat/hre";
import {
  type Address,
  createPublicClient,
  createTestClient,
  createWalletClient,
  encodeFunctionData,
  getAddress,
  type Hex,
  http,
  numberToHex,
  parseAbi,
  parseEther,
} from "viem";
import { createBuilder } from "../../builder/core/builder.ts";
import { developmentAccount } from "../../builder/devnet/accounts.ts";
import { type Devnet, startDevnet } from "../../builder/devnet/devnet.ts";
import { DEVNET_ROLLUPS } from "../../builder/devnet/devnet-rollups.ts";
import { makeFirstCall } from "../../builder/devnet/tour/first-call.ts";
import { noProver } from "../../builder/devnet/no-prover.ts";
import { CHEATS } from "../../builder/kinds/evm/cheats/account.ts";
import { createEvmKind } from "../../builder/kinds/evm/index.ts";
import { startRollupGateway } from "../../builder/gateway/rollup.ts";
import { encodeCheat } from "../../builder/kinds/evm/cheats/envelope.ts";
import { SYSTEM } from "../../builder/kinds/evm/system.ts";
import { connectL1 } from "../../builder/l1/client.ts";
import { PREDEPLOY_NAMES } from "../../builder/kinds/evm/genesis/names.ts";
import { compiledContract } from "../../builder/node/deployment/contracts.ts";
import { compileContracts } from "../../builder/node/deployment/compile.ts";
import { builderRollup, deployedKinds, GATEWAY_KINDS, provenBy } from "../../builder/node/kinds/index.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { chainId } from "../../builder/protocol/ids.ts";
import { castAt } from "../tools/foundry.ts";

const ALICE: Address = "0x00000000000000000000000000000000000a11ce";
const WORD: Hex = `0x${"00".repeat(31)}2a`;

describe("cheats on rollups of a devnet without proofs", function () {
  this.timeout(240_000);
  let devnet: Devnet;

  before(async () => {
    await compileContracts();
    devnet = await startDevnet({ ports: await freePorts(DEVNET_ROLLUPS.length), proofs: "none" });
  });
  after(async () => {
    await devnet[Symbol.asyncDispose]();
  });

  const rollup = (name: string) => {
    const found = devnet.description.rollups.find((each) => each.name === name);
    if (found === undefined) throw new Error(`the devnet has no ${name}`);
    return found;
  };
  const at = (url: string) => {
    const transport = http(url, { timeout: 60_000 });
    const pollingInterval = 20;
    return {
      reader: createPublicClient({ transport, pollingInterval, cacheTime: 0 }),
      node: createTestClient({ mode: "hardhat", transport }),
      anvil: createTestClient({ mode: "anvil", transport }),
      rpc: async (method: string, ...params: unknown[]): Promise<unknown> =>
        await createPublicClient({ transport }).transport.request({ method, params }, { retryCount: 0 }),
    };
  };
  const refusal = async (asked: Promise<unknown>): Promise<{ code: number; message: string }> => {
    const outcome = await asked.then(
      (result) => ({ code: 0, message: `it answered ${JSON.stringify(result)}` }),
      (error: unknown) => {
        const cause = error instanceof Error && "cause" in error ? error.cause : error;
        const code = cause instanceof Object && "code" in cause ? Number(cause.code) : Number.NaN;
        return { code, message: error instanceof Error ? error.message : String(error) };
      },
    );
    expect(outcome.code, outcome.message).to.not.equal(0);
    return outcome;
  };
  const l1EtherOf = async (id: number): Promise<bigint> => {
    const { etherBalance } = await connectL1(devnet.description.l1.rpc).readContract({
      address: devnet.description.l1.rollups,
      abi: rollupsAbi,
      functionName: "rollupOf",
      args: [BigInt(id)],
    });
    return etherBalance;
  };
  const hardhatOf = async (url: string) => {
    const root = path.resolve(import.meta.dirname, "../..");
    const config = path.join(root, "hardhat.config.ts");
    const networks = { rollup: { type: "http", chainType: "l1", url, accounts: "remote" } } as const;
    const user = await importUserConfig(config);
    const hre = await createHardhatRuntimeEnvironment({ ...user, networks }, { config }, root);
    return await hre.network.create({ network: "rollup", chainType: "l1" });
  };

  it("set balance, nonce, code and storage as hardhat-network-helpers ask, also where Solidity is proven", async () => {
    const { deployedBytecode } = await compiledContract("examples/Counter.sol");
    for (const name of ["A", "C"]) {
      const { networkHelpers, provider } = await hardhatOf(rollup(name).gateway);
      const { reader } = at(rollup(name).gateway);
      await networkHelpers.setBalance(ALICE, parseEther("5"));
      expect(await reader.getBalance({ address: ALICE }), name).to.equal(parseEther("5"));
      await networkHelpers.setBalance(ALICE, parseEther("2"));
      expect(await reader.getBalance({ address: ALICE }), name).to.equal(parseEther("2"));
      await networkHelpers.setNonce(ALICE, 7);
      expect(await reader.getTransactionCount({ address: ALICE }), name).to.equal(7);
      await networkHelpers.setCode(ALICE, deployedBytecode);
      expect(await reader.getCode({ address: ALICE }), name).to.equal(deployedBytecode);
      await networkHelpers.setStorageAt(ALICE, 0, 42);
      expect(await networkHelpers.getStorageAt(ALICE, 0), name).to.equal(WORD);
      const data = encodeFunctionData({
        abi: parseAbi(["function count() view returns (uint256)"]),
        functionName: "count",
      });
      expect((await reader.call({ to: ALICE, data })).data, name).to.equal(WORD);
      await networkHelpers.setCode(ALICE, "0x");
      expect(await reader.getCode({ address: ALICE }), name).to.equal(undefined);
      await expectSameRoot(name);
      await provider.close();
    }
  });

  it("answer to anvil's names as well", async () => {
    const { anvil, reader } = at(rollup("B").gateway);
    await anvil.setBalance({ address: ALICE, value: 3n });
    await anvil.setNonce({ address: ALICE, nonce: 3 });
    await anvil.setStorageAt({ address: ALICE, index: 1, value: WORD });
    expect(await reader.getBalance({ address: ALICE })).to.equal(3n);
    expect(await reader.getTransactionCount({ address: ALICE })).to.equal(3);
    expect(await reader.getStorageAt({ address: ALICE, slot: "0x1" })).to.equal(WORD);
  });

  it("make no Ether: what all accounts have is what L1 holds for the rollup", async () => {
    const { id, gateway } = rollup("B");
    const { node, reader } = at(gateway);
    const users = devnet.description.accounts.map(({ address }) => address);
    const sum = async () => {
      const balances = await Promise.all(
        [...users, CHEATS, ALICE].map((address) => reader.getBalance({ address })),
      );
      return balances.reduce((total, balance) => total + balance, 0n);
    };
    for (const value of [parseEther("2500000"), 1n, parseEther("10"), 0n]) {
      await node.setBalance({ address: ALICE, value });
      expect(await reader.getBalance({ address: ALICE })).to.equal(value);
      expect(await sum()).to.equal(await l1EtherOf(id));
    }
    const { message } = await refusal(node.setBalance({ address: ALICE, value: 1n << 128n }));
    expect(message).to.include("below 2^128");
  });

  it("impersonate accounts and contracts, which sign nothing and pay no fee", async () => {
    const { gateway, contract } = rollup("A");
    const { node, reader, rpc } = at(gateway);
    const wallet = createWalletClient({ transport: http(gateway) });
    const to = developmentAccount(3).address;
    const before = await reader.getBalance({ address: to });
    const send = async (from: Address) =>
      await wallet.sendTransaction({ account: from, chain: null, to, value: 9n });
    expect((await refusal(send(ALICE))).message).to.include("unknown account");
    await node.setBalance({ address: ALICE, value: 20n });
    await node.setCode({ address: ALICE, bytecode: "0x00" });
    await node.impersonateAccount({ address: ALICE });
    const hash = await send(ALICE);
    const receipt = await reader.waitForTransactionReceipt({ hash });
    expect(receipt).to.deep.include({ status: "success", from: ALICE, to: to.toLowerCase() });
    expect(await reader.getBalance({ address: to })).to.equal(before + 9n);
    expect(await reader.getBalance({ address: ALICE })).to.equal(11n);
    const shown = await reader.getTransaction({ hash });
    expect(shown).to.deep.include({ from: ALICE, nonce: 7, value: 9n, typeHex: "0x7d" });
    expect(shown).to.have.deep.nested.property("lockstep.cheat", "transact");
    // Its replay is a transaction that tools execute.
    const run = await castAt(`${gateway}/replay/${hash}`)("run", "--json", hash);
    expect(run).to.include(`"success":true,"caller":"${ALICE}","address":"${to.toLowerCase()}"`);
    await node.stopImpersonatingAccount({ address: ALICE });
    expect((await refusal(send(ALICE))).message).to.include("unknown account");
    for (const own of [CHEATS, SYSTEM]) {
      expect((await refusal(node.impersonateAccount({ address: own }))).message).to.include(
        "the rollup's own",
      );
      expect((await refusal(node.setCode({ address: own, bytecode: "0x" }))).message).to.include("own");
    }
    expect(getAddress(contract)).to.equal(getAddress(SYSTEM));
    expect(await rpc("eth_accounts")).to.have.length(devnet.description.accounts.length);
  });

  it("make blocks, and move the time of all chains, which is L1's", async () => {
    const { networkHelpers } = await hardhatOf(rollup("A").gateway);
    const { reader, node } = at(rollup("A").gateway);
    const before = await reader.getBlock();
    await networkHelpers.mine(2);
    expect((await reader.getBlock()).number).to.equal(before.number + 2n);
    await networkHelpers.time.increase(3_000);
    const later = await reader.getBlock();
    expect(later.timestamp >= before.timestamp + 3_000n).to.equal(true);
    const then = Number(later.timestamp) + 500;
    await networkHelpers.time.setNextBlockTimestamp(then);
    await node.setNonce({ address: ALICE, nonce: 100 });
    expect((await reader.getBlock()).timestamp).to.equal(BigInt(then));
    expect((await refusal(networkHelpers.mine(1_000))).message).to.include("at most 32");
  });

  it("take all chains back with a snapshot, cheats in between", async () => {
    const a = at(rollup("A").gateway);
    const l1 = at(devnet.description.l1.gateway);
    for (const snapshots of [l1, a]) {
      await a.node.setBalance({ address: ALICE, value: 77n });
      const id = await snapshots.node.snapshot();
      const root = await devnet.builder.stateRoot(chainId(2n));
      const ledger = await devnet.builder.stateRoot(chainId(1n));
      await makeFirstCall(devnet.description);
      await a.node.setBalance({ address: ALICE, value: 78n });
      await a.node.setStorageAt({ address: ALICE, index: 9, value: WORD });
      await at(rollup("B").gateway).node.setNonce({ address: ALICE, nonce: 1_000 });
      await snapshots.node.revert({ id });
      // What was taken back does not come again by itself.
      await setTimeout(1_500);
      expect(await a.reader.getBalance({ address: ALICE })).to.equal(77n);
      expect(await devnet.builder.stateRoot(chainId(2n))).to.equal(root);
      expect(await devnet.builder.stateRoot(chainId(1n))).to.equal(ledger);
      for (const name of ["Ledger", "A", "B"]) await expectSameRoot(name);
      await a.node.setBalance({ address: ALICE, value: 79n });
      expect(await a.reader.getBalance({ address: ALICE })).to.equal(79n);
    }
    const { networkHelpers } = await hardhatOf(rollup("A").gateway);
    const fixture = async () => {
      await networkHelpers.setBalance(ALICE, 5n);
    };
    await networkHelpers.loadFixture(fixture);
    await networkHelpers.setBalance(ALICE, 6n);
    await networkHelpers.loadFixture(fixture);
    expect(await a.reader.getBalance({ address: ALICE })).to.equal(5n);
  });

  it("are steps on L1: a builder that begins anew, from L1 alone, comes to the same roots", async () => {
    const names = devnet.description.rollups.map(({ kind }) => kind);
    const kinds = deployedKinds(names, PREDEPLOY_NAMES).map((known) => provenBy("none", known));
    await using follower = await createBuilder({
      l1Rpc: devnet.description.l1.rpc,
      manager: devnet.description.l1.rollups,
      rollups: kinds.map((known, index) => builderRollup(chainId(BigInt(index + 1)), known, new Map())),
      account: developmentAccount(5),
      prover: noProver(),
    });
    for (const { id, name } of devnet.description.rollups)
      expect(await follower.stateRoot(chainId(BigInt(id))), name).to.equal(
        await devnet.builder.stateRoot(chainId(BigInt(id))),
      );
    const state = await follower.account(chainId(2n), chainId(2n), CHEATS);
    expect(Number(state.nonce)).to.be.greaterThan(5);
  });

  it("are none to a builder that takes the rollup for another: it stops there, and refuses them by name", async () => {
    const id = chainId(2n);
    const plain = createEvmKind({ predeploys: PREDEPLOY_NAMES });
    await using stranger = await createBuilder({
      l1Rpc: devnet.description.l1.rpc,
      manager: devnet.description.l1.rollups,
      rollups: [{ id, kind: plain, verificationKeys: {} }],
      account: developmentAccount(5),
      prover: noProver(),
    });
    const { stopped } = await stranger.standing(id);
    expect(stopped?.code).to.be.oneOf(["STATE_DIVERGED", "INVALID_L2_TRANSACTION"]);
    const gateway = await startRollupGateway(stranger, { rollup: id, kinds: GATEWAY_KINDS, port: 0 });
    try {
      const { rpc } = at(gateway.url);
      const cheat = { do: "pass" } as const;
      const raw = encodeCheat({ chainId: BigInt(rollup("A").chainId), number: 0n, cheat });
      expect((await refusal(rpc("eth_sendRawTransaction", raw))).message).to.include("not a transaction");
      const named = await refusal(rpc("hardhat_setBalance", ALICE, "0x1"));
      expect(named).to.deep.include({ code: -32601 });
      expect(named.message).to.include("not registered for tests");
    } finally {
      await gateway.close();
    }
  });

  it("are not taken raw, by whichever gateway: only their methods make them", async () => {
    const { id, gateway, chainId: evmChainId } = rollup("A");
    const { nonce } = await devnet.builder.account(chainId(BigInt(id)), chainId(BigInt(id)), CHEATS);
    const cheat = { do: "setNonce", account: ALICE, nonce: 9_999n } as const;
    const raw = encodeCheat({ chainId: BigInt(evmChainId), number: nonce, cheat });
    for (const url of [gateway, devnet.description.l1.gateway, rollup("Ledger").gateway]) {
      const { message } = await refusal(at(url).rpc("eth_sendRawTransaction", raw));
      expect(message).to.match(/not a transaction|malformed|invalid|refuse/i);
    }
  });

  it("are refused by name where there are none", async () => {
    const ledger = await refusal(at(rollup("Ledger").gateway).rpc("hardhat_setBalance", ALICE, "0x1"));
    expect(ledger).to.deep.include({ code: -32601 });
    expect(ledger.message).to.include("a ledger has no cheats");
    const prevRandao = await refusal(at(rollup("A").gateway).rpc("hardhat_setPrevRandao", WORD));
    expect(prevRandao.message).to.include("PREVRANDAO is 0 on a rollup");
  });

  it("are not for pages of foreign origins", async () => {
    for (const method of ["hardhat_setBalance", "anvil_setBalance", "evm_increaseTime", "evm_snapshot"]) {
      const answer = await fetch(rollup("A").gateway, {
        method: "POST",
        headers: { "content-type": "application/json", origin: "https://evil.example" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: [ALICE, numberToHex(1n)] }),
      });
      expect(await answer.text(), method).to.include("UNTRUSTED_CALLER");
    }
  });

  it("refuse malformed parameters", async () => {
    const { rpc } = at(rollup("A").gateway);
    for (const [method, ...params] of [
      ["hardhat_setBalance", ALICE],
      ["hardhat_setBalance", "0x12", "0x1"],
      ["hardhat_setBalance", ALICE, "1"],
      ["hardhat_setNonce", ALICE, `0x1${"0".repeat(16)}`],
      ["hardhat_setCode", ALICE, "0x123"],
      ["hardhat_setStorageAt", ALICE, "0x0", "0x2a"],
      ["hardhat_impersonateAccount", "alice"],
      ["hardhat_mine", "0x0"],
      ["evm_increaseTime", "soon"],
    ]) {
      const { code, message } = await refusal(rpc(method ?? "", ...params));
      expect(code, `${method}: ${message}`).to.equal(-32602);
    }
    const lower = await refusal(rpc("hardhat_setNonce", ALICE, "0x0"));
    expect(lower.message).to.include("upwards only");
    expect((await refusal(rpc("hardhat_setCode", ALICE, `0x${"00".repeat(24_577)}`))).message).to.include(
      "at most 24576 bytes",
    );
  });

  async function expectSameRoot(name: string): Promise<void> {
    const { id } = rollup(name);
    const { root } = await connectL1(devnet.description.l1.rpc).readContract({
      address: devnet.description.l1.rollups,
      abi: rollupsAbi,
      functionName: "rollupOf",
      args: [BigInt(id)],
    });
    const own = await devnet.builder.stateRoot(chainId(BigInt(id)));
    expect(root, name).to.equal(numberToHex(own, { size: 32 }));
  }
});
