import type { Abi, Hex } from "viem";
import { z } from "zod";
import type { TraceFrame } from "lockstep-client/rpc-types";
import type { Knowledge } from "../../../packages/client/src/tree/index.ts";
import { knownKind, ROLLUP_KINDS } from "../../node/kinds/index.ts";
import { crossChainManagerAbi, rollupsAbi } from "../../protocol/abi.ts";
import { contractWith, type KnownContract, protocolContracts } from "./known-contracts.ts";
import { codeOf, originalOf, type System } from "./system.ts";

/** What an address is called, and how its data is read. */
interface Named {
  readonly name: string;
  readonly abi?: Abi | undefined;
  readonly isProtocol?: boolean;
}

const statusSchema = z.looseObject({
  rollupsAddress: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
  rollups: z.array(
    z.looseObject({
      id: z.string().regex(/^0x[0-9a-f]{1,16}$/),
      kind: z.string().refine((name) => ROLLUP_KINDS.has(name)),
    }),
  ),
});

/** Addresses that are looked at. */
const MAX_ADDRESSES = 400;
/** Names and ABIs for all that a trace has in it. */
export async function knowledgeOf(
  system: System,
  trace: TraceFrame,
  contracts: readonly KnownContract[],
): Promise<Knowledge> {
  const status = await system.l1.ask(statusSchema, "lockstep_status", []);
  const chains = new Map(status.rollups.map(({ id }) => [id, `rollup ${Number(id)}`]));
  for (const { id, name } of system.description?.rollups ?? []) chains.set(`0x${id.toString(16)}`, name);
  chains.set("0x0", "L1");
  const chain = (id: Hex): string => chains.get(id) ?? `chain ${Number(id)}`;
  const named = new Map<string, Named>();
  const name = (on: Hex, address: string, as: Named): void => {
    named.set(`${on}:${address.toLowerCase()}`, as);
  };
  const accounts = new Map(
    (system.description?.accounts ?? []).map(({ address }, index) => [address.toLowerCase(), index]),
  );
  const wanted = addressesIn(trace).slice(0, MAX_ADDRESSES);
  const own = protocolContracts();
  for (const { chain: on, address } of wanted) {
    const index = accounts.get(address);
    if (index !== undefined) {
      name(on, address, { name: `account ${index}` });
      continue;
    }
    const code = await codeOf(system, on, address);
    const protocol = contractWith(code, own);
    const contract = protocol ?? contractWith(code, contracts);
    if (contract !== undefined && protocol?.name !== "CrossChainProxy")
      name(on, address, { ...contract, isProtocol: protocol !== undefined });
  }
  name("0x0", status.rollupsAddress, { name: "Rollups", abi: rollupsAbi, isProtocol: true });
  for (const { id, kind } of status.rollups) {
    const { contract } = knownKind(kind);
    const on: Hex = `0x${id.slice(2)}`;
    name(on, contract.address, { ...contract, isProtocol: contract.name === "System" });
  }
  for (const { chain: on, address } of wanted) {
    if (named.has(`${on}:${address}`)) continue;
    const original = await originalOf(system, on, address);
    if (original === undefined) continue;
    const known =
      named.get(`${original.chain}:${original.address}`) ?? accountNamed(accounts, original.address);
    const shown = known?.name ?? `${original.address.slice(0, 8)}…${original.address.slice(-4)}`;
    name(on, address, { name: `proxy of ${shown} on ${chain(original.chain)}`, abi: known?.abi });
  }
  const find = (on: Hex, address: Hex): Named | undefined => named.get(`${on}:${address.toLowerCase()}`);
  return {
    chain,
    nameOf: (on, address) => find(on, address)?.name,
    abiOf: (on, address) => find(on, address)?.abi,
    abis: [...contracts.map(({ abi }) => abi), ...abisOf(status.rollups), rollupsAbi, crossChainManagerAbi],
    isProtocol: (on, address) => find(on, address)?.isProtocol === true,
  };
}

function abisOf(rollups: readonly { readonly kind: string }[]): Abi[] {
  return [...new Set(rollups.map(({ kind }) => knownKind(kind).contract.abi))];
}

function accountNamed(accounts: ReadonlyMap<string, number>, address: Hex): Named | undefined {
  const index = accounts.get(address);
  return index === undefined ? undefined : { name: `account ${index}` };
}

function addressesIn(root: TraceFrame): { readonly chain: Hex; readonly address: Hex }[] {
  const found = new Map<string, { readonly chain: Hex; readonly address: Hex }>();
  const frames = [root];
  for (let frame = frames.pop(); frame !== undefined; frame = frames.pop()) {
    for (const given of [frame.to, frame.from]) {
      if (given === undefined) continue;
      const address: Hex = `0x${given.slice(2).toLowerCase()}`;
      found.set(`${frame.chain}:${address}`, { chain: frame.chain, address });
    }
    frames.push(...(frame.calls ?? []).toReversed());
  }
  return [...found.values()];
}
