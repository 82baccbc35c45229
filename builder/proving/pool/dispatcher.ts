import type { Backend } from "../backends/backend.ts";
import { ProofFailedError, ProverBusyError, WrongCommitmentError } from "../errors.ts";
import type { ProveOptions } from "../prover.ts";
import { inTime } from "./in-time.ts";
import { assumedRate, Member, Recalled } from "./member.ts";
import type { BackendStatus } from "../backend-status.ts";
import type { PoolEvent, PoolOptions } from "./options.ts";
import { assign } from "./schedule.ts";
import { byUrgency, Ticket } from "./ticket.ts";
import { type Work, WrongResult } from "./work.ts";

/** Attempts at one job, each on another backend if there is one. */
const MAX_ATTEMPTS = 4;
const QUEUE_LIMIT = 1_000;
const TIMEOUT_MS = 120_000;
/** An attempt that takes so many times as long as expected hangs; it gets twice as long each time. */
const TIMEOUT_FACTOR = 10;
const LEAST_TIMEOUT_MS = 15_000;
/** Milliseconds between two looks at who is free: often enough, and no more than a timer can. */
const LEAST_DELAY_MS = 10;
const LONGEST_DELAY_MS = 60_000;
/**
 * Spreads work over backends: each piece to the one where it ends first, by the speeds measured so far. A
 * backend may die, hang or lie: its work goes to another one, it rests, and one that lied gets no more.
 */
