/**
 * Commits of an EVM rollup's state: `node scripts/bench/evm-state.ts [slots]`, by default on 10,000 slots
 * (about a minute). A commit is what a visit leaves behind: its slots, an account's nonce and balance, and
 * the block.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Address, type Hex, numberToHex } from "viem";
import type { StateWrites } from "../../builder/kinds/evm/state-types.ts";
import { openEvmStore } from "../../builder/kinds/evm/store/open.ts";
import { loadPoseidon } from "../../builder/state/poseidon.ts";

/** Slots of one contract. */
const PER_CONTRACT = 100;
const SECONDS = 4;

const slots = Number(process.argv[2] ?? 10_000);
if (!Number.isSafeInteger(slots) || slots < PER_CONTRACT)
  throw new Error(`at least ${PER_CONTRACT.toString()} slots, please`);

const contractOf = (n: number): Address =>
  numberToHex(BigInt(1000 + Math.floor(n / PER_CONTRACT)), { size: 20 });
const slotOf = (n: number): Hex => numberToHex(BigInt(n % PER_CONTRACT), { size: 32 });
const USER: Address = numberToHex(1n, { size: 20 });

let serial = 0n;
/** A visit that writes `count` slots from number `first` on. No two visits write the same values. */
function visit(first: number, count: number): StateWrites {
  serial += 1n;
  const words = new Map<Address, Map<Hex, Hex>>();
  for (let n = first; n < first + count; n++) {
    const contract = contractOf(n % slots);
    const written = words.get(contract) ?? new Map<Hex, Hex>();
    words.set(
      contract,
      written.set(slotOf(n % slots), numberToHex((serial << 32n) + BigInt(n) + 1n, { size: 32 })),
    );
  }
  return {
    accounts: new Map([[USER, { nonce: serial, balance: 10n ** 18n - serial, code: "0x" }]]),
    slots: words,
    block: { number: serial, timestamp: serial },
  };
}

const report = (what: string, value: number, unit: string): void =>
  console.log(`${what.padEnd(64)}${value.toFixed(value < 100 ? 2 : 0).padStart(10)} ${unit}`);

async function seconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

const poseidon = await loadPoseidon();
const folder = await mkdtemp(join(tmpdir(), "lockstep-bench-"));
const options = { poseidon, identity: "bench", folder, genesis: { systemCode: "0x00" } } as const;
try {
  const store = await openEvmStore(options);
  report(
    `${slots.toString()} slots written as one commit`,
    await seconds(() => {
      store.apply(visit(0, slots));
      store.stateRoot();
    }),
    "s",
  );
  report("persisted, first time", await seconds(() => store.persist()), "s");

  const rates = new Map<number, number>();
  let at = 0;
  for (const count of [1, 100]) {
    let commits = 0;
    let spent = 0;
    while (spent < SECONDS) {
      const writes = visit(at, count);
      // Neighbouring slots lie apart in the tree: places were given in the order of the keys' hashes.
      at = (at + count + 37) % slots;
      spent += await seconds(() => {
        store.apply(writes);
        store.stateRoot();
      });
      commits++;
    }
    rates.set(count, commits / spent);
    report(`commits of ${count.toString()} slot${count === 1 ? "" : "s"}`, commits / spent, "/s");
  }
  const [one = 0, hundred = 0] = [rates.get(1), rates.get(100)];
  report("slots per second, 100 in a commit : 1 in a commit", (hundred * 100) / one, ": 1");

  const again = visit(at, 100);
  const before = store.stateRoot();
  const undo = store.apply(again);
  const after = store.stateRoot();
  const undone = await seconds(() => {
    undo();
    if (store.stateRoot() !== before) throw new Error("undoing did not restore the root");
  });
  report("undone, 100 slots", undone * 1000, "ms");
  report(
    "the same commit once more: hashes are remembered",
    (await seconds(() => {
      store.apply(again);
      store.stateRoot();
    })) * 1000,
    "ms",
  );
  if (store.stateRoot() !== after) throw new Error("the same commit led to another root");
  const touched = { accounts: again.accounts, slots: again.slots };
  const proven = await seconds(() =>
    store.witnessOf({
      accounts: new Set(touched.accounts.keys()),
      slots: new Map([...touched.slots].map(([address, words]) => [address, new Set(words.keys())])),
    }),
  );
  report("witness of 100 slots", proven * 1000, "ms");
  report("persisted", (await seconds(() => store.persist())) * 1000, "ms");
  await store.close();
  report(
    "opened again, root and notes checked",
    await seconds(async () => {
      const reopened = await openEvmStore(options);
      if (reopened.stateRoot() !== after) throw new Error("opened at another root");
      await reopened.close();
    }),
    "s",
  );
} finally {
  await rm(folder, { recursive: true });
}
