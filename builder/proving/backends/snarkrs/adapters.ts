import { execFile } from "node:child_process";
import { access, readdir } from "node:fs/promises";
import { promisify } from "node:util";
import { z } from "zod";

const run = promisify(execFile);
/** Milliseconds. Drivers take seconds to bring a device up. */
const LIST_TIMEOUT_MS = 60_000;
/** Characters. */
const LONGEST_REASON = 200;

const adapter = z.object({
  name: z.string(),
  /** Also which API it is behind. */
  driver: z.string(),
  /** Bytes of the device, where its API tells. */
  memory: z.number().optional(),
  /** The longest buffer that the API gives, bytes. */
  buffer: z.number().optional(),
  /** Processors that play a GPU. */
  software: z.boolean(),
});
const listed = z.union([z.array(adapter), z.object({ error: z.string() })]);
/** What the worker says when it is asked for adapters. */
export const adaptersSchema = z.object({ cuda: listed, wgpu: listed });

/** Something that an API offers to compute on. */
export type Adapter = z.output<typeof adapter>;
/** What each API offers, or why none can be looked for. */
export type Adapters = z.output<typeof adaptersSchema>;

/**
 * Whether a GPU can be there, as far as files tell: a machine without is to spend no minutes on a worker.
 * `LOCKSTEP_GPU=any` says that it is, for what files do not tell of, and for adapters in software.
 */
export async function isAdapterPossible(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  if (environment.LOCKSTEP_GPU === "any" || platform === "darwin") return true;
  const nvidia = await access("/dev/nvidia0").then(
    () => true,
    () => false,
  );
  if (nvidia) return true;
  const nodes = await readdir("/dev/dri").catch(() => []);
  return nodes.some((name) => name.startsWith("renderD"));
}

/** By the worker's path: drivers take their time, and both APIs ask. */
const asked = new Map<string, Promise<Adapters>>();

/**
 * What a worker finds on this machine, once for a process. A driver that fails is a device less, and nothing
 * that keeps processors from proving.
 * @param program the worker.
 */
export function adaptersHere(program: string): Promise<Adapters> {
  const answer = asked.get(program) ?? listAdapters(program);
  asked.set(program, answer);
  return answer;
}

/** What a worker finds in an environment: that decides which drivers its loaders find. */
export async function listAdapters(
  program: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Adapters> {
  try {
    const { stdout } = await run(program, ["adapters"], { timeout: LIST_TIMEOUT_MS, env: environment });
    return adaptersSchema.parse(JSON.parse(stdout));
  } catch (failure) {
    const error = failure instanceof Error ? failure.message : String(failure);
    return { cuda: { error }, wgpu: { error } };
  }
}

/** One line of it for people. */
export function describeAdapter({ name, driver, memory, buffer, software }: Adapter): string {
  const size =
    memory !== undefined
      ? `, ${gibibytes(memory)} GiB`
      : buffer !== undefined
        ? `, buffers of up to ${gibibytes(buffer)} GiB`
        : "";
  return `${name} (${driver}${size}${software ? ", software" : ""})`;
}

/** Why none can be looked for, for people: loaders list every name under which they looked for a library. */
export function shortReason(reason: string): string {
  const [first = ""] = reason.split(": Unable");
  return first.length > LONGEST_REASON ? `${first.slice(0, LONGEST_REASON)}…` : first;
}

function gibibytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}
