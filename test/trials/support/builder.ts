import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { type Relay, startRelay } from "../../core/relay.ts";

const urls = z.object({ l1: z.string(), ledger: z.string(), a: z.string() });
const message = z.union([
  z.object({ event: z.literal("ready"), gateways: urls }),
  z.object({ event: z.string(), said: z.string() }),
]);

/** Where users reach a builder. */
export type Gateways = z.output<typeof urls>;

/** What a builder's process needs to know; see builder-process.ts. */
export interface BuilderTask {
  readonly l1Rpc: string;
  readonly folder: string;
  readonly [name: string]: unknown;
}

/** A builder in a process of its own, with a relay to its node, that can be killed and started again. */
export class TrialBuilder {
  readonly name: string;
  readonly relay: Relay;
  readonly folder: string;
  readonly #task: BuilderTask;
  #child: ChildProcess | undefined;
  #gateways: Gateways | undefined;
  #onEvent: (event: string) => void = () => undefined;
  /** What it said went wrong, all processes together. */
  readonly faults: string[] = [];
  /** How often each event came. */
  readonly counts = new Map<string, number>();

  private constructor(name: string, relay: Relay, task: BuilderTask) {
    this.name = name;
    this.relay = relay;
    this.#task = { ...task, l1Rpc: relay.url };
    this.folder = task.folder;
  }

  static async start(name: string, task: BuilderTask): Promise<TrialBuilder> {
    const builder = new TrialBuilder(name, await startRelay(task.l1Rpc), task);
    await builder.run();
    return builder;
  }

  /** Nothing while it does not run. */
  get gateways(): Gateways | undefined {
    return this.#gateways;
  }

  /** Starts the process; resolves when its gateways listen, or when it is killed before. */
  async run(): Promise<void> {
    const child = this.fork();
    const gone = once(child, "exit");
    while (this.#gateways === undefined && isAlive(child)) await Promise.race([once(child, "message"), gone]);
    if (child.exitCode !== null) throw new Error(`${this.name} ended with ${child.exitCode} at its start`);
  }

  /** Starts the process without waiting for it. */
  fork(): ChildProcess {
    const program = path.join(import.meta.dirname, "builder-process.ts");
    const child = fork(program, [JSON.stringify(this.#task)], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#child = child;
    child.on("message", (raw) => {
      if (child !== this.#child) return;
      const told = message.parse(raw);
      this.counts.set(told.event, (this.counts.get(told.event) ?? 0) + 1);
      if ("gateways" in told) this.#gateways = told.gateways;
      else if (["failed", "mismatch", "selfCheckFailed", "stopped"].includes(told.event))
        this.faults.push(`${this.name}: ${told.said}`);
      this.#onEvent(told.event);
    });
    return child;
  }

  /** Is told of each event, in the place of the one before. */
  onEvent(listener: (event: string) => void): void {
    this.#onEvent = listener;
  }

  /** Ends the process by SIGKILL. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#gateways = undefined;
    this.#onEvent = () => undefined;
    if (child === undefined || !isAlive(child)) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    // What it had sent reaches the node, as it does where sockets are.
    await sleep(0);
    this.relay.decide(() => "answered");
  }

  async close(): Promise<void> {
    await this.kill();
    await this.relay.close();
  }
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
