import { type Address, type Hex, type LocalAccount, numberToHex, type TransactionReceipt } from "viem";
import { SYSTEM } from "../../builder/kinds/evm/system.ts";
import { readHead } from "../../builder/l1/head.ts";
import type { ChainId } from "../../builder/protocol/ids.ts";
import { ContradictionError, type PendingTransaction, runBatch, type BatchRun } from "./batch.ts";
import { chainOf, deployer, LEDGER_ROLLUP, type Resident, users } from "./deployment.ts";
import { Encoder, LEDGER_ENTRY } from "./encode.ts";
import { inspect, notesOf } from "./l1-reads.ts";
import type { ActorState, Answer, Contents, Observation } from "./observation.ts";
import { ACTORS, type Home, HOMES, NEWCOMER, type Program, type Transaction } from "./program.ts";
import { feesOf } from "./single.ts";
import { calldataOf, isToLedger } from "./transaction-call.ts";
import { ACTOR_DEPOSIT, type World } from "./world.ts";

/** A program distributed over the chains. */
export interface SpreadRun {
  readonly observation: Observation;
  /** For each transaction, in order: the code by which the builder refused it. */
  readonly refused: readonly (string | undefined)[];
  readonly batches: readonly BatchRun[];
}

const ALL_LOGS = { addresses: [], topics: [] };
const SLOTS = [0, 1, 2, 3, 4, 5, 6, 7];
const CHILD_COUNT_SLOT = 8;
const FIRST_CHILD_SLOT = 9;
const MAX_CHILDREN = 4;

/**
 * Runs a program with its actors where their homes are: simulated in one pass, posted to the contracts, and
 * consumed.
 * @throws {ContradictionError}, also if Ether is not conserved, and what the builder throws that is no
 * refusal.
 */
export async function runSpread(world: World, { homes, transactions }: Program): Promise<SpreadRun> {
  const before = await gainsOf(world, []);
  const batches: BatchRun[] = [];
  const answers: Answer[] = [];
  for (const group of groupsOf(transactions)) {
    const pending = group.map((transaction) => prepare(world, homes, transaction));
    const run = await runBatch(world.setup, pending, batches.length === 0 ? world.base.fork : undefined);
    batches.push(run);
    for (const result of run.results) {
      if ("refused" in result) continue;
      if ("outcome" in result) answers.push({ success: result.outcome.success, output: result.outcome.data });
      else answers.push(await answerOf(world, result.rollup, result.hash));
    }
  }
  await settle(world, homes);
  const receipts = batches.flatMap((batch) => batch.receipts);
  const logs = batches.flatMap(({ batch, receipts: own }) =>
    [...(batch === undefined ? [] : [batch]), ...own].flatMap((receipt) => receipt.logs),
  );
  const actors: ActorState[] = [];
  const onL1 = ACTORS.filter((actor) => homes[actor] === 0);
  const contents = await inspect(
    world.l1,
    world.inspector,
    onL1.map((actor) => world.spread.actor(0, actor)),
  );
  for (const actor of ACTORS) {
    const home = homes[actor];
    const address = world.spread.actor(home, actor);
    const own = home === 0 ? contents[onL1.indexOf(actor)] : contentsOf(world, home, address);
    if (own === undefined) throw new Error("an actor is missing");
    const noted = home === 0 ? logs : await rollupLogs(world, home);
    actors.push({
      ...own,
      logs: notesOf(noted, address),
      deposit: depositOf(world, { address, chain: chainOf(home) }),
    });
  }
  const after = await gainsOf(world, receipts);
  const observation = {
    answers,
    actors,
    users: users.map(({ address }, home) => ({
      gain: (after[home] ?? 0n) - (before[home] ?? 0n),
      deposit: depositOf(world, { address, chain: chainOf(homeAt(home)) }),
    })),
    ledger: await checkEther(world, homes, actors),
  };
  return {
    observation,
    refused: batches.flatMap(({ results }) =>
      results.map((each) => ("refused" in each ? each.refused : undefined)),
    ),
    batches,
  };
}

/**
 * Transactions in the order in which they are played, batch by batch: those for rollups come first in each.
 */
export function groupsOf(transactions: readonly Transaction[]): Transaction[][] {
  const groups: Transaction[][] = [];
  for (const transaction of transactions) {
    const last = groups.at(-1);
    if (last === undefined || transaction.joined !== true) groups.push([transaction]);
    else last.push(transaction);
  }
  return groups.map((group) => [
    ...group.filter(({ from }) => from !== 0),
    ...group.filter(({ from }) => from === 0),
  ]);
}

function prepare(world: World, homes: Program["homes"], transaction: Transaction): PendingTransaction {
  const { spread } = world;
  const { from, value = 0 } = transaction;
  const user: LocalAccount = userAt(from);
  const encoder = new Encoder(homes);
  const residentAt = (entry: number): Resident => {
    const resident = spread.residents[entry];
    if (resident === undefined) throw new Error("no such resident");
    return resident;
  };
  const target = residentAt(isToLedger(transaction) ? LEDGER_ENTRY : encoder.entry(transaction.to));
  const data = calldataOf(homes, transaction, (holder) => residentAt(encoder.entry(holder)));
  const call = { to: spread.locally(from, target), data, value: BigInt(value) };
  return {
    ...(from === 0 ? {} : { rollup: chainOf(from) }),
    sign: () => world.sign(user, from, call),
    unsign: () => world.unsign(user, from),
  };
}

