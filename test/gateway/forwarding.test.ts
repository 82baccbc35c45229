import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { z } from "zod";
import { Upstream } from "../../builder/gateway/upstream.ts";

const requestSchema = z.object({ id: z.number(), params: z.tuple([z.string()]) });
type Request = z.output<typeof requestSchema>;

/** Transactions that come together are passed on together, and each gets the answer that is its own. */
describe("sends in parallel", () => {
  let server: Server;
  let url: string;
  /** How many requests each body held. */
  let sizes: number[];
  /** What the node answers a body that is an array with. */
  let answerAll: (requests: readonly Request[]) => unknown;
  const answer = ({ id, params: [raw] }: Request): unknown =>
    raw.endsWith("bad")
      ? { jsonrpc: "2.0", id, error: { code: -32_000, message: `refused ${raw}` } }
      : { jsonrpc: "2.0", id, result: `hash of ${raw}` };

  beforeEach(async () => {
    sizes = [];
    answerAll = (requests) => requests.map(answer);
    server = createServer((request, response) => {
      void text(request).then((body) => {
        const parsed = z.union([requestSchema, z.array(requestSchema)]).parse(JSON.parse(body));
        sizes.push(Array.isArray(parsed) ? parsed.length : 1);
        const answered = Array.isArray(parsed) ? answerAll(parsed) : answer(parsed);
        setTimeout(() => response.end(JSON.stringify(answered)), 5);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address: AddressInfo | string | null = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    url = `http://127.0.0.1:${address.port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const raws = (count: number): string[] =>
    Array.from({ length: count }, (_, n) => `0x${n}${n % 7 === 3 ? "bad" : ""}`);

  async function expectOwn(all: readonly string[]): Promise<void> {
    const upstream = new Upstream(url);
    const send = (raw: string) => upstream.forward({ method: "eth_sendRawTransaction", params: [raw] });
    const answers = await Promise.all(all.map(send));
    for (const [index, raw] of all.entries()) {
      const own = answers[index];
      if (raw.endsWith("bad"))
        expect(own).to.deep.include({ error: { code: -32_000, message: `refused ${raw}` } });
      else expect(own).to.deep.include({ result: `hash of ${raw}` });
    }
  }

  it("travel in groups, and a refused one is refused alone", async () => {
    await expectOwn(raws(120));
    expect(Math.max(...sizes)).to.equal(50);
    expect(sizes.length).to.be.lessThan(10);
    expect(sizes.reduce((sum, size) => sum + size)).to.equal(120);
  });

  it("are told apart by their ids, in whatever order the node answers", async () => {
    answerAll = (requests) => requests.map(answer).toReversed();
    await expectOwn(raws(40));
  });

  it("are passed on one by one to a node that takes no groups", async () => {
    answerAll = () => ({ jsonrpc: "2.0", id: null, error: { code: -32_600, message: "no batches" } });
    await expectOwn(raws(20));
    expect(sizes.filter((size) => size === 1)).to.have.length(20);
  });

  it("fail all when the node does not answer", async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const upstream = new Upstream(url);
    const send = (raw: string) => upstream.forward({ method: "eth_sendRawTransaction", params: [raw] });
    const outcomes = await Promise.allSettled(raws(10).map(send));
    for (const outcome of outcomes) {
      expect(outcome.status).to.equal("rejected");
      if (outcome.status === "rejected") expect(outcome.reason).to.include({ code: "L1_UNREACHABLE" });
    }
  });
});
