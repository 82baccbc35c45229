/**
 * Speed of the state tree: `node scripts/bench/state.ts [leaves]`, by default 100,000 leaves (about a
 * minute). Absolute times depend on the machine and on what else runs; the ratios carry over.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fieldElement } from "../../builder/protocol/ids.ts";
import { openState } from "../../builder/state/open.ts";
import { loadPoseidon } from "../../builder/state/poseidon.ts";
import { StateTree } from "../../builder/state/tree.ts";

const SMALL = 1_000;
/** As of a ledger: both trees are equally deep. */
const SHAPE = "fixed";
/** Single upserts timed per round; rounds of the two trees alternate, so that noise meets both alike. */
const ROUND = 100;
const ROUNDS = 6;

const leaves = Number(process.argv[2] ?? 100_000);
if (!Number.isSafeInteger(leaves) || leaves <= SMALL)
  throw new Error(`more than ${SMALL.toString()} leaves, please`);

/**
 * Keys spread over the whole range in an order without pattern: multiples of an odd constant modulo 2^248.
 */
const keyOf = (n: number): bigint =>
  (BigInt(n + 1) * 0x9e3779b97f4a7c15f39cc0605cedc8341082276bf3a27251f86c6a11d0c18en) % 2n ** 248n;
const entries = (first: number, count: number, salt: number) =>
  Array.from(
    { length: count },
    (_, i) => [keyOf(first + i), fieldElement(BigInt(first + i + salt))] as const,
  );

function milliseconds(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
async function millisecondsOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
const report = (what: string, value: number, unit: string): void => {
  process.stdout.write(`${what.padEnd(64)}${value.toFixed(value < 10 ? 2 : 0).padStart(10)} ${unit}\n`);
};
const perSecond = (count: number, time: number): number => (count / time) * 1000;

const poseidon = await loadPoseidon();
const folder = await mkdtemp(join(tmpdir(), "lockstep-bench-"));
try {
  const state = await openState({ poseidon, identity: "bench", shape: SHAPE, folder });
  const large = state.tree;
  const build = milliseconds(() => {
    large.upsertMany(entries(0, leaves, 0));
  });
  report(`${leaves.toString()} leaves inserted as one batch`, build / 1000, "s");
  report("persisted, first time", (await millisecondsOf(() => state.persist())) / 1000, "s");

  const small = new StateTree(poseidon, SHAPE);
  small.upsertMany(entries(0, SMALL, 0));
  const updates = { small: 0, large: 0 };
  const insertions = { small: 0, large: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const upsert = (tree: StateTree, first: number): number =>
      milliseconds(() => {
        for (const [key, value] of entries(first, ROUND, round + 1)) tree.upsert(key, value);
      });
    updates.small += upsert(small, round * ROUND);
    updates.large += upsert(large, round * ROUND);
    insertions.small += upsert(small, SMALL + round * ROUND);
    insertions.large += upsert(large, leaves + round * ROUND);
  }
  const count = ROUND * ROUNDS;
  report(`single updates with witness, ${SMALL.toString()} leaves`, perSecond(count, updates.small), "/s");
  report(`single updates with witness, ${leaves.toString()} leaves`, perSecond(count, updates.large), "/s");
  report("time of an update, large : small", updates.large / updates.small, ": 1");
  report(
    `single insertions with witness, ${SMALL.toString()} leaves`,
    perSecond(count, insertions.small),
    "/s",
  );
  report(
    `single insertions with witness, ${leaves.toString()} leaves`,
    perSecond(count, insertions.large),
    "/s",
  );
  report("time of an insertion, large : small", insertions.large / insertions.small, ": 1");

  const before = large.checkpoint();
  const root = large.stateRoot();
  const batch = entries(0, 1000, 99);
  const batched = milliseconds(() => {
    large.upsertMany(batch);
  });
  const expected = large.stateRoot();
  const reverted = milliseconds(() => {
    large.revert(before);
  });
  if (large.stateRoot() !== root) throw new Error("reverting did not restore the root");
  const single = milliseconds(() => {
    for (const [key, value] of batch) large.upsert(key, value);
  });
  if (large.stateRoot() !== expected) throw new Error("the batch and the single updates disagree");
  report("1000 updates as a batch", perSecond(1000, batched), "/s");
  report("1000 updates, single : batch", single / batched, ": 1");
  report("1000 updates undone", reverted, "ms");

  report(
    `persisted, ${(1000 + 2 * count).toString()} changes`,
    await millisecondsOf(() => state.persist()),
    "ms",
  );
  await state.close();
  const opened = await millisecondsOf(async () => {
    const again = await openState({ poseidon, identity: "bench", shape: SHAPE, folder });
    if (again.tree.stateRoot() !== expected) throw new Error("opened at another root");
    await again.close();
  });
  report("opened again, root recomputed", opened / 1000, "s");
} finally {
  await rm(folder, { recursive: true });
}
