import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { type Hex, isHex, numberToHex, parseGwei } from "viem";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import { LedgerAccount } from "../../builder/kinds/ledger/client.ts";
import { L1 as L1_CHAIN } from "../../builder/protocol/ids.ts";
import { type FaultyL1, startFaultyL1 } from "./faulty-l1.ts";
import { accountAt, builderAccount, type Lockstep, startLockstep } from "./setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "./unproven.ts";

/** How much of L1's history is read must not depend on how long it is. */
describe("a builder that starts again", function () {
  this.timeout(60_000);
  let lockstep: Lockstep;
  let l1: FaultyL1;
  let folder: string;
  /** First blocks of the ranges whose logs were asked for. */
  let asked: bigint[];

  beforeEach(async () => {
    lockstep = await startLockstep();
    l1 = await startFaultyL1(lockstep.l1.url);
    folder = await mkdtemp(path.join(tmpdir(), "lockstep-restart-"));
    l1.fault = ({ method, params: [filter] }) => {
      if (method !== "eth_getLogs" || typeof filter !== "object" || filter === null) return undefined;
      const from = "fromBlock" in filter ? filter.fromBlock : undefined;
      asked.push(isHex(from) ? BigInt(from) : 0n);
      return undefined;
    };
    asked = [];
  });
  afterEach(async () => {
    await l1.close();
    await lockstep.l1.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(own?: string, prover = new UnprovenProver()): Promise<Builder> {
    return await createBuilder({
      l1Rpc: l1.url,
      manager: lockstep.rollups,
      rollups: [{ id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys }],
      account: builderAccount,
      prover,
      ...(own === undefined ? {} : { folder: own }),
    });
  }

  async function deposit(builder: Builder): Promise<Hex> {
    const signer = accountAt(1);
    const raw = await signer.signTransaction({
      chainId: 31337,
      type: "eip1559",
      nonce: await lockstep.l1.reader.getTransactionCount({ address: signer.address }),
      to: lockstep.ledgerProxy,
      value: 1n,
      gas: 2_000_000n,
      maxFeePerGas: parseGwei("10"),
    });
    const hash = await builder.submit(raw, () => Promise.reject(new Error("was forwarded")));
    await builder.idle();
    return hash;
  }
  const height = () => lockstep.l1.reader.getBlockNumber({ cacheTime: 0 });

  it("reads what it has missed, and nothing before it", async () => {
    const builder = await start(folder);
    for (let count = 0; count < 3; count++) await deposit(builder);
    const left = await height();
    await builder.stop();
    const other = await start();
    await deposit(other);
    const root = await other.stateRoot(lockstep.ledger);
    await other.stop();
    asked = [];
    const again = await start(folder);
    expect(await again.stateRoot(lockstep.ledger)).to.equal(root);
    await again.stop();
    expect(asked).not.to.deep.equal([]);
    expect(asked.filter((from) => from <= left)).to.deep.equal([]);

    // Without a note, or with one that says nothing, all of it.
    let held = 4n;
    for (const text of ["{", JSON.stringify({ format: "lockstep.followed.v9" })]) {
      await writeFile(path.join(folder, "followed.json"), text);
      const third = await start();
      await deposit(third);
      await third.stop();
      asked = [];
      const last = await start(folder);
      const account = await last.account(lockstep.ledger, L1_CHAIN, accountAt(1).address);
      expect(account.balance).to.equal(++held);
      await last.stop();
      expect(asked[0]).to.equal(0n);
    }
  });

  it("reads all of it where the rollups are not where the note says", async () => {
    const builder = await start(folder);
    for (let count = 0; count < 3; count++) await deposit(builder);
    const root = await builder.stateRoot(lockstep.ledger);
    await builder.stop();
    await rm(path.join(folder, `rollup-${lockstep.ledger}`), { recursive: true });
    const again = await start(folder);
    expect(await again.stateRoot(lockstep.ledger)).to.equal(root);
    await again.stop();
  });

  it("looks for what waits from the block on at which it was accepted", async () => {
    const prover = new UnprovenProver();
    const builder = await start(folder, prover);
    for (let count = 0; count < 3; count++) await deposit(builder);
    const left = await height();
    const gate = Promise.withResolvers<undefined>();
    prover.meanwhile = async () => {
      await gate.promise;
    };
    const account = await LedgerAccount.fromSeed(numberToHex(1, { size: 32 }));
    const domain = { l1ChainId: 31337n, manager: lockstep.rollups, rollup: lockstep.ledger };
    const terms = { domain, nonce: 0n, deadline: 1n << 40n, chain: L1_CHAIN, amount: 0n };
    const id = await builder.submitToRollup(
      lockstep.ledger,
      account.signTransfer({ ...terms, to: accountAt(2).address }),
    );
    const stopped = builder.stop();
    gate.resolve(undefined);
    await stopped;
    asked = [];
    const again = await start(folder);
    await again.idle();
    expect(again.status(id)).to.include({ state: "posted" });
    await again.stop();
    expect(asked.filter((from) => from < left)).to.deep.equal([]);
  });
});
