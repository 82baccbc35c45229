import type { Address, LocalAccount } from "viem";
import type { Logger } from "pino";
import type { Builder } from "../core/builder.ts";
import type { PageRules } from "../gateway/pages.ts";
import { startL1Gateway } from "../gateway/l1.ts";
import { startRollupGateway } from "../gateway/rollup.ts";
import { evmChainIdOf } from "../protocol/evm-chain-id.ts";
import type { ChainId } from "../protocol/ids.ts";
import { GATEWAY_KINDS } from "./kinds/index.ts";
import { type GatewayPorts, HOST } from "./ports.ts";

export interface GatewayOptions extends PageRules {
  readonly ports: GatewayPorts;
  readonly log?: Logger;
  /** Milliseconds for which EVM code of one request may run; 0: any time. */
  readonly callTimeout?: number | undefined;
  /**
   * Accounts that the rollups' gateways sign for, for every caller: on a devnet, where the keys are public.
   */
  readonly accounts?: readonly LocalAccount[];
  /** Brings Ether from L1 to an account on a rollup: of a devnet, for cheats on rollups for tests. */
  readonly fund?: (rollup: ChainId, address: Address, wei: bigint) => Promise<void>;
}

/** The gateway of a rollup. */
export interface RollupEndpoint {
  readonly id: ChainId;
  readonly url: string;
  /** What wallets take for the rollup's chain id. */
  readonly chainId: bigint;
}

export interface Gateways extends AsyncDisposable {
  /** Address of L1's gateway. */
  readonly l1: string;
  /** In the order of the builder's rollups. */
  readonly rollups: readonly RollupEndpoint[];
}

/** Opens L1's gateway and one for each of the builder's rollups. */
export async function openGateways(
  builder: Builder,
  { ports, log, callTimeout, accounts = [], allowOrigin = [], localPages = false, fund }: GatewayOptions,
): Promise<Gateways> {
  await using cleanup = new AsyncDisposableStack();
  const common = {
    host: HOST,
    kinds: GATEWAY_KINDS,
    accounts,
    allowOrigin,
    localPages,
    ...(log === undefined ? {} : { log }),
    ...(callTimeout === undefined ? {} : { callTimeout }),
  };
  const l1 = cleanup.use(await startL1Gateway(builder, { ...common, port: ports.l1Gateway }));
  const rollups: RollupEndpoint[] = [];
  for (const [index, { id }] of builder.rollups.entries()) {
    const port = ports.rollups[index];
    if (port === undefined) throw new RangeError(`there is no port for the gateway of rollup ${id}`);
    const chainId = evmChainIdOf(builder.l1ChainId, id);
    const own = fund && ((address: Address, wei: bigint) => fund(id, address, wei));
    const options = { ...common, port, rollup: id, chainId, ...(own === undefined ? {} : { fund: own }) };
    const { url } = cleanup.use(await startRollupGateway(builder, options));
    rollups.push({ id, url, chainId });
  }
  const resources = cleanup.move();
  return { l1: l1.url, rollups, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
