import { type Address, isHex, keccak256, type Hex, slice } from "viem";
import type { Logger } from "pino";
import type { Backend } from "../backend.ts";
import { bytesSchema, type Answer, type RpcRequest } from "../json-rpc.ts";
import type { Handler } from "../service.ts";
import { assertChainNumber } from "./chain-number.ts";
import { outgoingCall, proxyFunction } from "./manager-call.ts";
import type { ProxyNames } from "./proxy-names.ts";

export interface ProxyGuardOptions {
  readonly builder: Pick<Backend, "l1" | "l1ChainId" | "manager" | "rollups">;
  /** The chain's manager of proxies, lower case. */
  readonly manager: Address;
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
    if (call === undefined) return await handle(request);
    const asked = call.to === manager ? proxyFunction(call.data) : undefined;
    if (asked !== undefined) await assertChainNumber(builder, asked);
    const answer = await handle(request);
    const proxy = asked === undefined ? undefined : addressIn(request, answer);
    if (asked !== undefined && proxy !== undefined) names.add(proxy, asked);
    if (call.value > 0n) await warn(request, answer, call.to, options);
    return answer;
  };
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
