import { expect } from "chai";
import type { Gateway } from "../../builder/gateway/server.ts";
import { FakeRollup, serveRollup } from "./fake-rollup.ts";

const PAGE = "https://app.example";

describe("web pages that call a gateway", function () {
  this.timeout(60_000);
  let gateway: Gateway;

  afterEach(() => gateway.close());

  const open = async (allowOrigin?: string): Promise<void> => {
    gateway = await serveRollup(await FakeRollup.open(), allowOrigin === undefined ? {} : { allowOrigin });
  };
  /** What a browser asks before it sends JSON for a page. */
  const preflight = () =>
    fetch(gateway.url, {
      method: "OPTIONS",
      headers: {
        origin: PAGE,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
      },
    });
  const post = (body: string, type = "application/json") =>
    fetch(gateway.url, { method: "POST", body, headers: { origin: PAGE, "content-type": type } });
  const CALL = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });

  it("get no permission unless the gateway was started with their origin", async () => {
    await open();
    const asked = await preflight();
    expect(asked.ok).to.equal(false);
    for (const { headers } of [asked, await post(CALL)]) {
      expect(headers.get("access-control-allow-origin")).to.equal(null);
      expect(headers.get("access-control-allow-headers")).to.equal(null);
    }
  });

  for (const origin of [PAGE, "*"]) {
    it(`may post JSON where ${origin} is allowed`, async () => {
      await open(origin);
      const asked = await preflight();
      expect(asked.status).to.equal(204);
      expect(asked.headers.get("access-control-allow-origin")).to.equal(origin);
      expect(asked.headers.get("access-control-allow-methods")).to.equal("POST");
      expect(asked.headers.get("access-control-allow-headers")).to.equal("content-type");
      const answer = await post(CALL);
      expect(answer.status).to.equal(200);
      expect(answer.headers.get("access-control-allow-origin")).to.equal(origin);
      // A page may read what is wrong with its request, too.
      for (const [refused, status] of [
        [await post(CALL, "text/plain"), 415],
        [await post("x".repeat(5 * 1024 * 1024)), 413],
        [await fetch(gateway.url), 405],
      ] as const) {
        expect(refused.status).to.equal(status);
        expect(refused.headers.get("access-control-allow-origin")).to.equal(origin);
      }
    });
  }

  it("get the allowed origin named, never their own", async () => {
    await open("https://other.example");
    expect((await preflight()).headers.get("access-control-allow-origin")).to.equal("https://other.example");
    expect((await post(CALL)).headers.get("access-control-allow-origin")).to.equal("https://other.example");
  });

  it("cannot send credentials", async () => {
    await open(PAGE);
    expect((await preflight()).headers.get("access-control-allow-credentials")).to.equal(null);
  });
});
