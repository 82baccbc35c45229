import { expect } from "chai";
import { type Address, type Hex } from "viem";
import { proveStatement } from "../../../../builder/kinds/evm/proof/prove.ts";
import { type StatementTrace, statementTrace } from "../../../../builder/kinds/evm/proof/statement.ts";
import { traceVisit, type VisitTrace } from "../../../../builder/kinds/evm/trace/visit.ts";
import { callAction } from "../../../../builder/protocol/action.ts";
import { L1 } from "../../../../builder/protocol/ids.ts";
import { wholeStatementWords } from "../../../../builder/protocol/statement.ts";
import type { CodeCommitments } from "../../../../builder/proving/bus/code-commitments.ts";
import { developmentCodeCommitments } from "../../../../builder/proving/bus/code-powers.ts";
import { DEVELOPMENT_TAU } from "../../../../builder/proving/bus/development-powers.ts";
import { type KeySet, hashKeySet } from "../../../../builder/proving/bus/key-set.ts";
import { RollupProxies } from "../../../../builder/proving/bus/proxies.ts";
import { loadArtefacts } from "../../../../builder/proving/circuits/load.ts";
import { readVerificationKey } from "../../../../builder/proving/load-circuit.ts";
import { createLocalProver } from "../../../../builder/proving/local-prover.ts";
import type { ProverPool } from "../../../../builder/proving/pool/pool.ts";
import { loadPoseidon, type Poseidon } from "../../../../builder/state/poseidon.ts";
import { runtimeCode } from "../../../circuits/evm/support/runtime-code.ts";
import { type BusSystem, busStatement, createBusSystem } from "../../../contracts/bus-system.ts";
import { SELF, TestRollup, type VisitRun } from "../reference/rollup.ts";

const SENDER: Address = "0x00000000000000000000000000000000c0ffee01";
const INCREMENT: Hex = "0xd09de08a";

/** An unchanged contract's execution, proven by two proofs on one bus and verified by the real contract. */
describe("a proven call of a counter", function () {
  this.timeout(600_000);
  let poseidon: Poseidon;
  let proxies: RollupProxies;
  let rollup: TestRollup;
  let counter: Address;
  let code: Hex;
  let commitments: CodeCommitments;
  let prover: ProverPool;
  let set: KeySet;
  let l1: BusSystem;

  before(async () => {
    poseidon = await loadPoseidon();
    proxies = RollupProxies.read();
    rollup = await TestRollup.open();
    code = await runtimeCode("examples/Counter.sol", "Counter");
    counter = (await rollup.deploy(code)).address;
    commitments = await developmentCodeCommitments();
    const artefacts = await loadArtefacts(["evm"]);
    const evm = artefacts.get("evm");
    if (evm === undefined) throw new Error("no circuit");
    const key = await readVerificationKey(evm);
    if (!("eta" in key)) throw new Error("no key with committed wires");
    set = { keys: [key], tau: DEVELOPMENT_TAU };
    prover = await createLocalProver({ artefacts: artefacts.values() });
    l1 = await createBusSystem();
    await l1.register(set);
    const table = commitments.table(Buffer.from(code.slice(2), "hex"));
    const { tau, commitment, opening } = await commitments.register(table);
    await l1.included(
      l1.system.write.registerCode([tau, code, commitment, opening], { gas: l1.registrationGas }),
    );
  });
  after(async () => {
    await prover.close();
    await rollup.close();
  });

  interface Proven {
    readonly run: VisitRun;
    readonly traced: VisitTrace;
    readonly trace: StatementTrace;
    readonly words: readonly bigint[];
    readonly proof: Hex;
  }

  async function increment(): Promise<Proven> {
    const run = await rollup.run(
      callAction({
        from: L1,
        to: SELF,
        sender: SENDER,
        target: counter,
        value: 0n,
        isStatic: false,
        data: INCREMENT,
      }),
    );
    const traced = await traceVisit({ poseidon, proxies, ...run });
    const trace = statementTrace(poseidon, commitments, traced);
    const words = wholeStatementWords(run.header, [run.visit]);
    const { proof } = await proveStatement(
      prover,
      { trace, words, set: hashKeySet(set), ...l1.where, commitments },
      {},
    );
    return { run, traced, trace, words, proof };
  }

  it("is verified on L1, with the new count as its result", async () => {
    const { run, trace, words, proof } = await increment();
    expect(run.visit.actions[1]?.data).to.equal(`0x${"1".padStart(64, "0")}`);
    expect(trace.vectors.length).to.equal(2);
    await l1.verify([busStatement(hashKeySet(set), words, proof)]);
    const again = await increment();
    expect(again.run.visit.actions[1]?.data).to.equal(`0x${"2".padStart(64, "0")}`);
    await l1.verify([
      busStatement(hashKeySet(set), words, proof),
      busStatement(hashKeySet(set), again.words, again.proof),
    ]);
  });
});
