import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { type Hex, parseEther, toHex } from "viem";
import { WebSocket } from "ws";
import { startL1Gateway } from "../../builder/gateway/l1.ts";
import { startRollupGateway } from "../../builder/gateway/rollup.ts";
import type { Gateway } from "../../builder/gateway/server.ts";
import { GATEWAY_KINDS } from "../../builder/node/kinds/index.ts";
import { evmChainIdOf } from "../../builder/protocol/evm-chain-id.ts";
import { clientsFor } from "../scenarios/support/clients.ts";
import { alice, bob, L1_CHAIN_ID, World } from "../scenarios/support/world.ts";

/** JUMPDEST, PUSH1 0, JUMP */
const LOOP: Hex = "0x5b600056";
/** So much gas that it is not what ends it. */
const ENDLESS = { data: LOOP, gas: toHex(10n ** 12n) };
const TIMEOUT = 150;
const ABORTED = "execution aborted (timeout = 0.15s)";

/** So many rounds of BLAKE2F: seconds in which no code can be interrupted. */
const ROUNDS: Hex = `0x00e00000${"00".repeat(208)}01`;
const BLAKE2F: Hex = `0x${"00".repeat(19)}09`;

/** The gateways of all chains, with one limit. */
interface Gateways {
  readonly a: Gateway;
  readonly l1: Gateway;
  readonly ledger: Gateway;
}

