import { type Address, decodeFunctionResult, encodeFunctionData, numberToHex } from "viem";
import type { Proxies, ProxyShown } from "lockstep-client/rpc-types";
import { crossChainManagerAbi } from "../../protocol/abi.ts";
import { lowerCase } from "../../protocol/address.ts";
import { type ChainId, chainId, L1 } from "../../protocol/ids.ts";
import { InvalidParamsError } from "../json-rpc.ts";
import { type SeeingContext, seeingOf } from "./context.ts";
import type { ProxyChain } from "./kind-seeing.ts";

/** `lockstep_getProxies`: what an address stands for, and where the account has proxies. */
export async function getProxies(context: SeeingContext, address: Address, chain: ChainId): Promise<Proxies> {
  const { rollups } = context.builder;
  if (chain !== L1 && rollups.every(({ id }) => id !== chain))
    throw new InvalidParamsError(
      `1: this builder follows no rollup ${chain}; chains have Lockstep's numbers`,
    );
  const own = chainOf(context, chain);
  const original = own === undefined ? undefined : await originalOf(own, address);
  const account = original ?? { address, chain };
  const proxies: ProxyShown[] = [];
  for (const id of [L1, ...rollups.map((rollup) => rollup.id)]) {
    const reader = id === account.chain ? undefined : chainOf(context, id);
    if (reader === undefined) continue;
    const proxy = await proxyOf(reader, account.address, account.chain);
    const deployed = (await reader.codeOf(proxy)) !== "0x";
    proxies.push({ chain: numberToHex(id), address: proxy, deployed });
  }
  return {
    original:
      original === undefined ? null : { chain: numberToHex(original.chain), address: original.address },
    proxies,
  };
}

/** How a chain's proxies are read; nothing for a chain that can have none. */
function chainOf(context: SeeingContext, chain: ChainId): ProxyChain | undefined {
  const { builder } = context;
  if (chain !== L1) return seeingOf(context, chain)?.proxiesOn?.(builder, chain);
  const { l1, manager } = builder;
  return {
    ask: async (data) => (await l1.call({ to: manager, data })).data ?? "0x",
    codeOf: async (address) => (await l1.getCode({ address })) ?? "0x",
  };
}

async function proxyOf({ ask }: ProxyChain, original: Address, chain: ChainId): Promise<Address> {
  const call = { abi: crossChainManagerAbi, functionName: "proxyOf" } as const;
  const data = await ask(encodeFunctionData({ ...call, args: [original, chain] }));
  return lowerCase(decodeFunctionResult({ ...call, data }));
}

/** Bytes of code that a proxy has less than, and immutables of which it has three. */
const MAX_CODE = 2_048;
const MAX_WORDS = 8;
/** PUSH32. */
const PUSH_WORD = /7f([0-9a-f]{64})/g;

/**
 * The account that an address stands for. A proxy's code has it as an immutable value, and nothing but the
 * manager's own word for where that account's proxy is makes it true.
 */
async function originalOf(
  chain: ProxyChain,
  address: Address,
): Promise<{ readonly address: Address; readonly chain: ChainId } | undefined> {
  const code = await chain.codeOf(address);
  if (code === "0x" || code.length > 2 * MAX_CODE) return undefined;
  const words = [...new Set([...code.matchAll(PUSH_WORD)].map(([, word = "0"]) => BigInt(`0x${word}`)))];
  if (words.length > MAX_WORDS) return undefined;
  for (const rollup of words.filter((word) => word < 1n << 64n))
    for (const account of words.filter((word) => word < 1n << 160n)) {
      const original = numberToHex(account, { size: 20 });
      if ((await proxyOf(chain, original, chainId(rollup))) === lowerCase(address))
        return { address: original, chain: chainId(rollup) };
    }
  return undefined;
}

/** @throws {InvalidParamsError} */
export function chainParam(number: bigint): ChainId {
  if (number >= 1n << 64n) throw new InvalidParamsError("1: a chain's number has 64 bits");
  return chainId(number);
}
