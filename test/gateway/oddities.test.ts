import { expect } from "chai";
import { pino } from "pino";
import {
  type Address,
  encodeFunctionData,
  type Hex,
  numberToHex,
  parseEther,
  toFunctionSelector,
} from "viem";
import { startL1Gateway } from "../../builder/gateway/l1.ts";
import { assertChainNumber } from "../../builder/gateway/proxies/chain-number.ts";
import { startRollupGateway } from "../../builder/gateway/rollup.ts";
import { SYSTEM } from "../../builder/kinds/evm/system.ts";
import { GATEWAY_KINDS } from "../../builder/node/kinds/index.ts";
import { crossChainManagerAbi } from "../../builder/protocol/abi.ts";
import { evmChainIdOf } from "../../builder/protocol/evm-chain-id.ts";
import { expectCode } from "../protocol/expect-code.ts";
import { clientsFor } from "../scenarios/support/clients.ts";
import { Endpoint } from "../scenarios/support/endpoint.ts";
import type { Contract, Party, SolidityChain } from "../scenarios/support/scenario-chains.ts";
import { alice, bob, L1_CHAIN_ID, World } from "../scenarios/support/world.ts";

interface Frame {
  readonly chain: Hex;
  readonly gas: Hex;
  readonly error?: string;
  readonly revertReason?: string;
  readonly warning?: string;
  readonly calls?: readonly Frame[];
}

/** PUSH0, PUSH4 2^32 - 1, MSTORE: more memory than there is gas for. */
const GREEDY: Hex = "0x5f63ffffffff52";
/** Leaves the seven bytes above as code: PUSH7 code, PUSH0, MSTORE, PUSH1 7, PUSH1 25, RETURN. */
const DEPLOY_GREEDY: Hex = `0x66${GREEDY.slice(2)}5f5260076019f3`;
const BUMP = toFunctionSelector("bump()");
const TRACER = { tracer: "callTracer" };

