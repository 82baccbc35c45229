import { z } from "zod";
import { createLocalProver } from "../../proving/local-prover.ts";
import { ProverWorker } from "../../proving/redis/prover-worker.ts";
import { prepareCircuits } from "../../node/artefacts.ts";
import { keyedKinds } from "../../node/kinds/keyed.ts";
import { keysFolder, parseConfiguration, redisUrl } from "../../node/configuration.ts";
import { logger } from "../log.ts";
import { shutdownAsked } from "../shutdown.ts";

const workerConfiguration = z.object({
  redis: redisUrl,
  prover: z.string().min(1).optional(),
  threads: z.coerce.number().int().min(1).max(1_024).optional(),
  keys: keysFolder,
});

/** Proves for builders elsewhere until the process is told to stop. */
export async function runProverWorker(options: unknown): Promise<void> {
  const { redis, prover: backend, threads, keys } = parseConfiguration(workerConfiguration, options);
  const log = logger("info");
  const given = keys === undefined ? {} : { keys, kinds: keyedKinds(keys) };
  const circuits = [...(await prepareCircuits(given)).values()].map(({ artefacts }) => artefacts);
  await using cleanup = new AsyncDisposableStack();
  const prover = await createLocalProver({ artefacts: circuits, threads, backend });
  cleanup.defer(() => prover.close());
  const slots = prover.backends.reduce((sum, backend) => sum + backend.slots, 0);
  const worker = await ProverWorker.start({
    url: redis,
    prover,
    slots,
    circuits,
    listener: (event) => {
      if (event.failure === undefined) log.info(event, "proven");
      else log.warn(event, "not proven");
    },
    onRefused: ({ code, message }) => log.error({ code }, message),
  });
  cleanup.use(worker);
  log.info(
    {
      id: worker.id,
      slots,
      backends: prover.backends.map(({ name }) => name),
      circuits: circuits.map(({ instance }) => instance),
    },
    "prover worker is up",
  );
  await shutdownAsked();
  log.info("stopping");
}
