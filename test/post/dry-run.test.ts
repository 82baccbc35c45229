import { expect } from "chai";
import { type Address, encodeFunctionData, type Hex, keccak256, parseGwei } from "viem";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import type { BuilderEvent } from "../../builder/core/events.ts";
import { ledgerAbi } from "../../builder/kinds/ledger/abi.ts";
import { LedgerAccount } from "../../builder/kinds/ledger/client.ts";
import { connectL1 } from "../../builder/l1/client.ts";
import { readBlocks } from "../../builder/l1/head.ts";
import { chooseDryRun } from "../../builder/post/dry-run/choose.ts";
import { L1 as L1_CHAIN } from "../../builder/protocol/ids.ts";
import { startRelay } from "../core/relay.ts";
import { accountAt, builderAccount, deploy, type Lockstep, startLockstep } from "../core/setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "../core/unproven.ts";
import { nodes } from "./nodes.ts";
import { gambler, gasTeller, oracle } from "./oddities.ts";

for (const { name, missing, start } of nodes) {
  describe(missing === undefined ? `dry run on ${name}` : `dry run on ${name} (${missing})`, function () {
    this.timeout(180_000);
    const [alice, bob, carol] = [accountAt(1), accountAt(2), accountAt(3)];
    let lockstep: Lockstep;
    let stopNode: (() => Promise<void>) | undefined;
    let prover: UnprovenProver;
    let builder: Builder;
    let events: BuilderEvent[];

    before(async function () {
      if (missing !== undefined) this.skip();
      lockstep = await startLockstep(undefined, start);
      stopNode = lockstep.l1.close;
    });
    after(() => stopNode?.());
    beforeEach(async () => {
      prover = new UnprovenProver();
      events = [];
      builder = await createBuilder({
        l1Rpc: lockstep.l1.url,
        manager: lockstep.rollups,
        rollups: [{ id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys }],
        account: builderAccount,
        prover,
      });
      builder.listen((event) => events.push(event));
    });
    afterEach(() => builder.stop());

    async function deployCode(data: Hex): Promise<Address> {
      const hash = await lockstep.l1.writer(accountAt(0)).sendTransaction({ data });
      const { contractAddress } = await lockstep.l1.reader.waitForTransactionReceipt({ hash });
      if (contractAddress == null) throw new Error("nothing was deployed");
      return contractAddress;
    }

    async function sign(signer: typeof alice, to: Address, value: bigint, data: Hex): Promise<Hex> {
      const nonce = await lockstep.l1.reader.getTransactionCount({ address: signer.address });
      const fees = { gas: 1_000_000n, maxFeePerGas: parseGwei("10"), maxPriorityFeePerGas: 1n };
      return await signer.signTransaction({
        chainId: 31337,
        type: "eip1559",
        nonce,
        to,
        value,
        data,
        ...fees,
      });
    }

    async function submit(signer: typeof alice, to: Address, value: bigint, data: Hex = "0x"): Promise<Hex> {
      const raw = await sign(signer, to, value, data);
      return await builder.submit(raw, () => Promise.reject(new Error("was forwarded")));
    }

    /** All that the builder could have changed of the node. */
    async function nodeState() {
      const { reader, node } = lockstep.l1;
      const [latest, pending] = await Promise.all([
        reader.getBlock({ blockTag: "latest" }),
        reader.getBlock({ blockTag: "pending" }),
      ]);
      return { hash: latest.hash, pool: pending.transactions, automine: await node.getAutomine() };
    }

    /**
     * Lets the builder take everything that `give` submits into one batch.
     * @param first what it is busy with meanwhile.
     */
    async function together(
      give: () => Promise<void>,
      first = () => submit(accountAt(5), lockstep.ledgerProxy, 1n),
    ): Promise<void> {
      await new Promise<void>((resolve, reject) => {
        prover.meanwhile = async () => {
          prover.meanwhile = undefined;
          await give().then(resolve, reject);
        };
        first().catch(reject);
      });
      await builder.idle();
    }

    const balance = async (owner: Address): Promise<bigint> =>
      (await builder.account(lockstep.ledger, L1_CHAIN, owner)).balance;
    const mismatch = () => events.find((event) => event.type === "mismatch");
    const outcomeOf = (hash: Hex): unknown => {
      const status = builder.status(hash);
      return status?.state === "failed" ? status.code : status?.state;
    };

    it("says whether gas is enough, with contracts that accept everything", async () => {
      const l1 = connectL1(lockstep.l1.url);
      const dryRun = await chooseDryRun(l1);
      // JUMPDEST PUSH1 0 JUMP, and what deploys it.
      const endless = await deployCode("0x635b60005660e01b60005260046000f3");
      const reverting = await deployCode("0x6460006000fd60d81b60005260056000f3");
      const { next } = await readBlocks(l1);
      const call = (to: Address) => ({ from: builderAccount.address, to, input: "0x" as const });
      expect(await dryRun.fits(call(endless), next, 100_000n, [])).to.equal(false);
      expect(await dryRun.fits(call(endless), next, 100_000n, [endless])).to.equal(true);
      // It is not gas that it lacks.
      expect(await dryRun.fits(call(reverting), next, 100_000n, [])).to.equal(true);
    });

    it("includes what comes out as foreseen", async () => {
      const before = await balance(alice.address);
      const hash = await submit(alice, lockstep.ledgerProxy, 100n);
      await builder.idle();
      expect(outcomeOf(hash)).to.equal("posted");
      expect(await balance(alice.address)).to.equal(before + 100n);
      expect((await nodeState()).automine).to.equal(true);
      expect(mismatch()).to.equal(undefined);
    });

    it("refuses a transaction that returns something else on the node, shows both, and leaves the node as it was", async () => {
      const teller = await deployCode(gasTeller(lockstep.ledgerProxy));
      const before = await nodeState();
      const root = await builder.stateRoot(lockstep.ledger);
      const hash = await submit(alice, teller, 7n);
      await builder.idle();
      expect(outcomeOf(hash)).to.equal("DRY_RUN_MISMATCH");
      expect(await nodeState()).to.deep.equal(before);
      expect(await builder.stateRoot(lockstep.ledger)).to.equal(root);
      const told = mismatch();
      expect(told?.transaction).to.equal(hash);
      expect(told?.simulated.data).to.not.equal(told?.node.data);
      for (const side of [told?.simulated, told?.node]) {
        expect(side?.success).to.equal(true);
        expect(side?.trace[0]).to.include(teller.toLowerCase()).and.to.include(side?.data);
        expect(side?.trace.some((line) => line.includes(lockstep.ledgerProxy.toLowerCase()))).to.equal(true);
      }
    });

    it("lets the others of the batch go on", async () => {
      const teller = await deployCode(gasTeller(lockstep.ledgerProxy));
      const before = await balance(carol.address);
      const hashes: Hex[] = [];
      await together(async () => {
        hashes.push(await submit(alice, lockstep.ledgerProxy, 10n));
        hashes.push(await submit(bob, teller, 20n));
        hashes.push(await submit(carol, lockstep.ledgerProxy, 30n));
      });
      expect(hashes.map(outcomeOf)).to.deep.equal(["posted", "DRY_RUN_MISMATCH", "posted"]);
      expect(await balance(carol.address)).to.equal(before + 30n);
      expect(await balance(teller)).to.equal(0n);
      expect(await lockstep.l1.reader.getTransactionCount({ address: bob.address })).to.equal(0);
      expect((await nodeState()).pool).to.deep.equal([]);
      expect((await nodeState()).automine).to.equal(true);
    });

    it("splits a batch that needs more gas than a transaction may have, and refuses what needs it alone", async () => {
      const accounts = await Promise.all(
        ["11", "12", "13"].map((byte) => LedgerAccount.fromSeed(`0x${byte.repeat(32)}`)),
      );
      for (const { address } of accounts) {
        const fund = encodeFunctionData({
          abi: ledgerAbi,
          functionName: "transfer",
          args: [lockstep.ledger, address, 9n],
        });
        await submit(alice, lockstep.ledgerProxy, 9n, fund);
        await builder.idle();
      }
      const domain = { l1ChainId: 31337n, manager: lockstep.rollups, rollup: lockstep.ledger };
      const payment = (payer: LedgerAccount | undefined, nonce: bigint): Hex => {
        if (payer === undefined) throw new Error("there are three");
        const terms = { domain, nonce, deadline: 1n << 40n, chain: L1_CHAIN, to: carol.address, amount: 1n };
        return payer.signTransfer(terms);
      };
      const batches = () => events.filter((event) => event.type === "posted");
      const send = (data: Hex) => builder.submitToRollup(lockstep.ledger, data);
      const limitGas = (gas: bigint) => lockstep.l1.node.setBlockGasLimit({ gasLimit: gas });
      const { gasLimit } = await lockstep.l1.reader.getBlock();

      await send(payment(accounts[0], 0n));
      await builder.idle();
      const one = batches().at(-1)?.batchGas ?? 0n;
      const posted = batches().length;
      const pair = [payment(accounts[1], 0n), payment(accounts[2], 0n)];
      const alone = payment(accounts[0], 2n);
      try {
        await limitGas((one * 13n) / 10n);
        const give = async () => {
          for (const data of pair) await send(data);
        };
        await together(give, () => send(payment(accounts[0], 1n)));
        expect(pair.map((data) => outcomeOf(keccak256(data)))).to.deep.equal(["posted", "posted"]);
        // One for the payment that was proven meanwhile, one for each of the pair.
        expect(batches().length - posted).to.equal(3);

        await limitGas((one * 9n) / 10n);
        await send(alone);
        await builder.idle();
        const status = builder.status(keccak256(alone));
        expect(status, JSON.stringify(status)).to.include({ state: "failed", code: "BATCH_TOO_LARGE" });
        expect(status?.state === "failed" ? status.reason : "").to.include("gas of postBatch");
      } finally {
        await limitGas(gasLimit);
      }
      await send(alone);
      await builder.idle();
      expect(outcomeOf(keccak256(alone))).to.equal("posted");
    });

    if (name === "Hardhat's node") onlyThere();

    /**
     * Where PREVRANDAO is another value than in the simulation, and where the block is made before it is
     * judged.
     */
    function onlyThere(): void {
      it("takes no block back in which somebody else's transaction stands", async () => {
        const desk = await deploy(lockstep.l1, "InvoiceDesk");
        const pay = (invoice: bigint): Hex =>
          encodeFunctionData({ abi: desk.abi, functionName: "pay", args: [invoice] });
        const relay = await startRelay(lockstep.l1.url);
        const through = await createBuilder({
          l1Rpc: relay.url,
          manager: lockstep.rollups,
          rollups: [{ id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys }],
          account: builderAccount,
          prover,
        });
        try {
          await submit(alice, lockstep.ledgerProxy, 100n);
          await builder.idle();
          // As soon as the node stops mining by itself, Bob pays the invoice, before the batch arrives.
          const serializedTransaction = await sign(bob, desk.address, 1n, pay(1n));
          let paid: Promise<Hex> | undefined;
          relay.decide((body) => {
            if (body.includes("evm_setNextBlockTimestamp"))
              paid ??= lockstep.l1.reader.sendRawTransaction({ serializedTransaction });
            return "answered";
          });
          const send = encodeFunctionData({
            abi: ledgerAbi,
            functionName: "send",
            args: [0n, desk.address, 10n, pay(1n)],
          });
          const raw = await sign(alice, lockstep.ledgerProxy, 0n, send);
          const hash = await through.submit(raw, () => Promise.reject(new Error("was forwarded")));
          await through.idle();
          if (paid === undefined) throw new Error("Bob did not pay");
          const { status, blockNumber } = await lockstep.l1.reader.getTransactionReceipt({
            hash: await paid,
          });
          expect(status).to.equal("success");
          const ours = await lockstep.l1.reader.getTransactionReceipt({ hash });
          expect(ours.status).to.equal("reverted");
          expect(ours.blockNumber).to.equal(blockNumber);
          expect(through.status(hash)).to.include({ state: "failed", code: "REVERTED_ON_L1" });
          expect((await nodeState()).automine).to.equal(true);
        } finally {
          await through.stop();
          await relay.close();
        }
      });

      it("refuses a transaction that reverts on the node alone, with the node's revert data", async () => {
        const gambling = await deployCode(gambler(lockstep.ledgerProxy));
        const before = await nodeState();
        const hash = await submit(alice, gambling, 7n);
        await builder.idle();
        expect(outcomeOf(hash)).to.equal("DRY_RUN_MISMATCH");
        expect(await nodeState()).to.deep.equal(before);
        const told = mismatch();
        expect(told?.simulated.success).to.equal(true);
        expect(told?.node.success).to.equal(false);
        expect(BigInt(told?.node.data ?? "0x0") > 0n).to.equal(true);
      });

      it("refuses a transaction signed for a rollup to which L1 answers differently, and posts the others", async () => {
        const fickle = await deployCode(oracle);
        const account = await LedgerAccount.fromSeed(`0x${"07".repeat(32)}`);
        const fund = encodeFunctionData({
          abi: ledgerAbi,
          functionName: "transfer",
          args: [lockstep.ledger, account.address, 90n],
        });
        await submit(alice, lockstep.ledgerProxy, 90n, fund);
        await builder.idle();
        const domain = { l1ChainId: 31337n, manager: lockstep.rollups, rollup: lockstep.ledger };
        const terms = { domain, nonce: 0n, deadline: 1n << 40n, chain: L1_CHAIN };
        const asking = account.signSend({ ...terms, to: fickle, amount: 1n, data: "0x" });
        const paying = account.signTransfer({ ...terms, to: carol.address, amount: 40n });
        const before = await balance(carol.address);
        await together(async () => {
          await builder.submitToRollup(lockstep.ledger, asking);
          await submit(carol, lockstep.ledgerProxy, 2n);
        });
        expect(outcomeOf(keccak256(asking))).to.equal("DRY_RUN_MISMATCH");
        expect(await balance(carol.address)).to.equal(before + 2n);
        expect(mismatch()?.node.trace.length).to.be.greaterThan(1);
        // Its nonce is not used.
        await builder.submitToRollup(lockstep.ledger, paying);
        await builder.idle();
        expect(await balance(carol.address)).to.equal(before + 42n);
      });
    }
  });
}
