import type { Logger } from "pino";
import type { Builder } from "../builder.ts";
import { startL1Gateway } from "../gateway/l1.ts";
import { startRollupGateway } from "../gateway/rollup.ts";
import { HOST } from "./ports.ts";

export interface GatewayPorts {
  readonly l1Gateway: number;
  readonly ledgerGateway: number;
}

export interface Gateways extends AsyncDisposable {
  /** Address of L1's gateway. */
  readonly l1: string;
  readonly rollups: readonly { readonly id: number; readonly gateway: string; readonly chainId: number }[];
}

/** What wallets take for a rollup's chain id: L1's and the rollup's number, so that no two on a machine are equal. */
function walletChainId(l1ChainId: bigint, rollup: bigint): bigint {
  return l1ChainId * 1_000n + rollup;
}

/** Opens L1's gateway and one for the builder's ledger. */
export async function openGateways(builder: Builder, ports: GatewayPorts, log?: Logger): Promise<Gateways> {
  await using cleanup = new AsyncDisposableStack();
  const common = { host: HOST, ...(log === undefined ? {} : { log }) };
  const l1 = cleanup.use(await startL1Gateway(builder, { ...common, port: ports.l1Gateway }));
  const rollups: Gateways["rollups"][number][] = [];
  for (const { id } of builder.rollups.slice(0, 1)) {
    const chainId = walletChainId(builder.l1ChainId, id);
    const gateway = cleanup.use(
      await startRollupGateway(builder, { ...common, port: ports.ledgerGateway, rollup: id, chainId }),
    );
    rollups.push({ id: Number(id), gateway: gateway.url, chainId: Number(chainId) });
  }
  const resources = cleanup.move();
  return { l1: l1.url, rollups, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
