/**
 * A batch through the pool in virtual time: its own `assign`, asked when it asks, and its own `Member`, which knows how fast a
 * backend is and when it is free. What is left out: starting threads, the network, failures, and that stages share processors.
 */
import type { Backend } from "../../../builder/proof/backends/backend.ts";
import { Member } from "../../../builder/proof/pool/member.ts";
import { assign } from "../../../builder/proof/pool/schedule.ts";
import { byUrgency } from "../../../builder/proof/pool/ticket.ts";
import { WITNESS_THREADS } from "../../../builder/proof/threads/threads.ts";
import { VirtualClock, VirtualThreads } from "./virtual-time.ts";

/** What one proof of a circuit takes. Milliseconds. */
export interface StageCosts {
  readonly constraints: number;
  /** In a thread of the pool; not there if workers compute it. */
  readonly witness: number;
  /** All that the worker does. */
  readonly work: number;
  /** In a thread of the pool. */
  readonly verify: number;
}

export interface Fleet {
  readonly workers: number;
  /** Of each worker. */
  readonly slots: number;
  readonly computesWitness: boolean;
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
  readonly #computesWitness: boolean;
  #tickets: Ticket[] = [];

  /** @param rate of all workers, milliseconds per constraint. */
  constructor({ workers, slots, computesWitness }: Fleet, rate: number) {
    this.#computesWitness = computesWitness;
    this.#members = Array.from(
      { length: workers },
      (_, index) => new Member(virtualBackend(`${index}`, slots, rate)),
    );
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
      this.#members.map((member) => ({ freeIn: member.freeIn(now), rate: member.rate ?? NaN })),
      waiting.map(({ constraints }) => ({ constraints, candidates })),
    );
    let ahead = this.#computesWitness
      ? 0
      : this.#members.reduce((sum, { backend }) => sum + backend.slots, 0);
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
    const { constraints, work, verify } = ticket.costs;
    const ended = member.begin(this.#clock.now, (member.rate ?? NaN) * constraints);
    ticket.state = "running";
    const verified = (): void => {
      member.succeeded(constraints, work);
      ticket.state = "done";
    };
    const proven = (): void => {
      ended();
      this.#threads.run(verify, verified);
      this.#dispatch();
    };
    const start = (): void => this.#clock.after(work, proven);
    if (this.#computesWitness) start();
    else this.#witness(ticket, start);
  }

  #witness(ticket: Ticket, then: () => void): void {
    if (ticket.witness === "computed") then();
    else if (ticket.witness !== undefined) ticket.witness.push(then);
    else {
      const waiting = [then];
      ticket.witness = waiting;
      this.#threads.run(ticket.costs.witness, () => {
        ticket.witness = "computed";
        for (const each of waiting) each();
      });
    }
  }
}

/** One that is never called: only its slots and its speed count. */
function virtualBackend(name: string, slots: number, measuredRate: number): Backend {
  return {
    name,
    slots,
    circuits: new Set<string>(),
    measuredRate,
    prove: () => Promise.reject(new Error("a simulated backend proves nothing")),
    close: () => Promise.resolve(),
  };
}
