import type { Address } from "viem";
import { z } from "zod";
import { artefact } from "../../core/setup.ts";
import { castAt } from "../foundry.ts";
import type { ToolChain, User } from "./chains.ts";

const hex = z.templateLiteral(["0x", z.string().regex(/^[0-9a-fA-F]+$/)]);
const receipt = z.object({
  status: z.literal("0x1"),
  transactionHash: hex,
  contractAddress: hex.nullish(),
});

/**
 * Sends by cast, with a key.
 * @throws unless it succeeds.
 */
export async function send(chain: ToolChain, { privateKey }: User, ...options: string[]) {
  const cast = castAt(chain.gateway);
  return receipt.parse(JSON.parse(await cast("send", "--json", "--private-key", privateKey, ...options)));
}

/** Deploys a contract of the project by cast. */
export async function create(
  chain: ToolChain,
  user: User,
  contract: string,
  ...constructor: string[]
): Promise<Address> {
  const { bytecode } = await artefact(contract);
  const { contractAddress } = await send(chain, user, "--create", bytecode, ...constructor);
  if (contractAddress == null) throw new Error(`${contract} was not created`);
  return contractAddress;
}

/** Asks what an account's proxy on a chain is. */
export async function proxyOf(on: ToolChain, original: Address, of: ToolChain): Promise<string> {
  const call = [on.manager, "proxyOf(address,uint64)(address)", original, String(of.id)];
  return await castAt(on.gateway)("call", ...call);
}

/** Makes a proxy, and asks what it is. */
export async function createProxy(
  on: ToolChain,
  user: User,
  original: Address,
  of: ToolChain,
): Promise<string> {
  await send(on, user, on.manager, "createProxy(address,uint64)", original, String(of.id));
  return await proxyOf(on, original, of);
}

/** A counter on one chain, and what calls it on another. */
export async function counterAndCaller(far: ToolChain, near: ToolChain, user: User) {
  const counter = await create(far, user, "Counter");
  const proxy = await createProxy(near, user, counter, far);
  return { counter, caller: await create(near, user, "CounterCaller", "constructor(address)", proxy) };
}
