import { expect } from "chai";
import { type Hex, parseGwei } from "viem";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import { L1 } from "../../builder/protocol/ids.ts";
import { gasTeller } from "../post/oddities.ts";
import { type FaultyL1, startFaultyL1 } from "./faulty-l1.ts";
import { accountAt, builderAccount, type Lockstep, startLockstep } from "./setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "./unproven.ts";

/** Others use the node while the builder has its turn at mining. */
describe("a stranger's transaction on Hardhat's node", function () {
  this.timeout(180_000);
  const user = accountAt(1);
  const payee = accountAt(8).address;
  const strangers = [accountAt(5), accountAt(6), accountAt(7)];
  let lockstep: Lockstep;
  let l1: FaultyL1;
  let builder: Builder;

  beforeEach(async () => {
    lockstep = await startLockstep();
    l1 = await startFaultyL1(lockstep.l1.url);
    builder = await createBuilder({
      l1Rpc: l1.url,
      manager: lockstep.rollups,
      rollups: [{ id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys }],
      account: builderAccount,
      prover: new UnprovenProver(),
    });
  });
  afterEach(async () => {
    await builder.stop();
    await l1.close();
    await lockstep.l1.close();
  });

  async function submit(to: Hex, value: bigint): Promise<Hex> {
    const raw = await user.signTransaction({
      chainId: 31337,
      type: "eip1559",
      nonce: await lockstep.l1.reader.getTransactionCount({ address: user.address }),
      to,
      value,
      gas: 1_000_000n,
      maxFeePerGas: parseGwei("10"),
    });
    return await builder.submit(raw, () => Promise.reject(new Error("was forwarded")));
  }

  /** One of each type, at the node itself. */
  async function pay(): Promise<Hex[]> {
    const hashes: Hex[] = [];
    for (const [index, stranger] of strangers.entries()) {
      const { writer } = lockstep.l1;
      const payment = { to: payee, value: 1n } as const;
      const fees = { gasPrice: parseGwei("10") };
      const kinds = [{ type: "eip1559" }, { type: "legacy", ...fees }, { type: "eip2930", ...fees }] as const;
      const kind = kinds[index % kinds.length];
      hashes.push(await writer(stranger).sendTransaction({ ...payment, ...kind }));
    }
    return hashes;
  }

  async function expectIncluded(hashes: readonly Hex[]): Promise<void> {
    for (const hash of hashes) {
      const receipt = await lockstep.l1.reader.waitForTransactionReceipt({ hash, timeout: 5_000 });
      expect(receipt.status).to.equal("success");
    }
    expect(await lockstep.l1.node.getAutomine()).to.equal(true);
  }

  it("is in a block though it came after the builder's, and before mining was on again", async () => {
    const hashes: Hex[] = [];
    l1.fault = async ({ method, params }) => {
      if (method === "evm_setAutomine" && params[0] === true && hashes.length === 0)
        hashes.push(...(await pay()));
      return undefined;
    };
    const own = await submit(lockstep.ledgerProxy, 5n);
    await builder.idle();
    expect(builder.status(own)?.state).to.equal("posted");
    expect(hashes).to.have.length(strangers.length);
    await expectIncluded(hashes);
  });

  it("does not keep the builder's from standing together, when a timer makes a block between them", async () => {
    let sent = 0;
    l1.fault = async ({ method }) => {
      // The batch is in the node, and the one that needs it comes.
      if (method === "eth_sendRawTransaction" && ++sent === 2) await lockstep.l1.node.mine({ blocks: 1 });
      return undefined;
    };
    const own = await submit(lockstep.ledgerProxy, 5n);
    await builder.idle();
    expect(sent).to.equal(4);
    expect(builder.status(own)?.state).to.equal("posted");
    await expectIncluded([own]);
    expect((await builder.account(lockstep.ledger, L1, user.address)).balance).to.equal(5n);
  });

  it("is not lost when a block that was judged wrong is taken back", async () => {
    const { reader, writer, node } = lockstep.l1;
    const deployment = await writer(accountAt(0)).sendTransaction({ data: gasTeller(lockstep.ledgerProxy) });
    const { contractAddress } = await reader.waitForTransactionReceipt({ hash: deployment });
    const hashes: Hex[] = [];
    let reverts = 0;
    const listed = Promise.withResolvers<undefined>();
    // They come when the builder has looked at the pool for the last time.
    l1.fault = async ({ method }) => {
      if (method === "eth_pendingTransactions" && hashes.length === 0) {
        hashes.push(...(await pay()));
        setTimeout(() => listed.resolve(undefined), 200);
      }
      if (method !== "evm_revert") return undefined;
      reverts++;
      await listed.promise;
      return undefined;
    };
    const own = await submit(contractAddress ?? "0x", 7n);
    await builder.idle();
    expect(builder.status(own)).to.include({ state: "failed", code: "DRY_RUN_MISMATCH" });
    expect(reverts).to.equal(1);
    await expectIncluded(hashes);
    expect((await reader.getBlock({ blockTag: "pending" })).transactions).to.deep.equal([]);
    expect(await node.getAutomine()).to.equal(true);
  });
});
