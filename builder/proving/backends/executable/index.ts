import { access, constants, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { BackendFailedError } from "../../errors.ts";
import { checkedProvingKeys } from "../../load-circuit.ts";
import type { Backend, BackendKind, BackendOptions, UnverifiedProof, WitnessJob } from "../backend.ts";
import { runProver } from "./run-prover.ts";

/**
 * Any program that is called like rapidsnark's: `prover <zkey> <wtns> <proof.json> <public.json>`. It reads
 * the key again for each proof, and the witness goes through a file.
 */
export function executableBackend(given: string): BackendKind {
  const program = resolve(given);
  return {
    name: program,
    unavailableReason: async () =>
      (await isExecutable(program)) ? undefined : `${program} is not a program that may be run here`,
    open: (options) => openExecutable(program, options),
  };
}

async function openExecutable(program: string, { circuits, threads }: BackendOptions): Promise<Backend> {
  const zkeys = await checkedProvingKeys(circuits);
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();

  async function prove({ circuit, witness }: WitnessJob, signal: AbortSignal): Promise<UnverifiedProof> {
    const zkey = zkeys.get(circuit)?.zkey;
    if (zkey === undefined) throw new RangeError(`no proving key of ${circuit}`);
    const call = {
      program,
      zkey,
      witness: await witness(),
      threads,
      signal: AbortSignal.any([signal, closing.signal]),
    };
    const proving = runProver(call).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new BackendFailedError(program, reason, { cause });
    });
    running.add(proving);
    try {
      return await proving;
    } finally {
      running.delete(proving);
    }
  }

  return {
    name: program,
    // One proof uses all threads.
    slots: 1,
    circuits: new Set(zkeys.keys()),
    prove,
    proveCommitted: prove,
    async close() {
      closing.abort();
      await Promise.allSettled(running);
    },
  };
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
