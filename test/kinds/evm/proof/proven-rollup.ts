import type { Address, Hex } from "viem";
import { proveStatement } from "../../../../builder/kinds/evm/proof/prove.ts";
import { type StatementTrace, statementTrace } from "../../../../builder/kinds/evm/proof/statement.ts";
import { traceVisit, type VisitTrace } from "../../../../builder/kinds/evm/trace/visit.ts";
import { callAction } from "../../../../builder/protocol/action.ts";
import { L1 } from "../../../../builder/protocol/ids.ts";
import { wholeStatementWords } from "../../../../builder/protocol/statement.ts";
import type { CodeCommitments } from "../../../../builder/proving/bus/code-commitments.ts";
import { developmentCodeCommitments } from "../../../../builder/proving/bus/code-powers.ts";
import { DEVELOPMENT_TAU } from "../../../../builder/proving/bus/development-tau.ts";
import { hashKeySet, type KeySet } from "../../../../builder/proving/bus/key-set.ts";
import { RollupProxies } from "../../../../builder/proving/bus/proxies.ts";
import { loadArtefacts } from "../../../../builder/proving/circuits/load.ts";
import { readVerificationKey } from "../../../../builder/proving/load-circuit.ts";
import { createLocalProver } from "../../../../builder/proving/local-prover.ts";
import type { ProverPool } from "../../../../builder/proving/pool/pool.ts";
import { loadPoseidon, type Poseidon } from "../../../../builder/state/poseidon.ts";
import {
  type BusStatement,
  busStatement,
  type BusSystem,
  createBusSystem,
} from "../../../contracts/bus-system.ts";
import { SELF, TestRollup, type VisitRun } from "../reference/rollup.ts";

const SENDER: Address = "0x00000000000000000000000000000000c0ffee01";

/** A visit, as it was executed and traced. */
export interface TracedRun {
  readonly run: VisitRun;
  readonly traced: VisitTrace;
}

/** A visit that is a statement of its own, with its proofs. */
export interface ProvenRun extends TracedRun {
  readonly trace: StatementTrace;
  readonly words: readonly bigint[];
  readonly proof: Hex;
}

/** One rollup whose visits are proven, and an L1 with the contract that verifies them. */
export class ProvenRollup {
  readonly l1: BusSystem;
  readonly poseidon: Poseidon;
  readonly proxies = RollupProxies.read();
  readonly set: Hex;
  readonly commitments: CodeCommitments;
  readonly #rollup: TestRollup;
  readonly #prover: ProverPool;

  private constructor(
    parts: Pick<ProvenRollup, "l1" | "poseidon" | "set" | "commitments">,
    rollup: TestRollup,
    prover: ProverPool,
  ) {
    this.l1 = parts.l1;
    this.poseidon = parts.poseidon;
    this.set = parts.set;
    this.commitments = parts.commitments;
    this.#rollup = rollup;
    this.#prover = prover;
  }

  static async open(): Promise<ProvenRollup> {
    const artefacts = await loadArtefacts(["evm"]);
    const evm = artefacts.get("evm");
    if (evm === undefined) throw new Error("no circuit");
    const key = await readVerificationKey(evm);
    if (!("eta" in key)) throw new Error("no key with committed wires");
    const set: KeySet = { keys: [key], tau: DEVELOPMENT_TAU };
    const l1 = await createBusSystem();
    await l1.register(set);
    const parts = {
      l1,
      poseidon: await loadPoseidon(),
      set: hashKeySet(set),
      commitments: await developmentCodeCommitments(),
    };
    const prover = await createLocalProver({ artefacts: artefacts.values() });
    return new ProvenRollup(parts, await TestRollup.open(), prover);
  }

  async close(): Promise<void> {
    await this.#prover.close();
    await this.#rollup.close();
  }

  /** A contract on the rollup, whose code L1 knows. */
  async deploy(code: Hex): Promise<Address> {
    const { address } = await this.#rollup.deploy(code);
    await this.register(code);
    return address;
  }

  async register(code: Hex): Promise<void> {
    const { l1, commitments } = this;
    const table = commitments.table(Buffer.from(code.slice(2), "hex"));
    const { tau, commitment, opening } = await commitments.register(table);
    const gas = l1.registrationGas;
    await l1.included(l1.system.write.registerCode([tau, code, commitment, opening], { gas }));
  }

  /** A call from L1, not proven yet. */
  async call(target: Address, data: Hex): Promise<TracedRun> {
    const { poseidon, proxies } = this;
    const call = { from: L1, to: SELF, sender: SENDER, target, value: 0n, isStatic: false, data };
    const run = await this.#rollup.run(callAction(call));
    return { run, traced: await traceVisit({ poseidon, proxies, ...run }) };
  }

  /** A transaction of the user, not proven yet. */
  async transaction(fields: Parameters<TestRollup["signed"]>[0]): Promise<TracedRun> {
    const { poseidon, proxies } = this;
    const run = await this.#rollup.run(await this.#rollup.signed(fields));
    return { run, traced: await traceVisit({ poseidon, proxies, ...run }) };
  }

  async prove({ run, traced }: TracedRun): Promise<ProvenRun> {
    const { l1, set, commitments, poseidon } = this;
    const trace = statementTrace(poseidon, traced);
    const words = wholeStatementWords(run.header, [run.visit]);
    const order = { trace, words, set, ...l1.where, commitments };
    const { proof } = await proveStatement(this.#prover, order, {});
    return { run, traced, trace, words, proof };
  }

  statement(words: readonly bigint[], proof: Hex): BusStatement {
    return busStatement(this.set, words, proof);
  }

  /** @throws what the contract reverts with. */
  async verify(...proven: readonly Pick<ProvenRun, "words" | "proof">[]): Promise<void> {
    await this.l1.verify(proven.map(({ words, proof }) => this.statement(words, proof)));
  }
}
