import { expect } from "chai";
import { visitJobs } from "../../builder/batch/jobs.ts";
import type { BatchPlan, PlannedVisit } from "../../builder/batch/plan.ts";
import { proveVisit, statementKey } from "../../builder/batch/prove.ts";
import { createEvmKind } from "../../builder/kinds/evm/index.ts";
import type { CompletedVisit, RollupKind } from "../../builder/kinds/kind.ts";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";
import { ledgerKind } from "../../builder/kinds/ledger/index.ts";
import { callAction } from "../../builder/protocol/action.ts";
import { publicInputsOf } from "../../builder/protocol/fingerprint.ts";
import { chainId, L1 } from "../../builder/protocol/ids.ts";
import {
  type StatementHeader,
  statementWords,
  VisitStatement,
  wholeStatementWords,
} from "../../builder/protocol/statement.ts";
import type { CircuitJob } from "../../builder/proving/circuit-job.ts";
import type { Prover } from "../../builder/proving/prover.ts";

const ROLLUP = chainId(1);
const HEADER: StatementHeader = {
  l1ChainId: 31337n,
  manager: "0x00000000000000000000000000000000000000aa",
  rollup: ROLLUP,
  timestamp: 1_800_000_000n,
  blobs: 0n,
};

describe("the statement of a visit", () => {
  /** A deposit, which counts how often its actions are read in order. */
  async function deposit(): Promise<{ visit: CompletedVisit; reads: () => number }> {
    const machine = await ledgerKind.open({ id: ROLLUP });
    const sender = "0xa11ce00000000000000000000000000000000001";
    const call = {
      from: L1,
      to: ROLLUP,
      sender,
      target: LEDGER,
      value: 5n,
      isStatic: false,
      data: "0x",
    } as const;
    const { visit } = await machine.deliver(callAction(call), HEADER);
    if (visit === undefined) throw new Error("a deposit ends its visit");
    let reads = 0;
    const actions = new Proxy([...visit.actions], {
      get: (target, name) => {
        if (name === "flatMap") reads++;
        return Reflect.get(target, name);
      },
    });
    return { visit: { ...visit, actions }, reads: () => reads };
  }

  /** All that the producer does with a visit: looks its proof up, makes it, files it, and finds it. */
  async function produce(kind: RollupKind, completed: CompletedVisit): Promise<void> {
    const statement = new VisitStatement(HEADER, completed);
    const visit: PlannedVisit = { rollup: ROLLUP, statement, completed };
    const context = { l1ChainId: 31337n, manager: HEADER.manager, timestamp: HEADER.timestamp };
    const plan: BatchPlan = { context, executions: [], visits: [visit], executionsHash: "0x" };
    statementKey(visit);
    for (const job of await visitJobs(plan, () => kind))
      await proveVisit(job, proverFor(statement), () => "0x01", {
        signal: new AbortController().signal,
        proofSystem: () => Promise.reject(new Error("no part of what a ledger proves")),
      });
    statementKey(visit);
    statementKey(visit);
  }

  for (const [name, kind] of [
    ["a ledger", ledgerKind],
    ["an EVM rollup", createEvmKind({ systemCode: "0x" })],
  ] as const)
    it(`has its words computed once for a batch: of ${name}`, async () => {
      const { visit, reads } = await deposit();
      await produce(kind, visit);
      expect(reads()).to.equal(1);
    });

  it("has the words of its header and visit, and another key for others", async () => {
    const { visit } = await deposit();
    const statement = new VisitStatement(HEADER, visit);
    expect(statement.words).to.deep.equal(statementWords(HEADER, [visit]));
    expect(statement.wholeWords).to.deep.equal(wholeStatementWords(HEADER, [visit]));
    expect(new VisitStatement({ ...HEADER }, { ...visit }).key).to.equal(statement.key);
    expect(new VisitStatement({ ...HEADER, timestamp: 1n }, visit).key).to.not.equal(statement.key);
    const other = { ...visit, rootAfter: visit.rootBefore };
    expect(new VisitStatement(HEADER, other).key).to.not.equal(statement.key);
  });
});

/** Says that it has proven what it was asked for. */
function proverFor(statement: VisitStatement): Prover {
  return {
    prove: async (job: CircuitJob) => ({
      proof: {
        a: [1n, 2n],
        b: [
          [3n, 4n],
          [5n, 6n],
        ],
        c: [7n, 8n],
      },
      publicInputs: publicInputsOf(statement.words, job.commitment),
      witnessMilliseconds: 0,
      proveMilliseconds: 0,
      backend: "none",
    }),
    commit: () => Promise.reject(new Error("no job of the test commits")),
    proveCommitted: () => Promise.reject(new Error("no job of the test commits")),
    close: async () => undefined,
  };
}
