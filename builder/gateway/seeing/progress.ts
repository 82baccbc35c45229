import { type Hex, numberToHex } from "viem";
import type { Progress } from "lockstep-client/rpc-types";
import type { Backend } from "../backend.ts";
import { stateOf } from "./activity.ts";
import { batchGas } from "./batch-gas.ts";
import type { SeeingContext } from "./context.ts";
import { find } from "./find.ts";
import type { BuilderMemory, Remembered } from "./memory.ts";
import { servedBatch } from "./served-batch.ts";

/** `lockstep_getProgress`: what this builder did with a transaction, as long as it remembers. */
export async function getProgress(
  context: SeeingContext,
  memory: BuilderMemory,
  hash: Hex,
): Promise<Progress | null> {
  const one = memory.transaction(hash);
  if (one === undefined) return null;
  const { builder } = context;
  const { state, reason } = stateOf(builder, one);
  const timings = timingsOf(builder, one);
  return {
    state,
    reason: reason ?? null,
    acceptedAt: one.acceptedAt,
    simulateMilliseconds: timings.simulate ?? one.simulateMilliseconds ?? null,
    witnessMilliseconds: timings.witness ?? null,
    proveMilliseconds: timings.prove ?? null,
    proofs: memory.proofsOf(one),
    postMilliseconds: one.postMilliseconds ?? timings.post ?? null,
    checkMilliseconds: one.checkMilliseconds ?? timings.check ?? null,
    includedAt: one.includedAt ?? null,
    retries: [...one.retries],
    prerequisites: one.prerequisites.map(({ what, gas, transaction }) => ({
      what,
      gas: numberToHex(gas),
      transaction,
    })),
    gas: one.batch === undefined ? null : await gasOf(context, hash),
    batch: one.batch ?? null,
  };
}

function timingsOf(builder: Pick<Backend, "status">, { hash }: Remembered) {
  const status = builder.status(hash);
  return status?.state === "posted" ? status.timings : {};
}

async function gasOf(context: SeeingContext, hash: Hex): Promise<Progress["gas"]> {
  const found = await find(context, hash);
  const served = found === undefined ? undefined : await servedBatch(context, found.receipt);
  if (served === undefined) return null;
  const { l1, manager } = context.builder;
  return await batchGas(l1, manager, served.batch.transaction, served.transactions);
}
