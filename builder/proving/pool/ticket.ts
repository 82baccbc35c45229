import type { Backend } from "../backends/backend.ts";
import { ProofFailedError } from "../errors.ts";
import type { Member } from "./member.ts";
import type { Made, Work } from "./work.ts";

/** What decides when a job's turn is. */
export interface Urgency extends Pick<Ticket, "priority" | "constraints"> {
  /** By default a proof. */
  readonly step?: Ticket["step"];
}

/** A job from when it was accepted until its one result. */
export class Ticket {
  readonly circuit: string;
  readonly constraints: number;
  readonly step: Work<unknown>["step"];
  readonly holder: string | undefined;
  readonly priority: number;
  /** Those that could not make it. */
  readonly tried = new Set<Member>();
  /** Failures so far, of any backend, and what the last one said. */
  attempts = 0;
  failure = "";
  isRunning = false;
  /** Set while no backend can make it. */
  joinTimer: NodeJS.Timeout | undefined;
  readonly #cancel = new AbortController();
  readonly #work: Work<() => void>;
  readonly #fail: (reason: Error) => void;
  #isSettled = false;

  private constructor(
    makeWork: (signal: AbortSignal) => Work<() => void>,
    priority: number,
    fail: (reason: Error) => void,
  ) {
    this.#work = makeWork(this.#cancel.signal);
    this.#fail = fail;
    this.circuit = this.#work.circuit;
    this.constraints = this.#work.constraints;
    this.step = this.#work.step;
    this.holder = this.#work.holder;
    this.priority = priority;
  }

  /** @param makeWork is given what fires when the result is no longer wanted. */
  static of<Result>(
    makeWork: (signal: AbortSignal) => Work<Result>,
    priority: number,
  ): { readonly ticket: Ticket; readonly result: Promise<Result> } {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const ticket = new Ticket((signal) => delivering(makeWork(signal), resolve), priority, reject);
    return { ticket, result: promise };
  }

  /** Fires when the result is no longer wanted. */
  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** @throws whatever the backend does. What is made hands over the result when it is called. */
  run(backend: Backend, signal: AbortSignal): Promise<Made<() => void>> {
    return this.#work.run(backend, signal);
  }

  resolve(deliver: () => void): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    deliver();
  }

  /** Ends whatever is being done for it. */
  reject(error: Error): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#cancel.abort(error);
    this.#fail(error);
  }

  /** A backend can make it again. */
  clearJoinTimer(): void {
    clearTimeout(this.joinTimer);
    this.joinTimer = undefined;
  }

  /** Has the witness ready when a backend asks. A circuit that refuses the input ends the ticket. */
  prepare(): void {
    this.#work.prepare().catch((error: unknown) => {
      if (error instanceof ProofFailedError) this.reject(error);
    });
  }
}

/** More urgent ones first; among equals commitments, then the longest, so that none is left for the end. */
export function byUrgency(a: Urgency, b: Urgency): number {
  return a.priority - b.priority || rank(a) - rank(b) || b.constraints - a.constraints;
}

function rank({ step }: Urgency): number {
  return step === "commitment" ? 0 : 1;
}

/** The same, whose result is what delivers it. */
function delivering<Result>(work: Work<Result>, deliver: (result: Result) => void): Work<() => void> {
  const { circuit, constraints, step, holder } = work;
  return {
    ...{ circuit, constraints, step },
    ...(holder === undefined ? {} : { holder }),
    prepare: () => work.prepare(),
    async run(backend, signal) {
      const made = await work.run(backend, signal);
      const verify = async (): Promise<() => void> => {
        const result = await made.verify();
        return () => deliver(result);
      };
      return { ...made, verify };
    },
  };
}
