import { expect } from "chai";
import {
  encodeFunctionData,
  getAbiItem,
  type Hex,
  pad,
  parseEther,
  toFunctionSelector,
  zeroAddress,
} from "viem";
import { z } from "zod";
import { openReplay } from "../../builder/gateway/kinds/evm/replay/open.ts";
import { EvmMachine } from "../../builder/kinds/evm/machine.ts";
import { SYSTEM } from "../../builder/kinds/evm/system.ts";
import { crossChainManagerAbi } from "../../builder/protocol/abi.ts";
import type { Argument, ChainName, SolidityChain } from "../scenarios/support/scenario-chains.ts";
import { alice, World } from "../scenarios/support/world.ts";
import { anvilMissing, startAnvil } from "../post/nodes.ts";
import { castAt } from "./foundry.ts";

const hex = z
  .templateLiteral(["0x", z.string().regex(/^[0-9a-fA-F]*$/)])
  .transform((text): Hex => `0x${text.slice(2).toLowerCase()}`);

/** A frame on A, without its gas. */
interface Frame {
  readonly from: Hex;
  readonly to: Hex;
  readonly value: bigint;
  readonly input: Hex;
  readonly output: Hex;
  readonly success: boolean;
}

interface Traced {
  readonly chain: Hex;
  readonly from: Hex;
  readonly to?: Hex;
  readonly value: Hex;
  readonly input: Hex;
  readonly output?: Hex;
  readonly error?: string;
  readonly gasUsed: Hex;
  readonly calls?: readonly Traced[];
}

const arena = z.object({
  arena: z.array(
    z.object({
      children: z.array(z.number()),
      trace: z.object({
        success: z.boolean(),
        kind: z.string(),
        caller: hex,
        address: hex,
        value: hex.transform(BigInt),
        data: hex,
        output: hex,
        gas_used: z.number(),
      }),
      logs: z.array(z.object({ raw_log: z.object({ topics: z.array(hex), data: hex }) })),
      ordering: z.array(z.record(z.string(), z.unknown())),
    }),
  ),
});
/** How calldata begins by which a proxy has a call leave. */
const RELAY = toFunctionSelector(getAbiItem({ abi: crossChainManagerAbi, name: "relay" }));

type Arena = z.output<typeof arena>["arena"];

/** What `cast run` shows: A's frames in order, and the events that count. */
function castFrames(nodes: Arena): { frames: Frame[]; events: Event[]; relays: number[] } {
  const frames: Frame[] = [];
  const relays: number[] = [];
  const walk = (place: number): Event[] => {
    const node = nodes[place];
    if (node === undefined) throw new Error("cast shows a frame that is not there");
    const { kind, caller, address, success, value, data, output, gas_used: gas } = node.trace;
    // Where other chains' calls come in, the proxy is a frame of the replay.
    if (caller !== SYSTEM || kind.startsWith("CREATE"))
      frames.push({ from: caller, to: address, value, input: data, output, success });
    if (data.startsWith(RELAY) && node.children.length === 0) relays.push(gas);
    const events = node.ordering.flatMap((each): Event[] => {
      const call = z.object({ Call: z.number() }).safeParse(each).data;
      if (call !== undefined) return walk(node.children[call.Call] ?? -1);
      const log = z.object({ Log: z.number() }).safeParse(each).data;
      const raw = log && node.logs[log.Log]?.raw_log;
      return raw === undefined ? [] : [{ address, ...raw }];
    });
    return success ? events : [];
  };
  const events = walk(0);
  return { frames, events, relays };
}

interface Event {
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
}

