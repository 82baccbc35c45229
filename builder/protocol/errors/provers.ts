import type { ErrorDescriptors } from "./descriptor.ts";

/** Making proofs. */
export const PROVER_ERRORS = {
  PROOF_FAILED: {
    title: "no proof could be made",
    meaning: "The witness does not satisfy the circuit, or every prover failed. The message has the reason.",
    remedy: "If a prover failed, see its output with `LOCKSTEP_LOG=debug`. Otherwise a fault: report it.",
  },
  BACKEND_FAILED: {
    title: "a prover failed",
    meaning: "One prover could not make a proof, through no fault of the job. Other provers are tried.",
    remedy: "`npm run provers` tries each prover of this machine.",
  },
  BACKEND_UNAVAILABLE: {
    title: "a prover cannot run here",
    meaning: "The prover that was asked for does not run on this machine. The message says why.",
    remedy: "Choose another with `--prover`; `npm run provers` lists them.",
  },
  UNKNOWN_BACKEND: {
    title: "no such prover",
    meaning: "`--prover` names neither a known prover nor, with a slash, the path of a program.",
    remedy: "`npm run provers` lists the names.",
  },
  WORKER_BUILD: {
    title: "a native prover could not be built",
    meaning: "Compiling the worker failed. A slower prover is used instead.",
    remedy: "The message says what is missing. `npm run provers` tries again.",
  },
  CIRCUIT_NOT_LOADED: {
    title: "the prover has no keys for the circuit",
    meaning: "A job names a circuit whose artefacts the prover was not given.",
    remedy: "Start the prover with the circuits of every kind that the builder runs.",
  },
  PROVER_BUSY: {
    title: "too many proofs wait",
    meaning: "The prover's queue is full.",
    remedy: "Send it again when some are made, or add provers with `npm run prover-worker`.",
  },
  WRONG_COMMITMENT: {
    title: "a commitment is not one to its trace",
    meaning: "What a prover committed to in a proof's first step is another trace than the job's.",
    remedy: "The statement's proofs are made again from the first step; that prover gets no more jobs.",
  },
  REDIS_UNREACHABLE: {
    title: "Redis does not answer",
    meaning: "There is no Redis or Valkey at the address of `--redis`.",
    remedy: "Start it, or correct the address.",
  },
  REDIS_REFUSED: {
    title: "Redis refuses the worker",
    meaning: "Redis answers, but refuses the password, a right or the memory that is needed.",
    remedy: "Correct the user and password in `--redis`, or what Redis allows them.",
  },
  UNUSABLE_JOB: {
    title: "a prover worker cannot take a job",
    meaning: "The worker has not the job's circuit, or the job's input is gone. Other provers are tried.",
    remedy: "Run workers and builder in the same version and with the same keys.",
  },
  TRACE_UNSOUND: {
    title: "the trace of a visit does not hold",
    meaning:
      "What would prove the visit contradicts itself: a row is broken, or the bus is not balanced. That is a " +
      "fault of the builder. Nothing was proven or posted.",
    remedy: "Report it, with the message. The transaction is tried again.",
  },
  PROOF_MISMATCH: {
    title: "the proof states something else",
    meaning: "A proof does not state the visit that it was made for. Nothing was posted.",
    remedy: "A fault of the kind's witness or of the prover: report it.",
  },
} as const satisfies ErrorDescriptors;
