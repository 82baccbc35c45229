/**
 * A builder under load: `npm run bench load -- --users U --transactions N --mix a,l1,ledger,plain,flood`.
 * Node and builder share this process, as on a devnet; users have a thread. Nothing is proven: ledgers'
 * proofs are taken on trust here, and the rate with proofs is the prover's (`npm run bench batch`).
 *
 * - `a`: each user sends N / U transactions to the EVM rollup A, one behind the other without waiting
 * - `l1`: the same, from L1 into A
 * - `ledger`: transactions signed for the ledger
 * - `plain`: payments on L1 through the gateway and to the node itself, in turns
 * - `flood`: N free transactions of A, each from an account of its own, all at once
 *
 * Of busy machines, compare the processor's time: that of this process for each transaction included, the
 * node's and the readers' share with it. `--profile <file>` writes what the main thread did during each mix.
 */
import { writeFile } from "node:fs/promises";
import { Session } from "node:inspector/promises";
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { type Hex, keccak256, numberToHex, parseEther, parseGwei } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { createBuilder } from "../../builder/core/builder.ts";
import { startL1Gateway } from "../../builder/gateway/l1.ts";
import { startRollupGateway } from "../../builder/gateway/rollup.ts";
import { evmKind } from "../../builder/kinds/evm/index.ts";
import { LedgerAccount } from "../../builder/kinds/ledger/client.ts";
import { UNPROVEN, UNPROVEN_KEY } from "../../builder/kinds/unproven.ts";
import { GATEWAY_KINDS } from "../../builder/node/kinds/index.ts";
import { evmChainIdOf } from "../../builder/protocol/evm-chain-id.ts";
import { L1 } from "../../builder/protocol/ids.ts";
import { accountAt, builderAccount, registerEvm, startLockstep } from "../../test/core/setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "../../test/core/unproven.ts";
import { type Job, toldSchema } from "./load-users.ts";

const MIXES = ["a", "l1", "ledger", "plain", "flood"] as const;
type Mix = (typeof MIXES)[number];

const { values } = parseArgs({
  options: {
    users: { type: "string", default: "20" },
    transactions: { type: "string", default: "200" },
    mix: { type: "string", default: "a,l1,plain" },
    patience: { type: "string", default: "300" },
    profile: { type: "string" },
  },
});
const users = Number(values.users);
const transactions = Number(values.transactions);
const patience = Number(values.patience) * 1_000;
const mixes = values.mix.split(",").map((name) => {
  const mix = MIXES.find((each) => each === name);
  if (mix === undefined) throw new RangeError(`"${name}" is none of ${MIXES.join(", ")}`);
  return mix;
});

const lockstep = await startLockstep();
const { l1, rollups: manager, ledger } = lockstep;
const a = await registerEvm(lockstep);
const options = {
  l1Rpc: l1.url,
  manager,
  rollups: [
    { id: ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys },
    { id: a, kind: evmKind, verificationKeys: { [UNPROVEN]: UNPROVEN_KEY } },
  ],
  account: builderAccount,
  prover: new UnprovenProver(),
};
const builder = await createBuilder(options);
const common = { kinds: GATEWAY_KINDS, port: 0 };
const gateways = {
  l1: await startL1Gateway(builder, common),
  ledger: await startRollupGateway(builder, {
    ...common,
    rollup: ledger,
    chainId: evmChainIdOf(31337n, ledger),
  }),
  a: await startRollupGateway(builder, { ...common, rollup: a, chainId: evmChainIdOf(31337n, a) }),
};

let ids = 0;
async function ask(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: ++ids, method, params });
  const headers = { "content-type": "application/json" };
  const answer: unknown = await (await fetch(url, { method: "POST", headers, body })).json();
  if (typeof answer === "object" && answer !== null && "result" in answer) return answer.result;
  throw new Error(JSON.stringify(answer));
}

const accounts = Array.from({ length: users }, () => privateKeyToAccount(generatePrivateKey()));
const payee = accountAt(3).address;
const fees = { gas: 600_000n, maxFeePerGas: parseGwei("100"), maxPriorityFeePerGas: 1n } as const;
for (const { address } of accounts) await l1.node.setBalance({ address, value: parseEther("100") });

