/**
 * The proof of `Counter.increment()`, called from L1: `node scripts/bench/evm.ts [calls]`, 5 by default. What
 * the circuit is made of, and for each call the time of each step. Gas: `npm start` shows it.
 */
import type { Address } from "viem";
import { emitCircuit } from "../../circuits/bus/emit.ts";
import { circuit } from "../../circuits/evm/index.ts";
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
import { createLocalProver } from "../../builder/proving/local-prover.ts";
import { loadPoseidon } from "../../builder/state/poseidon.ts";

const calls = Number(process.argv[2] ?? 5);
const SENDER: Address = "0x00000000000000000000000000000000c0ffee01";
const known = knownKind("proven-evm");
const circuits = await prepareArtefacts({ kinds: [known] });

console.log("\nconstraints of the circuit by part (rows × constraints of one), the largest first");
const parts = emitCircuit(circuit).parts.toSorted((a, b) => b.rows * b.constraints - a.rows * a.constraints);
for (const { name, rows, constraints } of parts.slice(0, 12))
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
const [set = "0x"] = Object.values(known.scheme.keys(known.kind, circuits));
console.log(
  "\nmilliseconds                trace  rows      fill and check   witnesses   proofs   all, by the clock",
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
    const { results } = await proveStatement(
      prover,
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
      sum(({ witnessMilliseconds }) => witnessMilliseconds),
      sum(({ proveMilliseconds }) => proveMilliseconds),
      end - start,
    ];
    console.log(
      `  call ${call + 1}, ${results.length} proofs   ${columns.map((value) => value.toFixed(0).padStart(10)).join("")}`,
    );
    await machine.persist();
  }
} finally {
  await prover.close();
  await machine.close();
}
