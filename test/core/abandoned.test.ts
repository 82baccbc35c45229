import { expect } from "chai";
import { type Hex, parseGwei } from "viem";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import type { BuilderEvent } from "../../builder/core/events.ts";
import { accountAt, builderAccount, type Lockstep, startLockstep } from "./setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "./unproven.ts";

describe("a transaction whose fee fell below the base fee", function () {
  this.timeout(180_000);
  const user = accountAt(1);
  const prover = new UnprovenProver();
  let lockstep: Lockstep;
  let builder: Builder;
  let events: BuilderEvent[];

  beforeEach(async () => {
    lockstep = await startLockstep();
    events = [];
  });
  afterEach(async () => {
    await builder.stop();
    await lockstep.l1.close();
  });

  async function start(lifetime?: number): Promise<void> {
    builder = await createBuilder({
      l1Rpc: lockstep.l1.url,
      manager: lockstep.rollups,
      rollups: [{ id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys }],
      account: builderAccount,
      prover,
      lifetime,
    });
    builder.listen((event) => events.push(event));
  }

  const baseFee = async (gwei: string): Promise<void> =>
    await lockstep.l1.node.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei(gwei) });

  async function submit(ahead: number, value: bigint, signer = user, gwei = "10"): Promise<Hex> {
    const nonce = (await lockstep.l1.reader.getTransactionCount({ address: signer.address })) + ahead;
    const fees = { gas: 4_000_000n, maxFeePerGas: parseGwei(gwei), maxPriorityFeePerGas: 1n };
    const call = { to: lockstep.ledgerProxy, value, nonce, ...fees };
    const raw = await signer.signTransaction({ chainId: 31337, type: "eip1559", ...call });
    return await builder.submit(raw, () => Promise.reject(new Error("was forwarded")));
  }

  /** Two of one sender, accepted, whose fee is below the base fee of the block to come by then. */
  async function tooCheap(): Promise<readonly [Hex, Hex]> {
    const both = Promise.withResolvers<undefined>();
    prover.meanwhile = async () => {
      prover.meanwhile = undefined;
      await both.promise;
    };
    // What both come behind, so that they are drafted together.
    await submit(0, 1n, accountAt(2), "1000");
    const first = await submit(0, 1n);
    const second = await submit(1, 2n);
    await baseFee("50");
    both.resolve(undefined);
    return [first, second];
  }

  const isTold = async (hash: Hex, state: string): Promise<void> => {
    while (builder.status(hash)?.state !== state) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  it("waits, and so does what its sender signed to come after it, until the base fee falls", async () => {
    await start();
    const [first, second] = await tooCheap();
    await isTold(first, "retrying");
    expect(builder.status(first)).to.include({ code: "FEE_TOO_LOW" });
    expect(builder.status(second)?.state).to.not.equal("failed");
    await baseFee("1");
    await builder.idle();
    expect(builder.status(first)?.state).to.equal("posted");
    expect(builder.status(second)?.state).to.equal("posted");
    expect(events.filter(({ type }) => type === "failed")).to.deep.equal([]);
  });

  it("is dropped when it has waited for too long, and what would come after it is told why", async () => {
    await start(500);
    const [first, second] = await tooCheap();
    await builder.idle();
    expect(builder.status(first)).to.include({ state: "failed", code: "ABANDONED" });
    expect(builder.status(second)).to.include({ state: "failed", code: "NONCE_TOO_HIGH" });
    const told = events.flatMap((event) =>
      event.type === "failed" ? [[event.transaction, event.code]] : [],
    );
    expect(told).to.deep.equal([
      [first, "ABANDONED"],
      [second, "NONCE_TOO_HIGH"],
    ]);
    expect(builder.pending(first)).to.equal(undefined);
    // Its nonce is free.
    await baseFee("1");
    const again = await submit(0, 3n);
    await builder.idle();
    expect(builder.status(again)?.state).to.equal("posted");
  });
});