/** What each user sends, in order. */
async function jobsOf(mix: Mix): Promise<Job[][]> {
  const each = Math.ceil(transactions / (mix === "flood" ? transactions : users));
  const senders =
    mix === "flood"
      ? Array.from({ length: transactions }, () => privateKeyToAccount(generatePrivateKey()))
      : accounts;
  const proxy = await lockstep.createProxy(payee, a);
  return await Promise.all(
    senders.map(async (account, index) => {
      const chain = mix === "a" || mix === "flood" ? a : L1;
      const url = {
        a: gateways.a.url,
        flood: gateways.a.url,
        l1: gateways.l1.url,
        plain: gateways.l1.url,
        ledger: gateways.ledger.url,
      }[mix];
      const start = Number(
        await ask(mix === "ledger" ? gateways.l1.url : url, "eth_getTransactionCount", [
          account.address,
          "latest",
        ]),
      );
      const own =
        mix === "ledger" ? await LedgerAccount.fromSeed(numberToHex(index + 1, { size: 32 })) : undefined;
      const raws: Hex[] = [];
      for (let nonce = start; nonce < start + each; nonce++) {
        if (own !== undefined) {
          const domain = { l1ChainId: 31337n, manager, rollups: manager, rollup: ledger };
          const terms = { domain, nonce: BigInt(nonce - start), deadline: 1n << 40n };
          raws.push(own.signTransfer({ ...terms, chain: L1, to: payee, amount: 0n }));
          continue;
        }
        const to = mix === "l1" ? proxy : payee;
        const id = chain === L1 ? 31337 : Number(evmChainIdOf(31337n, a));
        const rollupFees =
          chain === L1 ? fees : { gas: 100_000n, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n };
        const value = mix === "plain" ? 1n : 0n;
        raws.push(
          await account.signTransaction({ type: "eip1559", chainId: id, nonce, to, value, ...rollupFees }),
        );
      }
      return raws.map((raw) => ({ url, raw }));
    }),
  );
}

const quantile = (times: readonly number[], share: number): string => {
  const sorted = times.toSorted((x, y) => x - y);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(0);
};

interface Result {
  readonly mix: string;
  readonly perSecond: number;
  readonly included: number;
  readonly refused: readonly string[];
  readonly answers: readonly number[];
  readonly inclusions: readonly number[];
  readonly reads: readonly number[];
  readonly queue: number;
  readonly mebibytes: number;
  /** Of the processor, for each transaction: of the builder's thread, and of all but users. */
  readonly milliseconds: { readonly thread: number; readonly process: number };
}

/** The time on the clock of all threads, milliseconds. */
const now = (): number => performance.timeOrigin + performance.now();

/** The processor's, microseconds. */
const used = () => {
  const sum = ({ user, system }: NodeJS.CpuUsage): number => user + system;
  return { thread: sum(process.threadCpuUsage()), process: sum(process.cpuUsage()) };
};

/**
 * @param pause between reads, milliseconds.
 * @param isFinal whether what is answered is included.
 */