/** Has what the newcomer was paid before it had proxies sent on to it. */
async function settle(world: World, homes: Program["homes"]): Promise<void> {
  const newcomer = newcomerOf(world, homes);
  for (const home of HOMES) {
    if (chainOf(home) === newcomer.chain) continue;
    const address = world.spread.locally(home, newcomer);
    const waiting = home === 0 ? await world.l1.getBalance({ address }) : balanceOn(world, home, address);
    if (waiting === 0n) continue;
    const { results } = await runBatch(world.setup, [world.passingOn(home, newcomer)]);
    for (const result of results)
      if ("refused" in result) throw new ContradictionError(`Ether is not passed on: ${result.refused}`);
  }
}

function newcomerOf({ spread }: World, homes: Program["homes"]): Resident {
  const home = homes[NEWCOMER];
  return { address: spread.actor(home, NEWCOMER), chain: chainOf(home) };
}

async function answerOf(world: World, rollup: ChainId, hash: Hex): Promise<Answer> {
  const home = HOMES.find((each) => chainOf(each) === rollup) ?? 0;
  const transaction = await world.evm(home).chronicle.transaction(hash);
  if (transaction === undefined)
    throw new ContradictionError("a transaction of a rollup's did not take effect on L1");
  const { success, output } = transaction.receipt;
  return { success, output };
}

async function rollupLogs(world: World, home: Home) {
  const { chronicle } = world.evm(home);
  const first = (world.base.blocks.get(chainOf(home)) ?? 0n) + 1n;
  return await chronicle.logs(first, chronicle.latest.number, ALL_LOGS);
}

function contentsOf(
  world: World,
  home: Home,
  address: Address,
): Pick<ActorState, "slots" | "balance" | "childCount" | "children"> {
  const { store } = world.evm(home);
  const word = (account: Address, slot: number): bigint =>
    BigInt(store.slot(account, numberToHex(slot, { size: 32 })));
  const own = (account: Address): Contents => ({
    slots: SLOTS.map((slot) => word(account, slot)),
    balance: store.account(account)?.balance ?? 0n,
  });
  const childCount = word(address, CHILD_COUNT_SLOT);
  const count = Math.min(Number(childCount), MAX_CHILDREN);
  const children = Array.from({ length: count }, (_, child) =>
    own(numberToHex(word(address, FIRST_CHILD_SLOT + child), { size: 20 })),
  );
  return { ...own(address), childCount, children };
}

function depositOf(world: World, { address, chain }: Resident): bigint {
  return world.ledger().account(chain, BigInt(address)).balance;
}

/** Wei that the users have, with what they paid for gas. */
async function gainsOf(world: World, receipts: readonly TransactionReceipt[]): Promise<bigint[]> {
  return await Promise.all(
    HOMES.map(async (home) => {
      const { address } = userAt(home);
      if (home === 0) return (await world.l1.getBalance({ address })) + feesOf(receipts, address);
      return balanceOn(world, home, address);
    }),
  );
}

function balanceOn(world: World, home: Home, address: Address): bigint {
  return world.evm(home).account(chainOf(home), BigInt(address)).balance;
}

/**
 * What L1 holds for the rollups is all that it holds, and what the accounts of a rollup have.
 * @returns what it holds for the ledger beyond the actors' deposits of the beginning.
 */
async function checkEther(
  world: World,
  homes: Program["homes"],
  actors: readonly ActorState[],
): Promise<bigint> {
  const { l1, setup, spread } = world;
  const head = await readHead(l1, setup.manager, [...setup.machines.keys()]);
  const held = [...head.rollups.values()].reduce((sum, { balance }) => sum + balance, 0n);
  const all = await l1.getBalance({ address: setup.manager });
  if (held !== all) throw new ContradictionError(`Rollups holds ${all} wei, for rollups ${held}`);
  for (const home of HOMES.slice(1)) {
    // Children that were forgotten may hold Ether as well.
    if (actors.some(({ childCount }, actor) => homes[actor] === home && childCount > MAX_CHILDREN)) continue;
    const own = actors.filter((_, actor) => homes[actor] === home);
    const others = ACTORS.filter((actor) => homes[actor] !== home).map((actor) => spread.actor(home, actor));
    const newcomer = newcomerOf(world, homes);
    const early = newcomer.chain === chainOf(home) ? [] : [spread.locally(home, newcomer)];
    const accounts = [...others, ...early, userAt(home).address, deployer.address, SYSTEM];
    const sum = [
      ...own.flatMap((actor) => [actor, ...actor.children]).map(({ balance }) => balance),
      ...accounts.map((account) => balanceOn(world, home, account)),
    ].reduce((total, balance) => total + balance, 0n);
    const balance = head.rollups.get(chainOf(home))?.balance ?? 0n;
    if (sum !== balance)
      throw new ContradictionError(`accounts of rollup ${home} have ${sum} wei, L1 holds ${balance} for it`);
  }
  const deposits = BigInt(HOMES.length * ACTORS.length * ACTOR_DEPOSIT);
  return (head.rollups.get(LEDGER_ROLLUP)?.balance ?? 0n) - deposits;
}

function homeAt(index: number): Home {
  const home = HOMES[index];
  if (home === undefined) throw new Error("no such home");
  return home;
}

function userAt(home: Home): LocalAccount {
  const user = users[home];
  if (user === undefined) throw new Error("no such user");
  return user;
}
