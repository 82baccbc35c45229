import { expect } from "chai";
import { type Address, encodeFunctionData, type Hex, parseAbi, parseGwei } from "viem";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import type { BuilderEvent } from "../../builder/core/events.ts";
import { EVM_CIRCUIT } from "../../builder/kinds/evm/proof/limits.ts";
import { createProvenEvmKind } from "../../builder/kinds/evm/proven.ts";
import { busProofSystemAbi, rollupsAbi } from "../../builder/protocol/abi.ts";
import { codeOf } from "../../builder/protocol/errors.ts";
import { rootHex } from "../../builder/protocol/execution/encoding.ts";
import { evmChainIdOf } from "../../builder/protocol/evm-chain-id.ts";
import type { ChainId } from "../../builder/protocol/ids.ts";
import { DEVELOPMENT_TAU } from "../../builder/proving/bus/development-tau.ts";
import { encodeKeySet, hashKeySet, type KeySet } from "../../builder/proving/bus/key-set.ts";
import { RollupProxies } from "../../builder/proving/bus/proxies.ts";
import { loadArtefacts } from "../../builder/proving/circuits/load.ts";
import { readVerificationKey } from "../../builder/proving/load-circuit.ts";
import { createLocalProver } from "../../builder/proving/local-prover.ts";
import type { Prover } from "../../builder/proving/prover.ts";
import { runtimeCode } from "../circuits/evm/support/runtime-code.ts";
import { accountAt, builderAccount, deploy, type Lockstep, registerRollup, startLockstep } from "./setup.ts";

const COUNTER: Address = "0x00000000000000000000000000636f756e746572";
const GREETER: Address = "0x0000000000000000000000000067726565746572";
const THERMOSTAT: Address = "0x00000000000000000000746865726d6f73746174";
const abi = parseAbi(["function bump() returns (uint256)", "function lastResult() view returns (uint256)"]);

/**
 * L1 calls an unchanged Solidity contract on a rollup whose execution is proven: through the builder, the
 * node, and the real contracts. The first run compiles the circuit for minutes.
 */
