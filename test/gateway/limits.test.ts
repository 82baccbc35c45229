import { expect } from "chai";
import { type Address, concatHex, type Hex, numberToHex, parseEther } from "viem";
import { z } from "zod";
import { GATEWAY_KINDS } from "../../builder/node/kinds/index.ts";
import { startL1Gateway } from "../../builder/gateway/l1.ts";
import { startRollupGateway } from "../../builder/gateway/rollup.ts";
import type { Gateway } from "../../builder/gateway/server.ts";
import { MAX_BATCH_BYTES, MAX_RETURN_BYTES } from "../../builder/batch/limits.ts";
import { MAX_EXECUTIONS, MAX_TABLE_BYTES } from "../../builder/batch/table-layout.ts";
import { evmChainIdOf } from "../../builder/protocol/evm-chain-id.ts";
import { type Clients, clientsFor } from "../scenarios/support/clients.ts";
import { alice, L1_CHAIN_ID, World } from "../scenarios/support/world.ts";

const CHAINS = ["L1", "A", "B"] as const;
type Chain = (typeof CHAINS)[number];

/** Answers with as many bytes as the first word says. */
const FILLER: Hex = "0x5f355ff3";
/** Calls an account with what it is called with, and answers nothing; reverts if the call fails. */
const asking = (callee: Address): Hex =>
  concatHex(["0x365f5f375f5f365f5f73", callee, "0x5af115602557005b5f5ffd"]);
/** Calls an account with as many zero bytes as the first word says; reverts if the call fails. */
const pouring = (callee: Address): Hex => concatHex(["0x5f5f5f355f5f73", callee, "0x5af115602257005b5f5ffd"]);
/** Calls an account, with nothing, as often as the first word says; reverts if a call fails. */
const repeating = (callee: Address): Hex =>
  concatHex(["0x5f355b8015602f575f5f5f5f5f73", callee, "0x5af115603157600190036002565b005b5f5ffd"]);

const answerSchema = z.object({
  result: z.string().optional(),
  error: z
    .looseObject({ message: z.string(), data: z.looseObject({ code: z.string() }).optional() })
    .optional(),
});

