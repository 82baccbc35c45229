import { type Hex, type LocalAccount, numberToHex } from "viem";
import { z } from "zod";
import type { Backend } from "./backend.ts";
import { UnknownRollupError } from "../follower/stopped.ts";
import { evmChainIdOf } from "../protocol/evm-chain-id.ts";
import type { RollupKind } from "../kinds/kind.ts";
import type { ChainId } from "../protocol/ids.ts";
import { hashSchema, parseParams, RpcCode } from "./json-rpc.ts";
import type { Fund } from "./kinds/fund.ts";
import type { GatewayKinds, KindGateway } from "./kinds/kind-gateway.ts";
import { seeingMethods } from "./seeing/methods.ts";
import { type Gateway, serve, type ServerOptions } from "./server.ts";
import { type Handler, needsSocket, type Service } from "./service.ts";
import { statusOf, transactionStatus } from "./status.ts";
import { readL1Trace, traceAllChains } from "./trace/trace.ts";
import { Upstream } from "./upstream.ts";

export interface RollupGatewayOptions extends ServerOptions {
  readonly rollup: ChainId;
  readonly kinds: GatewayKinds;
  /**
   * The chain id that wallets are told; must differ from L1's. Default, and the only one for EVM rollups:
   * {@link evmChainIdOf}.
   */
  readonly chainId?: bigint;
  /** Accounts that the gateway signs for, for every caller. Only for development networks. */
  readonly accounts?: readonly LocalAccount[];
  /** Brings Ether from L1, for cheats: of a devnet. */
  readonly fund?: Fund;
}

/** Starts the endpoint of one rollup. */
export async function startRollupGateway(builder: Backend, options: RollupGatewayOptions): Promise<Gateway> {
  return await serve(rollupService(builder, options), options);
}

/** What sets a chain's state behind its back, where that is allowed. */
const CHEAT = /^(hardhat|anvil|evm)_/;

function noCheats({ hasCheats, isProven, name }: RollupKind): string {
  if (hasCheats === true) return "its cheats are listed in builder/gateway/README.md";
  return name === "ledger" && !isProven
    ? "a ledger has no cheats; send it Ether from L1"
    : "this rollup was not registered for tests, as those of npm start -- --proofs none are";
}

const NOTHING: KindGateway = { methods: {}, topics: new Map(), close: () => undefined };

/** What every rollup answers, and what its kind brings. */
export function rollupService(
  builder: Backend,
  options: Pick<RollupGatewayOptions, "rollup" | "kinds" | "chainId" | "accounts" | "log" | "fund">,
): Service {
  const { rollup, kinds, log, accounts = [], chainId = evmChainIdOf(builder.l1ChainId, rollup) } = options;
  const kind = builder.rollups.find(({ id }) => id === rollup)?.kind;
  if (kind === undefined) throw new UnknownRollupError(rollup);
  const upstream = new Upstream(builder.l1Rpc);
  const across = async (l1Transaction: Hex) =>
    await traceAllChains(builder, kinds, l1Transaction, await readL1Trace(upstream, l1Transaction));
  const cheats = kind.hasCheats === true ? { cheats: { fund: options.fund } } : {};
  const context = { builder, rollup, chainId, accounts, log, across, ...cheats };
  const {
    methods: brought,
    topics,
    views,
    around = (handle) => handle,
    close,
  } = kinds.get(kind.name)?.open(context) ?? NOTHING;
  const common: Readonly<Record<string, Handler>> = {
    eth_chainId: async () => ({ result: numberToHex(chainId) }),
    net_version: async () => ({ result: chainId.toString() }),
    eth_subscribe: needsSocket,
    eth_unsubscribe: needsSocket,
    ...seeingMethods({ builder, kinds }),
    lockstep_status: async () => ({ result: await statusOf(builder) }),
    lockstep_transactionStatus: async ({ params }) => {
      const [id] = parseParams(z.tuple([hashSchema]), params);
      return { result: transactionStatus(await builder.statusOnL1(rollup, id)) };
    },
  };
  const methods = new Map([...Object.entries(common), ...Object.entries(brought)]);
  return {
    handle: around(async (request) => {
      const method = methods.get(request.method);
      if (method !== undefined) return await method(request);
      const reason = CHEAT.test(request.method) ? `: ${noCheats(kind)}` : "";
      const message = `a rollup's gateway has no method ${request.method}${reason}`;
      return { error: { code: RpcCode.METHOD_NOT_FOUND, message } };
    }),
    topics,
    views,
    close,
  };
}
