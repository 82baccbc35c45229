import { expect } from "chai";
import { Transaction as EthersTransaction, verifyMessage, verifyTypedData } from "ethers";
import {
  concatHex,
  encodeFunctionData,
  type Hex,
  numberToHex,
  parseEther,
  parseTransaction,
  sha256,
  toHex,
} from "viem";
import { GATEWAY_KINDS } from "../../builder/node/kinds/index.ts";
import { startL1Gateway } from "../../builder/gateway/l1.ts";
import { startRollupGateway } from "../../builder/gateway/rollup.ts";
import type { Gateway } from "../../builder/gateway/server.ts";
import { evmChainIdOf } from "../../builder/protocol/evm-chain-id.ts";
import { accountAt } from "../core/setup.ts";
import { alice, L1_CHAIN_ID, World } from "../scenarios/support/world.ts";
import type { Contract } from "../scenarios/support/scenario-chains.ts";

const unlocked = accountAt(5);
const number = (value: unknown): bigint => BigInt(String(value));
const hex = (value: unknown): Hex => `0x${String(value).slice(2)}`;

/** What wallets, pages and libraries ask of the gateways of L1 and of an EVM rollup. */
describe("what wallets and libraries ask", function () {
  this.timeout(300_000);
  let world: World;
  let counter: Contract;
  const urls: Record<"L1" | "A", string> = { L1: "", A: "" };
  const chainIds: Record<"L1" | "A", bigint> = { L1: L1_CHAIN_ID, A: 0n };
  const gateways: Gateway[] = [];
  /** The rollup's counter as L1 knows it. */
  let onL1: Hex;

  before(async () => {
    world = await World.start({ chains: ["L1", "A"] });
    const rollup = world.idOf("A");
    chainIds.A = evmChainIdOf(L1_CHAIN_ID, rollup);
    const common = { kinds: GATEWAY_KINDS, port: 0, accounts: [unlocked] };
    for (const [name, gateway] of [
      ["L1", await startL1Gateway(world.builder, common)],
      ["A", await startRollupGateway(world.builder, { ...common, rollup })],
    ] as const) {
      gateways.push(gateway);
      urls[name] = gateway.url;
    }
    const to = { chain: "A", address: unlocked.address } as const;
    await world.transfer({ on: "L1", by: alice, to, value: parseEther("10") });
    counter = await world.deploy("A", "Counter");
    onL1 = await world.addressOn(counter, "L1");
  });
  after(async () => {
    for (const gateway of gateways) await gateway.close();
    await world.close();
  });

  async function rpc(chain: "L1" | "A", method: string, ...params: readonly unknown[]) {
    const response = await fetch(urls[chain], {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 7, method, params }),
    });
    const answer: ReturnType<typeof JSON.parse> = JSON.parse(await response.text());
    expect(answer.id).to.equal(7);
    expect(JSON.stringify(answer), method).to.not.match(
      /Common|stack trace|EthereumJS|vm hf=|at .*\.(ts|js):/,
    );
    return answer;
  }
  const increment = encodeFunctionData({
    abi: [
      {
        type: "function",
        name: "increment",
        inputs: [],
        outputs: [{ type: "uint256" }],
        stateMutability: "nonpayable",
      },
    ],
  });
  /** What the next increment answers. */
  const next = async (): Promise<Hex> =>
    toHex(BigInt(String(await world.read(counter, "count"))) + 1n, { size: 32 });

  describe("reads of L1 that see the rollups", () => {
    it("are answered whenever the block that is named is the head", async () => {
      const { result: head } = await rpc("L1", "eth_getBlockByNumber", "latest", false);
      const call = { from: alice.address, to: onL1, data: increment };
      const answer = await next();
      for (const block of [
        undefined,
        null,
        "latest",
        "pending",
        "safe",
        "finalized",
        head.number,
        head.hash,
        { blockHash: head.hash },
        { blockHash: head.hash, requireCanonical: true },
        { blockNumber: head.number },
      ]) {
        const { result } = await rpc("L1", "eth_call", call, block);
        expect(result, JSON.stringify(block)).to.equal(answer);
        const { result: gas } = await rpc("L1", "eth_estimateGas", call, block);
        expect(number(gas), JSON.stringify(block)).to.be.greaterThan(21_000n);
      }
    });

    it("of an earlier block are refused by name", async () => {
      const { result: head } = await rpc("L1", "eth_blockNumber");
      const call = { from: alice.address, to: onL1, data: increment };
      const { error } = await rpc("L1", "eth_call", call, numberToHex(number(head) - 1n));
      expect(error.data.code).to.equal("HISTORICAL_STATE");
    });

    it("take overrides of state and block", async () => {
      // Calls whatever it is called with, and answers with what comes back.
      const forwarder = concatHex(["0x365f5f375f5f365f5f73", onL1, "0x5af13d5f5f3e3d5ff3"]);
      const address = `0x${"ab".repeat(20)}`;
      const { result, error } = await rpc(
        "L1",
        "eth_call",
        { from: alice.address, to: address, data: increment },
        "latest",
        { [address]: { code: forwarder } },
        { number: "0x1234" },
      );
      expect(error).to.equal(undefined);
      expect(result).to.equal(await next());
    });
  });

  describe("a rollup's calls", () => {
    const at = `0x${"cd".repeat(20)}`;
    const run = async (code: Hex, ...more: readonly unknown[]) =>
      await rpc("A", "eth_call", { to: at, from: alice.address }, "latest", { [at]: { code } }, ...more);

    it("take overrides of state", async () => {
      const balance = await rpc("A", "eth_call", { to: at, from: at, value: "0x5" }, "latest", {
        [at]: { balance: "0x5", code: "0x345f5260205ff3" },
      });
      expect(balance.result).to.equal(toHex(5, { size: 32 }));
      const slot = toHex(0, { size: 32 });
      for (const field of ["state", "stateDiff"]) {
        const override = { [counter.address]: { [field]: { [slot]: toHex(41, { size: 32 }) } } };
        const { result } = await rpc(
          "A",
          "eth_call",
          { to: counter.address, data: increment },
          "latest",
          override,
        );
        expect(number(result), field).to.equal(42n);
      }
      const { result } = await rpc("A", "eth_call", { to: counter.address, data: increment }, "latest");
      expect(result).to.equal(await next());
    });

    it("see the latest block at latest, the one to come at pending, and what is overridden", async () => {
      const { result: head } = await rpc("A", "eth_getBlockByNumber", "latest", false);
      expect(number((await run("0x435f5260205ff3")).result)).to.equal(number(head.number));
      expect(number((await run("0x425f5260205ff3")).result)).to.equal(number(head.timestamp));
      const pending = await rpc("A", "eth_call", { to: at }, "pending", {
        [at]: { code: "0x435f5260205ff3" },
      });
      expect(number(pending.result)).to.equal(number(head.number) + 1n);
      expect(number((await run("0x435f5260205ff3", { number: "0x99" })).result)).to.equal(0x99n);
      // What one call took the block for is nothing to the next.
      expect(number((await run("0x435f5260205ff3")).result)).to.equal(number(head.number));
    });

    it("see BLOBBASEFEE as 0", async () => {
      expect(number((await run("0x4a5f5260205ff3")).result)).to.equal(0n);
    });

    it("say what went wrong in standard words and codes", async () => {
      const invalid = await run("0xfe");
      expect(invalid.error).to.deep.include({ code: -32000 });
      expect(invalid.error.message).to.match(/invalid opcode/);
      const gas = await rpc("A", "eth_call", { to: at, gas: "0x5300" }, "latest", {
        [at]: { code: "0x5b5f56" },
      });
      expect(gas.error).to.deep.include({ code: -32000 });
      expect(gas.error.message).to.match(/out of gas/);
      const revert = await run("0x5f5ffd");
      expect(revert.error).to.deep.equal({ code: 3, message: "execution reverted", data: "0x" });
    });
  });

  it("the precompile at 0x0a opens commitments on both chains", async () => {
    // The polynomial 0: its commitment and every opening are the point at infinity.
    const infinity: Hex = `0xc0${"00".repeat(47)}`;
    const hash: Hex = `0x01${sha256(infinity).slice(4)}`;
    const words: Hex = `0x${"00".repeat(31)}07${"00".repeat(32)}`;
    const good = concatHex([hash, words, infinity, infinity]);
    const wrong = concatHex([hash, `0x${"00".repeat(31)}07${"00".repeat(31)}01`, infinity, infinity]);
    const to = toHex(0x0a, { size: 20 });
    for (const chain of ["L1", "A"] as const) {
      const { result } = await rpc(chain, "eth_call", { to, data: good }, "latest");
      expect(result, chain).to.equal(
        `${toHex(4096, { size: 32 })}73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001`,
      );
      expect((await rpc(chain, "eth_call", { to, data: wrong }, "latest")).error, chain).to.not.equal(
        undefined,
      );
    }
  });

  for (const chain of ["L1", "A"] as const) {
    describe(`accounts of ${chain}'s gateway`, () => {
      const from = unlocked.address;
      const to = accountAt(7).address;

      it("sign no other transaction than what was asked for", async () => {
        const base = { from, to, value: "0x1" };
        for (const [more, says] of [
          [{ data: "0x01", input: "0x02" }, /"data" and "input"/],
          [{ chainId: "0x5" }, /chain 5/],
          [{ gasPrice: "0x1", maxFeePerGas: "0x1" }, /"gasPrice"/],
          [{ type: "0x2", gasPrice: "0x77359400" }, /type 0x2 has no "gasPrice"/],
          [{ type: "0x0", maxFeePerGas: "0x77359400" }, /type 0x0/],
          [{ type: "0x0", accessList: [] }, /type 0x0 has no "accessList"/],
          [{ type: "0x4" }, /authorizationList/],
          [{ type: "0x3" }, /type 0x3/],
          [{ blobVersionedHashes: [] }, /"blobVersionedHashes"/],
          [{ gasLimit: "0x5208" }, /"gasLimit"/],
        ] as const)
          for (const method of ["eth_sendTransaction", "eth_signTransaction", "eth_fillTransaction"]) {
            const { error } = await rpc(chain, method, { ...base, ...more });
            expect(error?.code, `${method} ${JSON.stringify(more)}`).to.equal(-32602);
            expect(error.message).to.match(says);
          }
      });

      it("honour the type that was asked for, and take null as not given", async () => {
        for (const [type, name] of [
          ["0x0", "legacy"],
          ["0x1", "eip2930"],
          ["0x2", "eip1559"],
        ] as const) {
          const asked = {
            from,
            to,
            type,
            value: "0x1",
            data: null,
            input: "0x",
            gasPrice: null,
            nonce: null,
            accessList: null,
          };
          const { result, error } = await rpc(chain, "eth_signTransaction", asked);
          expect(error).to.equal(undefined);
          expect(result.tx.type).to.equal(type);
          expect(parseTransaction(hex(result.raw)).type).to.equal(name);
          const { result: hash, error: refused } = await rpc(chain, "eth_sendTransaction", asked);
          expect(refused).to.equal(undefined);
          await world.builder.settled(hex(hash), 60_000);
          const shown = (await rpc(chain, "eth_getTransactionByHash", hash)).result;
          expect(shown).to.deep.include({ type, hash });
        }
      });

      it("sign messages, in both orders of parameters, and structured data", async () => {
        const message = toHex("hello");
        for (const params of [
          ["eth_sign", from, message],
          ["personal_sign", message, from],
          ["personal_sign", message, from, ""],
        ] as const) {
          const { result } = await rpc(chain, params[0], ...params.slice(1));
          expect(verifyMessage("hello", hex(result))).to.equal(from);
        }
        const domain = { name: "Lockstep", chainId: Number(chainIds[chain]) };
        const types = { Mail: [{ name: "to", type: "address" }] };
        const data = {
          domain,
          types: {
            ...types,
            EIP712Domain: [
              { name: "name", type: "string" },
              { name: "chainId", type: "uint256" },
            ],
          },
          primaryType: "Mail",
          message: { to },
        };
        for (const form of [data, JSON.stringify(data)]) {
          const { result } = await rpc(chain, "eth_signTypedData_v4", from, form);
          expect(verifyTypedData(domain, types, { to }, hex(result))).to.equal(from);
        }
        const foreign = { ...data, domain: { ...domain, chainId: 5 } };
        expect((await rpc(chain, "eth_signTypedData_v4", from, foreign)).error.code).to.equal(-32602);
        for (const [method, ...params] of [
          ["eth_sign", "0x12", message],
          ["personal_sign", message],
          ["eth_signTypedData_v4", from, "{"],
          ["eth_signTypedData_v4", from, {}],
        ] as const)
          expect((await rpc(chain, method, ...params)).error.code, method).to.equal(-32602);
      });

      it("take a call with the same data twice, as cast sends it", async () => {
        const target = chain === "A" ? counter.address : onL1;
        const call = { from, to: target, data: increment, input: increment };
        expect((await rpc(chain, "eth_call", call, "latest")).result).to.match(/^0x0{63}[1-9]$/);
        const plain = { from, to, data: "0x1234", input: "0x1234" };
        for (const [method, ...more] of [["eth_call", "latest"], ["eth_estimateGas"]] as const)
          expect((await rpc(chain, method, plain, ...more)).error, method).to.equal(undefined);
      });
    });
  }

  it("calls on a rollup are traced frame by frame, those of other chains as well", async () => {
    const from = alice.address.toLowerCase();
    const tracer = { tracer: "callTracer" };
    const call = { from, to: counter.address, data: increment };
    const { result: own } = await rpc("A", "debug_traceCall", call, "latest", tracer);
    const { result: output } = await rpc("A", "eth_call", call, "latest");
    expect(own).to.deep.include({ type: "CALL", from, to: counter.address.toLowerCase(), output });
    expect(own).to.not.have.any.keys("error", "calls", "crossing");
    const away = await world.deploy("L1", "Counter");
    const proxy = await world.addressOn(away, "A");
    const { result: root } = await rpc("A", "debug_traceCall", { ...call, to: proxy }, "pending", tracer);
    expect(root.output).to.equal(toHex(1n, { size: 32 }));
    expect(JSON.stringify(root)).to.not.contain("missing");
    expect(JSON.stringify(root).split(`"to":"${away.address.toLowerCase()}"`)).to.have.length(2);
    expect(JSON.stringify(root).split('"crossing":"0x0"')).to.have.length(2);
    const { result: top } = await rpc("A", "debug_traceCall", { ...call, to: proxy }, "latest", {
      ...tracer,
      tracerConfig: { onlyTopCall: true },
    });
    expect(top).to.not.have.property("calls");
    const stateOverrides = { [counter.address]: { code: "0x5f5ffd" } };
    const { result: reverted } = await rpc("A", "debug_traceCall", call, "latest", {
      ...tracer,
      stateOverrides,
    });
    expect(reverted.error).to.equal("execution reverted");
    const { error } = await rpc("A", "debug_traceCall", call, "latest");
    expect(error.data.code).to.equal("UNSUPPORTED_TRACER");
    const { error: wrong } = await rpc("A", "debug_traceCall", { to: "0x12" }, "latest", tracer);
    expect(wrong.code).to.equal(-32602);
  });

  it("an account of the gateway sends a call that crosses from L1", async () => {
    const before = await world.read(counter, "count");
    const { result: hash, error } = await rpc("L1", "eth_sendTransaction", {
      from: unlocked.address,
      to: onL1,
      data: increment,
    });
    expect(error).to.equal(undefined);
    await world.builder.settled(hex(hash), 60_000);
    expect((await rpc("L1", "eth_getTransactionReceipt", hash)).result.status).to.equal("0x1");
    expect(await world.read(counter, "count")).to.equal(BigInt(String(before)) + 1n);
  });

  it("a sender that the node impersonates cannot cross, and is told so", async () => {
    const impersonated = `0x${"77".repeat(20)}`;
    await rpc("L1", "hardhat_impersonateAccount", impersonated);
    await rpc("L1", "hardhat_setBalance", impersonated, toHex(parseEther("1")));
    const plain = await rpc("L1", "eth_sendTransaction", {
      from: impersonated,
      to: alice.address,
      value: "0x1",
    });
    expect(plain.result).to.match(/^0x[0-9a-f]{64}$/);
    const crossing = await rpc("L1", "eth_sendTransaction", {
      from: impersonated,
      to: onL1,
      data: increment,
    });
    expect(crossing.error.data.code).to.equal("UNSIGNED_CROSSING");
    await rpc("L1", "hardhat_stopImpersonatingAccount", impersonated);
  });

  it("authorizations are shown as numbers, which ethers and viem can read", async () => {
    const sign = alice.signAuthorization;
    if (sign === undefined) throw new Error("viem's accounts sign authorizations");
    const authorization = await sign({ address: counter.address, chainId: 0, nonce: 5 });
    const { r, s, yParity, chainId, address } = authorization;
    const item = {
      address,
      chainId: numberToHex(chainId),
      nonce: numberToHex(5),
      yParity: numberToHex(yParity ?? 0),
      r,
      s,
    };
    const { result: hash, error } = await rpc("A", "eth_sendTransaction", {
      from: unlocked.address,
      to: alice.address,
      gas: "0x186a0",
      authorizationList: [item],
    });
    expect(error).to.equal(undefined);
    await world.builder.settled(hex(hash), 60_000);
    const { result } = await rpc("A", "eth_getTransactionByHash", hash);
    expect(result.authorizationList).to.deep.equal([
      { ...item, address: address.toLowerCase(), r: numberToHex(BigInt(r)), s: numberToHex(BigInt(s)) },
    ]);
    const raw = (await rpc("A", "debug_getRawTransaction", hash)).result;
    expect(EthersTransaction.from(hex(raw)).hash).to.equal(hash);
  });
});
