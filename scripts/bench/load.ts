/**
 * A builder under load: `npm run bench load -- --users U --transactions N --mix a,l1,ledger,plain,flood`.
 * Node and builder share this process, as on a devnet; users do, but for `plain`. Nothing is proven: ledgers'
 * proofs are taken on trust here, and the rate with proofs is the prover's (`npm run bench batch`).
 *
 * - `a`: each user sends N / U transactions to the EVM rollup A, one behind the other without waiting
 * - `l1`: the same, from L1 into A
 * - `ledger`: transactions signed for the ledger
 * - `plain`: payments on L1 through the gateway and to the node itself, in turns
 * - `flood`: N free transactions of A, each from an account of its own, all at once
 */
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { z } from "zod";
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

const MIXES = ["a", "l1", "ledger", "plain", "flood"] as const;
type Mix = (typeof MIXES)[number];

const { values } = parseArgs({
  options: {
    users: { type: "string", default: "20" },
    transactions: { type: "string", default: "200" },
    mix: { type: "string", default: "a,l1,plain" },
    patience: { type: "string", default: "300" },
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

interface Job {
  readonly url: string;
  readonly raw: Hex;
}

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
}

async function run(mix: Mix, jobs: readonly (readonly Job[])[]): Promise<Result> {
  const [answers, inclusions, reads, refused]: [number[], number[], number[], string[]] = [[], [], [], []];
  const open = new Map<Hex, number>();
  let [queue, memory, isOver] = [0, 0, false];
  const start = performance.now();
  let last = start;
  const watch = (async () => {
    while (!isOver) {
      queue = Math.max(queue, builder.waiting);
      memory = Math.max(memory, process.memoryUsage().rss);
      for (const [hash, sent] of open) {
        const state = builder.status(hash)?.state;
        if (state !== "posted" && state !== "failed") continue;
        open.delete(hash);
        if (state === "failed") refused.push(JSON.stringify(builder.status(hash)));
        else inclusions.push(performance.now() - sent);
        last = performance.now();
      }
      await sleep(5);
    }
  })();
  const read = (async () => {
    while (!isOver) {
      const begun = performance.now();
      await ask(gateways.a.url, "eth_getBalance", [payee, "latest"]).catch(() => undefined);
      reads.push(performance.now() - begun);
      await sleep(20);
    }
  })();
  await Promise.all(
    jobs.map(async (own) => {
      for (const { url, raw } of own) {
        const begun = performance.now();
        try {
          await ask(url, "eth_sendRawTransaction", [raw]);
          answers.push(performance.now() - begun);
          open.set(keccak256(raw), begun);
        } catch (error) {
          refused.push(error instanceof Error ? error.message : String(error));
        }
      }
    }),
  );
  while (open.size > 0 && performance.now() - start < patience) await sleep(20);
  isOver = true;
  await Promise.all([watch, read]);
  const perSecond = (inclusions.length / (last - start)) * 1_000;
  const mebibytes = memory / 2 ** 20;
  return {
    mix,
    perSecond,
    included: inclusions.length,
    refused,
    answers,
    inclusions,
    reads,
    queue,
    mebibytes,
  };
}

/** How often the gateway's rate and the node's are compared. */
const TURNS = 5;

async function plainAt(place: "node" | "gateway"): Promise<Result> {
  const jobs = await jobsOf("plain");
  const url = place === "node" ? l1.url : gateways.l1.url;
  return await runPlain(
    `plain, at the ${place}`,
    jobs.map((own) => own.map(({ raw }) => ({ url, raw }))),
  );
}

const usersSchema = z.object({
  answers: z.array(z.number()),
  refused: z.array(z.string()),
  milliseconds: z.number(),
});

/** Payments on L1, which are included when they are answered. */
async function runPlain(mix: string, jobs: readonly (readonly Job[])[]): Promise<Result> {
  const reads: number[] = [];
  const over = new AbortController();
  const read = (async () => {
    while (!over.signal.aborted) {
      const begun = performance.now();
      await ask(gateways.a.url, "eth_getBalance", [payee, "latest"]).catch(() => undefined);
      reads.push(performance.now() - begun);
      await sleep(100);
    }
  })();
  const worker = new Worker(new URL("./load-users.ts", import.meta.url), { workerData: jobs });
  const { answers, refused, milliseconds } = usersSchema.parse(
    await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject)),
  );
  over.abort();
  await read;
  return {
    mix,
    perSecond: (answers.length / milliseconds) * 1_000,
    included: answers.length,
    refused,
    answers,
    inclusions: answers,
    reads,
    queue: builder.waiting,
    mebibytes: process.memoryUsage().rss / 2 ** 20,
  };
}

function print({
  mix,
  perSecond,
  included,
  refused,
  answers,
  inclusions,
  reads,
  queue,
  mebibytes,
}: Result): void {
  const pair = (times: readonly number[]): string => `${quantile(times, 0.5)}/${quantile(times, 0.95)}`;
  console.log(
    `${mix}: ${perSecond.toFixed(1)} tx/s; ${included} included, ${refused.length} refused, ` +
      `p50/p95 ms: answer ${pair(answers)}, inclusion ${pair(inclusions)}, read ${pair(reads)}; ` +
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
    print(await run(mix, await jobsOf(mix)));
    continue;
  }
  // In turns, since other programs of the machine come and go; the first pair warms up.
  const shares: number[] = [];
  for (let turn = 0; turn <= TURNS; turn++) {
    const [there, here] = [await plainAt("node"), await plainAt("gateway")];
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
