/**
 * The proof of `Counter.increment()`, called from L1: `npm run bench evm [calls]`, 5 by default. What the
 * circuit is made of, the time of each step of each call, and what the last call takes of the circuit. Gas:
 * `npm start` shows it.
 */
import type { Address } from "viem";
import { emitCircuit } from "../../circuits/bus/emit.ts";
import type { RowType } from "../../circuits/bus/row.ts";
import { CHIPS, circuit, CODE_TYPES } from "../../circuits/evm/index.ts";
import { Journal } from "../../builder/evm/journal.ts";
import { proveStatement } from "../../builder/kinds/evm/proof/prove.ts";
import { statementTrace } from "../../builder/kinds/evm/proof/statement.ts";
import { traceVisit } from "../../builder/kinds/evm/trace/visit.ts";
import { prepareArtefacts } from "../../builder/node/artefacts.ts";
import { knownKind, PROVEN_COUNTER } from "../../builder/node/kinds/index.ts";
import { createEvmKind } from "../../builder/kinds/evm/index.ts";
import { compiledContract } from "../../builder/node/deployment/contracts.ts";
import { callAction } from "../../builder/protocol/action.ts";
import { chainId, L1 } from "../../builder/protocol/ids.ts";
import { wholeStatementWords } from "../../builder/protocol/statement.ts";
import { developmentCodeCommitments } from "../../builder/proving/bus/code-powers.ts";
import { RollupProxies } from "../../builder/proving/bus/proxies.ts";
import type { Prover } from "../../builder/proving/prover.ts";
import { createLocalProver } from "../../builder/proving/local-prover.ts";
import { loadPoseidon } from "../../builder/state/poseidon.ts";

const calls = Number(process.argv[2] ?? 5);
const SENDER: Address = "0x00000000000000000000000000000000c0ffee01";
const known = knownKind("proven-evm");
const circuits = await prepareArtefacts({ kinds: [known] });

const parts = emitCircuit(circuit).parts;
const costs = new Map(parts.map(({ name, constraints }) => [name, constraints]));
const chips = Object.entries(CHIPS).map(([name, types]) => ({
  name,
  types: new Set(types.map((t) => t.name)),
}));
const tables = parts.filter(({ name }) => !chips.some(({ types }) => types.has(name)));

console.log("\nconstraints of the circuit by part (rows × constraints of one), the largest first");
const largest = parts.toSorted((a, b) => b.rows * b.constraints - a.rows * a.constraints);
for (const { name, rows, constraints } of largest.slice(0, 12))
  console.log(`  ${name.padEnd(20)}${String(rows).padStart(6)} × ${String(constraints).padStart(4)}`);
for (const [name, { artefacts }] of circuits) {
  const { constraints, commitment } = artefacts;
  console.log(`  ${name}: ${constraints} in all, ${commitment?.wires ?? 0} committed wires`);
}

const poseidon = await loadPoseidon();
const commitments = await developmentCodeCommitments();
const { deployedBytecode } = await compiledContract("examples/Counter.sol");
// Of a machine that refuses nothing: so the trace is made here alone.
const kind = createEvmKind({ contracts: async () => new Map([[PROVEN_COUNTER, deployedBytecode]]) });
const rollup = chainId(1);
const machine = await kind.open({ id: rollup });
const prover = await createLocalProver({
  artefacts: [...circuits.values()].map(({ artefacts }) => artefacts),
});
const untimed: Prover = {
  prove: (job, options) => prover.prove(job, options),
  commit: (job, options) => prover.commit(job, options),
  proveCommitted: (job, options) => prover.proveCommitted(job, options),
  close: () => prover.close(),
};
const [set = "0x"] = Object.values(known.scheme.keys(known.kind, circuits));
/** Of each chip: what a proof has room for, and what the rows of a trace take of it. */
function printChips(rows: readonly RowType[], proofs: number): void {
  const cells = (...values: readonly (string | number)[]): string =>
    values.map((value) => String(value).padStart(14)).join("");
  console.log(`\n${"".padEnd(10)}${cells("types of rows", "constraints", "rows in use", "their share")}`);
  for (const { name, types } of [...chips, { name: "tables", types: new Set(tables.map((t) => t.name)) }]) {
    const own = parts.filter((part) => types.has(part.name));
    const room = own.reduce((sum, each) => sum + each.rows * each.constraints, 0);
    const used = rows.filter((type) => types.has(type.name));
    const taken = used.reduce((sum, type) => sum + (costs.get(type.name) ?? 0), 0);
    const isTable = used.length === 0;
    console.log(
      `${name.padEnd(10)}${cells(own.length, room, isTable ? "" : used.length, isTable ? "" : taken)}`,
    );
  }
  console.log(`of each of ${proofs} proofs, and of the rows of one call in all of them`);
}

console.log(
  "\nmilliseconds                trace  rows      fill and check    commit   witnesses   proofs   all, by the clock",
);
try {
  for (let call = 0; call < calls; call++) {
    const context = { l1ChainId: 31_337n, manager: SENDER, timestamp: 1_000n + BigInt(call) };
    const action = callAction({
      from: L1,
      to: rollup,
      sender: SENDER,
      target: PROVEN_COUNTER,
      value: 0n,
      isStatic: false,
      data: "0xd09de08a",
    });
    const { visit } = await machine.deliver(action, context, new Journal());
    if (visit === undefined) throw new Error("the call left the rollup");
    const header = { ...context, rollup, blobs: 0n };
    const { witness } = visit.record;
    const start = performance.now();
    const traced = await traceVisit({ poseidon, proxies: RollupProxies.read(), header, visit, witness });
    const filled = performance.now();
    const trace = statementTrace(poseidon, traced);
    const proving = performance.now();
    const committing = performance.now();
    let committed = committing;
    const { results } = await proveStatement(
      {
        ...untimed,
        commit: async (job, options) => {
          const commitment = await prover.commit(job, options);
          committed = performance.now();
          return commitment;
        },
      },
      {
        trace,
        words: wholeStatementWords(header, [visit]),
        set,
        evmChainId: 31_337n,
        proofSystem: SENDER,
        commitments,
      },
      {},
    );
    const end = performance.now();
    const sum = (of: (result: (typeof results)[number]) => number): number =>
      results.reduce((total, result) => total + of(result), 0);
    const columns = [
      filled - start,
      trace.rows,
      proving - filled,
      committed - committing,
      sum(({ witnessMilliseconds }) => witnessMilliseconds),
      sum(({ proveMilliseconds }) => proveMilliseconds),
      end - start,
    ];
    console.log(
      `  call ${call + 1}, ${results.length} proofs   ${columns.map((value) => value.toFixed(0).padStart(10)).join("")}`,
    );
    await machine.persist();
    // What vouches for the code's instructions is added for each proof.
    const vouching = trace.codes.flatMap(({ slot, used }) => {
      const types = CODE_TYPES[slot];
      return types === undefined ? [] : [types.head, ...[...used].map(() => types.row)];
    });
    if (call === calls - 1) printChips([...traced.rows.map(({ type }) => type), ...vouching], results.length);
  }
} finally {
  await prover.close();
  await machine.close();
}
