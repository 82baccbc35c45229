import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { z } from "zod";
import { PlainAccounts } from "../../builder/core/plain.ts";
import { RawNode } from "../../builder/l1/raw-node.ts";

const requestSchema = z.object({ id: z.number(), method: z.string(), params: z.array(z.string()) });
type Request = z.output<typeof requestSchema>;

/** What goes to L1's node without a client in between. */
describe("the node behind the gateways", () => {
  let server: Server;
  let url: string;
  let connections: number;
  let bodies: Request[][];
  let authorization: string | undefined;
  let answer: (request: Request) => object;

  beforeEach(async () => {
    [connections, bodies] = [0, []];
    answer = ({ params: [first] }) => ({ result: first });
    server = createServer((request, response) => {
      ({ authorization } = request.headers);
      void text(request).then((body) => {
        const parsed = z.union([requestSchema, z.array(requestSchema)]).parse(JSON.parse(body));
        const all = Array.isArray(parsed) ? parsed : [parsed];
        bodies.push(all);
        const answers = all.map((each) => ({ jsonrpc: "2.0", id: each.id, ...answer(each) }));
        response.end(JSON.stringify(Array.isArray(parsed) ? answers : answers[0]));
      });
    });
    server.on("connection", () => connections++);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    url = `http://127.0.0.1:${address.port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const ask = async (node: RawNode, first: string) => await node.ask({ method: "m", params: [first] });

  it("is asked over connections that serve again, but not over ones that were idle", async () => {
    const node = new RawNode(url);
    for (const text of ["a", "b", "c"]) expect(await ask(node, text)).to.deep.equal({ result: text });
    expect(connections).to.equal(1);
    // Nodes close a connection after some seconds, and what is sent just then is lost.
    await sleep(1_100);
    expect(await ask(node, "d")).to.deep.equal({ result: "d" });
    expect(connections).to.equal(2);
  });

  it("gets the password that its address holds", async () => {
    await ask(new RawNode(url.replace("//", "//joe:p%40ss@")), "a");
    expect(authorization).to.equal(`Basic ${Buffer.from("joe:p@ss").toString("base64")}`);
  });

  it("has its errors passed on, and what is no answer refused", async () => {
    const node = new RawNode(url);
    const error = { code: -32_000, message: "no", data: { why: 1 } };
    answer = () => ({ error });
    expect(await ask(node, "a")).to.deep.equal({ error });
    for (const other of [{}, { error: "no" }]) {
      answer = () => other;
      const [failed] = await Promise.allSettled([ask(node, "a")]);
      expect(failed).to.have.property("reason").that.includes({ code: "L1_RPC_ERROR" });
    }
  });

  it("is asked once for the code of an account that many send to", async () => {
    const plain = `0x${"11".repeat(20)}` as const;
    const caller = `0x${"22".repeat(20)}` as const;
    answer = ({ params: [address] }) => ({ result: address === caller ? "0x5ff1" : "0x" });
    const accounts = new PlainAccounts(url);
    const asked = [plain, caller, plain, caller, plain];
    const judged = await Promise.all(asked.map((address) => accounts.has(address)));
    expect(judged).to.deep.equal([true, false, true, false, true]);
    expect(bodies.map((body) => body.length)).to.deep.equal([2]);
    // What it was a moment ago does not count.
    answer = () => ({ result: "0x5ff1" });
    expect(await accounts.has(plain)).to.equal(false);
  });

  it("does not make an account plain by refusing to tell its code", async () => {
    const accounts = new PlainAccounts(url);
    for (const other of [{ error: { code: -32_000, message: "no" } }, { result: null }, { result: "" }]) {
      answer = () => other;
      const [failed] = await Promise.allSettled([accounts.has(`0x${"11".repeat(20)}`)]);
      expect(failed).to.have.property("reason").that.includes({ code: "L1_RPC_ERROR" });
    }
  });
});
