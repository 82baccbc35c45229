import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { z } from "zod";
import { snarkjsPoint, snarkjsProof, snarkjsPublicSignals } from "../snarkjs-format.ts";

/** The worker answered that it cannot, or died; the message says why. */
export class WorkerError extends Error {}

const proofAnswer = z
  .object({
    milliseconds: z.number().nonnegative(),
    proof: snarkjsProof,
    publicSignals: snarkjsPublicSignals,
  })
  .transform(({ milliseconds, ...result }) => ({ ...result, proveMilliseconds: milliseconds }));

const commitmentAnswer = z
  .object({ milliseconds: z.number().nonnegative(), commitment: snarkjsPoint })
  .transform(({ milliseconds, commitment }) => ({ d: commitment, commitMilliseconds: milliseconds }));

/** Of the frames. Workers say it when they are ready; the number rises with every change. */
export const FRAME_FORMAT = "lockstep.worker.v3";
const LENGTH_BYTES = 4;
/** An answer is some 1.5 kB; a longer one than this is garbage. */
const LONGEST_ANSWER = 1 << 20;
/** Characters of standard error that are kept for a message. */
const OUTPUT_LIMIT = 300;

/** How a worker is started and spoken to. */
export interface WorkerOptions {
  /** Of its frames. A worker that holds several keys is told by a byte behind each letter which one it is. */
  readonly format?: string;
  /** Of the process; by default this one's. */
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * One process of a native worker: one proof at a time. Over its standard input and output go frames: a length
 * in bytes (32 bits, little-endian) and so many bytes, the first of which is a letter. In: `W` and the
 * content of a `.wtns` file, of which a proof is made; `T` and the values of the committed wires, 32 bytes
 * each, little-endian, of which a commitment is. Out: as {@link Frame} says.
 */
export class WorkerProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #frames: AsyncIterator<Frame, undefined>;
  readonly #gone: Promise<unknown>;
  readonly #format: string;
  #ready: Promise<unknown> | undefined;
  #lastOutput = "";
  #isAlive = true;

  /**
   * @param program what `buildWorker` made.
   * @param given its arguments.
   */
  constructor(program: string, given: readonly string[], options: WorkerOptions = {}) {
    const { format = FRAME_FORMAT, environment = process.env } = options;
    this.#format = format;
    this.#child = spawn(program, given, { env: environment });
    this.#frames = frames(this.#child.stdout);
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#lastOutput = (this.#lastOutput + text).slice(-OUTPUT_LIMIT);
    });
    // That it does not read any more is seen by its having ended.
    this.#child.stdin.on("error", () => undefined);
    this.#gone = new Promise<void>((resolve) => {
      const end = (): void => {
        this.#isAlive = false;
        resolve();
      };
      this.#child.once("exit", end);
      this.#child.once("error", (error) => {
        this.#lastOutput = error.message;
        end();
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /**
   * Resolves when the worker has said that it is ready.
   * @throws {WorkerError}
   */
  async ready(): Promise<void> {
    this.#ready ??= this.#handshake();
    await this.#ready.catch(async (error: unknown) => {
      await this.kill();
      throw error;
    });
  }

  /**
   * @param witness content of the `.wtns` file.
   * @param signal kills the process.
   * @param key number of the key, where the worker holds several.
   * @throws {WorkerError}
   */
  async prove(witness: Uint8Array, signal: AbortSignal, key?: number): Promise<z.output<typeof proofAnswer>> {
    return await this.#ask(start("W", key), witness, "P", proofAnswer, signal);
  }

  /**
   * @param values of the committed wires, 32 bytes each.
   * @param signal kills the process.
   * @param key as in `prove`.
   * @throws {WorkerError}
   */
  async commit(
    values: Uint8Array,
    signal: AbortSignal,
    key?: number,
  ): Promise<z.output<typeof commitmentAnswer>> {
    return await this.#ask(start("T", key), values, "D", commitmentAnswer, signal);
  }

  async #ask<Answer>(
    head: Buffer,
    content: Uint8Array,
    answerLetter: string,
    schema: z.ZodType<Answer>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const kill = (): void => void this.kill();
    signal.addEventListener("abort", kill);
    try {
      signal.throwIfAborted();
      await this.ready();
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32LE(head.length + content.length);
      this.#child.stdin.write(Buffer.concat([length, head]));
      if (!this.#child.stdin.write(content))
        await Promise.race([once(this.#child.stdin, "drain"), this.#gone]);
      const parsed = schema.safeParse(JSON.parse(await this.#expect(answerLetter)));
      if (parsed.success) return parsed.data;
      throw new WorkerError("its answer is malformed", { cause: parsed.error });
    } catch (error) {
      // What it will answer next is unknown.
      if (!(error instanceof WorkerError)) await this.kill();
      throw error;
    } finally {
      signal.removeEventListener("abort", kill);
    }
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    // It must get no other job while it dies.
    this.#isAlive = false;
    this.#child.kill("SIGKILL");
    await this.#gone;
  }

  /**
   * Waits until it is ready.
   * @throws {WorkerError} also if it speaks another version of the frames.
   */
  async #handshake(): Promise<void> {
    const format = await this.#expect("R");
    if (format === this.#format) return;
    const found = format === "" ? "a version without a name" : format;
    throw new WorkerError(
      `it speaks ${found} instead of ${this.#format}: \`npm run provers\` builds it again`,
    );
  }

  /**
   * The text of the next frame, which has to be of this kind.
   * @throws {WorkerError}
   */
  async #expect(kind: string): Promise<string> {
    const next = await this.#frames.next();
    if (next.done === true) {
      await this.kill();
      const { exitCode, signalCode } = this.#child;
      const output = this.#lastOutput.trim();
      const end = `it ended (${signalCode ?? `exit code ${exitCode ?? "unknown"}`})`;
      throw new WorkerError(output === "" ? end : `${end}: ${output}`);
    }
    if (next.value.kind === kind) return next.value.text;
    throw new WorkerError(next.value.text);
  }
}

/** What stands before the content of a frame. */
function start(letter: string, key: number | undefined): Buffer {
  return Buffer.concat([Buffer.from(letter), Buffer.from(key === undefined ? [] : [key])]);
}

interface Frame {
  /**
   * `R`: the keys are loaded, and the frames are of this format; sent once. `P`: a proof,
   * `{"milliseconds": number, "proof": …, "publicSignals": […]}`, the last two in snarkjs' format. `D`: a
   * commitment, `{"milliseconds": number, "commitment": …}`, a point in the same format. `E`: what is wrong
   * with a key, and the worker ends, or with what it was given, and it goes on.
   */
  readonly kind: string;
  readonly text: string;
}

async function* frames(stream: Readable): AsyncGenerator<Frame, undefined> {
  let received = Buffer.alloc(0);
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("the worker's output is read as bytes");
    received = Buffer.concat([received, chunk]);
    while (received.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + received.readUInt32LE();
      if (end > LONGEST_ANSWER) return undefined;
      if (received.length < end) break;
      const text = received.toString("utf8", LENGTH_BYTES, end);
      yield { kind: text.slice(0, 1), text: text.slice(1) };
      received = received.subarray(end);
    }
  }
  return undefined;
}
