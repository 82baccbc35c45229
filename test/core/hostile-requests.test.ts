import { connect } from "node:net";
import { expect } from "chai";
import fc from "fast-check";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import { GATEWAY_KINDS } from "../../builder/node/kinds/index.ts";
import { startL1Gateway } from "../../builder/gateway/l1.ts";
import { startRollupGateway } from "../../builder/gateway/rollup.ts";
import type { Gateway } from "../../builder/gateway/server.ts";
import { accountAt, builderAccount, type Lockstep, startLockstep } from "./setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "./unproven.ts";

/** Whatever is sent, the gateway says what is wrong with it and serves the next. */
describe("hostile requests", function () {
  this.timeout(180_000);
  let lockstep: Lockstep;
  let builder: Builder;
  let gateways: readonly [Gateway, Gateway];

  before(async () => {
    lockstep = await startLockstep();
    builder = await createBuilder({
      l1Rpc: lockstep.l1.url,
      manager: lockstep.rollups,
      rollups: [{ id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys }],
      account: builderAccount,
      prover: new UnprovenProver(),
    });
    gateways = [
      await startL1Gateway(builder, { kinds: GATEWAY_KINDS, port: 0, accounts: [accountAt(2)] }),
      await startRollupGateway(builder, {
        kinds: GATEWAY_KINDS,
        port: 0,
        rollup: lockstep.ledger,
        chainId: 421n,
      }),
    ];
  });
  after(async () => {
    for (const gateway of gateways) await gateway.close();
    await builder.stop();
    await lockstep.l1.close();
  });
  afterEach(async () => {
    for (const { url } of gateways) {
      const { answer } = await post(url, request("eth_chainId"));
      expect(answer.result).to.match(/^0x[0-9a-f]+$/);
    }
  });

  async function post(url: string, body: string | Uint8Array<ArrayBuffer>, type = "application/json") {
    const response = await fetch(url, { method: "POST", headers: { "content-type": type }, body });
    return { status: response.status, answer: JSON.parse(await response.text()) };
  }
  const request = (method: unknown, params: unknown = [], id: unknown = 1): string =>
    JSON.stringify({ jsonrpc: "2.0", id, method, params });

  async function expectRefused(
    body: string | Uint8Array<ArrayBuffer>,
    code: number,
    says: RegExp,
    status = 200,
  ): Promise<void> {
    for (const { url } of gateways) {
      const { answer, status: actual } = await post(url, body);
      expect(actual).to.equal(status);
      expect(answer).to.deep.include({ jsonrpc: "2.0" });
      expect(answer.error.code).to.equal(code);
      expect(answer.error.message).to.match(says);
    }
  }

  it("that are too long", async () => {
    const mebibyte = 1024 * 1024;
    await expectRefused("x".repeat(5 * mebibyte), -32600, /exceeds 4194304 bytes/, 413);
    await expectRefused(request("x".repeat(3 * mebibyte)), -32600, /^not a JSON-RPC request: method: .*100/);
    const hex = `0x${"0f".repeat(mebibyte)}`;
    for (const { url } of gateways) {
      const { answer } = await post(url, request("eth_sendRawTransaction", [hex]));
      expect(answer.error.data.code).to.be.oneOf([
        "MALFORMED_TRANSACTION",
        "INVALID_L2_TRANSACTION",
        "VISIT_TOO_LARGE",
      ]);
      const call = await post(url, request("eth_call", [{ to: lockstep.ledgerProxy, data: hex }, "latest"]));
      expect(call.answer.error.message)
        .to.be.a("string")
        .and.not.match(/internal/);
    }
  });

  it("that are nested too deeply", async () => {
    for (const depth of [65, 10_000, 1_000_000]) {
      await expectRefused("[".repeat(depth), -32700, /nested more deeply than 64/);
      const nested = `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
      if (depth < 500_000) await expectRefused(nested, -32700, /nested more deeply than 64/);
    }
    // Brackets in a string are no nesting.
    await expectRefused(request("[".repeat(90), "wrong"), -32600, /params/);
    await expectRefused(`["\\"${"[".repeat(90)}`, -32700, /not JSON/);
  });

  it("that are no requests, or of the wrong types", async () => {
    for (const body of ["", " ", "{", "nonsense", "\u0000", '{"jsonrpc":"2.0",}']) {
      await expectRefused(body, -32700, /^the body is not JSON$/);
    }
    for (const value of [null, true, 1, "text"]) {
      await expectRefused(JSON.stringify(value), -32600, /^not a JSON-RPC request/);
    }
    await expectRefused("[]", -32600, /^the batch is empty$/);
    await expectRefused('{"id":1,"method":"eth_chainId"}', -32600, /jsonrpc/);
    await expectRefused(request(7), -32600, /method/);
    await expectRefused(request("eth_chainId", { a: 1 }), -32600, /params/);
    await expectRefused(request("eth_chainId", [], { a: 1 }), -32600, /id/);
    await expectRefused(request("eth_sendRawTransaction", [{}]), -32602, /0/);
    await expectRefused(request("eth_sendRawTransaction", ["0x0"]), -32602, /not bytes in hexadecimal/);
    await expectRefused(request("eth_call", ["text"]), -32602, /0/);
    await expectRefused(request("eth_call", [{ value: -1 }]), -32602, /0\.value/);
    await expectRefused(request("eth_call", [{ to: "0x12" }]), -32602, /0\.to: not an address/);
    await expectRefused(request("lockstep_transactionStatus", ["0x12"]), -32602, /not 32 bytes/);
  });

  it("in batches that are too large, or whose requests are bad one by one", async () => {
    const many = Array.from({ length: 10_000 }, () => request("eth_chainId"));
    await expectRefused(`[${many.join()}]`, -32600, /holds 10000 requests; 1000 are allowed/);
    for (const { url } of gateways) {
      const { answer } = await post(url, `[1,${request("eth_chainId")},null]`);
      expect(answer).to.have.length(3);
      expect(answer[0].error.code).to.equal(-32600);
      expect(answer[1].result).to.be.a("string");
      expect(answer[2].error.code).to.equal(-32600);
    }
  });

  it("that are not UTF-8", async () => {
    const body = new TextEncoder().encode(request("eth_chainIdX"));
    body[body.indexOf("X".charCodeAt(0))] = 0xff;
    await expectRefused(body, -32700, /^the body is not UTF-8$/);
  });

  it("of another content type, method or path", async () => {
    for (const { url } of gateways) {
      for (const type of ["text/plain", "application/x-www-form-urlencoded", "nonsense"]) {
        const { answer, status } = await post(url, request("eth_chainId"), type);
        expect(status).to.equal(415);
        expect(answer.error.message).to.equal("the content type must be application/json");
      }
      // A page's request without a type, which its browser sends without asking.
      const untyped = await fetch(url, { method: "POST", body: new Blob([request("eth_chainId")]) });
      expect(untyped.status).to.equal(415);
      const utf8 = await post(url, request("eth_chainId"), "application/json; charset=utf-8");
      expect(utf8.answer.result).to.be.a("string");
      for (const response of [await fetch(url), await fetch(`${url}/x`, { method: "POST" })]) {
        expect(response.status).to.equal(405);
        expect(await response.text()).to.contain("POST to /");
      }
    }
  });

  it("that are not HTTP, or end half way", async () => {
    for (const { port } of gateways) {
      const head = "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
      for (const bytes of ["\u0000\u0001nonsense\r\n\r\n", `${head}content-length: 100\r\n\r\n{"json`]) {
        await new Promise<void>((resolve) => {
          const socket = connect(port, "127.0.0.1", () => socket.end(bytes));
          socket.on("error", () => undefined);
          socket.on("close", () => resolve());
          socket.resume();
        });
      }
    }
  });

  it("of arbitrary parameters", async () => {
    const methods = [
      "eth_sendRawTransaction",
      "eth_sendTransaction",
      "eth_call",
      "eth_estimateGas",
      "eth_getTransactionByHash",
      "eth_getTransactionReceipt",
      "eth_getTransactionCount",
      "eth_getBalance",
      "lockstep_getAccount",
      "lockstep_transactionStatus",
    ];
    const hex = fc
      .oneof(fc.constantFrom(0, 1, 20, 32, 33), fc.nat(64))
      .chain((size) => fc.uint8Array({ minLength: size, maxLength: size }))
      .map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);
    const odd = fc.oneof(hex, fc.jsonValue({ maxDepth: 3 }));
    const call = fc.record(
      { from: odd, to: odd, data: hex, value: odd, gas: odd, nonce: odd, accessList: odd },
      { requiredKeys: [] },
    );
    const params = fc.array(fc.oneof(hex, odd, call), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...methods), params, fc.nat(1), async (method, given, which) => {
        const { status, answer } = await post(gateways[which]?.url ?? "", request(method, given));
        expect(status).to.equal(200);
        if (!("error" in answer)) return;
        expect(answer.error.message, method)
          .to.be.a("string")
          .and.not.match(/internal error of the gateway/);
      }),
      { numRuns: 300 },
    );
  });
});