describe("cast run of a rollup's transactions, at their replay", function () {
  this.timeout(600_000);
  let world: World;
  let url: string;
  let chain: Hex;
  before(async () => {
    world = await World.start({ chains: ["L1", "A", "B"] });
    ({ url } = world.endpoint("A").clients);
    chain = `0x${world.idOf("A").toString(16)}`;
  });
  after(async () => {
    await world.close();
  });

  async function ask(method: string, params: readonly unknown[], path = "", headers = {}) {
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const answer: ReturnType<typeof JSON.parse> = JSON.parse(await response.text());
    return answer;
  }

  /** What happened on A, as the gateway tells it. */
  function tracedFrames(root: Traced): { frames: Frame[]; relays: number[] } {
    const frames: Frame[] = [];
    const relays: number[] = [];
    const walk = (each: Traced): void => {
      const { from, to = "0x", value, input, output = "0x", error, calls = [] } = each;
      if (each.chain === chain) {
        frames.push({ from, to, value: BigInt(value), input, output, success: error === undefined });
        const isEntered = JSON.stringify(calls).includes(`"chain":"${chain}"`);
        if (input.startsWith(RELAY) && !isEntered) relays.push(Number(each.gasUsed));
      }
      calls.forEach(walk);
    };
    walk(root);
    return { frames, relays };
  }

  /** `cast run` shows what happened. Gas of a call during which none came back is that, but for a loop's. */
  async function expectReplayed(hash: Hex): Promise<Frame[]> {
    const traced: Traced = (await ask("lockstep_traceTransaction", [hash])).result;
    const receipt = (await ask("eth_getTransactionReceipt", [hash])).result;
    const out = await castAt(`${url}/replay/${hash}`)("run", "--json", hash);
    const shown = castFrames(arena.parse(JSON.parse(out)).arena);
    const real = tracedFrames(traced);
    expect(shown.frames).to.deep.equal(real.frames);
    expect(shown.frames[0]?.success).to.equal(receipt.status === "0x1");
    const logs: Event[] = receipt.logs;
    expect(shown.events).to.deep.equal(logs.map(({ address, topics, data }) => ({ address, topics, data })));
    expect(shown.relays).to.have.length(real.relays.length);
    for (const [place, gas] of real.relays.entries())
      expect(shown.relays[place], "gas of a call that left").to.be.within(gas - 22, gas);
    return real.frames;
  }

  /** Sends, and gives the transactions that this was on A. */
  async function onA(send: () => Promise<{ readonly hash: Hex }>, on: SolidityChain): Promise<Hex[]> {
    const { hash } = await send();
    if (on === "A") return [hash];
    const block = (await ask("eth_getBlockByNumber", ["latest", false])).result;
    return block.transactions;
  }

  async function replay(
    on: SolidityChain,
    to: Parameters<World["send"]>[0]["to"],
    call: string,
    args: readonly Argument[] = [],
    more: { readonly value?: bigint; readonly gas?: bigint } = {},
  ): Promise<Frame[][]> {
    const hashes = await onA(() => world.send({ on, by: alice, to, call, args, ...more }), on);
    const all: Frame[][] = [];
    for (const hash of hashes) all.push(await expectReplayed(hash));
    return all;
  }

  it("calls L1, which calls back", async () => {
    const home = await world.deploy("A", "Counter");
    const away = await world.deploy("L1", "CounterCaller", [home]);
    const other = await world.deploy("L1", "Counter");
    const sequence = await world.deploy("A", "CounterSequence");
    const [frames] = await replay("A", sequence, "mixed", [away, other]);
    expect(frames?.filter(({ to }) => to === home.address.toLowerCase())).to.have.length(2);
    // The same from L1, as a visit.
    const [visit] = await replay("L1", sequence, "mixed", [away, other]);
    expect(visit?.filter(({ to }) => to === home.address.toLowerCase())).to.have.length(2);
  });

  it("enters both chains again and again", async () => {
    const here = await world.deploy("A", "Countdown");
    const there = await world.deploy("L1", "Countdown");
    await world.send({ on: "A", by: alice, to: here, call: "setPeer", args: [there] });
    await world.send({ on: "L1", by: alice, to: there, call: "setPeer", args: [here] });
    await replay("A", here, "deep", [5n]);
    await replay("L1", there, "deep", [5n]);
  });

  it("undoes a call, and makes it again", async () => {
    const counter = await world.deploy("L1", "Counter");
    const again = await world.deploy("A", "UndoingCaller", [counter, true]);
    await replay("A", again, "bump");
    const never = await world.deploy("A", "UndoingCaller", [counter, false]);
    await replay("A", never, "bump");
    await replay("L1", again, "bump");
  });

  it("is refused by L1 with data, catches it, and is let in once it changed", async () => {
    const faulty = await world.deploy("L1", "FaultyCounter");
    const safe = await world.deploy("A", "SafeCounterCaller", [faulty]);
    await replay("A", safe, "bump");
    const gate = await world.deploy("L1", "Gate");
    const visitor = await world.deploy("A", "Visitor", [gate]);
    await replay("A", visitor, "retry");
  });

  it("reverts as a whole, with what L1 said", async () => {
    const faulty = await world.deploy("L1", "FaultyCounter");
    const caller = await world.deploy("A", "CounterCaller", [faulty]);
    const [frames] = await replay("A", caller, "bump", [], { gas: 300_000n });
    expect(frames?.[0]?.success).to.equal(false);
  });

  it("reads L1 statically around a write, which asks A back", async () => {
    const reader = await world.deploy("A", "PriceReader");
    const dollar = await world.deploy("A", "PriceFeed", [alice.address, zeroAddress, parseEther("2")]);
    const feed = await world.deploy("L1", "PriceFeed", [reader, dollar, parseEther("10")]);
    await replay("A", reader, "read", [feed]);
    await replay("A", reader, "readAround", [feed, parseEther("30")]);
  });

  it("sends Ether to B and gets it back, and from L1", async () => {
    const here = await world.deploy("A", "Courier");
    const there = await world.deploy("B", "Courier");
    await world.send({ on: "A", by: alice, to: here, call: "setNext", args: [there] });
    await world.send({ on: "B", by: alice, to: there, call: "setNext", args: [here] });
    const to = { chain: "A" as ChainName, address: alice.address };
    const transfer = () => world.transfer({ on: "L1", by: alice, to, value: parseEther("1") });
    for (const hash of await onA(transfer, "L1")) await expectReplayed(hash);
    await replay("A", here, "send", [4n], { value: 1_000n });
    await replay("L1", here, "send", [3n], { value: 500n });
  });

  it("is one of several in its block", async () => {
    const counter = await world.deploy("A", "Counter");
    const sequence = await world.deploy("L1", "CounterSequence");
    const frames = await replay("L1", sequence, "increment", [[counter, counter, counter]]);
    expect(frames.map(([root]) => BigInt(root?.output ?? 0))).to.deep.equal([1n, 2n, 3n]);
  });

  it("makes the proxy that the rollup made", async () => {
    const counter = await world.deploy("L1", "Counter");
    const on = world.endpoint("A");
    const args = [counter.address, world.idOf("L1")] as const;
    const data = encodeFunctionData({ abi: crossChainManagerAbi, functionName: "createProxy", args });
    const { hash } = await on.send({ by: alice, to: SYSTEM, data });
    const [root, made] = await expectReplayed(hash);
    const proxy = await world.knownAs(counter, "A");
    expect(root?.output).to.equal(pad(proxy).toLowerCase());
    expect(made?.to).to.equal(proxy.toLowerCase());
  });

  it("is a creation whose constructor asks L1", async () => {
    const feed = await world.deploy("L1", "PriceFeed", [alice.address, zeroAddress, parseEther("3")]);
    const counter = await world.deploy("L1", "Counter");
    await world.deploy("A", "Snapshot", [feed, counter]);
    const { transactions } = (await ask("eth_getBlockByNumber", ["latest", false])).result;
    for (const hash of z.array(hex).parse(transactions)) await expectReplayed(hash);
  });

  it(`is played by anvil on a fork of it${anvilMissing === undefined ? "" : `: ${anvilMissing}`}`, async function () {
    if (anvilMissing !== undefined) this.skip();
    const home = await world.deploy("A", "Counter");
    const away = await world.deploy("L1", "CounterCaller", [home]);
    const caller = await world.deploy("A", "NestedCounterCaller", [away]);
    const { hash } = await world.send({ on: "A", by: alice, to: caller, call: "bump" });
    const id = Number((await ask("eth_chainId", [])).result);
    const fork = ["--fork-url", `${url}/replay/${hash}`, "--fork-transaction-hash", hash];
    const anvil = await startAnvil(id, ...fork);
    try {
      const call = ["--from", alice.address, caller.address, "bump()(uint256)"];
      expect(await castAt(anvil.url)("call", ...call)).to.equal("1");
    } finally {
      await anvil.close();
    }
  });

  describe("and what it is not there for", () => {
    let hash: Hex;
    before(async () => {
      const away = await world.deploy("L1", "Counter");
      const caller = await world.deploy("A", "CounterCaller", [away]);
      ({ hash } = await world.send({ on: "A", by: alice, to: caller, call: "bump" }));
    });

    it("is refused by name: other hashes, and what would send", async () => {
      const onL1 = await world.send({
        on: "L1",
        by: alice,
        to: await world.deploy("L1", "Counter"),
        call: "increment",
      });
      for (const [path, code] of [
        ["", "REPLAY_REQUEST"],
        ["/", "REPLAY_REQUEST"],
        ["/0x12", "REPLAY_REQUEST"],
        [`/${hash}/0x12`, "REPLAY_REQUEST"],
        [`/%22${"x".repeat(300)}`, "REPLAY_REQUEST"],
        [`/0x${"ab".repeat(32)}`, "TRANSACTION_NOT_FOUND"],
        [`/${onL1.hash}`, "TRANSACTION_NOT_FOUND"],
      ] as const) {
        const { error } = await ask("eth_chainId", [], `/replay${path}`);
        expect(error?.data?.code, path).to.equal(code);
      }
      for (const method of ["eth_sendRawTransaction", "eth_sendTransaction", "evm_mine"])
        expect((await ask(method, ["0x"], `/replay/${hash}`)).error.data.code).to.equal("REPLAY_REQUEST");
      for (const method of ["eth_call", "toString", "constructor"])
        expect((await ask(method, [{}, "latest"], `/replay/${hash}`)).error.code, method).to.equal(-32601);
      expect(await castAt(`${url}/replay/0x12`)("run", hash).catch(String)).to.include("cast run HASH");
    });

    it("is refused where one chain's gas cannot do what several did, and says where to look", async () => {
      const burner = await world.deploy("A", "Burner");
      const passer = await world.deploy("L1", "Passer", [burner]);
      const budgeter = await world.deploy("A", "Budgeter", [passer]);
      // What comes back uses more than its caller had for it: on A that is not its caller's.
      const args = [60n, 1_000_000n];
      const sent = await world.send({ on: "A", by: alice, to: budgeter, call: "run", args, gas: 3_000_000n });
      expect(await world.read(budgeter, "done")).to.equal(1n);
      const at = `/replay/${sent.hash}`;
      expect((await ask("eth_chainId", [], at)).error.data.code).to.equal("REPLAY_DIFFERS");
      const said = await castAt(`${url}${at}`)("run", sent.hash).catch(String);
      expect(said).to.include("lockstep_traceTransaction");
    });

    it("says that it is one, and changes nothing at the gateway itself", async () => {
      expect((await ask("web3_clientVersion", [], `/replay/${hash}`)).result).to.equal("lockstep/replay");
      const own = (await ask("eth_getCode", [SYSTEM, "latest"])).result;
      const shown = (await ask("eth_getCode", [SYSTEM, "latest"], `/replay/${hash}`)).result;
      expect(shown).to.not.equal(own);
    });

    it("is refused when the state before it is not kept any more", async () => {
      const { builder } = world;
      const pruned: Parameters<typeof openReplay>[0] = {
        l1ChainId: builder.l1ChainId,
        manager: builder.manager,
        readRollup: (rollup, work) =>
          builder.readRollup(rollup, (machine) => {
            if (machine instanceof EvmMachine) machine.asideAfter = () => undefined;
            return work(machine);
          }),
      };
      const rollup = world.idOf("A");
      const refused: unknown = await openReplay(pruned, { rollup, chainId: 1n }, hash).catch(
        (error: unknown) => error,
      );
      expect(refused).to.have.property("code", "HISTORICAL_STATE");
    });

    it("is kept from web pages of others, as the gateway is", async () => {
      const response = await fetch(`${url}/replay/${hash}`, {
        method: "OPTIONS",
        headers: { origin: "https://elsewhere.example", "access-control-request-method": "POST" },
      });
      expect(response.headers.get("access-control-allow-origin")).to.equal(null);
      const text = await fetch(`${url}/replay/${hash}`, {
        method: "POST",
        headers: { "content-type": "text/plain" },
        body: "{}",
      });
      expect(text.status).to.equal(415);
    });
  });
});
