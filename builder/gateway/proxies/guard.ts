import { type Address, isHex, keccak256, type Hex, slice } from "viem";
import type { Logger } from "pino";
import type { Backend } from "../backend.ts";
import { z } from "zod";
import type { ChainId } from "../../protocol/ids.ts";
import { addressSchema, type Answer, bytesSchema, quantitySchema, type RpcRequest } from "../json-rpc.ts";
import type { Handler } from "../service.ts";
import { assertChainNumber } from "./chain-number.ts";
import { outgoingCall, proxyFunction } from "./manager-call.ts";
import type { ProxyNames } from "./proxy-names.ts";

export interface ProxyGuardOptions {
  readonly builder: Pick<Backend, "l1" | "l1ChainId" | "manager" | "rollups">;
  /** The chain's manager of proxies, lower case. */
  readonly manager: Address;
  /** The chain, in Lockstep's numbering. */
  readonly chain: ChainId;
  readonly names: ProxyNames;
  /** Whether there is code at an address of the chain. */
  readonly hasCode: (address: Address) => Promise<boolean>;
  readonly log?: Logger | undefined;
}

/**
 * Looks at what is asked of the proxies' manager, and at Ether for its proxies, before the chain is asked:
 * refuses EVM chain ids by name, remembers where proxies belong, and warns of Ether that is sent where none
 * is yet.
 */
export function withProxyGuard(handle: Handler, options: ProxyGuardOptions): Handler {
  const { builder, manager, names } = options;
  return async (request) => {
    const call = outgoingCall(request);
    if (call === undefined) return noted(request, await handle(request), options);
    const asked = call.to === manager ? proxyFunction(call.data) : undefined;
    if (asked !== undefined) await assertChainNumber(builder, asked);
    const answer = await handle(request);
    const proxy = asked === undefined ? undefined : addressIn(request, answer);
    if (asked !== undefined && proxy !== undefined) names.add(proxy, asked);
    if (call.value > 0n) await warn(request, answer, call.to, options);
    return answer;
  };
}

const proxiesSchema = z.object({
  original: z.object({ chain: quantitySchema, address: addressSchema }).nullable(),
  proxies: z.array(z.object({ chain: quantitySchema, address: addressSchema, deployed: z.boolean() })),
});

/** Remembers the proxies of the chain that `lockstep_getProxies` has answered and that are not there. */
function noted({ method, params }: RpcRequest, answer: Answer, { chain, names }: ProxyGuardOptions): Answer {
  if (method !== "lockstep_getProxies" || !("result" in answer)) return answer;
  const asked = z.tuple([addressSchema, quantitySchema]).safeParse(params);
  const read = proxiesSchema.safeParse(answer.result);
  if (!read.success) return answer;
  const of =
    read.data.original ?? (asked.success ? { address: asked.data[0], chain: asked.data[1] } : undefined);
  if (of === undefined) return answer;
  for (const proxy of read.data.proxies)
    if (proxy.chain === chain && !proxy.deployed)
      names.add(proxy.address, { name: "proxyOf", original: of.address, chain: of.chain });
  return answer;
}

/** The address that `createProxy` or `proxyOf` has answered. */
function addressIn({ method }: RpcRequest, answer: Answer): Address | undefined {
  const result = "result" in answer ? answer.result : undefined;
  const word = bytesSchema.safeParse(method === "eth_call" ? result : undefined);
  return word.success && word.data.length === 66 ? slice(word.data, 12) : undefined;
}

async function warn(
  { method, params: [raw] }: RpcRequest,
  answer: Answer,
  to: Address,
  { names, hasCode, log }: ProxyGuardOptions,
): Promise<void> {
  const sends = method === "eth_sendRawTransaction" || method === "eth_sendTransaction";
  const warning = sends && "result" in answer ? names.warningOf(to) : undefined;
  if (log === undefined || warning === undefined) return;
  // Only said: what it rests on may fail for reasons of its own.
  const isThere = await hasCode(to).catch(() => true);
  if (!isThere) log.warn({ transaction: hashOf(answer, raw) }, warning);
}

function hashOf(answer: Answer, raw: unknown): Hex | undefined {
  if ("result" in answer && isHex(answer.result)) return answer.result;
  return isHex(raw) ? keccak256(raw) : undefined;
}
