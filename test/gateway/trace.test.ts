import { expect } from "chai";
import { type Hex, toFunctionSelector } from "viem";
import { missingOf } from "../../builder/gateway/trace/missing.ts";
import { chainId } from "../../builder/protocol/ids.ts";
import type { Call, Contract, Sent, ScenarioChains } from "../scenarios/support/scenario-chains.ts";
import { alice, World } from "../scenarios/support/world.ts";

interface Frame {
  readonly chain?: Hex;
  readonly to?: Hex;
  readonly input: Hex;
  readonly output?: Hex;
  readonly error?: string;
  readonly crossing?: Hex;
  readonly missing?: string;
  readonly calls?: readonly Frame[];
}

/** A call of one of the program's contracts, wherever that is. */
interface Node {
  readonly call: string;
  readonly calls: readonly Node[];
}

/** Contracts of one run, in the order of their deployment. */
type Names = Map<string, string>;

/** What ran on another chain is not known. */
const MISSING = "missing";

function framesOf(frame: Frame): Frame[] {
  return [frame, ...(frame.calls ?? []).flatMap(framesOf)];
}

/** The tree of calls among the program's contracts; proxies and their managers are left out. */
function nodesOf(frame: Frame, names: Names): Node[] {
  if (frame.missing !== undefined) return [{ call: MISSING, calls: [] }];
  const calls = (frame.calls ?? []).flatMap((call) => nodesOf(call, names));
  const name = names.get(`${frame.chain ?? "0x0"}:${frame.to ?? ""}`);
  if (name === undefined) return calls;
  const end = frame.error === undefined ? "" : " fails";
  return [{ call: `${name} ${frame.input.slice(0, 10)}${end}`, calls }];
}

/** Makes what is missing in one tree missing in the other. */
function withoutMissing(whole: readonly Node[], known: readonly Node[]): Node[] {
  return whole.map(({ call, calls }, place) => {
    const same = known[place];
    if (same?.call === MISSING) return { call: MISSING, calls: [] };
    return { call, calls: withoutMissing(calls, same?.calls ?? []) };
  });
}

type Program = (chains: ScenarioChains) => Promise<Call>;