/** What is easily done wrong between chains, and how it is told. */
describe("what is odd between chains is said where it is met:", function () {
  this.timeout(300_000);
  let world: World;
  const urls = new Map<SolidityChain, string>();
  const logged: { transaction?: Hex; msg: string }[] = [];
  const opened = new AsyncDisposableStack();

  before(async () => {
    world = opened.adopt(await World.start({ chains: ["L1", "A"] }), (each) => each.close());
    const log = pino({ level: "warn" }, { write: (line) => logged.push(logLine(line)) });
    const common = { kinds: GATEWAY_KINDS, port: 0, log };
    const l1 = opened.use(await startL1Gateway(world.builder, common));
    const a = opened.use(await startRollupGateway(world.builder, { ...common, rollup: world.idOf("A") }));
    urls.set("L1", l1.url).set("A", a.url);
    const to = { chain: "A", address: alice.address } as const;
    await world.transfer({ on: "L1", by: alice, to, value: parseEther("1") });
  });
  after(() => opened.disposeAsync());

  async function ask(on: SolidityChain, method: string, params: readonly unknown[]) {
    const response = await fetch(urls.get(on) ?? "", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const answer: ReturnType<typeof JSON.parse> = JSON.parse(await response.text());
    return answer;
  }
  async function trace(on: SolidityChain, call: object): Promise<Frame> {
    return (await ask(on, "debug_traceCall", [call, "latest", TRACER])).result;
  }
  function framesOf(frame: Frame): Frame[] {
    return [frame, ...(frame.calls ?? []).flatMap(framesOf)];
  }
  function logLine(line: string): (typeof logged)[number] {
    const read: ReturnType<typeof JSON.parse> = JSON.parse(line);
    return { transaction: read.transaction, msg: read.msg };
  }
  const other = (on: SolidityChain): SolidityChain => (on === "L1" ? "A" : "L1");

  for (const on of ["L1", "A"] as const) {
    it(`running out of gas on the other chain, of a call from ${on}`, async () => {
      const away = other(on);
      const { created } = await world.endpoint(away).send({ by: alice, data: DEPLOY_GREEDY, gas: 200_000n });
      const greedy: Party = { chain: away, address: created ?? "0x" };
      const caller = await world.deploy(on, "CounterCaller", [{ ...greedy, abi: [] } as Contract]);
      const call = { from: alice.address, to: caller.address, data: BUMP };
      const place = on === "L1" ? `rollup ${world.idOf("A")}` : "L1";
      const said = new RegExp(`execution reverted: out of gas on ${place}, where the call had (\\d+) gas`);
      for (const method of ["eth_call", "eth_estimateGas"]) {
        const { error } = await ask(on, method, [call]);
        expect(error.message, method).to.match(said);
        expect(error, method).to.deep.include({ code: 3, data: "0x" });
      }
      const { result } = await ask(on, "eth_createAccessList", [call, "latest"]);
      expect(result.error).to.match(said);
      const frames = framesOf(await trace(on, call));
      const failure: string = result.error;
      const [, limit] = said.exec(failure) ?? [];
      if (on === "L1") expect(limit, "the gas of a call to a rollup").to.equal("30000000");
      const broken = frames.find(({ error }) => error === "out of gas");
      expect(broken).to.deep.include({
        chain: `0x${world.idOf(away).toString(16)}`,
        gas: `0x${BigInt(limit ?? 0).toString(16)}`,
      });
      const reasons = frames.map(({ revertReason }) => revertReason).filter((each) => each !== undefined);
      expect(reasons).to.deep.equal([`out of gas on ${place}, where the call had ${limit} gas`]);
    });

    it(`a call from ${on} to an account without code on the other chain`, async () => {
      const away = other(on);
      const nobody: Party = { chain: away, address: `0x${"0b".repeat(20)}` };
      const to = await world.addressOn(nobody, on);
      const where = away === "L1" ? "L1" : `rollup ${world.idOf("A")}`;
      const warning = `${nobody.address} has no code on ${where}: the call did nothing there, and succeeded`;
      const call = { from: alice.address, to, data: "0x12345678" };
      const warned = (frame: Frame) =>
        framesOf(frame).flatMap((each) => (each.warning === undefined ? [] : [each.warning]));
      expect(warned(await trace(on, call))).to.deep.equal([warning]);
      // Ether alone may go to any account.
      expect(warned(await trace(on, { ...call, data: "0x", value: "0x1" }))).to.deep.equal([]);
      const { hash } = await world.transfer({ on, by: alice, to: nobody, data: "0x12345678" });
      const told = world.events.filter((event) => event.type === "warned" && event.transaction === hash);
      expect(told).to.deep.equal([{ type: "warned", transaction: hash, warnings: [warning] }]);
      const mined: Frame = (await ask(on, "debug_traceTransaction", [hash, TRACER])).result;
      expect(warned(mined), "of the transaction").to.deep.equal([warning]);
      const counter = await world.deploy(away, "Counter");
      const fine = {
        ...call,
        to: await world.addressOn(counter, on),
        data: toFunctionSelector("increment()"),
      };
      expect(warned(await trace(on, fine))).to.deep.equal([]);
    });

    it(`Ether for a proxy on ${on} that is not there yet`, async () => {
      const manager: Address = on === "L1" ? world.manager : SYSTEM;
      const original: Address = `0x${"0c".repeat(19)}${on === "L1" ? "01" : "02"}`;
      const chain = world.idOf(other(on));
      const args = [original, chain] as const;
      const dataOf = (functionName: "proxyOf" | "createProxy") =>
        encodeFunctionData({ abi: crossChainManagerAbi, functionName, args });
      const { result: word } = await ask(on, "eth_call", [
        { to: manager, data: dataOf("proxyOf") },
        "latest",
      ]);
      const proxy: Address = `0x${word.slice(26)}`;
      const call = { from: alice.address, to: proxy, value: "0x1" };
      const warning =
        /is where the proxy of 0x0c.* on .* belongs, and it is not there yet: .*passOn.*createProxy/;
      expect((await trace(on, call)).warning).to.match(warning);
      const id =
        on === "L1" ? L1_CHAIN_ID : evmChainIdOf(L1_CHAIN_ID, chain === 0n ? world.idOf("A") : chain);
      const endpoint = new Endpoint(clientsFor(urls.get(on) ?? "", id), async (hash) => {
        await world.builder.settled(hash, 60_000);
      });
      logged.length = 0;
      const { hash } = await endpoint.send({ by: alice, to: proxy, data: "0x", value: 1n });
      expect(logged.filter(({ transaction }) => transaction === hash)).to.have.length(1);
      expect(logged[0]?.msg).to.match(warning);
      await endpoint.send({ by: alice, to: manager, data: dataOf("createProxy") });
      logged.length = 0;
      expect((await trace(on, call)).warning).to.equal(undefined);
      await endpoint.send({ by: alice, to: proxy, data: "0x", value: 1n, gas: 1_000_000n });
      expect(logged).to.deep.equal([]);
    });

    it(`Ether that waits at a proxy on ${on}, paid with too little gas to leave it`, async () => {
      const payer = await world.deploy(on, "OldPayer");
      await world.transfer({ on, by: alice, to: payer, value: 10n });
      const purse = await world.deploy(other(on), "Purse");
      await ask(on, "lockstep_getProxies", [purse.address, numberToHex(world.idOf(purse.chain))]);
      const proxy = await world.addressOn(purse, on);
      const pay = async (gas: bigint) =>
        await trace(on, {
          from: alice.address,
          to: payer.address,
          data: await world.encode({
            to: payer,
            call: "payWithGas",
            args: [{ chain: on, address: proxy }, 1n, gas],
          }),
        });
      const told = framesOf(await pay(0n)).flatMap((each) => each.warning ?? []);
      expect(told).to.have.length(1);
      expect(told[0]).to.match(/is the proxy of 0x.*, and was paid with 2,300 gas at most.*until passOn/);
      expect(framesOf(await pay(1_000_000n)).flatMap((each) => each.warning ?? [])).to.deep.equal([]);
    });

    it(`Ether for a proxy on ${on} that lockstep_getProxies has named`, async () => {
      const chain = world.idOf(other(on));
      const original: Address = `0x${"0d".repeat(19)}${on === "L1" ? "01" : "02"}`;
      const { result } = await ask(on, "lockstep_getProxies", [original, numberToHex(chain)]);
      const proxies: { chain: Hex; address: Address; deployed: boolean }[] = result.proxies;
      const proxy = proxies.find((each) => BigInt(each.chain) === world.idOf(on));
      expect(proxy?.deployed).to.equal(false);
      const call = { from: alice.address, to: proxy?.address, value: "0x1" };
      const { result: played } = await ask(on, "lockstep_simulateAcross", [call]);
      expect(played.warnings).to.have.length(1);
      expect(played.warnings[0]).to.match(new RegExp(`proxy of ${original} .* not there yet`));
    });

    it(`an EVM chain id where ${on} takes Lockstep's number`, async () => {
      const manager: Address = on === "L1" ? world.manager : SYSTEM;
      const chain = world.idOf(other(on));
      const given = chain === 0n ? L1_CHAIN_ID : evmChainIdOf(L1_CHAIN_ID, chain);
      const callOf = (functionName: "proxyOf" | "createProxy" | "passOn", id: bigint) => ({
        from: bob.address,
        to: manager,
        data: encodeFunctionData({ abi: crossChainManagerAbi, functionName, args: [bob.address, id] }),
      });
      for (const name of ["proxyOf", "createProxy", "passOn"] as const)
        for (const method of ["eth_call", "eth_estimateGas"]) {
          const { error } = await ask(on, method, [callOf(name, given)]);
          expect(error.data.code, `${method} ${name}`).to.equal("EVM_CHAIN_ID_GIVEN");
          expect(error.message).to.match(new RegExp(`^${name} takes .* ${given} .*: give ${chain}$`));
        }
      const { data } = callOf("createProxy", given);
      const id = on === "L1" ? L1_CHAIN_ID : evmChainIdOf(L1_CHAIN_ID, world.idOf("A"));
      const raw = await alice.signTransaction({
        chainId: Number(id),
        nonce: 1_000,
        gas: 1_000_000n,
        gasPrice: parseEther("0.00000001"),
        to: manager,
        data,
      });
      const { error } = await ask(on, "eth_sendRawTransaction", [raw]);
      expect(error.data.code).to.equal("EVM_CHAIN_ID_GIVEN");
      const { result } = await ask(on, "eth_call", [callOf("proxyOf", chain), "latest"]);
      expect(result).to.match(/^0x0{24}[0-9a-f]{40}$/);
      // What is no chain's at all is the contract's to answer.
      const { error: unknown, result: known } = await ask(on, "eth_call", [callOf("createProxy", 77n)]);
      expect(on === "L1" ? unknown.code : known).to.satisfy(
        (it: unknown) => it === 3 || typeof it === "string",
      );
    });
  }

  it("a call through a proxy that a contract had made for an EVM chain id", async () => {
    const args = [bob.address, L1_CHAIN_ID] as const;
    const encode = (functionName: "createProxy" | "proxyOf") =>
      encodeFunctionData({ abi: crossChainManagerAbi, functionName, args });
    const id = evmChainIdOf(L1_CHAIN_ID, world.idOf("A"));
    const { reader } = world.endpoint("A").clients;
    const nonce = await reader.getTransactionCount({ address: alice.address });
    const data = encode("createProxy");
    const made = { chainId: Number(id), nonce, gas: 1_000_000n, gasPrice: 0n, to: SYSTEM, data } as const;
    // What contracts ask of the system contract passes no gateway.
    const hash = await world.builder.submitToRollup(world.idOf("A"), await alice.signTransaction(made));
    await world.builder.settled(hash, 60_000);
    const { logs } = await reader.getTransactionReceipt({ hash });
    const [, proxy = "0x"] = logs[0]?.topics ?? [];
    const { error } = await ask("A", "eth_call", [{ to: `0x${proxy.slice(26)}`, data: "0x1234" }, "latest"]);
    expect(error.data.code).to.equal("UNKNOWN_ROLLUP");
    expect(error.message).to.match(/EVM chain id, of the chain whose number here is 0$/);
  });

  it("an EVM chain id that is also the number of a rollup is that number", async () => {
    const { l1, manager } = world.builder;
    const call = { name: "createProxy", original: bob.address, chain: world.idOf("A") } as const;
    // A chain with so small an id, of whose rollups none is followed.
    const small = { l1, manager, l1ChainId: BigInt(call.chain), rollups: [] };
    await assertChainNumber(small, call);
    const unknown = { ...call, chain: 77n };
    await expectCode(assertChainNumber({ ...small, l1ChainId: 77n }, unknown), "EVM_CHAIN_ID_GIVEN");
  });
});