export class Dispatcher {
  readonly #options: Omit<PoolOptions, "circuits">;
  readonly #members = new Map<string, Member>();
  /**
   * Names of those that made a wrong proof or commitment: they get no more jobs, also when they come back.
   */
  readonly #quarantined = new Set<string>();
  /** Jobs without a result, in the order of their urgency. */
  #tickets: Ticket[] = [];
  #wake: NodeJS.Timeout | undefined;
  #dispatching: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(options: Omit<PoolOptions, "circuits">) {
    this.#options = options;
    for (const backend of options.backends) this.add(backend);
  }

  get backends(): readonly BackendStatus[] {
    return [...this.#members.values()].map(({ backend, running, rate, record }) => ({
      name: backend.name,
      slots: backend.slots,
      running,
      quarantined: this.#quarantined.has(backend.name),
      ...(rate === undefined ? {} : { rate }),
      ...record,
    }));
  }

  /** A backend joins. One of the same name is replaced, unless that is in quarantine. */
  add(backend: Backend): void {
    if (this.#quarantined.has(backend.name)) return;
    this.#members.set(backend.name, new Member(backend));
    this.#emit({ type: "joined", backend: backend.name });
    this.#dispatchSoon();
  }

  /**
   * A backend has gone. What it was working on fails there, as its `prove` says, and goes to others, as does
   * what it has not begun.
   */
  remove(name: string): void {
    const member = this.#members.get(name);
    if (this.#quarantined.has(name) || member === undefined) return;
    this.#members.delete(name);
    member.recallWaiting();
    this.#emit({ type: "left", backend: name });
    this.#dispatchSoon();
  }

  /** It gets no more work. */
  quarantine(name: string, circuit: string, reason: string): void {
    if (this.#quarantined.has(name)) return;
    this.#quarantined.add(name);
    this.#members.get(name)?.lied();
    this.#members.get(name)?.recallWaiting();
    this.#emit({ type: "quarantined", backend: name, circuit, reason });
  }

  /**
   * The verified result of a piece of work.
   * @param makeWork is given what fires when the result is no longer wanted.
   * @throws `PROOF_FAILED`, `PROVER_BUSY`, `WRONG_COMMITMENT`.
   */
  async make<Result>(
    circuit: string,
    makeWork: (signal: AbortSignal) => Work<Result>,
    { signal, priority = 0 }: ProveOptions = {},
  ): Promise<Result> {
    if (this.#closed) throw new ProofFailedError(circuit, "the prover was closed");
    if (signal?.aborted)
      throw new ProofFailedError(circuit, "the job was cancelled", { cause: signal.reason });
    const limit = this.#options.queueLimit ?? QUEUE_LIMIT;
    if (this.#waiting.length >= limit + this.#room) throw new ProverBusyError(limit);
    const { ticket, result } = Ticket.of(makeWork, priority);
    const cancel = (): void => {
      ticket.reject(new ProofFailedError(circuit, "the job was cancelled", { cause: signal?.reason }));
    };
    signal?.addEventListener("abort", cancel);
    this.#tickets.push(ticket);
    this.#tickets.sort(byUrgency);
    this.#dispatchSoon();
    try {
      return await result;
    } finally {
      signal?.removeEventListener("abort", cancel);
      this.#tickets = this.#tickets.filter((each) => each !== ticket);
      this.#dispatchSoon();
    }
  }

  /** Fails what is not done, and closes the backends. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#wake);
    clearImmediate(this.#dispatching);
    for (const ticket of this.#tickets)
      ticket.reject(new ProofFailedError(ticket.circuit, "the prover was closed"));
    await Promise.all([...this.#members.values()].map(({ backend }) => backend.close()));
  }

  get #trusted(): Member[] {
    return [...this.#members.values()].filter(({ backend }) => !this.#quarantined.has(backend.name));
  }

  get #waiting(): Ticket[] {
    return this.#tickets.filter(({ isRunning, isSettled }) => !isRunning && !isSettled);
  }

  /** Jobs that backends are about to take. */
  get #room(): number {
    const now = performance.now();
    return this.#trusted.reduce((sum, member) => sum + member.room(now), 0);
  }

  /**
   * Not before all that is being handed over now is here: otherwise whatever comes first would start, and not
   * the longest.
   */
  #dispatchSoon(): void {
    if (this.#closed) return;
    this.#dispatching ??= setImmediate(() => {
      this.#dispatching = undefined;
      this.#dispatch();
    });
  }

  /** Starts what can be started now. */
  #dispatch(): void {
    const now = performance.now();
    const members = this.#trusted;
    const waiting = this.#waiting;
    const candidates = waiting.map((ticket) => this.#candidates(ticket, members));
    const assumed = (circuit: string): number => assumedRate(circuit, members);
    const chosen = assign(
      members.map((member) => member.capacity(now, assumed)),
      waiting.map(({ circuit, constraints }, index) => ({
        circuit,
        constraints,
        candidates: candidates[index] ?? [],
      })),
    );
    // The witnesses of the next ones are ready when backends are.
    let ahead = members.reduce(
      (sum, { backend }) => sum + (backend.computesWitness === true ? 0 : backend.slots),
      0,
    );
    for (const [index, ticket] of waiting.entries()) {
      const member = members[chosen[index] ?? NaN];
      if (candidates[index]?.length !== 0) ticket.clearJoinTimer();
      if (member !== undefined) void this.#attempt(ticket, member, member.timeOf(ticket, assumed));
      else if (candidates[index]?.length === 0) this.#failIfNobodyCan(ticket);
      else if (ahead > 0) {
        ticket.prepare();
        ahead--;
      }
    }
    this.#wakeLater(members, now);
  }

  /**
   * Indices of those that could make it; those that failed at it only if there are no others. What holds its
   * trace comes first: it is given the job where others would not end sooner.
   */
  #candidates(ticket: Ticket, members: readonly Member[]): number[] {
    const able = [...members.keys()].filter(
      (index) => members[index]?.backend.circuits.has(ticket.circuit) === true,
    );
    const holds = (index: number): number => (members[index]?.backend.name === ticket.holder ? 0 : 1);
    if (ticket.holder !== undefined) able.sort((a, b) => holds(a) - holds(b));
    const untried = able.filter((index) => {
      const member = members[index];
      return member !== undefined && !ticket.tried.has(member);
    });
    return untried.length > 0 ? untried : able;
  }

  /** No backend can make it: it fails, unless one joins in time. */
  #failIfNobodyCan(ticket: Ticket): void {
    const { circuit } = ticket;
    const fail = (): void => {
      if (!ticket.isRunning && this.#candidates(ticket, this.#trusted).length === 0)
        ticket.reject(
          new ProofFailedError(circuit, `no prover that has its keys is left. ${ticket.failure}`),
        );
    };
    const { joinTimeout = 0 } = this.#options;
    if (joinTimeout === 0) fail();
    else
      ticket.joinTimer ??= setTimeout(() => {
        ticket.joinTimer = undefined;
        fail();
      }, joinTimeout).unref();
  }

  /** Looks again when a backend has rested, and while jobs wait for one when that should have ended. */
  #wakeLater(members: readonly Member[], now: number): void {
    clearTimeout(this.#wake);
    // No backend can take a job before another one ends, and then this is done anyway.
    const waitsForSlot = this.#waiting.length > 0 && members.some((member) => member.room(now) > 0);
    const delays = members
      .flatMap((member) => [member.backoffLeft(now), ...(waitsForSlot ? member.freeIn(now) : [])])
      .filter((delay) => delay > 0);
    if (delays.length === 0) return;
    const delay = Math.min(LONGEST_DELAY_MS, Math.max(LEAST_DELAY_MS, Math.min(...delays)));
    this.#wake = setTimeout(() => this.#dispatchSoon(), delay);
  }

  async #attempt(ticket: Ticket, member: Member, expected: number): Promise<void> {
    ticket.isRunning = true;
    const start = performance.now();
    const attempt = member.begin(start, expected);
    const ended = (): void => member.end(attempt, performance.now());
    try {
      const limit = this.#limitOf(ticket, member, expected);
      const signal = AbortSignal.any([ticket.signal, attempt.recalled]);
      const { backend } = member;
      const run = (either: AbortSignal) => ticket.run(backend, either);
      const made = await inTime(backend.name, run, signal, limit, attempt.started);
      // Elsewhere, the way there and the witness are a part of its speed.
      const elapsed = performance.now() - (attempt.startedAt ?? start);
      const measured = backend.computesWitness === true ? elapsed : made.milliseconds;
      // It may go on while its proof is verified.
      ended();
      this.#dispatchSoon();
      const deliver = await made.verify();
      // Commitments do not show how fast it proves.
      if (ticket.step === "proof") member.succeeded(ticket.circuit, ticket.constraints, measured);
      ticket.resolve(deliver);
    } catch (error) {
      if (ticket.isSettled || error instanceof Recalled) return;
      if (error instanceof ProofFailedError || error instanceof WrongCommitmentError) {
        ticket.reject(error);
        return;
      }
      this.#blame(ticket, member, error);
    } finally {
      ended();
      ticket.isRunning = false;
      this.#dispatchSoon();
    }
  }

  /** A backend failed at a sound job. */
  #blame(ticket: Ticket, member: Member, error: unknown): void {
    const { circuit } = ticket;
    const { name } = member.backend;
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof WrongResult) this.quarantine(name, circuit, reason);
    else member.failed(performance.now());
    member.recallWaiting();
    ticket.tried.add(member);
    ticket.attempts++;
    ticket.failure = `${name}: ${reason}`;
    if (ticket.attempts >= MAX_ATTEMPTS)
      ticket.reject(
        new ProofFailedError(circuit, `after ${MAX_ATTEMPTS} attempts: ${reason}`, { cause: error }),
      );
    else this.#emit({ type: "retried", backend: name, circuit, reason });
  }

  /** Milliseconds that an attempt may take. */
  #limitOf(ticket: Ticket, member: Member, expected: number): number {
    const { timeout = TIMEOUT_MS } = this.#options;
    if (member.rateOf(ticket.circuit) === undefined) return timeout;
    return Math.min(timeout, Math.max(LEAST_TIMEOUT_MS, expected * TIMEOUT_FACTOR) * 2 ** ticket.attempts);
  }

  #emit(event: PoolEvent): void {
    this.#options.listener?.(event);
  }
}