/** EVM code that does not end, beside everything else that goes on. */
describe("an endless call", function () {
  this.timeout(300_000);
  let world: World;
  let limited: Gateways;
  /** Where nothing but its client ends a call. */
  let unlimited: Gateways;

  async function openAll(callTimeout: number): Promise<Gateways> {
    const common = { kinds: GATEWAY_KINDS, port: 0, callTimeout };
    return {
      a: await startRollupGateway(world.builder, { ...common, rollup: world.idOf("A") }),
      ledger: await startRollupGateway(world.builder, { ...common, rollup: world.idOf("LEDGER") }),
      l1: await startL1Gateway(world.builder, common),
    };
  }

  before(async () => {
    world = await World.start({ chains: ["L1", "A", "LEDGER"] });
    limited = await openAll(TIMEOUT);
    unlimited = await openAll(0);
    const to = { chain: "A", address: alice.address } as const;
    await world.transfer({ on: "L1", by: alice, to, value: parseEther("1") });
  });
  after(async () => {
    for (const { a, ledger, l1 } of [limited, unlimited])
      for (const gateway of [a, ledger, l1]) await gateway.close();
    await world.close();
  });

  const bodyOf = (method: string, params: readonly unknown[]): string =>
    JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  async function rpc(
    { url }: Gateway,
    method: string,
    params: readonly unknown[],
    signal: AbortSignal | null = null,
  ) {
    const headers = { "content-type": "application/json" };
    const response = await fetch(url, { method: "POST", headers, body: bodyOf(method, params), signal });
    const answer: ReturnType<typeof JSON.parse> = JSON.parse(await response.text());
    return answer;
  }

  /** Until as many calls are played as that. */
  async function untilPlayed(count: number): Promise<void> {
    while (world.builder.calls !== count) await sleep(5);
  }

  // With all the gas of a block: it takes seconds.
  const simulated = [{ blockStateCalls: [{ calls: [{ input: LOOP }] }] }];
  const calls: readonly (readonly [string, keyof Gateways, string, readonly unknown[]])[] = [
    ["eth_call on A", "a", "eth_call", [ENDLESS, "latest"]],
    ["eth_call on A's pending block", "a", "eth_call", [ENDLESS, "pending"]],
    ["eth_estimateGas on A", "a", "eth_estimateGas", [ENDLESS]],
    ["eth_createAccessList on A", "a", "eth_createAccessList", [ENDLESS]],
    ["eth_simulateV1 on A", "a", "eth_simulateV1", simulated],
    ["a precompile on A", "a", "eth_call", [{ to: BLAKE2F, data: ROUNDS }, "latest"]],
    ["eth_call on L1", "l1", "eth_call", [ENDLESS, "latest"]],
    ["eth_estimateGas on L1", "l1", "eth_estimateGas", [ENDLESS]],
  ];
  for (const [name, chain, method, params] of calls) {
    it(`ends at the limit, in geth's words: ${name}`, async () => {
      const { error } = await rpc(limited[chain], method, params);
      expect(error).to.deep.include({ code: -32000, message: ABORTED });
      expect(error.data.code).to.equal("EXECUTION_TIMEOUT");
      expect(world.builder.calls).to.equal(0);
    });

    it(`holds up nobody's reads and calls, and ends when its client hangs up: ${name}`, async () => {
      const client = new AbortController();
      const endless = rpc(unlimited[chain], method, params, client.signal).catch(() => "hung up");
      await untilPlayed(1);
      for (const each of [unlimited.a, unlimited.l1, unlimited.ledger])
        expect((await rpc(each, "eth_getBalance", [alice.address, "latest"])).result).to.be.a("string");
      const own = { to: bob.address, from: alice.address };
      for (const each of [unlimited.a, unlimited.l1])
        expect((await rpc(each, "eth_call", [own, "latest"])).result).to.equal("0x");
      expect((await rpc(unlimited.l1, "lockstep_status", [])).result.calls).to.equal(1);
      client.abort();
      expect(await endless).to.equal("hung up");
      await untilPlayed(0);
    });
  }

  it("holds up no transactions, of rollups and across chains", async () => {
    const client = new AbortController();
    const chains = ["a", "a", "l1"] as const;
    const endless = chains.map((chain) =>
      rpc(unlimited[chain], "eth_call", [ENDLESS, "latest"], client.signal).catch(() => "hung up"),
    );
    await untilPlayed(3);
    const to = { chain: "A", address: bob.address } as const;
    await world.transfer({ on: "L1", by: bob, to, value: 5n });
    const { wallet, reader } = clientsFor(unlimited.a.url, evmChainIdOf(L1_CHAIN_ID, world.idOf("A")));
    const hash = await wallet(alice).sendTransaction({ to: bob.address, value: 7n });
    expect((await reader.waitForTransactionReceipt({ hash })).status).to.equal("success");
    expect(await reader.getBalance({ address: bob.address })).to.equal(12n);
    expect(world.builder.calls).to.equal(3);
    client.abort();
    expect(await Promise.all(endless)).to.deep.equal(["hung up", "hung up", "hung up"]);
    await untilPlayed(0);
  });

  it("is refused at the limit as a transaction too, which nothing is left of", async () => {
    const { wallet, reader } = clientsFor(unlimited.a.url, evmChainIdOf(L1_CHAIN_ID, world.idOf("A")));
    const request = { data: LOOP, gas: 16_000_000n, nonce: await nonceOfAlice(), gasPrice: 0n } as const;
    const signed = await wallet(alice).signTransaction({ ...request, type: "legacy" });
    const { error } = await rpc(limited.a, "eth_sendRawTransaction", [signed]);
    expect(error.message).to.equal(ABORTED);
    expect(world.builder.waiting).to.equal(0);
    const hash = await wallet(alice).sendTransaction({ to: bob.address, value: 1n });
    expect((await reader.waitForTransactionReceipt({ hash })).status).to.equal("success");

    async function nonceOfAlice(): Promise<number> {
      return await reader.getTransactionCount({ address: alice.address });
    }
  });

  it("ends when its client's WebSocket closes", async () => {
    const socket = new WebSocket(unlimited.a.url.replace("http", "ws"));
    await new Promise((resolve) => socket.once("open", resolve));
    socket.send(bodyOf("eth_call", [ENDLESS, "latest"]));
    await untilPlayed(1);
    socket.terminate();
    await untilPlayed(0);
  });
});