describe("traces across chains", function () {
  this.timeout(300_000);
  let world: World;
  before(async () => {
    world = await World.start({ chains: ["L1", "A", "B", "LEDGER"] });
  });
  after(async () => {
    await world.close();
  });

  async function ask(url: string, method: string, params: readonly unknown[]) {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const answer: ReturnType<typeof JSON.parse> = JSON.parse(await response.text());
    return answer;
  }
  async function trace(url: string, hash: Hex): Promise<Frame> {
    const { result, error } = await ask(url, "debug_traceTransaction", [hash, { tracer: "callTracer" }]);
    expect(error).to.equal(undefined);
    return result;
  }

  /** The transaction again, as a call that is not sent. */
  async function traceCallOf(url: string, hash: Hex): Promise<Frame> {
    const { from, to, value, input } = (await ask(url, "eth_getTransactionByHash", [hash])).result;
    const options = { tracer: "callTracer" };
    const params = [{ from, to, value, data: input }, "latest", options];
    const { result, error } = await ask(url, "debug_traceCall", params);
    expect(error).to.equal(undefined);
    return result;
  }

  /** Deploys and sends on the chains, and notes which contract is where. */
  async function play(
    chains: ScenarioChains,
    program: Program,
  ): Promise<{ sent: Sent; call: Call; names: Names }> {
    const names: Names = new Map();
    let count = 0;
    const noting: ScenarioChains = {
      deploy: async (on, name, args) => {
        const contract: Contract = await chains.deploy(on, name, args);
        const chain = chains === world ? world.idOf(on) : 0n;
        names.set(`0x${chain.toString(16)}:${contract.address.toLowerCase()}`, `${name}#${count++}`);
        return contract;
      },
      addressOn: (party, from) => chains.addressOn(party, from),
      send: (call) => chains.send(call),
      transfer: (transfer) => chains.transfer(transfer),
      read: (contract, call, args) => chains.read(contract, call, args),
      balance: (party) => chains.balance(party),
    };
    const call = await program(noting);
    return { sent: await chains.send(call), call, names };
  }

  /** @returns the trace of the chain on which the program's transaction was sent. */
  async function expectAsOnOneChain(program: Program, missing: number): Promise<Frame> {
    const one = await play(world.oneChain, program);
    const many = await play(world, program);
    const whole = nodesOf(await trace(world.l1.url, one.sent.hash), one.names);
    expect(whole).to.have.length(1);
    const frame = await trace(world.endpoint(many.call.on).clients.url, many.sent.hash);
    const known = nodesOf(frame, many.names);
    expect(JSON.stringify(known).split(`"${MISSING}"`).length - 1, "missing").to.equal(missing);
    expect(known).to.deep.equal(withoutMissing(whole, known));
    // A call is played when it is asked for, and nothing of it is missing.
    const simulated = await traceCallOf(world.endpoint(many.call.on).clients.url, many.sent.hash);
    expect(nodesOf(simulated, many.names), "simulated").to.deep.equal(whole);
    return frame;
  }

  for (const on of ["L1", "A"] as const) {
    const other = on === "L1" ? "A" : "L1";

    it(`calls from ${on}, there and back`, async () => {
      const frame = await expectAsOnOneChain(async (chains) => {
        const counter = await chains.deploy(on, "Counter");
        const caller = await chains.deploy(other, "CounterCaller", [counter]);
        const nested = await chains.deploy(on, "NestedCounterCaller", [caller]);
        return { on, by: alice, to: nested, call: "bump" };
      }, 0);
      expect(frame.chain).to.equal(`0x${world.idOf(on).toString(16)}`);
    });

    it(`a countdown from ${on} that enters both again and again`, async () => {
      await expectAsOnOneChain(async (chains) => {
        const here = await chains.deploy(on, "Countdown");
        const there = await chains.deploy(other, "Countdown");
        await chains.send({ on, by: alice, to: here, call: "setPeer", args: [there] });
        await chains.send({ on: other, by: alice, to: there, call: "setPeer", args: [here] });
        // L1 guarantees a million gas to what it does for a rollup's transaction: four levels' worth.
        return { on, by: alice, to: here, call: "deep", args: [on === "L1" ? 9n : 5n] };
      }, 0);
    });

    it(`a ring that begins on ${on}`, async () => {
      await expectAsOnOneChain(async (chains) => {
        const counter = await chains.deploy(on, "Counter");
        const onB = await chains.deploy("B", "CounterCaller", [counter]);
        const onOther = await chains.deploy(other, "NestedCounterCaller", [onB]);
        const first = await chains.deploy(on, "NestedCounterCaller", [onOther]);
        return { on, by: alice, to: first, call: "bump" };
      }, 0);
    });

    it(`what ${on} undoes, and then does again`, async () => {
      await expectAsOnOneChain(
        async (chains) => {
          const counter = await chains.deploy(other, "Counter");
          const caller = await chains.deploy(on, "UndoingCaller", [counter, true]);
          return { on, by: alice, to: caller, call: "bump" };
        },
        on === "L1" ? 1 : 0,
      );
    });

    it(`what B undoes while ${on} waits`, async () => {
      await expectAsOnOneChain(
        async (chains) => {
          const counter = await chains.deploy(on, "Counter");
          const undoing = await chains.deploy("B", "UndoingCaller", [counter, true]);
          const nested = await chains.deploy(on, "NestedCounterCaller", [undoing]);
          return { on, by: alice, to: nested, call: "bump" };
        },
        on === "L1" ? 0 : 1,
      );
    });
  }

  it("several calls of one transaction, in order", async () => {
    await expectAsOnOneChain(async (chains) => {
      const counterHere = await chains.deploy("L1", "Counter");
      const counterThere = await chains.deploy("A", "Counter");
      const caller = await chains.deploy("A", "CounterCaller", [counterHere]);
      const app = await chains.deploy("L1", "CounterSequence");
      return { on: "L1", by: alice, to: app, call: "mixed", args: [caller, counterThere] };
    }, 0);
  });

  it("a call that fails on the other chain, and is caught: what is missing says what is known of it", async () => {
    let callee: string | undefined;
    const root = await expectAsOnOneChain(async (chains) => {
      const counter = await chains.deploy("A", "FaultyCounter");
      callee = counter.address.toLowerCase();
      const caller = await chains.deploy("L1", "SafeCounterCaller", [counter]);
      return { on: "L1", by: alice, to: caller, call: "bump" };
    }, 1);
    const crossing = framesOf(root).find(({ missing }) => missing !== undefined);
    const increment = toFunctionSelector("increment()");
    const what = `${callee} on rollup ${world.idOf("A")} was called with ${increment} and failed with the data`;
    expect(crossing?.missing).to.contain(what);
    expect(crossing?.output?.length).to.be.greaterThan(2);
  });

  it("a caught failure without data: what is missing says that the reason is not recorded", async () => {
    const [greedy, data] = [alice.address, `0x${"ab".repeat(100)}`] as const;
    const call = { to: chainId(world.idOf("A")), target: greedy, data };
    expect(missingOf(call, { output: "0x", error: "execution reverted" })).to.equal(
      `${greedy.toLowerCase()} on rollup ${world.idOf("A")} was called with 0xabababab… (100 bytes) and failed ` +
        "without data: it reverted without a reason, or halted (out of gas, say); which is not recorded",
    );
    expect(missingOf(call, {})).to.match(/; what it did there was undone, and is not kept$/);
  });

  it("through a ledger, which has no frames of its own", async () => {
    const user = await world.deploy("L1", "LedgerUser", [world.ledger, 0n]);
    const sent = await world.send({
      on: "L1",
      by: alice,
      to: user,
      call: "tour",
      args: [0n, `0x${"b0".repeat(20)}`, 100n, 250n],
      value: 1_000n,
    });
    const frame = await trace(world.endpoint("L1").clients.url, sent.hash);
    const ledger = `0x${world.idOf("LEDGER").toString(16)}`;
    const seen: string[] = [];
    const walk = (each: Frame): void => {
      if (each.chain === ledger) seen.push(each.input.slice(0, 10));
      if (each.chain === ledger && each.calls !== undefined)
        expect(each.calls[0]?.chain, "the ledger sends back to L1").to.equal("0x0");
      each.calls?.forEach(walk);
    };
    walk(frame);
    expect(seen).to.have.length(4);
    seen.length = 0;
    walk(await traceCallOf(world.endpoint("L1").clients.url, sent.hash));
    expect(seen, "simulated").to.have.length(4);
  });

  for (const on of ["L1", "A"] as const)
    it(`the access list of a call on ${on} names what it reads there, as on one chain`, async () => {
      const listOf = async (url: string, [nested, caller]: readonly Contract[]) => {
        const call = { from: alice.address, to: nested?.address, data: toFunctionSelector("bump()") };
        const { result } = await ask(url, "eth_createAccessList", [call, "latest"]);
        expect(result).to.not.have.property("error");
        const list: { address: Hex; storageKeys: Hex[] }[] = result.accessList;
        const slotsOf = (contract: Contract | undefined) =>
          list.find(({ address }) => address === contract?.address.toLowerCase())?.storageKeys.toSorted();
        return [slotsOf(nested), slotsOf(caller)];
      };
      const away = await world.deploy(on === "L1" ? "A" : "L1", "Counter");
      const first = await world.deploy(on, "CounterCaller", [away]);
      const outer = await world.deploy(on, "NestedCounterCaller", [first]);
      const known = await listOf(world.endpoint(on).clients.url, [outer, first]);
      expect(known.flat()).to.not.deep.equal([]);
      // A rollup's gateway knows what the node of the one chain does not: which slots a call reads.
      const { url } = world.endpoint("A").clients;
      const counter = await world.deploy("A", "Counter");
      const caller = await world.deploy("A", "CounterCaller", [counter]);
      const nested = await world.deploy("A", "NestedCounterCaller", [caller]);
      expect(known).to.deep.equal(await listOf(url, [nested, caller]));
    });

  it("a call that stays on L1 is traced by the node", async () => {
    const counter = await world.deploy("L1", "Counter");
    const call = { from: alice.address, to: counter.address, data: toFunctionSelector("increment()") };
    for (const options of [{ tracer: "callTracer" }, {}]) {
      const own = await ask(world.endpoint("L1").clients.url, "debug_traceCall", [call, "latest", options]);
      expect(own).to.deep.equal(await ask(world.l1.url, "debug_traceCall", [call, "latest", options]));
    }
  });

  it("batches, with the transactions that they carry", async () => {
    const counter = await world.deploy("L1", "Counter");
    const caller = await world.deploy("A", "CounterCaller", [counter]);
    const call: Call = { on: "A", by: alice, to: caller, call: "bump" };
    const { hash } = await world.send(call);
    const { url } = world.endpoint("A").clients;
    const receipt: { gasUsed: Hex; lockstep: { l1TransactionHash: Hex } } = (
      await ask(url, "eth_getTransactionReceipt", [hash])
    ).result;
    const own = await trace(url, hash);
    expect(own).to.deep.include({ gasUsed: receipt.gasUsed, to: caller.address.toLowerCase() });
    const batch = await trace(world.endpoint("L1").clients.url, receipt.lockstep.l1TransactionHash);
    const find = (frame: Frame): Frame[] => [
      ...(frame.to === caller.address.toLowerCase() && frame.chain !== "0x0" ? [frame] : []),
      ...(frame.calls ?? []).flatMap(find),
    ];
    expect(find(batch).map(({ calls }) => calls)).to.deep.equal([own.calls]);
    // A call that a transaction made is a transaction of the other rollup, with a trace of its own.
    const onB = await world.deploy("B", "Counter");
    const between = await world.deploy("A", "CounterCaller", [onB]);
    const crossed = await world.send({ ...call, to: between });
    const urlB = world.endpoint("B").clients.url;
    const [called]: Hex[] = (await ask(urlB, "eth_getBlockByNumber", ["latest", false])).result.transactions;
    const visit = await trace(urlB, called ?? "0x");
    expect(visit).to.deep.include({
      to: onB.address.toLowerCase(),
      chain: `0x${world.idOf("B").toString(16)}`,
    });
    expect(JSON.stringify(await trace(url, crossed.hash))).to.contain(JSON.stringify(visit));
  });

  it("leaves to the node what is no matter of rollups, and refuses what nobody can do", async () => {
    const counter = await world.deploy("L1", "Counter");
    const { hash } = await world.send({ on: "L1", by: alice, to: counter, call: "increment" });
    const { url } = world.endpoint("L1").clients;
    for (const options of [
      { tracer: "callTracer" },
      {},
      { tracer: "callTracer", tracerConfig: { onlyTopCall: true } },
    ])
      expect(await ask(url, "debug_traceTransaction", [hash, options])).to.deep.equal(
        await ask(world.l1.url, "debug_traceTransaction", [hash, options]),
      );
    const nowhere = `0x${"ab".repeat(32)}`;
    const options = { tracer: "callTracer" };
    expect((await ask(url, "lockstep_traceTransaction", [nowhere, options])).error).to.deep.equal(
      (await ask(world.l1.url, "debug_traceTransaction", [nowhere, options])).error,
    );
    const onA = world.endpoint("A").clients.url;
    const refused = async (...params: unknown[]) =>
      (await ask(onA, "debug_traceTransaction", params)).error.data?.code;
    expect(await refused(nowhere, options)).to.equal("TRANSACTION_NOT_FOUND");
    expect(await refused(nowhere, { tracer: "prestateTracer" })).to.equal("UNSUPPORTED_TRACER");
    expect((await ask(onA, "debug_traceTransaction", ["0x12"])).error.code).to.equal(-32602);
    expect((await ask(onA, "debug_traceTransaction", [nowhere, 7])).error.code).to.equal(-32602);
  });
});