describe("a proven EVM rollup", function () {
  this.timeout(900_000);
  const user = accountAt(1);
  let lockstep: Lockstep;
  let prover: Prover;
  let builder: Builder;
  let rollup: ChainId;
  let proofSystem: Address;
  let caller: Address;
  const events: BuilderEvent[] = [];
  /** Of the user on the rollup. */
  let nonce = 0;

  before(async () => {
    const contracts = new Map([
      [COUNTER, await runtimeCode("examples/Counter.sol", "Counter")],
      [GREETER, await runtimeCode("examples/Greeter.sol", "Greeter")],
      [THERMOSTAT, await runtimeCode("test/Thermostat.sol", "Thermostat")],
    ]);
    const kind = createProvenEvmKind({ contracts: async () => contracts });
    const artefacts = await loadArtefacts([EVM_CIRCUIT]);
    const set = await keySetOf([...artefacts.values()]);
    prover = await createLocalProver({ artefacts: artefacts.values() });
    lockstep = await startLockstep();
    proofSystem = (await deploy(lockstep.l1, "BusProofSystem", [RollupProxies.read().initCode])).address;
    const hash = await lockstep.l1.writer(accountAt(0)).writeContract({
      address: proofSystem,
      abi: busProofSystemAbi,
      functionName: "registerKeySet",
      args: [encodeKeySet(set)],
      gas: 16_000_000n,
    });
    await lockstep.l1.reader.waitForTransactionReceipt({ hash });
    const name = hashKeySet(set);
    rollup = await registerRollup(lockstep, {
      proofSystem,
      verificationKeys: [name],
      genesisRoot: rootHex(await kind.genesisRoot()),
    });
    const proxy = await lockstep.createProxy(COUNTER, rollup);
    caller = (await deploy(lockstep.l1, "CounterCaller", [proxy])).address;
    builder = await createBuilder({
      l1Rpc: lockstep.l1.url,
      manager: lockstep.rollups,
      rollups: [{ id: rollup, kind, verificationKeys: { [EVM_CIRCUIT]: name } }],
      account: builderAccount,
      prover,
    });
    builder.listen((event) => events.push(event));
  });
  after(async () => {
    await builder.stop();
    await prover.close();
    await lockstep.l1.close();
  });

  async function keySetOf(circuits: readonly Parameters<typeof readVerificationKey>[0][]): Promise<KeySet> {
    const keys = await Promise.all(circuits.map(readVerificationKey));
    return {
      tau: DEVELOPMENT_TAU,
      keys: keys.map((key) => {
        if (!("eta" in key)) throw new Error("a key without committed wires");
        return key;
      }),
    };
  }

  async function send(to: Address, data: Hex): Promise<Hex> {
    const raw = await user.signTransaction({
      chainId: 31337,
      type: "eip1559",
      nonce: await lockstep.l1.reader.getTransactionCount({ address: user.address }),
      to,
      data,
      gas: 3_000_000n,
      maxFeePerGas: parseGwei("10"),
      maxPriorityFeePerGas: 1n,
    });
    return await builder.submit(raw, () => Promise.reject(new Error("was forwarded")));
  }
  /** A transaction of the user's for the rollup, with the next nonce there. */
  async function signed(to: Address, data: Hex): Promise<Hex> {
    return await user.signTransaction({
      chainId: Number(evmChainIdOf(31337n, rollup)),
      type: "eip1559",
      nonce: nonce++,
      to,
      data,
      gas: 100_000n,
      maxFeePerGas: 0n,
      maxPriorityFeePerGas: 0n,
    });
  }
  const bump = () => send(caller, encodeFunctionData({ abi, functionName: "bump" }));
  const lastResult = () =>
    lockstep.l1.reader.readContract({ address: caller, abi, functionName: "lastResult" });
  const ofType = (type: BuilderEvent["type"]) => events.filter((event) => event.type === type);

  it("a contract on L1 gets the counter's new count, proven, in its own transaction", async () => {
    const first = await bump();
    await builder.idle();
    expect(builder.status(first)).to.include({ state: "posted" });
    expect(await lastResult()).to.equal(1n);
    expect(ofType("prerequisiteMet").length, "its code is registered").to.equal(1);
    const second = await bump();
    await builder.idle();
    expect(builder.status(second)).to.include({ state: "posted" });
    expect(await lastResult()).to.equal(2n);
    expect(ofType("prerequisiteMet").length, "once").to.equal(1);
    const { root } = await lockstep.l1.reader.readContract({
      address: lockstep.rollups,
      abi: rollupsAbi,
      functionName: "rollupOf",
      args: [rollup],
    });
    expect(BigInt(root)).to.equal(await builder.stateRoot(rollup));
  });

  it("a transaction that is signed for the rollup is proven too: its signature, nonce and call", async () => {
    const before = await builder.stateRoot(rollup);
    const hash = await builder.submitToRollup(rollup, await signed(COUNTER, "0xd09de08a"));
    await builder.idle();
    expect(builder.status(hash)).to.include({ state: "posted" });
    expect(await builder.stateRoot(rollup)).not.to.equal(before);
    const last = await bump();
    await builder.idle();
    expect(builder.status(last)).to.include({ state: "posted" });
    expect(await lastResult(), "two from L1, one of its own, and this one").to.equal(4n);
  });

  it("so are arguments, and what a contract reverts with", async () => {
    const thermostat = parseAbi(["function set(uint256)", "function degrees() returns (uint256)"]);
    const set = (degrees: bigint): Hex =>
      encodeFunctionData({ abi: thermostat, functionName: "set", args: [degrees] });
    const degrees = async (): Promise<bigint> => {
      const data = encodeFunctionData({ abi: thermostat, functionName: "degrees" });
      const view = { rollup, sender: user.address, target: THERMOSTAT, data };
      return BigInt((await builder.view(view)).data);
    };
    const called = await send(await lockstep.createProxy(THERMOSTAT, rollup), set(21n));
    await builder.idle();
    expect(builder.status(called)).to.include({ state: "posted" });
    expect(await degrees()).to.equal(21n);
    // An error with arguments, and a text.
    for (const wanted of [31n, 0n]) {
      const before = await builder.stateRoot(rollup);
      const reverted = await builder.submitToRollup(rollup, await signed(THERMOSTAT, set(wanted)));
      await builder.idle();
      expect(builder.status(reverted)).to.include({ state: "posted" });
      expect(await builder.stateRoot(rollup), "its nonce counts").not.to.equal(before);
      expect(await degrees()).to.equal(21n);
    }
  });

  it("what no circuit covers is refused by name, with the opcode", async () => {
    const proxy = await lockstep.createProxy(GREETER, rollup);
    const greet = encodeFunctionData({
      abi: parseAbi(["function setWord(string)"]),
      args: ["a word that is longer than what a slot of storage has room for"],
    });
    const error: unknown = await send(proxy, greet).catch((cause: unknown) => cause);
    expect(codeOf(error)).to.equal("NOT_YET_PROVABLE");
    expect(error)
      .to.have.property("message")
      .that.matches(/there is no proof yet of /);
  });
});
