import type { Hex } from "viem";
import { evmChainIdOf } from "../../../protocol/evm-chain-id.ts";
import { LockstepError } from "../../../protocol/errors.ts";
import { RpcCode } from "../../json-rpc.ts";
import type { ExploredChain } from "../../otterscan/chain.ts";
import { otterscanMethods } from "../../otterscan/methods.ts";
import type { Handler, Topic } from "../../service.ts";
import { BlockFeed, type FeedSource } from "../../subscriptions/feed.ts";
import { blockTopics } from "../../subscriptions/topics.ts";
import { SYSTEM } from "../../../kinds/evm/system.ts";
import { withProxyGuard } from "../../proxies/guard.ts";
import { ProxyNames } from "../../proxies/proxy-names.ts";
import { Upstream } from "../../upstream.ts";
import type { Backend } from "../../backend.ts";
import type { Fund } from "../fund.ts";
import type { KindGateway, RollupContext } from "../kind-gateway.ts";
import { Cheating } from "./cheats/cheating.ts";
import { Impersonated } from "./cheats/impersonated.ts";
import { cheatMethods } from "./cheats/methods.ts";
import { callMethods } from "./call-methods.ts";
import { filterMethods } from "./filter-methods.ts";
import { rpcHeader, rpcLog } from "./format.ts";
import { historyMethods } from "./history-methods.ts";
import { nodeMethods } from "./node-methods.ts";
import { rawMethods } from "./raw-methods.ts";
import { shownPending } from "./shown.ts";
import { replayView } from "./replay/view.ts";
import { simulateAcrossMethod } from "./simulate-across.ts";
import { stateMethods } from "./state-methods.ts";
import { traceMethods, TransactionNotFoundError } from "./trace-methods.ts";
import { transactionMethods } from "./transaction-methods.ts";
import { evmRollupView, type EvmRollupView } from "./view.ts";

/**
 * An EVM rollup as wallets, viem, ethers and Hardhat know chains.
 * @throws {LockstepError} `WRONG_CHAIN_ID`
 */
export function evmGateway(context: RollupContext): KindGateway {
  const { builder, rollup, chainId, accounts, log, across, cheats } = context;
  const real = evmChainIdOf(builder.l1ChainId, rollup);
  if (chainId !== real)
    throw new LockstepError("WRONG_CHAIN_ID", `rollup ${rollup} has chain id ${real}, not ${chainId}`);
  const view = evmRollupView(builder, rollup, chainId);
  const names = new ProxyNames();
  const hasCode = async (address: Hex) =>
    await view.read(({ store }) => (store.account(address)?.code ?? "0x") !== "0x");
  const own = cheats && openCheats(view, builder, cheats.fund);
  const { methods, ...gateway } = openEvmGateway(view, accounts, across, names, own);
  return {
    ...gateway,
    methods: { ...methods, lockstep_simulateAcross: simulateAcrossMethod(builder, view, names) },
    views: new Map([["replay", replayView(builder, view)]]),
    around: (handle) =>
      withProxyGuard(handle, { builder, manager: SYSTEM, chain: rollup, names, hasCode, log }),
  };
}

interface OpenCheats {
  readonly impersonated: Impersonated;
  readonly methods: KindGateway["methods"];
}

/** Of a rollup that was registered for tests. */
function openCheats(view: EvmRollupView, builder: Backend, fund: Fund | undefined): OpenCheats {
  const cheating = new Cheating(builder, view, fund);
  const impersonated = new Impersonated(cheating);
  const upstream = new Upstream(builder.l1Rpc);
  const takeBack: Backend["takeBack"] = async (goBack) => await builder.takeBack(goBack);
  const quiet: Backend["quiet"] = async () => {
    await builder.quiet();
  };
  const methods = cheatMethods({ view, cheating, impersonated, upstream, takeBack, quiet });
  return { impersonated, methods };
}

/**
 * @param across everything that a transaction of L1 did on all chains.
 * @param names where proxies belong on the rollup.
 * @param cheats of a rollup that was registered for tests.
 */
export function openEvmGateway(
  view: EvmRollupView,
  accounts: RollupContext["accounts"],
  across: RollupContext["across"],
  names = new ProxyNames(),
  cheats?: OpenCheats,
): KindGateway {
  const feed = new BlockFeed(feedSource(view));
  const topics = {
    ...blockTopics(feed),
    newPendingTransactions: (async ([isWhole], push) => {
      const tell = (wanted: Hex): void => {
        const found = view.waiting().find(({ hash }) => hash === wanted);
        if (isWhole !== true) push(wanted);
        else if (found !== undefined) push(shownPending(found.data, view.chainId));
      };
      return view.listen({ accepted: tell });
    }) satisfies Topic,
  };
  const filters = filterMethods(view, feed, topics);
  const end = view.listen({ posted: () => feed.nudge() });
  const methods: Readonly<Record<string, Handler>> = {
    ...nodeMethods(view),
    ...rawMethods(view),
    ...stateMethods(view),
    ...historyMethods(view),
    ...callMethods(view),
    ...transactionMethods(view, accounts, cheats?.impersonated),
    ...traceMethods(view, across, names),
    ...filters.methods,
    ...cheats?.methods,
  };
  return {
    methods: { ...methods, ...otterscanMethods(exploredRollup(view, methods)) },
    topics: new Map(Object.entries(topics)),
    close: () => {
      end();
      filters.close();
      feed.close();
    },
  };
}

/** The rollup as a block explorer looks at it. */
function exploredRollup(view: EvmRollupView, methods: Readonly<Record<string, Handler>>): ExploredChain {
  return {
    handle: async (request) =>
      (await methods[request.method]?.(request)) ?? {
        error: { code: RpcCode.METHOD_NOT_FOUND, message: request.method },
      },
    framesOf: async (hash) => {
      const frames = await (await view.read((state) => state.chronicle)).framesOf(hash);
      if (frames === undefined) throw new TransactionNotFoundError(hash);
      return frames;
    },
    oldest: async () => await view.read((state) => state.oldest),
  };
}

function feedSource(view: EvmRollupView): FeedSource {
  const chronicle = async () => await view.read((state) => state.chronicle);
  return {
    async latest() {
      const { latest } = await chronicle();
      return { ...latest, header: rpcHeader(latest) };
    },
    async byHash(hash) {
      const block = await (await chronicle()).blockByHash(hash);
      return block && { ...block, header: rpcHeader(block) };
    },
    async logsOf({ hash }) {
      const history = await chronicle();
      const block = await history.blockByHash(hash);
      if (block === undefined) return [];
      return (await history.logsOf(block, { addresses: [], topics: [] })).map(rpcLog);
    },
  };
}