/** Every limit of `batch/limits.ts` at its edge: what is just below it arrives, what is above is refused. */
describe("limits of one transaction, through gateways", function () {
  this.timeout(300_000);
  let world: World;
  const gateways: Gateway[] = [];
  const clients = new Map<Chain, Clients>();

  before(async () => {
    world = await World.start({ chains: CHAINS });
    for (const chain of CHAINS) {
      const common = { kinds: GATEWAY_KINDS, port: 0 };
      const gateway =
        chain === "L1"
          ? await startL1Gateway(world.builder, common)
          : await startRollupGateway(world.builder, { ...common, rollup: world.idOf(chain) });
      gateways.push(gateway);
      const id = chain === "L1" ? L1_CHAIN_ID : evmChainIdOf(L1_CHAIN_ID, world.idOf(chain));
      clients.set(chain, clientsFor(gateway.url, id));
    }
    for (const chain of ["A", "B"] as const)
      await world.transfer({
        on: "L1",
        by: alice,
        to: { chain, address: alice.address },
        value: parseEther("10"),
      });
  });
  after(async () => {
    for (const gateway of gateways) await gateway.close();
    await world.close();
  });

  function of(chain: Chain): Clients {
    const found = clients.get(chain);
    if (found === undefined) throw new Error(`${chain} was not started`);
    return found;
  }

  async function deployed(chain: Chain, code: Hex): Promise<Address> {
    const { reader, wallet } = of(chain);
    const size = numberToHex((code.length - 2) / 2, { size: 1 });
    // Returns what stands behind these eleven bytes.
    const data = concatHex(["0x60", size, "0x80600a5f395ff3", "0x00", code]);
    const hash = await wallet(alice).sendTransaction({ data, gas: 1_000_000n });
    await world.builder.settled(hash, 60_000);
    const { contractAddress } = await reader.waitForTransactionReceipt({ hash });
    if (contractAddress === null || contractAddress === undefined) throw new Error("was not deployed");
    return contractAddress;
  }

  async function ask(chain: Chain, method: string, ...params: unknown[]) {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const headers = { "content-type": "application/json" };
    return answerSchema.parse(await (await fetch(of(chain).url, { method: "POST", headers, body })).json());
  }

  /** What an estimate is refused with; nothing if it is answered. */
  async function refusal(chain: Chain, to: Address, data: Hex): Promise<string | undefined> {
    const { error } = await ask(chain, "eth_estimateGas", { from: alice.address, to, data });
    return error === undefined ? undefined : `${error.data?.code ?? ""} ${error.message}`;
  }

  /** The greatest number for which a call is estimated. */
  async function edge(
    chain: Chain,
    to: Address,
    dataOf: (count: number) => Hex,
    [below, above]: readonly [number, number],
  ): Promise<number> {
    let [fits, tooMuch] = [below, above];
    while (tooMuch - fits > 1) {
      const middle = Math.floor((fits + tooMuch) / 2);
      if ((await refusal(chain, to, dataOf(middle))) === undefined) fits = middle;
      else tooMuch = middle;
    }
    return fits;
  }

  /** It is refused at estimate and send, with the number and its limit, and just below it arrives. */
  async function holds(
    chain: Chain,
    to: Address,
    dataOf: (count: number) => Hex,
    most: number,
    reason: RegExp,
    // An estimate does not know how long the signed transaction will be, and counts its most.
    signedLater = 0,
  ): Promise<void> {
    const { reader, wallet } = of(chain);
    expect(await refusal(chain, to, dataOf(most + 1))).to.match(reason);
    const nonce = await reader.getTransactionCount({ address: alice.address });
    const fees = chain === "L1" ? 10n ** 10n : 0n;
    const raw = await alice.signTransaction({
      type: "legacy",
      chainId: await reader.getChainId(),
      nonce,
      to,
      data: dataOf(most + 1 + signedLater),
      gas: 1n << 24n,
      gasPrice: fees,
    });
    const { error } = await ask(chain, "eth_sendRawTransaction", raw);
    expect(`${error?.data?.code ?? ""} ${error?.message ?? ""}`).to.match(reason);
    const hash = await wallet(alice).sendTransaction({ to, data: dataOf(most) });
    await world.builder.settled(hash, 60_000);
    const status = world.builder.status(hash);
    expect(status?.state, status?.state === "failed" ? status.reason : "").to.equal("posted");
    expect((await reader.waitForTransactionReceipt({ hash })).status).to.equal("success");
  }

  const word = (count: number): Hex => numberToHex(count, { size: 32 });
  const bytes = (count: number): Hex => `0x${"00".repeat(count)}`;

  it("bytes that L1 returns to a rollup", async () => {
    const filler = { chain: "L1", address: await deployed("L1", FILLER) } as const;
    const caller = await deployed("A", asking(await world.addressOn(filler, "A")));
    const reason = /^BATCH_TOO_LARGE .*L1 returns to a rollup: 32769, .* 32768/;
    await holds("A", caller, word, MAX_RETURN_BYTES, reason);
  });

  it("bytes that a rollup sends to L1", async () => {
    const filler = { chain: "L1", address: await deployed("L1", FILLER) } as const;
    const caller = await deployed("A", pouring(await world.addressOn(filler, "A")));
    const reason = /^BATCH_TOO_LARGE .*a rollup sends to L1: 24576, .* 24575/;
    await holds("A", caller, word, MAX_TABLE_BYTES, reason);
    expect(await refusal("A", caller, word(60_000))).to.match(/^BATCH_TOO_LARGE .*: 60000, .* 24575/);
  });

  it("bytes that a rollup returns to L1", async () => {
    const filler = { chain: "A", address: await deployed("A", FILLER) } as const;
    const proxy = await world.addressOn(filler, "L1");
    const most = await edge("L1", proxy, word, [MAX_TABLE_BYTES - 500, MAX_TABLE_BYTES + 1]);
    await holds(
      "L1",
      proxy,
      word,
      most,
      /^BATCH_TOO_LARGE bytes (of table|that a rollup sends to L1): 24576, .* 24575/,
    );
  });

  it("bytes that L1 sends to a rollup", async () => {
    const filler = { chain: "A", address: await deployed("A", FILLER) } as const;
    const proxy = await world.addressOn(filler, "L1");
    const most = await edge("L1", proxy, bytes, [MAX_BATCH_BYTES - 2_000, MAX_BATCH_BYTES]);
    await holds("L1", proxy, bytes, most, /^BATCH_TOO_LARGE bytes of the batch: 120\d\d\d, .* 120000/);
  });

  it("bytes that a rollup sends to another one", async () => {
    const filler = { chain: "B", address: await deployed("B", FILLER) } as const;
    const caller = await deployed("A", pouring(await world.addressOn(filler, "A")));
    const most = await edge("A", caller, word, [MAX_BATCH_BYTES - 4_000, MAX_BATCH_BYTES]);
    await holds("A", caller, word, most, /^BATCH_TOO_LARGE bytes of the batch: 120\d{3}, .* 120000/, 200);
  });

  it("calls that L1 makes to rollups", async () => {
    const filler = { chain: "A", address: await deployed("A", FILLER) } as const;
    const caller = await deployed("L1", repeating(await world.addressOn(filler, "L1")));
    const most = await edge("L1", caller, word, [1, MAX_EXECUTIONS + 2]);
    await holds(
      "L1",
      caller,
      word,
      most,
      /^BATCH_TOO_LARGE (calls|bytes of table|bytes of the batch): \d+, /,
    );
  });
});
