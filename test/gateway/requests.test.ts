import { once } from "node:events";
import { expect } from "chai";
import { WebSocket } from "ws";
import { z } from "zod";
import { GATEWAY_KINDS } from "../../builder/node/kinds/index.ts";
import { startL1Gateway } from "../../builder/gateway/l1.ts";
import { startRollupGateway } from "../../builder/gateway/rollup.ts";
import type { Gateway } from "../../builder/gateway/server.ts";
import { accountAt } from "../core/setup.ts";
import { alice, World } from "../scenarios/support/world.ts";

const unlocked = accountAt(5);
const messageSchema = z.looseObject({
  id: z.union([z.number(), z.string(), z.null()]).optional(),
  result: z.unknown().optional(),
  error: z.looseObject({ code: z.number(), message: z.string() }).optional(),
  params: z.object({ subscription: z.string(), result: z.unknown() }).optional(),
});
type Message = z.output<typeof messageSchema>;

/** Forms of requests that clients send, at the gateways of L1 and of an EVM rollup. */
describe("requests as clients make them", function () {
  this.timeout(180_000);
  let world: World;
  const gateways = new Map<string, Gateway>();

  before(async () => {
    world = await World.start({ chains: ["L1", "A"] });
    const common = { kinds: GATEWAY_KINDS, port: 0, accounts: [unlocked] };
    gateways.set("L1", await startL1Gateway(world.builder, common));
    gateways.set("A", await startRollupGateway(world.builder, { ...common, rollup: world.idOf("A") }));
  });
  after(async () => {
    for (const gateway of gateways.values()) await gateway.close();
    await world.close();
  });

  async function post(url: string, body: unknown): Promise<unknown> {
    const headers = { "content-type": "application/json" };
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    return response.status === 204 ? undefined : await response.json();
  }
  const one = async (url: string, request: Readonly<Record<string, unknown>>): Promise<Message> =>
    messageSchema.parse(await post(url, { jsonrpc: "2.0", ...request }));

  for (const name of ["L1", "A"]) {
    describe(`at ${name}'s gateway`, () => {
      const urlOf = (): string => gateways.get(name)?.url ?? "";
      const ask = async (method: string, ...params: readonly unknown[]) =>
        await one(urlOf(), { id: 1, method, params });

      it("are answered with their id, whatever is wrong with them", async () => {
        for (const id of [0, -7, 1.5, "", "a", null]) {
          const right = await one(urlOf(), { id, method: "net_version" });
          expect(right).to.include({ id }).and.have.property("result");
          for (const wrong of [
            { method: 7 },
            { method: "net_version", params: {} },
            { method: "net_version", params: 7 },
            { method: "net_version", jsonrpc: "1.0" },
            {},
          ]) {
            const { id: answered, error } = await one(urlOf(), { id, ...wrong });
            expect(answered, JSON.stringify(wrong)).to.equal(id);
            expect(error?.code, JSON.stringify(wrong)).to.equal(-32600);
          }
        }
        for (const id of [true, {}, []])
          expect(await one(urlOf(), { id, method: "net_version" })).to.deep.include({ id: null });
      });

      it("take null for no parameters, and say that names are not taken", async () => {
        const none = await one(urlOf(), { id: 1, method: "eth_chainId", params: null });
        expect(none.result).to.match(/^0x/);
        const byName = await one(urlOf(), { id: 1, method: "eth_getBalance", params: { address: "0x" } });
        expect(byName.error?.message).to.match(/in an array, by their position$/);
      });

      it("may be notifications, which a batch has no answers to", async () => {
        const silent = { jsonrpc: "2.0", method: "net_version" };
        expect(await post(urlOf(), silent)).to.equal(undefined);
        expect(await post(urlOf(), [silent, silent])).to.equal(undefined);
        const batch = [silent, ...Array.from({ length: 999 }, (_, id) => ({ ...silent, id }))];
        const answers = z.array(messageSchema).parse(await post(urlOf(), batch));
        expect(answers.map(({ id }) => id)).to.deep.equal(Array.from({ length: 999 }, (_, id) => id));
      });

      it("may leave out what has a standard, and say what is no block", async () => {
        const zero = `0x${"00".repeat(32)}`;
        expect((await ask("eth_getBlockByNumber", "latest")).result).to.have.property("hash");
        expect((await ask("eth_getBlockByHash", zero)).result).to.equal(null);
        expect((await ask("eth_getBalance", alice.address)).result).to.match(/^0x/);
        for (const block of ["", "newest", "0x", "7"])
          expect((await ask("eth_getBalance", alice.address, block)).error?.code, block).to.equal(-32602);
      });

      it("are those that wallets and pages begin with", async () => {
        const accounts = [unlocked.address];
        expect((await ask("eth_requestAccounts")).result).to.deep.equal(accounts);
        expect((await ask("eth_accounts")).result).to.deep.equal(accounts);
        expect((await ask("net_listening")).result).to.equal(true);
        for (const method of [
          "wallet_addEthereumChain",
          "wallet_switchEthereumChain",
          "wallet_requestPermissions",
          "wallet_getCapabilities",
        ])
          expect((await ask(method, {})).error?.code, method).to.equal(-32601);
        for (const method of ["eth_gasPrice", "eth_maxPriorityFeePerGas", "eth_blobBaseFee"])
          expect((await ask(method)).result, method).to.match(/^0x[0-9a-f]+$/);
        const history = await ask("eth_feeHistory", "0x5", "latest", [10, 50, 90]);
        expect(history.result).to.have.keys("oldestBlock", "baseFeePerGas", "gasUsedRatio", "reward");
        expect((await ask("txpool_inspect")).result).to.deep.equal({ pending: {}, queued: {} });
        const unknown = await ask("eth_getTransactionReceipt", `0x${"12".repeat(32)}`);
        expect(unknown.result).to.equal(null);
      });

      it("subscribe over WebSocket: to blocks, logs and pending transactions, by hash or whole", async () => {
        expect((await ask("eth_subscribe", "newHeads")).error?.message).to.match(/WebSocket/);
        const socket = new WebSocket(urlOf().replace("http", "ws"));
        await once(socket, "open");
        const messages: Message[] = [];
        const { promise, resolve } = Promise.withResolvers<undefined>();
        const topics: (readonly unknown[])[] = [
          ["newHeads"],
          ["newPendingTransactions"],
          ["newPendingTransactions", true],
          ["logs", { topics: [] }],
        ];
        socket.on("message", (data: Buffer) => {
          messages.push(messageSchema.parse(JSON.parse(data.toString())));
          if (new Set(messages.map(({ params }) => params?.subscription)).size === topics.length)
            resolve(undefined);
        });
        const say = (id: number, method: string, params: readonly unknown[]) => {
          socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
        };
        topics.forEach((params, id) => {
          say(id, "eth_subscribe", params);
        });
        say(10, "eth_subscribe", ["unknown"]);
        say(11, "eth_sendTransaction", [{ from: unlocked.address, to: alice.address, value: "0x0" }]);
        await promise;
        await world.builder.idle();
        const answered = (id: number) => messages.find((message) => message.id === id);
        const told = (id: number): unknown =>
          messages.find(({ params }) => params?.subscription === answered(id)?.result)?.params?.result;
        const hash = answered(11)?.result;
        expect(told(0)).to.have.property("parentHash");
        expect(told(1)).to.equal(hash);
        expect(told(2)).to.deep.include({
          hash,
          from: unlocked.address.toLowerCase(),
          to: alice.address.toLowerCase(),
          blockHash: null,
          value: "0x0",
        });
        expect(told(3)).to.equal(undefined);
        expect(answered(10)?.error?.code).to.equal(-32602);
        socket.close();
      });
    });
  }
});
