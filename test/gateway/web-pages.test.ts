import { request } from "node:http";
import { expect } from "chai";
import { WebSocket } from "ws";
import { accountAt } from "../core/setup.ts";
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

  describe("on a devnet", () => {
    const account = accountAt(5);
    const SIGN = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "personal_sign",
      params: ["0x1234", account.address],
    });
    const devnet = async (allowOrigin: readonly string[] = []): Promise<void> => {
      const rollup = await FakeRollup.open();
      gateway = await serveRollup(rollup, { localPages: true, allowOrigin, accounts: [account] });
    };
    /** With headers that only browsers may set. */
    const send = async (
      body: string,
      headers: Record<string, string>,
    ): Promise<ReturnType<typeof JSON.parse>> =>
      await new Promise((resolve, reject) => {
        const { hostname, port } = new URL(gateway.url);
        const all = { "content-type": "application/json", ...headers };
        const sent = request({ hostname, port, method: "POST", headers: all }, (answer) => {
          let text = "";
          answer.on("data", (part: Buffer) => (text += part.toString()));
          answer.on("end", () => resolve(JSON.parse(text)));
        });
        sent.on("error", reject);
        sent.end(body);
      });
    const overSocket = async (headers: Record<string, string>): Promise<unknown> =>
      await new Promise((resolve, reject) => {
        const socket = new WebSocket(gateway.url.replace("http", "ws"), { headers });
        socket.on("unexpected-response", (_request, { statusCode }) => resolve(statusCode));
        socket.on("error", reject);
        socket.on("open", () => socket.send(SIGN));
        socket.on("message", (data: Buffer) => {
          socket.terminate();
          resolve(JSON.parse(data.toString()));
        });
      });

    for (const origin of [
      "http://localhost:5173",
      "http://127.0.0.1:3000",
      "https://localhost",
      "http://[::1]:80",
    ])
      it(`may use its gateways where ${origin} serves them, accounts and WebSockets too`, async () => {
        await devnet();
        const asked = await fetch(gateway.url, {
          method: "OPTIONS",
          headers: {
            origin,
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type",
          },
        });
        expect(asked.headers.get("access-control-allow-origin")).to.equal(origin);
        expect((await send(SIGN, { origin })).result).to.match(/^0x[0-9a-f]{130}$/);
        expect(await overSocket({ origin })).to.have.property("result");
      });

    it("may not where a foreign page only looks local", async () => {
      await devnet();
      for (const origin of [
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://localhost:1@evil.example",
        "https://evil.example",
        "null",
        "file://",
      ]) {
        const asked = await fetch(gateway.url, {
          method: "OPTIONS",
          headers: { origin, "access-control-request-method": "POST" },
        });
        expect(asked.headers.get("access-control-allow-origin"), origin).to.equal(null);
        expect((await send(SIGN, { origin })).error.data.code, origin).to.equal("UNTRUSTED_CALLER");
        expect(await overSocket({ origin }), origin).to.equal(403);
      }
    });

    it("may where its origin was named, and sign there", async () => {
      await devnet([PAGE]);
      expect((await send(SIGN, { origin: PAGE })).result).to.match(/^0x/);
      expect(await overSocket({ origin: PAGE })).to.have.property("result");
      expect((await send(SIGN, { origin: "https://other.example" })).error.data.code).to.equal(
        "UNTRUSTED_CALLER",
      );
    });

    it("may read everywhere where all pages may, but signs nowhere else", async () => {
      await devnet(["*"]);
      const origin = "https://evil.example";
      expect((await send(CALL, { origin })).result).to.match(/^0x/);
      for (const method of [
        "eth_sendTransaction",
        "eth_sign",
        "eth_signTransaction",
        "eth_signTypedData_v4",
        "personal_sign",
        "hardhat_setBalance",
        "evm_mine",
        "anvil_setCode",
      ]) {
        const body = JSON.stringify({ jsonrpc: "2.0", id: 4, method, params: [] });
        const refused = await send(body, { origin });
        expect(refused.error.data.code, method).to.equal("UNTRUSTED_CALLER");
        expect(refused.id).to.equal(4);
        expect((await send(`[${body}]`, { origin }))[0].error.data.code).to.equal("UNTRUSTED_CALLER");
      }
      expect(await overSocket({ origin })).to.have.nested.property("error.data.code", "UNTRUSTED_CALLER");
    });

    it("cannot sign under a foreign name that resolves to this machine", async () => {
      await devnet();
      for (const host of [
        "evil.example",
        "evil.example:8545",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
      ]) {
        expect((await send(SIGN, { host })).error.data.code, host).to.equal("UNTRUSTED_CALLER");
        expect((await send(CALL, { host })).result, host).to.match(/^0x/);
        expect(await overSocket({ host }), host).to.have.nested.property(
          "error.data.code",
          "UNTRUSTED_CALLER",
        );
      }
      for (const host of ["localhost:8545", "127.0.0.1", "[::1]:8545", "192.168.1.5:80", "app.localhost"])
        expect((await send(SIGN, { host })).result, host).to.match(/^0x/);
    });
  });
});
