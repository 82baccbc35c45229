import type { KindTrace } from "../trace/trace.ts";
import { evmGateway } from "./evm/index.ts";
import { evmTrace } from "./evm/trace-methods.ts";
import type { KindGateway, OpenKindGateway, RollupContext } from "./kind-gateway.ts";
import { ledgerGateway, ledgerTrace } from "./ledger.ts";

interface Kind {
  readonly open: OpenKindGateway;
  readonly trace: KindTrace;
}

/** By the kind's name. A kind that is not here has what every rollup has. */
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ["evm", { open: evmGateway, trace: evmTrace }],
  ["ledger", { open: ledgerGateway, trace: ledgerTrace }],
]);

const NOTHING: KindGateway = { methods: {}, topics: new Map(), close: () => undefined };

export function openKind(name: string, context: RollupContext): KindGateway {
  return KINDS.get(name)?.open(context) ?? NOTHING;
}

export function traceOfKind(name: string): KindTrace {
  return KINDS.get(name)?.trace ?? {};
}
