import { setTimeout as sleep } from "node:timers/promises";
import { type Address, encodeFunctionData, type Hex, parseEther, parseGwei } from "viem";
import { SYSTEM } from "../../../builder/kinds/evm/system.ts";
import { ledgerAbi } from "../../../builder/kinds/ledger/abi.ts";
import { crossChainManagerAbi } from "../../../builder/protocol/abi.ts";
import { evmChainIdOf } from "../../../builder/protocol/evm-chain-id.ts";
import { L1 } from "../../../builder/protocol/ids.ts";
import { accountAt } from "../../core/setup.ts";
import { ask } from "./json-rpc.ts";
import { L1_CHAIN_ID, type TrialWorld } from "./world.ts";

/** Who gets what users send; they do nothing. */
export const SINKS = {
  plain: accountAt(11).address,
  bring: accountAt(12).address,
  onA: accountAt(13).address,
  out: accountAt(14).address,
  ledger: accountAt(15).address,
} as const;

/** What each user has on the ledger, wei. */
export const LEDGER_PURSE = 1_000n;
/** What A holds on L1 before users begin, wei. */
export const BACKING = 1_000_000n;

/** What sinks have on L1 before users begin, wei. */
export const POOL = parseEther("100");

/** Where chains know the sinks that are on another one. */
export interface Proxies {
  readonly bring: Address;
  readonly out: Address;
}

const FEES = { gas: 2_000_000n, maxFeePerGas: parseGwei("100"), maxPriorityFeePerGas: 1n } as const;
const FREE = { gas: 500_000n, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n } as const;

/** Gives users what they need on the rollups, through the first builder. */
export async function fillPurses(world: TrialWorld): Promise<Proxies> {
  const gateways = world.builders[0]?.gateways;
  if (gateways === undefined) throw new Error("there is no builder");
  const { ledger, ledgerProxy, l1 } = world.lockstep;
  const bring = await world.proxyOnL1(SINKS.bring);
  const bank = accountAt(10);
  // Nodes do not give everyone the same.
  for (const address of [bank.address, ...Object.values(SINKS)])
    await l1.node.setBalance({ address, value: POOL });
  const count = async (): Promise<number> => await l1.reader.getTransactionCount({ address: bank.address });
  let nonce = await count();
  const terms = { type: "eip1559", chainId: Number(L1_CHAIN_ID), ...FEES } as const;
  const pay = async (to: Address, value: bigint, data: Hex = "0x") => {
    const raw = await bank.signTransaction({ ...terms, nonce: nonce++, to, value, data });
    await ask(gateways.l1, "eth_sendRawTransaction", [raw]);
  };
  for (const { ledgerAccount } of world.users) {
    const args = [ledger, ledgerAccount.address, LEDGER_PURSE] as const;
    const data = encodeFunctionData({ abi: ledgerAbi, functionName: "transfer", args });
    await pay(ledgerProxy, LEDGER_PURSE, data);
  }
  await pay(bring, BACKING);
  while ((await count()) < nonce) await sleep(50);
  const of = { abi: crossChainManagerAbi, args: [SINKS.out, L1] } as const;
  const data = encodeFunctionData({ ...of, functionName: "createProxy" });
  const onA = { type: "eip1559", chainId: Number(evmChainIdOf(L1_CHAIN_ID, world.a)), ...FREE } as const;
  const raw = await bank.signTransaction({ ...onA, nonce: 0, to: SYSTEM, data });
  await ask(gateways.a, "eth_sendRawTransaction", [raw]);
  const known = async (): Promise<unknown> =>
    await ask(gateways.a, "eth_getTransactionCount", [bank.address, "latest"]);
  while ((await known()) !== "0x1") await sleep(50);
  const call = { to: SYSTEM, data: encodeFunctionData({ ...of, functionName: "proxyOf" }) };
  const word = String(await ask(gateways.a, "eth_call", [call, "latest"]));
  return { bring, out: `0x${word.slice(-40)}` };
}
