import { evmGateway } from "./evm/index.ts";
import type { KindGateway, OpenKindGateway, RollupContext } from "./kind-gateway.ts";
import { ledgerGateway } from "./ledger.ts";

/** By the kind's name. A kind that is not here has what every rollup has. */
const KINDS: ReadonlyMap<string, OpenKindGateway> = new Map([
  ["evm", evmGateway],
  ["ledger", ledgerGateway],
]);

const NOTHING: KindGateway = { methods: {}, topics: new Map(), close: () => undefined };

export function openKind(name: string, context: RollupContext): KindGateway {
  return KINDS.get(name)?.(context) ?? NOTHING;
}
