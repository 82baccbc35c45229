import { signal } from "@preact/signals";
import { keccak256 } from "viem";
import type { Abis } from "./abis.ts";
import { abis } from "./abis.ts";
import type { Hex } from "../chains/rpc-types.ts";
import type { System } from "../chains/system.ts";
import { shorten } from "./decode.ts";

/** What addresses are called, by chain and address. */
export const names = signal<ReadonlyMap<string, string>>(new Map());

/** Addresses that stand for an account of another chain. */
const originals = signal<ReadonlyMap<string, Place & { readonly chainName: string }>>(new Map());

/** What was asked for, so that it is asked for once. */
const asked = new Set<string>();

const key = (chain: number, address: string): string => `${chain}:${address.toLowerCase()}`;

/** An address on one of the chains. */
export interface Place {
  readonly chain: number;
  readonly address: string;
}

/** What the address is called there; undefined if it is not known. */
export function nameOf(chain: number, address: string): string | undefined {
  const original = originals.value.get(key(chain, address));
  if (original === undefined) return names.value.get(key(chain, address));
  return `${nameOrShort(original.chain, original.address)}@${original.chainName}`;
}

/** Remembers what proxies stand for. */
export function knowProxies(
  found: readonly { readonly proxy: Place; readonly original: Place & { readonly chainName: string } }[],
): void {
  const next = new Map(originals.value);
  for (const { proxy, original } of found) next.set(key(proxy.chain, proxy.address), original);
  if (next.size !== originals.value.size) originals.value = next;
}

/** Its name, or its beginning and end. */
export function nameOrShort(chain: number, address: string | undefined): string {
  if (address === undefined) return "a new contract";
  return nameOf(chain, address) ?? shorten(address, 12);
}

/** Names that are known from the beginning. */
export function knowChains({ config }: System): void {
  const known = new Map<string, string>();
  config.accounts.forEach((address, index) => {
    for (const chain of [0, ...config.rollups.map(({ id }) => id)])
      known.set(key(chain, address), `account ${index}`);
  });
  known.set(key(0, config.l1.rollups), "Rollups");
  for (const { id, contract, kind } of config.rollups)
    if (contract !== null) known.set(key(id, contract), kind === "ledger" ? "Ledger" : "CrossChainManager");
  names.value = known;
}

/** Gives a name to an address that has none. */
export function rename(found: readonly (Place & { readonly name: string })[]): void {
  const next = new Map(names.value);
  for (const { chain, address, name } of found)
    if (!next.has(key(chain, address))) next.set(key(chain, address), name);
  if (next.size !== names.value.size) names.value = next;
}

/** Finds out by their code what the addresses are. What cannot be found out has no name. */
export async function lookUp(system: System, places: readonly Place[]): Promise<void> {
  await namesFor(system, places).catch(() => undefined);
}

async function namesFor(system: System, places: readonly Place[]): Promise<void> {
  const fresh = places.filter(({ chain, address }) => {
    const name = key(chain, address);
    if (asked.has(name) || names.value.has(name) || system.chain(chain)?.isEvm !== true) return false;
    asked.add(name);
    return true;
  });
  const found = await Promise.all(
    fresh.map(async ({ chain, address }) => {
      const code = await system
        .ask(chain)
        .request({ method: "eth_getCode", params: [hexOf(address), "latest"] })
        .catch(() => "0x" as const);
      const name = nameOfCode(code, abis.value);
      return name === undefined ? [] : [{ chain, address, name }];
    }),
  );
  rename(found.flat());
}

/** Forgets what was not found, since there are more ABIs now. */
export function askAgain(): void {
  asked.clear();
}

function hexOf(address: string): Hex {
  return `0x${address.slice(2)}`;
}

function nameOfCode(code: Hex, { artifacts }: Abis): string | undefined {
  const size = (code.length - 2) / 2;
  if (size === 0) return undefined;
  return artifacts.find((artifact) => {
    if (artifact.code?.size !== size) return false;
    let masked = code.slice(2);
    for (const { start, length } of artifact.code.immutables)
      masked = masked.slice(0, start * 2) + "0".repeat(length * 2) + masked.slice((start + length) * 2);
    return keccak256(`0x${masked}`) === artifact.code.hash;
  })?.name;
}
