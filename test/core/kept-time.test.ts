import { expect } from "chai";
import { parseGwei } from "viem";
import { createBuilder } from "../../builder/core/builder.ts";
import { Chains } from "../../builder/core/chains.ts";
import { PendingSimulation } from "../../builder/core/pending.ts";
import { l1Transaction } from "../../builder/intake/accepted.ts";
import { OutcomeStore } from "../../builder/intake/outcomes.ts";
import { PendingStore } from "../../builder/intake/pending.ts";
import { TransactionQueue } from "../../builder/intake/queue.ts";
import { evmKind } from "../../builder/kinds/evm/index.ts";
import { UNPROVEN, UNPROVEN_KEY } from "../../builder/kinds/unproven.ts";
import { connectL1 } from "../../builder/l1/client.ts";
import { lowerCase } from "../../builder/protocol/address.ts";
import { accountAt, builderAccount, registerEvm, startLockstep } from "./setup.ts";
import { UnprovenProver } from "./unproven.ts";

describe("a batch that keeps its time", function () {
  this.timeout(180_000);

  it("takes another one when a batch of another builder has brought its rollup beyond it", async () => {
    await using stack = new AsyncDisposableStack();
    const lockstep = await startLockstep();
    const { l1, rollups: manager } = lockstep;
    stack.defer(() => l1.close());
    const a = await registerEvm(lockstep);
    const user = accountAt(1);
    const to = await lockstep.createProxy(user.address, a);
    const sign = async (nonce: number) =>
      await user.signTransaction({
        chainId: 31337,
        type: "eip1559",
        nonce,
        to,
        value: 1n,
        gas: 2_000_000n,
        maxFeePerGas: parseGwei("10"),
      });
    const rollups = [{ id: a, kind: evmKind, verificationKeys: { [UNPROVEN]: UNPROVEN_KEY } }];

    // The time that this builder's batch was proven for, before the other one's is posted.
    const { timestamp: kept } = await l1.reader.getBlock();
    const rival = await createBuilder({
      l1Rpc: l1.url,
      manager,
      rollups,
      account: builderAccount,
      prover: new UnprovenProver(),
    });
    stack.defer(() => rival.stop());
    await rival.submit(await sign(0), () => Promise.reject(new Error("was forwarded")));
    await rival.idle();

    const chains = await Chains.open({
      l1: connectL1(l1.url),
      manager: lowerCase(manager),
      l1ChainId: 31337n,
      maxBatchAge: 600n,
      rollups,
      folder: undefined,
      firstBlock: 0n,
    });
    stack.use(chains);
    const queue = new TransactionQueue({
      pending: new PendingStore(undefined, 31337n),
      outcomes: new OutcomeStore(undefined),
      l1ChainId: 31337n,
      signerOf: () => undefined,
      feeOf: () => undefined,
    });
    const pending = new PendingSimulation({
      chains,
      queue,
      l1ChainId: 31337n,
      manager,
      origin: builderAccount.address,
      mostOfL1: () => 1,
      jointOf: () => undefined,
    });
    const transaction = l1Transaction(await sign(1), 31337n);
    await queue.add(transaction, 0n);
    const draft = await pending.draft([transaction], kept);
    expect(draft.failed.map(({ failure }) => failure.code)).to.deep.equal([]);
    expect(draft.served).to.have.length(1);
    expect(draft.plan.context.timestamp > kept).to.equal(true);
  });
});
