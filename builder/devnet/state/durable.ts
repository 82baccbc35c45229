import { createHash } from "node:crypto";
import { type KnownKind } from "../../node/kinds/index.ts";
import { step } from "../../node/progress.mjs";
import type { DevnetAccounts } from "../accounts.ts";
import type { DevnetRollup } from "../devnet-rollups.ts";
import { DevnetStateError } from "./errors.ts";
import { type KeptState, readState } from "./file.ts";
import { L1Recorder } from "./recorder.ts";
import { replay, ReplayDiffersError } from "./replay.ts";

/** What a devnet is, beside what happens on it: its state is no other's. */
export interface DevnetPlan {
  readonly rollups: readonly DevnetRollup[];
  readonly accounts: DevnetAccounts;
  readonly predeploys: readonly string[];
  readonly proofs: string;
  readonly kinds: readonly KnownKind[];
}

/** A devnet's L1 that goes on after a restart. */
export interface DurableL1 {
  readonly file: string;
  readonly identity: string;
  readonly recorder: L1Recorder;
  /** Seconds since 1970. */
  readonly genesis: number;
  /** What happened before this start, if anything did. */
  readonly kept: KeptState | undefined;
}

/** @throws {DevnetStateError}, {UnsupportedFormatError} */
export async function openDurable(file: string, plan: DevnetPlan): Promise<DurableL1> {
  const identity = await identityOf(plan);
  const kept = await readState(file, identity);
  const genesis = kept?.genesis ?? Math.floor(Date.now() / 1_000);
  const recorder = new L1Recorder();
  if (kept === undefined) recorder.begin([], 0);
  return { file, identity, recorder, genesis, kept };
}

async function identityOf({ rollups, accounts, predeploys, proofs, kinds }: DevnetPlan): Promise<string> {
  const roots = await Promise.all(kinds.map(async ({ kind }) => (await kind.genesisRoot()).toString()));
  const addresses = accounts.all.map(({ address }) => address);
  const text = JSON.stringify([
    rollups.map(({ name, kind }) => [name, kind]),
    addresses,
    predeploys,
    proofs,
    roots,
  ]);
  return createHash("sha256").update(text).digest("hex");
}

/**
 * Brings L1 to where it was.
 * @throws {DevnetStateError} where it comes out otherwise.
 */
export async function restore({ file, recorder }: DurableL1, kept: KeptState, rpc: string): Promise<void> {
  const blocks = `${kept.entries.length} steps of L1`;
  const cutOff = "; the last change, which was being written when the devnet was killed, is left out";
  try {
    const head = await step(`going through ${blocks} again${kept.isCutOff ? cutOff : ""}`, (report) =>
      replay(rpc, kept.entries, kept.clock, report),
    );
    recorder.clock = kept.clock;
    recorder.begin(kept.lines, head);
  } catch (cause) {
    if (!(cause instanceof ReplayDiffersError)) throw cause;
    const reason = `does not come out as it was: ${cause.message}. It is of another version; name another file`;
    throw new DevnetStateError(file, reason, { cause });
  }
}
