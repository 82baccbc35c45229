import { type Address, decodeFunctionData, type Hex, parseTransaction } from "viem";
import { crossChainManagerAbi } from "../../protocol/abi.ts";
import { lowerCase } from "../../protocol/address.ts";
import { CALLS_FIRST } from "../call-request.ts";
import { bytesSchema, type RpcRequest } from "../json-rpc.ts";

/** What a request would do on its chain, as far as it matters here. */
export interface OutgoingCall {
  /** Lower case. */
  readonly to: Address;
  readonly data: Hex;
  readonly value: bigint;
}

/** A function of the proxies' manager that takes an account and its chain. */
export interface ProxyFunction {
  readonly name: "createProxy" | "proxyOf" | "passOn";
  readonly original: Address;
  readonly chain: bigint;
}

/** The call that a request asks for, or would send; nothing if it is of another kind or cannot be read. */
export function outgoingCall({ method, params }: RpcRequest): OutgoingCall | undefined {
  const [given] = params;
  if (CALLS_FIRST.has(method)) {
    if (typeof given !== "object" || given === null) return undefined;
    const { to, data, input, value }: Readonly<Record<string, unknown>> = { ...given };
    return callOf(to, input ?? data, value);
  }
  if (method !== "eth_sendRawTransaction") return undefined;
  const raw = bytesSchema.safeParse(given);
  if (!raw.success) return undefined;
  try {
    const { to, data, value } = parseTransaction(raw.data);
    return callOf(to, data, value);
  } catch {
    return undefined;
  }
}

function callOf(to: unknown, data: unknown, value: unknown): OutgoingCall | undefined {
  const target = bytesSchema.safeParse(to);
  if (!target.success || target.data.length !== 42) return undefined;
  const bytes = bytesSchema.safeParse(data ?? "0x");
  const isNumber = typeof value === "string" && /^0x[0-9a-fA-F]{1,64}$/.test(value);
  return {
    to: lowerCase(target.data),
    data: bytes.success ? bytes.data : "0x",
    value: typeof value === "bigint" ? value : isNumber ? BigInt(value) : 0n,
  };
}

/** The function that is called, if it is one about a proxy. */
export function proxyFunction(data: Hex): ProxyFunction | undefined {
  try {
    const { functionName: name, args } = decodeFunctionData({ abi: crossChainManagerAbi, data });
    if (name !== "createProxy" && name !== "proxyOf" && name !== "passOn") return undefined;
    const [original, chain] = args;
    return { name, original: lowerCase(original), chain };
  } catch {
    return undefined;
  }
}