async function run(
  mix: string,
  jobs: readonly (readonly Job[])[],
  { pause = 20, isFinal = false } = {},
): Promise<Result> {
  const [answers, inclusions, reads, refused]: [number[], number[], number[], string[]] = [[], [], [], []];
  const open = new Map<Hex, number>();
  const read = { url: gateways.a.url, address: payee, pause };
  const worker = new Worker(new URL("./load-users.ts", import.meta.url), { workerData: { jobs, read } });
  const isSent = Promise.withResolvers<undefined>();
  const isOver = Promise.withResolvers<number>();
  let [queue, memory, start, last] = [0, 0, 0, 0];
  let before = used();
  worker.once("error", isOver.reject);
  worker.on("message", (message: unknown) => {
    const told = toldSchema.parse(message);
    if (told.type === "begin") {
      [start, before] = [told.at, used()];
    } else if (told.type === "refused") refused.push(told.reason);
    else if (told.type === "sent") isSent.resolve(undefined);
    else if (told.type === "over") {
      reads.push(...told.reads);
      isOver.resolve(told.microseconds);
    } else {
      last = told.at;
      answers.push(told.at - told.begun);
      if (isFinal) inclusions.push(told.at - told.begun);
      else open.set(keccak256(told.raw), told.begun);
    }
  });
  const look = (): void => {
    queue = Math.max(queue, builder.waiting);
    memory = Math.max(memory, process.memoryUsage.rss());
    for (const [hash, begun] of open) {
      const status = builder.status(hash);
      if (status?.state !== "posted" && status?.state !== "failed") continue;
      open.delete(hash);
      last = now();
      if (status.state === "failed") refused.push(JSON.stringify(status));
      else inclusions.push(last - begun);
    }
  };
  const looking = setInterval(look, 10);
  await Promise.race([isSent.promise, isOver.promise]);
  while (open.size > 0 && now() - start < patience) await sleep(10);
  const after = used();
  clearInterval(looking);
  worker.postMessage("over");
  const ofUsers = await isOver.promise;
  const included = inclusions.length;
  const each = (microseconds: number): number => microseconds / 1_000 / included;
  return {
    mix,
    perSecond: (included / (last - start)) * 1_000,
    included,
    refused,
    answers,
    inclusions,
    reads,
    queue,
    mebibytes: memory / 2 ** 20,
    milliseconds: {
      thread: each(after.thread - before.thread),
      process: each(after.process - before.process - ofUsers),
    },
  };
}

/** How often the gateway's rate and the node's are compared. */
const TURNS = 5;

async function plainAt(place: "node" | "gateway"): Promise<Result> {
  const jobs = await jobsOf("plain");
  const url = place === "node" ? l1.url : gateways.l1.url;
  const moved = jobs.map((own) => own.map(({ raw }) => ({ url, raw })));
  return await run(`plain, at the ${place}`, moved, { pause: 100, isFinal: true });
}

/** Lets `work` be profiled, if that is asked for. */
async function profiled<Value>(name: string, work: () => Promise<Value>): Promise<Value> {
  if (values.profile === undefined) return await work();
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.start");
  const result = await work();
  const { profile } = await session.post("Profiler.stop");
  await writeFile(`${values.profile}-${name}.cpuprofile`, JSON.stringify(profile));
  session.disconnect();
  return result;
}

function print(result: Result): void {
  const { mix, perSecond, included, refused, answers, inclusions, reads, queue, mebibytes } = result;
  const { thread, process } = result.milliseconds;
  const pair = (times: readonly number[]): string => `${quantile(times, 0.5)}/${quantile(times, 0.95)}`;
  console.log(
    `${mix}: ${perSecond.toFixed(1)} tx/s; ${included} included, ${refused.length} refused, ` +
      `p50/p95 ms: answer ${pair(answers)}, inclusion ${pair(inclusions)}, read ${pair(reads)}; ` +
      `processor ${thread.toFixed(1)} ms/tx in the builder's thread, ${process.toFixed(1)} with the node's; ` +
      `queue ${queue}, ${mebibytes.toFixed(0)} MiB`,
  );
  for (const [reason, count] of Map.groupBy(refused, (text) => text.slice(0, 160)))
    console.log(`  ${count.length} × ${reason}`);
}

console.log(`${users} users, ${transactions} transactions each mix; milliseconds`);
// Code is warm, and the ledger's accounts exist.
await run(
  "l1",
  (await jobsOf("l1")).slice(0, 2).map((own) => own.slice(0, 1)),
);
for (const mix of mixes) {
  if (mix !== "plain") {
    const jobs = await jobsOf(mix);
    print(await profiled(mix, () => run(mix, jobs)));
    continue;
  }
  // In turns, since other programs of the machine come and go; the first pair warms up.
  const shares: number[] = [];
  for (let turn = 0; turn <= TURNS; turn++) {
    const there = await plainAt("node");
    const here = await profiled(mix, () => plainAt("gateway"));
    if (turn === 0) continue;
    print(there);
    print(here);
    shares.push(here.perSecond / there.perSecond);
  }
  console.log(
    `plain: ${quantile(
      shares.map((share) => share * 100),
      0.5,
    )} % of the node's own rate (median)`,
  );
}
for (const gateway of Object.values(gateways)) await gateway.close();
await builder.stop();
await l1.close();
process.exit(0);
