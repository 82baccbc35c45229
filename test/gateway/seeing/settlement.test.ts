import { expect } from "chai";
import { encodeFunctionData, type Hex, numberToHex, parseEther, zeroHash } from "viem";
import type { Executions, ExecutionShown } from "lockstep-client/rpc-types";
import { createBuilder } from "../../../builder/core/builder.ts";
import { getExecutions } from "../../../builder/gateway/seeing/executions.ts";
import { getSettlement } from "../../../builder/gateway/seeing/settlement.ts";
import { GATEWAY_KINDS } from "../../../builder/node/kinds/index.ts";
import { rootHex } from "../../../builder/protocol/execution/encoding.ts";
import { accountAt } from "../../core/setup.ts";
import { holdProofs } from "../../scenarios/support/held.ts";
import type { ChainName, Contract } from "../../scenarios/support/scenario-chains.ts";
import { alice, bob, carol, World } from "../../scenarios/support/world.ts";
import { ask, given, raw } from "./ask.ts";

describe("what L1 says of a transaction across chains", function () {
  this.timeout(300_000);
  let world: World;
  let l1: string;
  before(async () => {
    world = await World.start({ chains: ["L1", "A", "B", "LEDGER"] });
    l1 = world.endpoint("L1").clients.url;
  });
  after(async () => {
    await world.close();
  });

  const chain = (name: ChainName): Hex => numberToHex(world.idOf(name));
  const url = (name: ChainName): string => world.endpoint(name).clients.url;
  const rootOf = async (name: ChainName): Promise<Hex> => rootHex(await world.root(name));
  const send = async (on: "L1" | "A" | "B", to: Contract, call: string, args: readonly bigint[] = []) =>
    (await world.send({ on, by: alice, to, call, args })).hash;
  const latest = async (name: ChainName): Promise<Hex> => {
    const { result }: ReturnType<typeof JSON.parse> = await raw(url(name), "eth_getBlockByNumber", [
      "latest",
      false,
    ]);
    return result.transactions.at(-1);
  };
  /** What a person reads off the steps. */
  const read = ({ steps }: ExecutionShown): string[] =>
    steps.map(
      ({ kind, depth, action, undoneBy, branch }) =>
        `${".".repeat(depth)}${kind} ${Number(action.from)}>${Number(action.to)}` +
        (action.failed ? " failed" : "") +
        (undoneBy === null ? "" : ` (undone by ${undoneBy})`) +
        (branch === null ? "" : ` #${branch.number + 1}/${branch.count}`),
    );
  const onlyExecution = ({ executions }: Executions): ExecutionShown => {
    expect(executions).to.have.length(1);
    return executions[0]!;
  };

  it("goes from L1 to the visit, and back from the visit to L1", async () => {
    const home = await world.deploy("L1", "Counter");
    const onA = await world.deploy("A", "CounterCaller", [home]);
    const caller = await world.deploy("L1", "NestedCounterCaller", [onA]);
    const before = await rootOf("A");
    const hash = await send("L1", caller, "bump");
    const settlement = await given(l1, "lockstep_getSettlement", [hash]);
    expect(settlement.l1).to.deep.include({ transactionHash: hash, success: true });
    expect(settlement.transactions).to.deep.equal([hash]);
    const [visit, ...others] = settlement.visits;
    expect(others).to.have.length(0);
    expect(visit).to.deep.include({
      rollup: chain("A"),
      rootBefore: before,
      rootAfter: await rootOf("A"),
      tookEffect: true,
      outcome: "effective",
      // Nothing proves an EVM rollup of this world.
      proven: false,
      transactionHash: await latest("A"),
    });
    expect(visit?.trigger.target).to.equal(onA.address.toLowerCase());
    // Back again, on every gateway.
    for (const on of ["L1", "A", "B", "LEDGER"] as const)
      expect(await ask(url(on), "lockstep_getSettlement", [visit?.transactionHash])).to.deep.equal(
        settlement,
      );
    const posted = await given(l1, "lockstep_getSettlement", [settlement.batch?.transactionHash]);
    expect(posted).to.deep.include({ batch: settlement.batch, visits: settlement.visits });

    const executions = await given(l1, "lockstep_getExecutions", [hash]);
    expect(read(onlyExecution(executions))).to.deep.equal([
      "CALL 0>1",
      ".CALL 1>0",
      ".RESULT 0>1",
      "RESULT 1>0",
    ]);
    expect(onlyExecution(executions)).to.deep.include({ state: "consumed", calledBy: hash });
    expect(onlyExecution(executions).steps.at(-1)?.roots).to.deep.equal([
      { rollup: chain("A"), before, after: await rootOf("A") },
    ]);
    expect(executions.proofs).to.deep.equal([
      {
        rollup: chain("A"),
        verificationKey: executions.proofs[0]?.verificationKey,
        visits: [0],
        size: executions.proofs[0]?.size,
        proven: false,
        circuit: null,
      },
    ]);
  });

  it("shows a revert that was caught as a call that failed, and went on", async () => {
    const counter = await world.deploy("A", "FaultyCounter");
    const caller = await world.deploy("L1", "SafeCounterCaller", [counter]);
    const before = await rootOf("A");
    const hash = await send("L1", caller, "bump");
    const { visits, l1: place } = await given(l1, "lockstep_getSettlement", [hash]);
    expect(place.success).to.equal(true);
    expect(
      visits.map(({ outcome, rootAfter, tookEffect, transactionHash }) => [
        outcome,
        rootAfter,
        tookEffect,
        transactionHash,
      ]),
    ).to.deep.equal([["failed", before, false, null]]);
    const execution = onlyExecution(await given(l1, "lockstep_getExecutions", [hash]));
    expect(execution).to.deep.include({ state: "answered", calledBy: hash });
    expect(read(execution)).to.deep.equal(["CALL 0>1", "RESULT 1>0 failed"]);
  });

  it("shows alternatives of one turn, and which of them L1 undid", async () => {
    // A waits for L1, which calls A back in a frame that it reverts, and then does the same again.
    const onA = await world.deploy("A", "Counter");
    const caller = await world.deploy("L1", "UndoingCaller", [onA, true]);
    const nested = await world.deploy("A", "NestedCounterCaller", [caller]);
    const crossed = await world.send({ on: "A", by: alice, to: nested, call: "bump", gas: 5_000_000n });
    const again = onlyExecution(await given(l1, "lockstep_getExecutions", [crossed.hash]));
    expect(again.transactions).to.deep.equal([crossed.hash]);
    // What L1 does a second time is the same action: the list has it once, and no alternative.
    expect(read(again)).to.deep.equal([
      "L2TX 0>1",
      ".CALL 1>0",
      "..CALL 0>1",
      "..RESULT 1>0",
      ".RESULT 0>1",
      "RESULT 1>0",
    ]);
    const once = await world.deploy("L1", "UndoingCaller", [onA, false]);
    const through = await world.deploy("A", "NestedCounterCaller", [once]);
    const sent = await world.send({ on: "A", by: alice, to: through, call: "bump", gas: 5_000_000n });
    const undone = onlyExecution(await given(l1, "lockstep_getExecutions", [sent.hash]));
    expect(read(undone)).to.deep.equal([
      "L2TX 0>1",
      ".CALL 1>0",
      "..CALL 0>1 (undone by L1) #1/2",
      "..RESULT 1>0 (undone by L1)",
      ".RESULT 0>1 #2/2",
      "RESULT 1>0",
    ]);
    expect(undone.steps[4]).to.deep.include({ parent: 1, answers: 1 });
    expect(undone.steps[4]?.branch).to.deep.equal({ after: 1, number: 1, count: 2 });
  });

  it("shows what a rollup undid while it went on", async () => {
    const counter = await world.deploy("L1", "Counter");
    const caller = await world.deploy("A", "UndoingCaller", [counter, true]);
    const hash = await send("A", caller, "bump");
    const execution = onlyExecution(await given(l1, "lockstep_getExecutions", [hash]));
    expect(read(execution)).to.deep.equal([
      "L2TX 0>1",
      ".SPAN 1>0 (undone by rollup)",
      ".CALL 1>0 (undone by rollup)",
      ".RESULT 0>1 (undone by rollup)",
      ".REVERT 1>0",
      ".REVERT_CONTINUE 0>1",
      ".CALL 1>0",
      ".RESULT 0>1",
      "RESULT 1>0",
    ]);
    expect(execution.steps[4]?.answers, "what the REVERT goes back to").to.equal(2);
    const { visits } = await given(url("A"), "lockstep_getSettlement", [hash]);
    expect(visits.map(({ outcome, transactionHash }) => [outcome, transactionHash])).to.deep.equal([
      ["effective", hash],
    ]);
  });

  it("shows as undone what L1 did in a frame that it reverted after its calls", async () => {
    const counter = await world.deploy("A", "Counter");
    const caller = await world.deploy("L1", "UndoingCaller", [counter, false]);
    const before = await rootOf("A");
    const hash = await send("L1", caller, "bump");
    const settlement = await given(l1, "lockstep_getSettlement", [hash]);
    expect(settlement.l1.success).to.equal(true);
    expect(settlement.transactions).to.deep.equal([hash]);
    const seen = settlement.visits.map(({ outcome, transactionHash }) => [outcome, transactionHash]);
    expect(seen).to.deep.equal([["undone", null]]);
    const execution = onlyExecution(await given(l1, "lockstep_getExecutions", [hash]));
    expect(execution).to.deep.include({ state: "undone", calledBy: hash });
    expect(read(execution)).to.deep.equal(["CALL 0>1 (undone by L1)", "RESULT 1>0 (undone by L1)"]);
    expect(await rootOf("A")).to.equal(before);
  });

  it("follows Ether through the rollups, step by step", async () => {
    const [home, onA, onB] = [
      await world.deploy("L1", "Courier"),
      await world.deploy("A", "Courier"),
      await world.deploy("B", "Courier"),
    ];
    await world.send({ on: "L1", by: alice, to: home, call: "setNext", args: [onA] });
    await world.send({ on: "A", by: alice, to: onA, call: "setNext", args: [onB] });
    await world.send({ on: "B", by: alice, to: onB, call: "setNext", args: [home] });
    const held = { A: (await world.onL1("A")).ether, B: (await world.onL1("B")).ether };
    const value = parseEther("1");
    const call = { on: "L1", by: alice, to: home, call: "send", args: [3n], value } as const;
    const { hash } = await world.send(call);
    const { steps } = onlyExecution(await given(l1, "lockstep_getExecutions", [hash]));
    const moves = steps.map(({ balances }) =>
      balances.map(({ rollup, before, after }) => [rollup, BigInt(after ?? "0x0") - BigInt(before ?? "0x0")]),
    );
    expect(moves).to.deep.equal([
      [[chain("A"), value]],
      [
        [chain("A"), -value],
        [chain("B"), value],
      ],
      [[chain("B"), -value]],
      [],
      [],
      [],
    ]);
    expect(steps[0]?.balances[0]?.before).to.equal(numberToHex(held.A));
    expect(steps[1]?.balances.find(({ rollup }) => rollup === chain("B"))?.before).to.equal(
      numberToHex(held.B),
    );
  });

  it("finds the ledger's visits, which have no hash, and what was signed for an EVM rollup alone", async () => {
    const user = await world.deploy("L1", "LedgerUser", [world.ledger, 0n]);
    const args = [0n, `0x${"b0".repeat(20)}`, 100n, 250n];
    const tour = { on: "L1", by: alice, to: user, call: "tour", args, value: 1_000n } as const;
    const { hash } = await world.send(tour);
    const { visits } = await given(l1, "lockstep_getSettlement", [hash]);
    expect(new Set(visits.map(({ rollup }) => rollup))).to.deep.equal(new Set([chain("LEDGER")]));
    expect(visits.map(({ transactionHash }) => transactionHash)).to.deep.equal(visits.map(() => null));
    expect(visits.filter(({ tookEffect }) => tookEffect)).to.have.length(3);
    expect(visits.filter(({ outcome }) => outcome === "static")).to.have.length(1);

    const counter = await world.deploy("A", "Counter");
    const pure = await send("A", counter, "increment");
    const settlement = await given(url("A"), "lockstep_getSettlement", [pure]);
    expect(settlement.batch?.transactionHash).to.equal(settlement.l1.transactionHash);
    expect(settlement.visits.map(({ transactionHash, rollup }) => [transactionHash, rollup])).to.deep.equal([
      [pure, chain("A")],
    ]);
    const shown = await given(l1, "lockstep_getExecutions", [pure]);
    expect(shown.transactions).to.deep.equal([shown.batch.transactionHash]);
    expect(read(onlyExecution(shown))).to.deep.equal(["L2TX 0>1", "RESULT 1>0"]);
  });

  it("tells apart what several transactions of one batch did", async () => {
    const onA = await world.deploy("A", "Counter");
    const onB = await world.deploy("B", "Counter");
    await world.addressOn(onA, "L1");
    await world.addressOn(onB, "L1");
    const data = encodeFunctionData({ abi: onA.abi, functionName: "increment" });
    const hashes = await Promise.all([
      world.submit({ on: "L1", by: alice, to: onA, data, gas: 1_000_000n }),
      world.submit({ on: "L1", by: bob, to: onB, data, gas: 1_000_000n }),
      world.submit({ on: "A", by: carol, to: onA, data, gas: 1_000_000n }),
      world.submit({ on: "A", by: bob, to: onA, data, gas: 1_000_000n }),
    ]);
    await world.builder.idle();
    const seen = new Set<Hex>();
    for (const hash of hashes) {
      const { visits, batch } = await given(l1, "lockstep_getSettlement", [hash]);
      expect(visits.every(({ outcome }) => outcome === "effective")).to.equal(true);
      expect(visits).to.have.length(1);
      // A visit of several transactions has the hash of the first of them.
      if (hash !== hashes[3] && hash !== hashes[2])
        expect(await ask(l1, "lockstep_getSettlement", [visits[0]?.transactionHash])).to.deep.include({
          visits,
        });
      if (batch !== null) seen.add(batch.transactionHash);
      const { executions } = await given(l1, "lockstep_getExecutions", [hash]);
      const own = executions.filter(
        ({ calledBy, transactions }) => calledBy === hash || transactions.includes(hash),
      );
      expect(own.map(({ state }) => state)).to.deep.equal(["consumed"]);
    }
    expect(seen.size, "batches").to.be.lessThan(hashes.length);
  });

  it("shows transactions that share a visit as one, under the hash of the first", async () => {
    const counter = await world.deploy("A", "Counter");
    await world.addressOn(counter, "L1");
    const data = encodeFunctionData({ abi: counter.abi, functionName: "increment" });
    // While a proof is made that A waits for, what comes for A alone gathers.
    using held = await holdProofs(world, { to: counter, call: "increment" });
    const hashes: Hex[] = [];
    for (const by of [alice, bob, carol])
      hashes.push(await world.submit({ on: "A", by, to: counter, data, gas: 1_000_000n }));
    held.release();
    await world.builder.idle();
    const [first, ...others] = await Promise.all(
      hashes.map((hash) => given(l1, "lockstep_getSettlement", [hash])),
    );
    expect(first?.visits.map(({ transactionHash, outcome }) => [transactionHash, outcome])).to.deep.equal([
      [hashes[0], "effective"],
    ]);
    for (const other of others) expect(other).to.deep.equal(first);
    const { executions } = await given(l1, "lockstep_getExecutions", [hashes[2]]);
    const joint = executions.find(({ transactions }) => transactions.includes(hashes[0]!));
    expect(joint?.transactions).to.deep.equal(hashes);
    expect(read(joint!)).to.deep.equal(hashes.flatMap(() => ["L2TX 0>1", "RESULT 1>0"]));
    // Each has an answer of its own on A all the same.
    for (const hash of hashes) {
      const { result }: ReturnType<typeof JSON.parse> = await raw(url("A"), "eth_getTransactionReceipt", [
        hash,
      ]);
      expect(result.status).to.equal("0x1");
    }
  });

  it("says the same when it is asked of a builder that was started since", async () => {
    const counter = await world.deploy("L1", "Counter");
    const onA = await world.deploy("A", "CounterCaller", [counter]);
    const hash = await send("A", onA, "bump");
    const said = await given(l1, "lockstep_getExecutions", [hash]);
    await using again = await createBuilder({
      l1Rpc: world.l1.url,
      manager: world.manager,
      rollups: world.rollups.map(({ id, kind, verificationKeys }) => ({ id, kind, verificationKeys })),
      account: accountAt(8),
      prover: world.prover,
    });
    const context = { builder: again, kinds: GATEWAY_KINDS };
    expect(await getExecutions(context, hash)).to.deep.equal(said);
    expect(await getSettlement(context, hash)).to.deep.equal(await ask(l1, "lockstep_getSettlement", [hash]));
  });

  it("adds up the gas of a batch", async () => {
    const counter = await world.deploy("A", "Counter");
    const caller = await world.deploy("L1", "CounterCaller", [counter]);
    const hash = await send("L1", caller, "bump");
    const { gas, batch } = await given(l1, "lockstep_getExecutions", [hash]);
    const [post, check, table, calls] = [gas.post, gas.proofCheck, gas.table, gas.calls].map((part) =>
      BigInt(part ?? "0x0"),
    );
    expect(post).to.equal(BigInt(batch.gasUsed));
    expect(check! + table!).to.equal(post);
    expect(check! > 0n && check! < post!).to.equal(true);
    const { gasUsed } = await world.l1.reader.getTransactionReceipt({ hash });
    expect(calls).to.equal(gasUsed);
  });

  it("gives nothing for what is unknown or touched no rollup, and refuses what is no hash", async () => {
    const counter = await world.deploy("L1", "Counter");
    const plain = await send("L1", counter, "increment");
    for (const method of ["lockstep_getSettlement", "lockstep_getExecutions"] as const) {
      for (const on of ["L1", "A", "LEDGER"] as const) {
        expect(await ask(url(on), method, [zeroHash])).to.equal(null);
        expect(await ask(url(on), method, [plain])).to.equal(null);
      }
      for (const params of [[], ["0x12"], [1], [null], [{}], [`0x${"zz".repeat(32)}`]])
        expect((await raw(l1, method, params)).error?.code, JSON.stringify(params)).to.equal(-32602);
    }
  });

  it("tells a batch that was posted again from the one that took effect", async () => {
    const counter = await world.deploy("A", "Counter");
    const hash = await send("A", counter, "increment");
    const shown = await given(l1, "lockstep_getExecutions", [hash]);
    // Another account posts the same batch again: everything in it is passed over.
    const again = await world.l1.writer(bob).sendTransaction({ to: world.manager, data: shown.raw });
    await world.l1.reader.waitForTransactionReceipt({ hash: again });
    const second = await given(l1, "lockstep_getExecutions", [again]);
    expect(second.batch.id).to.equal(shown.batch.id);
    expect(second.executions.map(({ state }) => state)).to.deep.equal(["skipped"]);
    expect(second.executions[0]?.steps.every(({ undone, undoneBy }) => undone && undoneBy === null)).to.equal(
      true,
    );
    expect(await ask(l1, "lockstep_getExecutions", [hash])).to.deep.equal(shown);
  });
});
