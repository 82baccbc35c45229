import { expect } from "chai";
import { type Hex, parseGwei } from "viem";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import type { BuilderEvent } from "../../builder/core/events.ts";
import { L1 } from "../../builder/protocol/ids.ts";
import { accountAt, builderAccount, type Lockstep, startLockstep } from "./setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "./unproven.ts";

describe("what a reorganisation takes back", function () {
  this.timeout(180_000);
  const user = accountAt(1);
  let lockstep: Lockstep;
  let builder: Builder;
  let events: BuilderEvent[];

  beforeEach(async () => {
    lockstep = await startLockstep();
    builder = await createBuilder({
      l1Rpc: lockstep.l1.url,
      manager: lockstep.rollups,
      rollups: [{ id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys }],
      account: builderAccount,
      prover: new UnprovenProver(),
      reorgDepth: 3n,
    });
    events = [];
    builder.listen((event) => events.push(event));
  });
  afterEach(async () => {
    await builder.stop();
    await lockstep.l1.close();
  });

  async function deposit(value: bigint): Promise<Hex> {
    const raw = await user.signTransaction({
      chainId: 31337,
      type: "eip1559",
      nonce: await lockstep.l1.reader.getTransactionCount({ address: user.address }),
      to: lockstep.ledgerProxy,
      value,
      gas: 2_000_000n,
      maxFeePerGas: parseGwei("10"),
    });
    const hash = await builder.submit(raw, () => Promise.reject(new Error("was forwarded")));
    await builder.idle();
    expect(builder.status(hash)?.state).to.equal("posted");
    return hash;
  }
  const held = async () => (await builder.account(lockstep.ledger, L1, user.address)).balance;
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  for (const [what, blocks] of [
    ["the head is the one before it again", 0],
    ["the head is another one, two blocks on", 2],
  ] as const) {
    it(`is included again though the builder never looked at its block: ${what}`, async () => {
      const { node, reader } = lockstep.l1;
      const snapshot = await node.snapshot();
      const hash = await deposit(5n);
      await node.revert({ id: snapshot });
      if (blocks > 0) await node.mine({ blocks });
      await until(() => events.some(({ type }) => type === "reorganised"));
      await builder.idle();
      expect(builder.status(hash)?.state).to.equal("posted");
      expect((await reader.getTransactionReceipt({ hash })).status).to.equal("success");
      expect(await held()).to.equal(5n);
    });
  }

  it("is told when it lies deeper than transactions are kept, and only what is gone", async () => {
    const { node } = lockstep.l1;
    const kept = await deposit(5n);
    const snapshot = await node.snapshot();
    const gone = await deposit(6n);
    await node.mine({ blocks: 10 });
    expect(await held()).to.equal(11n);
    await node.revert({ id: snapshot });
    await node.mine({ blocks: 11 });
    await until(() => builder.status(gone)?.state === "failed");
    expect(builder.status(gone)).to.include({ code: "REORGANISED_TOO_DEEP" });
    expect(builder.status(kept)?.state).to.equal("posted");
    expect(events.filter(({ type }) => type === "failed")).to.have.length(1);
    expect(await held()).to.equal(5n);
  });
});
