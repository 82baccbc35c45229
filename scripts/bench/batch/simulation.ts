/**
 * A batch through the pool in virtual time: its own `assign`, asked when it asks but for looks at who is
 * late, and its own `Member`, which knows how fast a backend is and when it is free. What is left out:
 * starting threads, the network, failures, and that stages share processors.
 */
import type { Backend } from "../../../builder/proving/backends/backend.ts";
import { Member } from "../../../builder/proving/pool/member.ts";
import { assign } from "../../../builder/proving/pool/schedule.ts";
import { byUrgency } from "../../../builder/proving/pool/ticket.ts";
import { WITNESS_THREADS } from "../../../builder/proving/threads/threads.ts";
import { VirtualClock, VirtualThreads } from "./virtual-time.ts";

/** What one proof of a circuit takes. Milliseconds. */
export interface StageCosts {
  readonly constraints: number;
  /** In a thread of the pool that computes it. */
  readonly witness: number;
  /** All that the prover does. */
  readonly work: number;
  /** In a thread of a pool. */
  readonly verify: number;
}

export interface Fleet {
  readonly workers: number;
  /** Of each worker. */
  readonly slots: number;
  /** Workers are elsewhere: they compute witnesses and verify, too. */
  readonly remote?: {
    /** Jobs that each takes beyond its slots. */
    readonly ahead: number;
    /** Milliseconds that a proof's second verification takes, here. */
    readonly verify: number;
  };
}

export interface SimulatedJob {
  readonly costs: StageCosts;
  readonly priority: number;
}

/** Milliseconds from handing over all jobs to the last verified proof. */
export function simulateBatch(jobs: readonly SimulatedJob[], fleet: Fleet): number {
  const pool = new VirtualPool(fleet, rateOf(jobs));
  for (const job of jobs) pool.prove(job);
  return pool.run();
}

/** Milliseconds per constraint as a pool has measured it that is warm. */
function rateOf(jobs: readonly SimulatedJob[]): number {
  const rates = jobs.map(({ costs: { work, constraints } }) => work / constraints);
  return rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
}

interface Ticket extends SimulatedJob {
  readonly constraints: number;
  state: "waiting" | "running" | "done";
  /** What waits for the witness; nothing before it is asked for, and none once it is there. */
  witness: (() => void)[] | "computed" | undefined;
}

class VirtualPool {
  readonly #clock = new VirtualClock();
  readonly #threads = new VirtualThreads(this.#clock, WITNESS_THREADS);
  readonly #members: readonly Member[];
  readonly #remote: Fleet["remote"];
  /**
   * What verifies and what proves in each worker elsewhere; a witness is computed from when it has the job.
   */
  readonly #elsewhere = new Map<
    Member,
    { readonly threads: VirtualThreads; readonly prover: VirtualThreads }
  >();
  #tickets: Ticket[] = [];

  /** @param rate of all workers, milliseconds per constraint. */
  constructor({ workers, slots, remote }: Fleet, rate: number) {
    this.#remote = remote;
    this.#members = Array.from(
      { length: workers },
      (_, index) => new Member(virtualBackend(`${index}`, slots, rate, remote?.ahead ?? 0)),
    );
    for (const member of remote === undefined ? [] : this.#members)
      this.#elsewhere.set(member, {
        threads: new VirtualThreads(this.#clock, WITNESS_THREADS),
        prover: new VirtualThreads(this.#clock, slots),
      });
  }

  prove(job: SimulatedJob): void {
    const { constraints } = job.costs;
    this.#tickets.push({ ...job, constraints, state: "waiting", witness: undefined });
    this.#tickets.sort(byUrgency);
  }

  /** @returns when the last proof was verified. */
  run(): number {
    // As the pool does: once all of the batch is there.
    this.#dispatch();
    this.#clock.run();
    if (this.#tickets.some(({ state }) => state !== "done")) throw new Error("a simulated proof never ended");
    return this.#clock.now;
  }

  #dispatch(): void {
    const { now } = this.#clock;
    const waiting = this.#tickets.filter(({ state }) => state === "waiting");
    const candidates = [...this.#members.keys()];
    const chosen = assign(
      this.#members.map((member) => member.capacity(now, () => NaN)),
      waiting.map(({ costs: { constraints } }) => ({
        circuit: circuitOf(constraints),
        constraints,
        candidates,
      })),
    );
    let ahead =
      this.#remote !== undefined ? 0 : this.#members.reduce((sum, { backend }) => sum + backend.slots, 0);
    for (const [index, ticket] of waiting.entries()) {
      const member = this.#members[chosen[index] ?? NaN];
      if (member !== undefined) this.#attempt(ticket, member);
      else if (ahead > 0) {
        this.#witness(ticket, () => undefined);
        ahead--;
      }
    }
  }

  #attempt(ticket: Ticket, member: Member): void {
    const { constraints, witness, work, verify } = ticket.costs;
    const attempt = member.begin(
      this.#clock.now,
      member.timeOf({ circuit: circuitOf(constraints), constraints }, () => NaN),
    );
    ticket.state = "running";
    const elsewhere = this.#elsewhere.get(member);
    const answered = (): void => {
      const took = this.#clock.now - (attempt.startedAt ?? NaN);
      member.end(attempt, this.#clock.now);
      this.#threads.run(
        () => this.#remote?.verify ?? verify,
        () => {
          member.succeeded(circuitOf(constraints), constraints, elsewhere === undefined ? work : took);
          ticket.state = "done";
        },
      );
      this.#dispatch();
    };
    if (elsewhere === undefined) {
      this.#witness(ticket, () => this.#clock.after(work, answered));
      return;
    }
    const witnessed = this.#clock.now + witness;
    elsewhere.prover.run(
      () => Math.max(0, witnessed - this.#clock.now) + work,
      () => elsewhere.threads.run(() => verify, answered),
    );
  }

  #witness(ticket: Ticket, then: () => void): void {
    if (ticket.witness === "computed") then();
    else if (ticket.witness !== undefined) ticket.witness.push(then);
    else {
      const waiting = [then];
      ticket.witness = waiting;
      this.#threads.run(
        () => ticket.costs.witness,
        () => {
          ticket.witness = "computed";
          for (const each of waiting) each();
        },
      );
    }
  }
}

/** Circuits of a simulation differ by their size alone. */
function circuitOf(constraints: number): string {
  return String(constraints);
}

/** One that is never called: only its slots and its speed count. */
function virtualBackend(name: string, slots: number, measuredRate: number, ahead: number): Backend {
  return {
    name,
    slots,
    ahead,
    circuits: new Set<string>(),
    measuredRate,
    prove: () => Promise.reject(new Error("a simulated backend proves nothing")),
    proveCommitted: () => Promise.reject(new Error("a simulated backend proves nothing")),
    close: () => Promise.resolve(),
  };
}
