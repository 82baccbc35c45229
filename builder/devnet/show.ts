import pc from "picocolors";
import { type Address, createPublicClient, type Hex, http } from "viem";
import { LEDGER } from "../kinds/ledger/abi.ts";
import { hashVerificationKey } from "../keys/verification-key.ts";
import type { Circuits } from "./artefacts.ts";
import type { DevnetDescription } from "./description.ts";
import { type Inclusion, readInclusion } from "./posted.ts";
import type { BatchStory, Storyteller } from "./story.ts";
import { type Names, traceLines } from "./trace.ts";

export interface ShowOptions {
  readonly devnet: DevnetDescription;
  readonly circuits: Circuits;
  readonly stories: Storyteller;
  /** Names for contracts beside the ledger, by address. */
  readonly contracts: Readonly<Record<Address, string>>;
  readonly print: (line: string) => void;
}

/** Prints what a transaction did on all chains, read from L1, and how long the builder took for it. */
export async function showTransaction(hash: Hex, options: ShowOptions): Promise<void> {
  const { devnet, print } = options;
  const l1 = createPublicClient({ transport: http(devnet.l1.rpc) });
  const inclusion = await readInclusion(l1, devnet.l1.rollups, hash);
  if (inclusion === undefined) {
    print(`  transaction ${hash} crossed no chains`);
    return;
  }
  showExecutions(inclusion, namesOf(options), print);
  showProofs(inclusion, options);
  showGas(inclusion, print);
  const story = options.stories.storyOf(hash);
  if (story !== undefined) showTimings(story, print);
}

function namesOf({ devnet, contracts }: ShowOptions): Names {
  const rollups = devnet.rollups.map(({ id, kind }) => [BigInt(id), `${kind} ${id}`] as const);
  const named = Object.entries(contracts).map(([address, name]) => [address.toLowerCase(), name] as const);
  return {
    chains: new Map([[0n, "L1"], ...rollups]),
    contracts: new Map([[LEDGER.toLowerCase(), "Ledger"], ...named]),
  };
}

function showExecutions({ batch, transaction }: Inclusion, names: Names, print: ShowOptions["print"]): void {
  const count = batch.executions.length;
  const calls = `${count} cross-chain ${count === 1 ? "call" : "calls"}`;
  print(`  ${pc.bold(transaction.transactionHash)}, block ${transaction.blockNumber}: ${calls}`);
  batch.executions.forEach((execution, index) => {
    const first = `${index + 1}.`.padEnd(3);
    traceLines(execution, names).forEach((line, position) => {
      print(`    ${position === 0 ? first : "   "}${line}`);
    });
  });
}

function showProofs({ batch }: Inclusion, { circuits, print }: ShowOptions): void {
  const byCircuit = Map.groupBy(batch.proofs, ({ verificationKey }) => verificationKey);
  for (const [name, { artefacts, verificationKey }] of circuits) {
    const proofs = byCircuit.get(hashVerificationKey(verificationKey)) ?? [];
    if (proofs.length === 0) continue;
    const count = `${proofs.length} Groth16 ${proofs.length === 1 ? "proof" : "proofs"}`;
    print(`    ${count} of circuit ${name} (${artefacts.constraints.toLocaleString("en")} constraints)`);
  }
}

function showGas({ transaction, posting }: Inclusion, print: ShowOptions["print"]): void {
  const own =
    transaction.transactionHash === posting.transactionHash
      ? ""
      : `, the transaction itself ${transaction.gasUsed.toLocaleString("en")}`;
  print(`    gas: postBatch ${posting.gasUsed.toLocaleString("en")}${own}`);
}

function showTimings({ simulate, proofs, post }: BatchStory, print: ShowOptions["print"]): void {
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
