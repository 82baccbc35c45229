import { expect } from "chai";
import { type Hex, parseEther } from "viem";
import { z } from "zod";
import { GATEWAY_KINDS } from "../../../builder/node/kinds/index.ts";
import { startL1Gateway } from "../../../builder/gateway/l1.ts";
import { startRollupGateway } from "../../../builder/gateway/rollup.ts";
import type { Gateway } from "../../../builder/gateway/server.ts";
import { evmChainIdOf } from "../../../builder/protocol/evm-chain-id.ts";
import { accountAt } from "../../core/setup.ts";
import { type Clients, clientsFor } from "../../scenarios/support/clients.ts";
import { alice, bob, L1_CHAIN_ID, World } from "../../scenarios/support/world.ts";
import { CASE_EXCEPTIONS, type GatewayName, METHOD_EXCEPTIONS } from "./exceptions.ts";
import { faultsOf, METHODS, type RecordedAnswer, type RecordedCase, recordedCases } from "./specification.ts";
import { type ConformanceSetup, setUp, signedTransaction } from "./setup.ts";
import { translated } from "./translate.ts";

const answerSchema = z.looseObject({
  result: z.unknown().optional(),
  error: z.looseObject({ code: z.number(), message: z.string(), data: z.unknown().optional() }).optional(),
});
type Answer = z.output<typeof answerSchema>;

const unlocked = accountAt(5);

/** Ethereum's own specification, asked of L1's gateway and of an EVM rollup's. */
describe("conformance with Ethereum's JSON-RPC specification", function () {
  this.timeout(300_000);
  let world: World;
  const gateways: Gateway[] = [];
  const clients = new Map<GatewayName, Clients & { chainId: bigint }>();
  const stages = new Map<GatewayName, ConformanceSetup>();

  before(async () => {
    world = await World.start({ chains: ["L1", "A"] });
    const common = { kinds: GATEWAY_KINDS, port: 0, accounts: [unlocked] };
    const rollup = world.idOf("A");
    for (const address of [alice.address, bob.address, unlocked.address])
      await world.transfer({ on: "L1", by: alice, to: { chain: "A", address }, value: parseEther("10") });
    for (const [name, gateway, chainId] of [
      [
        "A",
        await startRollupGateway(world.builder, { ...common, rollup }),
        evmChainIdOf(L1_CHAIN_ID, rollup),
      ],
      ["L1", await startL1Gateway(world.builder, common), L1_CHAIN_ID],
    ] as const) {
      gateways.push(gateway);
      const own = { ...clientsFor(gateway.url, chainId), chainId };
      clients.set(name, own);
      stages.set(name, await setUp(own));
    }
  });
  after(async () => {
    for (const gateway of gateways) await gateway.close();
    await world.close();
  });

  const of = <Value>(map: ReadonlyMap<GatewayName, Value>, name: GatewayName): Value => {
    const value = map.get(name);
    if (value === undefined) throw new Error(`${name} was not started`);
    return value;
  };

  async function ask(name: GatewayName, method: string, params: readonly unknown[] = []): Promise<Answer> {
    const response = await fetch(of(clients, name).url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    return answerSchema.parse(JSON.parse(await response.text()));
  }

  /** The request on our chain; a transaction is signed anew. */
  async function requestOf(
    name: GatewayName,
    { name: kind }: RecordedCase,
    method: string,
    params: readonly unknown[],
  ) {
    if (method === "eth_sendRawTransaction") {
      const type = kind.includes("legacy") ? "legacy" : kind.includes("send-access") ? "eip2930" : "eip1559";
      return [await signedTransaction(of(clients, name), type)];
    }
    const { number, timestamp } = await of(clients, name).reader.getBlock();
    return translated(method, params, {
      chains: of(stages, name),
      head: { number: Number(number), timestamp: Number(timestamp) },
    });
  }

  /** What differs in kind. */
  function differenceOf(
    name: GatewayName,
    method: string,
    expected: RecordedAnswer,
    actual: Answer,
  ): string | undefined {
    if (expected.error !== undefined) {
      if (actual.error === undefined) return `expected error ${expected.error.code}, got ${short(actual)}`;
      if (actual.error.code !== expected.error.code)
        return `expected error ${expected.error.code} (${expected.error.message}), got ${short(actual)}`;
      if (expected.error.code !== 3) return undefined;
      return actual.error.message === expected.error.message
        ? undefined
        : `expected "${expected.error.message}", got "${actual.error.message}"`;
    }
    if (actual.error !== undefined) return `expected a result, got ${short(actual)}`;
    if ((expected.result === null) !== (actual.result === null))
      return `expected ${expected.result === null ? "null" : "a result"}, got ${short(actual)}`;
    return METHODS.includes(method) ? faultsOf(method, actual.result, originOf(name)) : undefined;
  }

  const originOf = (name: GatewayName) => (name === "L1" ? "node" : "rollup");
  const short = (value: unknown): string => JSON.stringify(value).slice(0, 300);

  for (const name of ["A", "L1"] as const) {
    describe(`${name}'s gateway`, () => {
      for (const recorded of recordedCases()) {
        const exception = CASE_EXCEPTIONS[name].find(({ cases }) => cases.test(recorded.name));
        it(`${recorded.name}${exception === undefined ? "" : ` (exception: ${exception.reason})`}`, async () => {
          for (const { method, params, answer } of recorded.exchange) {
            const request = await requestOf(name, recorded, method, params);
            const actual = await ask(name, method, request);
            const difference = differenceOf(name, method, answer, actual);
            // A case may begin with requests of other methods.
            if (exception === undefined || !recorded.name.startsWith(`${method}/`))
              expect(difference, `${method} ${short(request)}`).to.equal(undefined);
            else expect(actual.error?.code ?? "a result", short(actual)).to.equal(exception.code);
          }
        });
      }

      it("answers every method of the specification, or refuses it for a named reason", async () => {
        const missing: string[] = [];
        for (const method of METHODS) {
          const { error } = await ask(name, method);
          if (error?.code === -32601 || error?.code === -32004) missing.push(method);
        }
        expect(missing.toSorted()).to.deep.equal(Object.keys(METHOD_EXCEPTIONS[name]).toSorted());
      });

      it("shows everything that has happened in the specification's form", async () => {
        const { reader } = of(clients, name);
        const { number } = await reader.getBlock();
        const faults: string[] = [];
        const check = async (method: string, params: readonly unknown[]) => {
          const { result, error } = await ask(name, method, params);
          const fault = error === undefined ? faultsOf(method, result, originOf(name)) : short(error);
          if (fault !== undefined) faults.push(`${method} ${short(params)}: ${fault}`);
          return result;
        };
        const first = number > 25n ? number - 25n : 0n;
        for (let each = first; each <= number; each++) {
          const tag = `0x${each.toString(16)}`;
          await check("eth_getBlockByNumber", [tag, false]);
          await check("eth_getBlockByNumber", [tag, true]);
          await check("eth_getBlockReceipts", [tag]);
        }
        for (const hash of Object.values<Hex>(of(stages, name).transactions)) {
          await check("eth_getTransactionByHash", [hash]);
          await check("eth_getTransactionReceipt", [hash]);
        }
        for (const filter of ["eth_newBlockFilter", "eth_newPendingTransactionFilter"])
          await check("eth_getFilterChanges", [await check(filter, [])]);
        const filter = await check("eth_newFilter", [{ fromBlock: "0x0" }]);
        await check("eth_getFilterLogs", [filter]);
        await check("eth_uninstallFilter", [filter]);
        expect(faults.join("\n")).to.equal("");
      });
    });
  }
});
