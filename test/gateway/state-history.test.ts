import { expect } from "chai";
import { type Hex, numberToHex, pad, parseEther, toHex } from "viem";
import { startRollupGateway } from "../../builder/gateway/rollup.ts";
import type { Gateway } from "../../builder/gateway/server.ts";
import { GATEWAY_KINDS } from "../../builder/node/kinds/index.ts";
import { evmChainIdOf } from "../../builder/protocol/evm-chain-id.ts";
import { clientsFor } from "../scenarios/support/clients.ts";
import { alice, bob, L1_CHAIN_ID, World } from "../scenarios/support/world.ts";

/** Stores the word that it is called with; without one it answers with the word and the block's number. */
const KEEPER: Hex = "0x75366010575f545f524360205260405ff35b5f355f55005f526016600af3";
const word = (value: bigint): Hex => numberToHex(value, { size: 32 });

describe("an evm rollup's earlier states", function () {
  this.timeout(300_000);
  let world: World;
  let gateway: Gateway;
  let keeper: Hex;
  /** Bob of L1. */
  let proxy: Hex;
  /** Block in which each word was stored. */
  const blocks: bigint[] = [];
  const balances: bigint[] = [];

  async function rpc(method: string, ...params: readonly unknown[]) {
    const response = await fetch(gateway.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const answer: ReturnType<typeof JSON.parse> = JSON.parse(await response.text());
    return answer;
  }

  before(async () => {
    world = await World.start({ chains: ["L1", "A"] });
    const rollup = world.idOf("A");
    gateway = await startRollupGateway(world.builder, { kinds: GATEWAY_KINDS, port: 0, rollup });
    const to = { chain: "A", address: alice.address } as const;
    await world.transfer({ on: "L1", by: alice, to, value: parseEther("1") });
    proxy = await world.addressOn({ chain: "L1", address: bob.address }, "A");
    const { wallet, reader } = clientsFor(gateway.url, evmChainIdOf(L1_CHAIN_ID, rollup));
    const send = async (request: { to?: Hex; data: Hex }) => {
      const hash = await wallet(alice).sendTransaction({ ...request, gas: 300_000n });
      return await reader.waitForTransactionReceipt({ hash });
    };
    const { contractAddress } = await send({ data: KEEPER });
    keeper = contractAddress ?? "0x";
    for (let value = 1n; value <= 8n; value++) {
      const { blockNumber } = await send({ to: keeper, data: word(value) });
      blocks.push(blockNumber);
      balances.push(await reader.getBalance({ address: alice.address }));
    }
  });
  after(async () => {
    await gateway.close();
    await world.close();
  });

  it("answer reads by number, hash and name as they were", async () => {
    for (const [index, block] of blocks.entries()) {
      const number = toHex(block);
      const { hash } = (await rpc("eth_getBlockByNumber", number, false)).result;
      for (const tag of [number, hash, { blockHash: hash }, { blockNumber: number }]) {
        expect((await rpc("eth_getStorageAt", keeper, "0x0", tag)).result).to.equal(word(BigInt(index + 1)));
        expect((await rpc("eth_getBalance", alice.address, tag)).result).to.equal(
          toHex(balances[index] ?? 0n),
        );
        expect((await rpc("eth_getTransactionCount", alice.address, tag)).result).to.equal(toHex(index + 2));
      }
    }
    const before = toHex((blocks[0] ?? 0n) - 2n);
    expect((await rpc("eth_getCode", keeper, before)).result).to.equal("0x");
    expect((await rpc("eth_getCode", keeper, toHex(blocks[0] ?? 0n))).result).to.match(/^0x36/);
    expect((await rpc("eth_getBalance", alice.address, "earliest")).result).to.equal("0x0");
  });

  it("are what calls and estimates see, with the number of their block", async () => {
    for (const [index, block] of blocks.entries()) {
      const { result } = await rpc("eth_call", { to: keeper }, toHex(block));
      expect(result).to.equal(`${word(BigInt(index + 1))}${word(block).slice(2)}`);
    }
    const first = toHex(blocks[0] ?? 0n);
    expect((await rpc("eth_estimateGas", { to: keeper, data: word(1n) }, first)).result).to.be.a("string");
    const { result } = await rpc("eth_createAccessList", { to: keeper, data: word(9n) }, first);
    expect(result.accessList).to.deep.equal([{ address: keeper, storageKeys: [pad("0x0", { size: 32 })] }]);
    expect((await rpc("eth_getStorageAt", keeper, "0x0", "latest")).result).to.equal(word(8n));
  });

  it("have no other chains beside them: a call that leaves the rollup is refused by name", async () => {
    const call = { from: alice.address, to: proxy, data: "0x" };
    const { error } = await rpc("eth_call", call, toHex(blocks[3] ?? 0n));
    expect(error.data.code).to.equal("HISTORICAL_CROSSING");
    for (const [method, params] of [
      ["lockstep_getProof", [alice.address, [], toHex(blocks[3] ?? 0n)]],
      ["eth_simulateV1", [{ blockStateCalls: [{}] }, toHex(blocks[3] ?? 0n)]],
    ] as const) {
      const answer = await rpc(method, ...params);
      expect(answer.error.data.code, method).to.equal("HISTORICAL_STATE");
      expect(answer.error.message).to.match(/^historical state 0x[0-9a-f]{64} is not available/);
    }
  });
});
