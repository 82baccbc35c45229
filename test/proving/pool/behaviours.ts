import type { UnverifiedProof } from "../../../builder/proving/backends/backend.ts";
import type { CircuitJob } from "../../../builder/proving/circuit-job.ts";
import type { ReadyProofs } from "./ready-proofs.ts";
import type { Behaviour } from "./scripted-backend.ts";

export type Forgery = (
  proofs: ReadyProofs,
  job: Pick<CircuitJob, "circuit" | "commitment">,
) => UnverifiedProof;

/** On the curve, so that nothing but the pairing shows it. */
const pointInAnothersPlace: Forgery = (proofs, job) => {
  const { proof, ...rest } = proofs.of(job);
  return { ...rest, proof: { ...proof, a: proof.c } };
};

/** Answers that look like proofs, and why each is none. */
export const FORGERIES: Readonly<Record<string, Forgery>> = {
  "a sound proof of another statement": (proofs, job) => proofs.ofAnother(job),
  "another statement's proof beside the statement that was asked for": (proofs, job) => ({
    ...proofs.ofAnother(job),
    publicSignals: proofs.of(job).publicSignals,
  }),
  "a proof of the same commitment but another evaluation": (proofs, job) => {
    const { publicSignals, ...rest } = proofs.of(job);
    const [commitment = 0n, challenge = 0n, evaluation = 0n] = publicSignals;
    return { ...rest, publicSignals: [commitment, challenge, evaluation + 1n] };
  },
  "a statement that ends early": (proofs, job) => {
    const { publicSignals, ...rest } = proofs.of(job);
    return { ...rest, publicSignals: publicSignals.slice(0, 2) };
  },
  "a proof with a changed coordinate": (proofs, job) => {
    const { proof, ...rest } = proofs.of(job);
    return { ...rest, proof: { ...proof, a: [proof.a[0], proof.a[1] + 1n] } };
  },
  "a proof with a point in another's place": pointInAnothersPlace,
};

export function honest(proofs: ReadyProofs): Behaviour {
  return (request) => request.answer(proofs.of(request.job));
}

export function forging(proofs: ReadyProofs, forgery: Forgery = pointInAnothersPlace): Behaviour {
  return (request) => request.answer(forgery(proofs, request.job));
}

export const failing: Behaviour = (request) => request.fail(new Error("out of order"));

/** Never answers, whatever the signal says. */
export const hanging: Behaviour = () => undefined;

/** Never answers, but stops when it is told to. */
export const stoppable: Behaviour = (request) => {
  request.signal.addEventListener("abort", () => request.fail(new Error("stopped")));
};
