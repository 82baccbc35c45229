/**
 * How long a builder takes to start: `npm run bench restart [blocks]`, by default 1,000, with a batch in
 * each. First with its own data folder and nothing missed, then one visit behind, then from an empty folder.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createBuilder } from "../../builder/core/builder.ts";
import { evmKind } from "../../builder/kinds/evm/index.ts";
import { UNPROVEN, UNPROVEN_KEY } from "../../builder/kinds/unproven.ts";
import { evmChainIdOf } from "../../builder/protocol/evm-chain-id.ts";
import { accountAt, builderAccount, registerEvm, startLockstep } from "../../test/core/setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "../../test/core/unproven.ts";

const blocks = Number(process.argv[2] ?? 1_000);
const lockstep = await startLockstep();
const { l1, rollups: manager, ledger, keys } = lockstep;
const a = await registerEvm(lockstep);
const folder = await mkdtemp(path.join(tmpdir(), "lockstep-restart-"));

async function start(own: string | undefined) {
  return await createBuilder({
    l1Rpc: l1.url,
    manager,
    rollups: [
      { id: ledger, kind: unprovenLedgerKind, verificationKeys: keys },
      { id: a, kind: evmKind, verificationKeys: { [UNPROVEN]: UNPROVEN_KEY } },
    ],
    account: builderAccount,
    prover: new UnprovenProver(),
    ...(own === undefined ? {} : { folder: own }),
  });
}

let nonce = 0;
async function send(builder: Awaited<ReturnType<typeof start>>): Promise<void> {
  const raw = await accountAt(1).signTransaction({
    chainId: Number(evmChainIdOf(31337n, a)),
    type: "eip1559",
    nonce: nonce++,
    to: accountAt(5).address,
    gas: 100_000n,
    maxFeePerGas: 0n,
    maxPriorityFeePerGas: 0n,
  });
  await builder.submitToRollup(a, raw);
  await builder.idle();
}

async function time(name: string, own: string | undefined): Promise<void> {
  const begun = performance.now();
  const builder = await start(own);
  await builder.stateRoot(a);
  console.log(`${name}: ${((performance.now() - begun) / 1_000).toFixed(2)} s`);
  await builder.stop();
}

const first = await start(folder);
for (let block = 0; block < blocks; block++) await send(first);
await first.stop();
console.log(`${await l1.reader.getBlockNumber()} blocks, a batch in ${blocks}`);
await time("own folder, nothing missed", folder);
const other = await start(undefined);
await send(other);
await other.stop();
await time("own folder, one visit behind", folder);
await time("empty folder", undefined);
await l1.close();
await rm(folder, { recursive: true, force: true });
process.exit(0);
