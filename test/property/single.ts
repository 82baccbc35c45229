import {
  type Address,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  parseAbi,
  type TransactionReceipt,
} from "viem";
import { sendFrom } from "./batch.ts";
import { singleUsers } from "./deployment.ts";
import { inspect, notesOf, outputOf } from "./l1-reads.ts";
import type { Answer, Observation } from "./observation.ts";
import type { Program, Transaction } from "./program.ts";
import { calldataOf, isToLedger } from "./transaction-call.ts";
import { ACTOR_DEPOSIT, TRANSACTION_GAS, type World } from "./world.ts";

const LEDGER_TWIN = parseAbi(["function balancesOf(address[] accounts) view returns (uint256[])"]);

/** Runs a program with all its contracts in one EVM: Hardhat's, which shares no code with the builder's. */
export async function runSingle(world: World, { homes, transactions }: Program): Promise<Observation> {
  const { l1, single, inspector } = world;
  const receipts: TransactionReceipt[] = [];
  const answers: Answer[] = [];
  const before = await balancesOf(world);
  for (const transaction of transactions) {
    const receipt = await perform(world, homes, transaction);
    receipts.push(receipt);
    answers.push({
      success: receipt.status === "success",
      output: await outputOf(l1, receipt.transactionHash),
    });
  }
  const holders = [...single.actors, ...singleUsers.map(({ address }) => address)];
  const [contents, deposits, after, ledger] = await Promise.all([
    inspect(l1, inspector, single.actors),
    depositsOf(world, holders),
    balancesOf(world),
    l1.getBalance({ address: single.ledger }),
  ]);
  const logs = receipts.flatMap((receipt) => receipt.logs);
  return {
    answers,
    actors: contents.map((each, actor) => ({
      ...each,
      logs: notesOf(logs, addressAt(single.actors, actor)),
      deposit: deposits[actor] ?? 0n,
    })),
    users: singleUsers.map(({ address }, user) => ({
      gain: (after[user] ?? 0n) - (before[user] ?? 0n) + feesOf(receipts, address),
      deposit: deposits[single.actors.length + user] ?? 0n,
    })),
    ledger: ledger - BigInt(single.actors.length * ACTOR_DEPOSIT),
  };
}

async function perform(
  world: World,
  homes: Program["homes"],
  transaction: Transaction,
): Promise<TransactionReceipt> {
  const { l1, single } = world;
  const user = singleUsers[transaction.from];
  if (user === undefined) throw new Error("no such user");
  const to = isToLedger(transaction) ? single.ledger : addressAt(single.actors, transaction.to);
  const data = calldataOf(homes, transaction, (holder) => {
    const address =
      typeof holder === "number"
        ? addressAt(single.actors, holder)
        : singleUsers[Number(holder.at(-1))]?.address;
    if (address === undefined) throw new Error("no such holder");
    return { address, chain: 0n };
  });
  const value = BigInt(transaction.value ?? 0);
  const hash = await sendFrom(l1, user.address, to, data, TRANSACTION_GAS, value);
  await l1.mine({ blocks: 1 });
  return await l1.getTransactionReceipt({ hash });
}

async function balancesOf({ l1 }: World): Promise<bigint[]> {
  return await Promise.all(singleUsers.map(({ address }) => l1.getBalance({ address })));
}

async function depositsOf({ l1, single }: World, holders: readonly Address[]): Promise<readonly bigint[]> {
  const call = { abi: LEDGER_TWIN, functionName: "balancesOf" } as const;
  const data: Hex = await l1.request({
    method: "eth_call",
    params: [{ to: single.ledger, data: encodeFunctionData({ ...call, args: [holders] }) }, "latest"],
  });
  return decodeFunctionResult({ ...call, data });
}

/** Wei that an account paid for gas. */
export function feesOf(receipts: readonly TransactionReceipt[], account: Address): bigint {
  return receipts
    .filter(({ from }) => BigInt(from) === BigInt(account))
    .reduce((sum, { gasUsed, effectiveGasPrice }) => sum + gasUsed * effectiveGasPrice, 0n);
}

function addressAt(addresses: readonly Address[], index: number): Address {
  const address = addresses[index];
  if (address === undefined) throw new Error("no such actor");
  return address;
}
