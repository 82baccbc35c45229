import { expect } from "chai";
import { type Hex, parseEther } from "viem";
import { serve } from "../../builder/gateway/server.ts";
import { BusyError } from "../../builder/intake/errors.ts";
import { evmChainIdOf } from "../../builder/protocol/evm-chain-id.ts";
import { codeOf } from "../../builder/protocol/errors.ts";
import { accountAt } from "../core/setup.ts";
import { alice, bob, L1_CHAIN_ID, World } from "../scenarios/support/world.ts";

describe("more than a builder takes", function () {
  this.timeout(300_000);

  it("is refused at a gateway with the time after which to try again", async () => {
    const service = {
      handle: async ({ method }: { readonly method: string }) => {
        if (method === "eth_chainId") return { result: "0x1" };
        throw new BusyError("7 transactions", 7, 12);
      },
      topics: new Map(),
      close: () => undefined,
    };
    await using gateway = await serve(service, { port: 0 });
    const ask = async (body: unknown) => {
      const headers = { "content-type": "application/json" };
      const response = await fetch(gateway.url, { method: "POST", headers, body: JSON.stringify(body) });
      const answer: ReturnType<typeof JSON.parse> = JSON.parse(await response.text());
      return { status: response.status, retry: response.headers.get("retry-after"), answer };
    };
    const request = { jsonrpc: "2.0", id: 1, method: "eth_sendRawTransaction", params: ["0x"] };
    const { status, retry, answer } = await ask(request);
    expect([status, retry]).to.deep.equal([429, "12"]);
    const data = { code: "BUSY", docs: "docs/errors.md#busy", retryAfterSeconds: 12 };
    expect(answer.error).to.deep.include({ code: -32000, data });
    // Of a batch each answer says it for itself.
    const batch = await ask([request, { ...request, method: "eth_chainId" }]);
    expect([batch.status, batch.retry]).to.deep.equal([200, null]);
    expect(batch.answer[0].error.data).to.deep.equal(data);
    expect(batch.answer[1].result).to.equal("0x1");
  });

  it("is what fresh accounts that pay nothing may not ask for, while those that pay go on", async () => {
    const world = await World.start({ chains: ["L1", "A"], freeTransactions: 3 });
    try {
      const to = { chain: "A", address: alice.address } as const;
      await world.transfer({ on: "L1", by: alice, to, value: parseEther("1") });
      const rollup = world.idOf("A");
      const fields = {
        type: "eip1559",
        chainId: Number(evmChainIdOf(L1_CHAIN_ID, rollup)),
        nonce: 0,
        to: bob.address,
        gas: 30_000n,
      } as const;
      const signed: Hex[] = [];
      for (let count = 0; count < 8; count++) {
        const fresh = accountAt(30 + count);
        signed.push(await fresh.signTransaction({ ...fields, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n }));
      }
      const fees = { maxFeePerGas: 5n, maxPriorityFeePerGas: 5n };
      signed.push(await alice.signTransaction({ ...fields, ...fees, value: 9n }));
      const submitted = await Promise.all(
        signed.map((raw) => world.builder.submitToRollup(rollup, raw).then(() => "taken", codeOf)),
      );
      expect(submitted).to.deep.equal([...Array(3).fill("taken"), ...Array(5).fill("BUSY"), "taken"]);
      await world.builder.idle();
      const account = await world.builder.account(rollup, rollup, bob.address);
      expect(account.balance).to.equal(9n);
      // What had no room before has some now.
      expect(
        await world.builder.submitToRollup(rollup, signed[7] ?? "0x").then(() => "taken", codeOf),
      ).to.equal("taken");
      await world.builder.idle();
    } finally {
      await world.close();
    }
  });
});
