import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { ClassicLevel } from "classic-level";
import { type Address, parseGwei } from "viem";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import { CHRONICLE_FORMAT } from "../../builder/kinds/evm/chronicle/records.ts";
import { evmKind } from "../../builder/kinds/evm/index.ts";
import { EvmMachine } from "../../builder/kinds/evm/machine.ts";
import { UNPROVEN, UNPROVEN_KEY } from "../../builder/kinds/unproven.ts";
import { type ChainId, L1 } from "../../builder/protocol/ids.ts";
import { InclusionStore } from "../../builder/post/inclusion-store.ts";
import { rollupTransaction } from "../../builder/intake/accepted.ts";
import { PendingStore } from "../../builder/intake/pending.ts";
import { STATE_FORMAT } from "../../builder/state/records.ts";
import { expectCode } from "../protocol/expect-code.ts";
import { accountAt, builderAccount, type Lockstep, registerEvm, startLockstep } from "./setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "./unproven.ts";

/** A data folder that an older version of Lockstep left, or a newer one. */
describe("a data folder of another version", function () {
  this.timeout(180_000);
  const user = accountAt(1);
  let lockstep: Lockstep;
  let evm: ChainId;
  let toEvm: Address;
  let folder: string;

  before(async () => {
    lockstep = await startLockstep();
    evm = await registerEvm(lockstep);
    toEvm = await lockstep.createProxy(user.address, evm);
    folder = await mkdtemp(path.join(tmpdir(), "lockstep-formats-"));
    await using builder = await start();
    for (const to of [lockstep.ledgerProxy, toEvm, toEvm]) await deposit(builder, to, 5n);
  });
  after(async () => {
    await lockstep.l1.close();
    await rm(folder, { recursive: true });
  });

  async function start(): Promise<Builder> {
    return await createBuilder({
      l1Rpc: lockstep.l1.url,
      manager: lockstep.rollups,
      rollups: [
        { id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys },
        { id: evm, kind: evmKind, verificationKeys: { [UNPROVEN]: UNPROVEN_KEY } },
      ],
      account: builderAccount,
      prover: new UnprovenProver(),
      folder,
    });
  }

  async function deposit(builder: Builder, to: Address, value: bigint): Promise<void> {
    const nonce = await lockstep.l1.reader.getTransactionCount({ address: user.address });
    const fees = { gas: 3_000_000n, maxFeePerGas: parseGwei("10"), maxPriorityFeePerGas: 1n };
    const raw = await user.signTransaction({ chainId: 31337, type: "eip1559", nonce, to, value, ...fees });
    const hash = await builder.submit(raw, () => Promise.reject(new Error("was forwarded")));
    await builder.idle();
    expect(builder.status(hash)?.state).to.equal("posted");
  }

  /** Rewrites the format in the head of a database. */
  async function reformat(database: string, format: string): Promise<void> {
    const level = new ClassicLevel<string, string>(path.join(folder, database));
    await level.open();
    const head = (await level.get("head")) ?? "";
    await level.put("head", head.replace(/"lockstep\.\w+\.v\d+"/, `"${format}"`));
    await level.close();
  }

  /** The state of both rollups and the EVM rollup's history, as a builder has it. */
  async function seen(builder: Builder): Promise<unknown> {
    return await builder.readRollup(evm, async (machine) => {
      if (!(machine instanceof EvmMachine)) throw new Error("not an EVM rollup");
      const { number, hash } = machine.chronicle.latest;
      return { number, hash, root: machine.stateRoot() };
    });
  }

  for (const [database, format] of [
    ["rollup-1", "lockstep.state.v0"],
    ["rollup-2/state", "lockstep.state.v0"],
    ["rollup-2/chronicle", "lockstep.chronicle.v1"],
  ] as const)
    it(`is rebuilt from L1: ${database}`, async () => {
      let before: unknown;
      {
        await using builder = await start();
        before = await seen(builder);
      }
      await reformat(database, format);
      await using builder = await start();
      for (const id of [lockstep.ledger, evm])
        expect((await builder.standing(id)).stopped, String(id)).to.equal(undefined);
      expect(await seen(builder)).to.deep.equal(before);
      expect((await builder.account(lockstep.ledger, L1, user.address)).balance).to.equal(5n);
      await deposit(builder, toEvm, 1n);
    });

  for (const database of ["rollup-1", "rollup-2/state", "rollup-2/chronicle"])
    it(`is refused by name if a newer version wrote it: ${database}`, async () => {
      const current = database.endsWith("chronicle") ? CHRONICLE_FORMAT : STATE_FORMAT;
      await reformat(database, current.replace(/\d+$/, "77"));
      await expectCode(start(), "UNSUPPORTED_FORMAT", /v77.*remove the folder to have it rebuilt from L1/s);
      await reformat(database, current);
      await (await start()).stop();
    });

  it("is refused by name where it holds transactions that wait, for L1 does not have them", async () => {
    const own = path.join(folder, "pending");
    await mkdir(own, { recursive: true });
    const store = new PendingStore(own, 31337n);
    await store.load();
    const waiting = rollupTransaction(evm, "0x1234");
    await store.add(waiting);
    const file = path.join(own, `${waiting.hash}.json`);
    const written = JSON.parse(await readFile(file, "utf8"));
    expect(written).to.include({ format: "lockstep.pending.v1" });
    // As it was before files named a format, and as it may be some day.
    for (const format of [undefined, "lockstep.pending.v9"]) {
      await writeFile(file, JSON.stringify({ ...written, format }));
      await expectCode(start(), "UNSUPPORTED_FORMAT", /send the transaction again/);
    }
    await writeFile(file, "{");
    await expectCode(start(), "CORRUPT_PENDING");
    await rm(file);
  });

  it("is refused by name where it holds an inclusion that was begun", async () => {
    const file = path.join(folder, "inclusion.json");
    const store = new InclusionStore(folder);
    await store.begin({ holder: `0x${"ab".repeat(32)}`, transactions: [] });
    const written = JSON.parse(await readFile(file, "utf8"));
    expect(written).to.include({ format: "lockstep.inclusion.v2" });
    for (const format of [undefined, "lockstep.inclusion.v1", "lockstep.inclusion.v9"]) {
      await writeFile(file, JSON.stringify({ ...written, format }));
      await expectCode(start(), "UNSUPPORTED_FORMAT", /the L1 node mines/);
    }
    await writeFile(file, "{");
    await expectCode(start(), "CORRUPT_INCLUSION");
    await writeFile(file, JSON.stringify(written));
    await (await start()).stop();
    expect(await readdir(folder)).to.not.include("inclusion.json");
  });
});
