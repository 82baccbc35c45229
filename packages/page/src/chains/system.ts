import { createClient, http, type PublicRpcSchema, rpcSchema, type WalletRpcSchema } from "viem";
import type { Chain, Config } from "./config.ts";
import { chainsOf } from "./config.ts";
import type { Hex, LockstepRpcSchema, TraceFrame } from "./rpc-types.ts";

/** Whose answers depend on the state of what is asked for. */
type StatusRpcSchema = [
  { Method: "lockstep_transactionStatus"; Parameters: [hash: Hex]; ReturnType: unknown },
  { Method: "lockstep_status"; Parameters: []; ReturnType: unknown },
  {
    Method: "ots_searchTransactionsBefore";
    Parameters: [address: Hex, before: number, pageSize: number];
    ReturnType: unknown;
  },
  {
    Method: "debug_traceTransaction";
    Parameters: [hash: Hex, options: { readonly tracer: "callTracer" }];
    ReturnType: TraceFrame | null;
  },
];

const schema =
  rpcSchema<[...PublicRpcSchema, ...WalletRpcSchema, ...LockstepRpcSchema, ...StatusRpcSchema]>();

function clientOf(url: string) {
  // What is asked within a moment goes as one request.
  const transport = http(url, { batch: { wait: 8, batchSize: 100 }, retryCount: 1, timeout: 60_000 });
  return createClient({ transport, rpcSchema: schema });
}

export type Gateway = ReturnType<typeof clientOf>;

/** All chains, and how they are asked. */
export class System {
  readonly config: Config;
  readonly chains: readonly Chain[];
  readonly #gateways: ReadonlyMap<number, Gateway>;

  constructor(config: Config) {
    this.config = config;
    this.chains = chainsOf(config);
    this.#gateways = new Map(this.chains.map(({ id, gateway }) => [id, clientOf(gateway)]));
  }

  chain(id: number): Chain | undefined {
    return this.chains.find((chain) => chain.id === id);
  }

  nameOf(id: number): string {
    return this.chain(id)?.name ?? `chain ${id}`;
  }

  /** The gateway of a chain. */
  ask(id: number): Gateway {
    const gateway = this.#gateways.get(id);
    if (gateway === undefined) throw new RangeError(`there is no gateway of chain ${id}`);
    return gateway;
  }

  get l1(): Gateway {
    return this.ask(0);
  }

  isAccount(address: string): boolean {
    return this.config.accounts.some((each) => each === address.toLowerCase());
  }
}

/** As JSON-RPC writes it. */
export function quantity(value: number | bigint): Hex {
  return `0x${value.toString(16)}`;
}
