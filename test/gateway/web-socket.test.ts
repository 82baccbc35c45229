import { connect } from "node:net";
import { expect } from "chai";
import { WebSocketProvider } from "ethers";
import { createPublicClient, type Hex, webSocket } from "viem";
import { WebSocket } from "ws";
import type { Gateway } from "../../builder/gateway/server.ts";
import { FakeRollup, outcomeOf, serveRollup } from "./fake-rollup.ts";
import { callVisit, contract, logOf, signer } from "./visits.ts";

describe("WebSocket of a gateway", function () {
  this.timeout(60_000);
  let rollup: FakeRollup;
  let gateway: Gateway;
  const open: WebSocket[] = [];

  beforeEach(async () => {
    rollup = await FakeRollup.open();
    rollup.onCall = () => outcomeOf();
    gateway = await serveRollup(rollup, { accounts: [signer] });
  });
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.terminate();
    await gateway.close();
  });

  const address = (): string => gateway.url.replace("http", "ws");

  /** A client that speaks JSON-RPC by hand. */
  async function client() {
    const socket = new WebSocket(address());
    open.push(socket);
    const inbox: ReturnType<typeof JSON.parse>[] = [];
    socket.on("message", (data: Buffer) => inbox.push(JSON.parse(data.toString())));
    await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
    const until = async (found: (message: ReturnType<typeof JSON.parse>) => boolean) => {
      for (let waited = 0; waited < 100; waited++) {
        const message = inbox.find(found);
        if (message !== undefined) return message;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`not among ${JSON.stringify(inbox)}`);
    };
    let id = 0;
    const ask = async (method: string, params: unknown[] = []) => {
      const own = ++id;
      socket.send(JSON.stringify({ jsonrpc: "2.0", id: own, method, params }));
      return await until((message) => message.id === own);
    };
    const notified = (subscription: string) =>
      inbox
        .filter((message) => message.params?.subscription === subscription)
        .map(({ params }) => params.result);
    return { socket, inbox, ask, until, notified };
  }

  /** How an attempt to connect is answered. */
  async function attempt(headers: Record<string, string>, path = ""): Promise<number | "open"> {
    const socket = new WebSocket(address() + path, { headers });
    open.push(socket);
    return await new Promise((resolve, reject) => {
      socket.on("open", () => resolve("open"));
      socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
      socket.on("error", reject);
    });
  }

  it("serves requests, batches and errors as HTTP does", async () => {
    const { ask, socket, until } = await client();
    expect((await ask("eth_blockNumber")).result).to.equal("0x0");
    expect((await ask("eth_nonsense")).error.code).to.equal(-32601);
    expect((await ask("eth_getBalance", ["0x"])).error.code).to.equal(-32602);
    socket.send("{");
    expect((await until(({ error }) => error?.code === -32700)).id).to.equal(null);
    socket.send(JSON.stringify([{ jsonrpc: "2.0", id: 70, method: "eth_blockNumber" }, 1]));
    expect(await until((message) => Array.isArray(message))).to.have.length(2);
    socket.send(Buffer.from(JSON.stringify({ jsonrpc: "2.0", id: 71, method: "eth_blockNumber" })));
    expect((await until(({ id }) => id === 71)).result).to.equal("0x0");
  });

  it("tells subscribers of blocks, logs and transactions that wait", async () => {
    const { ask, until, notified, inbox } = await client();
    const heads: string = (await ask("eth_subscribe", ["newHeads"])).result;
    const logs: string = (await ask("eth_subscribe", ["logs", { address: contract, topics: [] }])).result;
    const others: string = (await ask("eth_subscribe", ["logs", { address: signer.address }])).result;
    const pending: string = (await ask("eth_subscribe", ["newPendingTransactions"])).result;
    const { result: hash } = await ask("eth_sendTransaction", [{ from: signer.address, to: contract }]);
    await rollup.include([callVisit(1, { logs: [logOf(contract, [5], "0x0a")] })]);
    const { params } = await until((message) => message.params?.subscription === logs);
    expect(params.result).to.deep.include({ data: "0x0a", removed: false, blockNumber: "0x1" });
    expect(notified(pending)).to.deep.equal([hash]);
    expect(notified(heads)).to.have.length(1);
    expect(notified(heads)[0]).to.deep.include({ number: "0x1", timestamp: "0x3e9" });
    expect(notified(heads)[0]).to.not.have.property("transactions");
    expect(notified(others)).to.deep.equal([]);

    await rollup.rewind(0);
    await rollup.include([callVisit(1, { logs: [] })], new Map(), "second");
    await until(() => notified(logs).length === 2);
    expect(notified(logs)[1]).to.deep.equal({ ...params.result, removed: true });
    await until(() => notified(heads).length === 2);

    expect((await ask("eth_unsubscribe", [heads])).result).to.equal(true);
    expect((await ask("eth_unsubscribe", [heads])).result).to.equal(false);
    const before = inbox.length;
    await rollup.include([callVisit(2, { logs: [logOf(contract, [])] })]);
    await until(() => notified(logs).length === 3);
    expect(inbox.length).to.equal(before + 1);
    expect((await ask("eth_subscribe", ["weather"])).error.message).to.equal(
      "there is no subscription to weather",
    );
    expect((await ask("eth_subscribe", ["logs", { topics: [1] }])).error.code).to.equal(-32602);
    expect((await ask("eth_subscribe")).error.code).to.equal(-32602);
  });

  it("serves viem's and ethers' subscriptions", async () => {
    const viem = createPublicClient({ transport: webSocket(address()) });
    const seen: string[] = [];
    const unwatch = viem.watchBlocks({ onBlock: ({ number }) => seen.push(`viem block ${number}`) });
    const unlisten = viem.watchEvent({
      address: contract,
      onLogs: (logs) => seen.push(`viem ${logs.length} log`),
    });
    const ethers = new WebSocketProvider(address());
    await ethers.on("block", (number) => seen.push(`ethers block ${String(number)}`));
    await ethers.on({ address: contract }, () => seen.push("ethers log"));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await rollup.include([callVisit(1, { logs: [logOf(contract, [])] })]);
    for (let waited = 0; seen.length < 4 && waited < 100; waited++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen).to.have.members(["viem block 1", "viem 1 log", "ethers block 1", "ethers log"]);
    unwatch();
    unlisten();
    await ethers.destroy();
    const client = await viem.transport.getRpcClient();
    client.close();
  });

  it("refuses web pages, but those of the allowed origin", async () => {
    expect(await attempt({})).to.equal("open");
    expect(await attempt({ origin: "https://evil.example" })).to.equal(403);
    expect(await attempt({ origin: "null" })).to.equal(403);
    expect(await attempt({ origin: gateway.url })).to.equal(403);
    expect(await attempt({}, "/other")).to.equal(404);
    await gateway.close();
    gateway = await serveRollup(rollup, { allowOrigin: "https://app.example" });
    expect(await attempt({ origin: "https://app.example" })).to.equal("open");
    expect(await attempt({ origin: "https://app.example.evil" })).to.equal(403);
    await gateway.close();
    gateway = await serveRollup(rollup, { allowOrigin: "*" });
    expect(await attempt({ origin: "https://any.example" })).to.equal("open");
  });

  it("survives clients that break off, send too much, or are no WebSockets", async () => {
    const { socket, ask } = await client();
    await ask("eth_subscribe", ["newHeads"]);
    socket.send("x".repeat(5 * 1024 * 1024));
    expect(await new Promise((resolve) => socket.on("close", resolve))).to.equal(1009);
    const gone = await client();
    const logs: Hex = (await gone.ask("eth_subscribe", ["logs", {}])).result;
    expect(logs).to.match(/^0x[0-9a-f]{32}$/);
    gone.socket.terminate();
    const bytes = "GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: nonsense\r\n\r\n";
    await new Promise<void>((resolve) => {
      const raw = connect(gateway.port, "127.0.0.1", () => raw.end(bytes));
      raw.on("error", () => undefined);
      raw.on("close", () => resolve());
      raw.resume();
    });
    await rollup.include([callVisit(1, { logs: [logOf(contract, [])] })]);
    const again = await client();
    expect((await again.ask("eth_blockNumber")).result).to.equal("0x1");
  });

  it("limits the subscriptions of a connection", async () => {
    const { ask, socket, until } = await client();
    const many = Array.from({ length: 1_000 }, (_, id) => ({
      jsonrpc: "2.0",
      id,
      method: "eth_subscribe",
      params: ["newPendingTransactions"],
    }));
    socket.send(JSON.stringify(many));
    const answers = await until((message) => Array.isArray(message));
    expect(answers.every((answer: { result?: string }) => answer.result !== undefined)).to.equal(true);
    expect((await ask("eth_subscribe", ["newHeads"])).error.message).to.contain("at most 1000 subscriptions");
  });
});
