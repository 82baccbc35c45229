import type { Logger } from "pino";
import type { Hex, LocalAccount } from "viem";
import type { Backend } from "../backend.ts";
import type { Fund } from "./fund.ts";
import type { ChainId } from "../../protocol/ids.ts";
import type { CrossChainTrace } from "../trace/cross-chain-trace.ts";
import type { KindTrace } from "../trace/trace.ts";
import type { KindSeeing } from "../seeing/kind-seeing.ts";
import type { Handler, Topic, Views } from "../service.ts";

/** The rollup that a gateway serves. */
export interface RollupContext {
  readonly builder: Backend;
  readonly rollup: ChainId;
  /** What wallets know it by. */
  readonly chainId: bigint;
  /** Accounts that the gateway signs for. */
  readonly accounts: readonly LocalAccount[];
  readonly log?: Logger | undefined;
  /** Present on a rollup that was registered for tests: how cheats come to Ether, if at all. */
  readonly cheats?: { readonly fund: Fund | undefined };
  /** Everything that a transaction of L1 did on all chains; nothing if it had nothing to do with rollups. */
  readonly across: (l1Transaction: Hex) => Promise<CrossChainTrace | undefined>;
}

/** What a kind of rollup adds to the methods that every rollup has. */
export interface KindGateway {
  readonly methods: Readonly<Record<string, Handler>>;
  readonly topics: ReadonlyMap<string, Topic>;
  readonly views?: Views;
  /** Looks at requests before they are answered. */
  readonly around?: (handle: Handler) => Handler;
  readonly close: () => void;
}

export type OpenKindGateway = (context: RollupContext) => KindGateway;

/** What a kind of rollup brings to gateways: methods of its own, and what it shows in traces. */
export interface GatewayKind {
  readonly open: OpenKindGateway;
  readonly trace: KindTrace;
  readonly seeing: KindSeeing;
}

/** By the kind's name. A kind that is not among them has what every rollup has. */
export type GatewayKinds = ReadonlyMap<string, GatewayKind>;
