import pc from "picocolors";
import { createPublicClient, type Hex, http } from "viem";
import { L1 } from "../../protocol/ids.ts";
import type { Circuits } from "../../node/circuits.ts";
import type { DevnetDescription } from "../../node/deployment/description.ts";
import { Names, type NamedContract } from "../../devnet/names.ts";
import { type PostedTransaction, readPostedTransaction } from "./posted.ts";
import { knownKind } from "../../node/kinds/index.ts";
import type { BatchTiming, BatchTimings } from "./batch-timings.ts";
import { executionLines } from "./execution-lines.ts";
import { UNPROVEN_LABEL } from "./unproven-label.ts";

export interface ShowOptions {
  readonly devnet: DevnetDescription;
  readonly circuits: Circuits;
  readonly timings: BatchTimings;
  /** Names for contracts beside those that rollups have from the beginning. */
  readonly contracts: readonly NamedContract[];
  readonly print: (line: string) => void;
}

/** Prints what a transaction did on all chains, read from L1, and how long the builder took for it. */
export async function showTransaction(hash: Hex, options: ShowOptions): Promise<void> {
  const { devnet, print } = options;
  const l1 = createPublicClient({ transport: http(devnet.l1.rpc) });
  const posted = await readPostedTransaction(l1, devnet.l1.rollups, hash);
  if (posted === undefined) {
    print(`  transaction ${hash} crossed no chains`);
    return;
  }
  showExecutions(posted, namesOf(options), print);
  showProofs(posted, options);
  showGas(posted, print);
  const timing = options.timings.timingOf(hash);
  if (timing !== undefined) showTimings(timing, print);
}

/** Chains whose state nothing proves are red. */
function namesOf({ devnet, contracts }: ShowOptions): Names {
  const chains = devnet.rollups.map(
    ({ id, name, proven }) => [BigInt(id), proven ? name : pc.red(name)] as const,
  );
  const own = devnet.rollups.map(({ id, kind }) => ({ chain: BigInt(id), ...knownKind(kind).contract }));
  return new Names(new Map([[L1, "L1"], ...chains]), [...own, ...contracts]);
}

function showExecutions(
  { batch, transaction }: PostedTransaction,
  names: Names,
  print: ShowOptions["print"],
): void {
  const count = batch.executions.length;
  const calls = `${count} cross-chain ${count === 1 ? "call" : "calls"}`;
  print(`  ${pc.bold(transaction.transactionHash)}, block ${transaction.blockNumber}: ${calls}`);
  batch.executions.forEach((execution, index) => {
    const first = `${index + 1}.`.padEnd(3);
    executionLines(execution, names).forEach((line, position) => {
      print(`    ${position === 0 ? first : "   "}${line}`);
    });
  });
}

function showProofs({ batch }: PostedTransaction, { circuits, devnet, print }: ShowOptions): void {
  const byCircuit = Map.groupBy(batch.proofs, ({ verificationKey }) => verificationKey);
  const kinds = new Set(devnet.rollups.filter(({ proven }) => proven).map(({ kind }) => knownKind(kind)));
  for (const { kind, scheme } of kinds) {
    for (const [name, key] of Object.entries(scheme.keys(kind, circuits))) {
      const proofs = byCircuit.get(key) ?? [];
      const count = proofs.reduce((sum, { proof }) => sum + scheme.proofsIn(proof), 0);
      const size = circuits.get(name)?.artefacts.constraints.toLocaleString("en") ?? "?";
      if (count > 0)
        print(
          `    ${count} Groth16 ${count === 1 ? "proof" : "proofs"} of circuit ${name} (${size} constraints)`,
        );
    }
  }
  for (const { id, name, proven } of devnet.rollups) {
    const visits = batch.proofs.filter(({ rollup }) => rollup === BigInt(id)).length;
    if (proven || visits === 0) continue;
    print(`    ${UNPROVEN_LABEL}: what ${name} did (${visits} ${visits === 1 ? "visit" : "visits"})`);
  }
}

function showGas({ transaction, posting }: PostedTransaction, print: ShowOptions["print"]): void {
  const own =
    transaction.transactionHash === posting.transactionHash
      ? ""
      : `, the transaction itself ${transaction.gasUsed.toLocaleString("en")}`;
  print(`    gas: postBatch ${posting.gasUsed.toLocaleString("en")}${own}`);
}

function showTimings({ simulate, proofs, post }: BatchTiming, print: ShowOptions["print"]): void {
  const sum = (times: readonly number[]): string => seconds(times.reduce((total, time) => total + time, 0));
  const steps = [
    `simulate ${seconds(simulate)}`,
    `witness ${sum(proofs.map(({ witnessMilliseconds }) => witnessMilliseconds))}`,
    `prove ${sum(proofs.map(({ proveMilliseconds }) => proveMilliseconds))}`,
    `post ${seconds(post)}`,
  ];
  print(`    time: ${steps.join(", ")}`);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(2)} s`;
}
