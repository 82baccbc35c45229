import * as z from "zod/mini";
import type { Hex } from "./rpc-types.ts";

const address = z.pipe(
  z.string().check(z.regex(/^0x[0-9a-fA-F]{40}$/)),
  z.transform((text): Hex => `0x${text.slice(2).toLowerCase()}`),
);
const gateway = z.url({ protocol: /^https?$/ });

/** `chains.json`, which the page's own server makes: where the gateways are, and what chains are called. */
const configSchema = z.object({
  l1: z.object({ gateway, chainId: z.number(), rollups: address }),
  rollups: z.array(
    z.object({
      id: z.int().check(z.positive()),
      name: z.string(),
      kind: z.string(),
      /** False: UNPROVEN. */
      proven: z.boolean(),
      gateway,
      chainId: z.number(),
      /** The contract that was there from the beginning. */
      contract: z.nullable(address),
    }),
  ),
  /** Accounts that the gateways sign for: on a devnet. */
  accounts: z.array(address),
});

export type Config = z.infer<typeof configSchema>;

/** A chain as the page shows it. */
export interface Chain {
  /** Lockstep's number: 0 is L1. */
  readonly id: number;
  readonly name: string;
  readonly kind: string;
  readonly isProven: boolean;
  readonly gateway: string;
  readonly evmChainId: number;
  /** Whether it has blocks, accounts and code that are asked for as on any chain. */
  readonly isEvm: boolean;
}

export async function loadConfig(): Promise<Config> {
  const answer = await fetch("chains.json");
  if (!answer.ok) throw new Error(`the page's server answers ${answer.status}`);
  const found: unknown = await answer.json();
  return configSchema.parse(found);
}

/** L1 first. */
export function chainsOf({ l1, rollups }: Config): Chain[] {
  const first: Chain = {
    id: 0,
    name: "L1",
    kind: "L1",
    isProven: true,
    gateway: l1.gateway,
    evmChainId: l1.chainId,
    isEvm: true,
  };
  return [
    first,
    ...rollups.map(({ id, name, kind, proven, gateway: url, chainId }) => ({
      id,
      name,
      kind,
      isProven: proven,
      gateway: url,
      evmChainId: chainId,
      isEvm: kind !== "ledger",
    })),
  ];
}
