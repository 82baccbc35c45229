import { z } from "zod";

/** What one child process does. */
export const stepSchema = z.discriminatedUnion("do", [
  z.object({ do: z.literal("key"), circuit: z.string() }),
  z.object({
    do: z.literal("prove"),
    backend: z.string(),
    circuit: z.string(),
    /** Proofs after the first one. */
    proofs: z.number(),
  }),
  z.object({
    do: z.literal("batch"),
    backends: z.array(z.string()),
    visits: z.number(),
    /** Whether the devices' processes are killed amid it. */
    losesDevice: z.boolean(),
  }),
]);
export type Step = z.infer<typeof stepSchema>;

/** A step of the run. */
export interface Task {
  readonly name: string;
  readonly step: Step;
  /** Names of tasks without which it cannot be. */
  readonly needs: readonly string[];
  /** It runs beside all else: a compiler, which keeps one processor busy for minutes. */
  readonly isBeside: boolean;
  /** It may not take more. */
  readonly seconds: number;
}

/** What is measured, and with what. */
export interface Wanted {
  readonly devices: readonly string[];
  readonly processors: readonly string[];
  /** Powers of two of the constraints. */
  readonly powers: readonly number[];
  /** Whether the circuits of a ledger are there. */
  readonly hasLedger: boolean;
  readonly visits: number;
}

/** Proofs of each circuit after the first. */
const PROOFS = 5;
/** A device compiles its kernels for it, which takes minutes; its own proof takes none. */
const KERNEL_CIRCUIT = "chain10";
/** Keys beyond this take minutes: all else is measured first. */
const LATE_POWER = 19;
const STEP_SECONDS = 150;
const COMPILE_SECONDS = 540;

/** The tasks of a run, the most valuable first. */
export function planOf({ devices, processors, powers, hasLedger, visits }: Wanted): Task[] {
  const keyOf = (circuit: string): Task => ({
    name: `key of ${circuit}`,
    step: { do: "key", circuit },
    needs: [],
    isBeside: false,
    seconds: STEP_SECONDS,
  });
  const kernelsOf = (backend: string): Task => ({
    name: `kernels of ${backend}`,
    step: { do: "prove", backend, circuit: KERNEL_CIRCUIT, proofs: 1 },
    needs: [`key of ${KERNEL_CIRCUIT}`],
    isBeside: true,
    seconds: COMPILE_SECONDS,
  });
  const proofsOf = (backend: string, circuit: string): Task => ({
    name: `${backend}, ${circuit}`,
    step: { do: "prove", backend, circuit, proofs: PROOFS },
    needs: [`key of ${circuit}`, ...(devices.includes(backend) ? [`kernels of ${backend}`] : [])],
    isBeside: false,
    seconds: STEP_SECONDS,
  });
  const batchOf = (backends: readonly string[], losesDevice: boolean): Task => ({
    name: `batch, ${backends.join(" and ")}${losesDevice ? ", devices lost" : ""}`,
    step: { do: "batch", backends: [...backends], visits, losesDevice },
    needs: [
      "key of ledger1",
      "key of ledger2",
      ...devices.filter((each) => backends.includes(each)).map((each) => `kernels of ${each}`),
    ],
    isBeside: false,
    seconds: STEP_SECONDS,
  });
  const chains = (those: readonly number[]): string[] => those.map((power) => `chain${power}`);
  const early = [...(hasLedger ? ["ledger1"] : []), ...chains(powers.filter((power) => power < LATE_POWER))];
  const late = chains(powers.filter((power) => power >= LATE_POWER));
  const [fastest] = processors;
  const proofs = (circuits: readonly string[]): Task[] =>
    [...devices, ...processors].flatMap((backend) => circuits.map((circuit) => proofsOf(backend, circuit)));
  return [
    keyOf(KERNEL_CIRCUIT),
    ...devices.map(kernelsOf),
    ...early.filter((circuit) => circuit !== KERNEL_CIRCUIT).map(keyOf),
    ...proofs(early),
    ...late.flatMap((circuit) => [keyOf(circuit), ...proofs([circuit])]),
    ...(hasLedger && fastest !== undefined
      ? [
          keyOf("ledger2"),
          batchOf([fastest], false),
          ...devices.flatMap((device) => [
            batchOf([device], false),
            batchOf([fastest, device], false),
            batchOf([fastest, device], true),
          ]),
        ]
      : []),
  ];
}

export type TaskState = "running" | "done" | "failed";

/**
 * The first task that can begin now, if there is one.
 * @param states of those that have begun, by name.
 */
export function nextTask(
  tasks: readonly Task[],
  states: ReadonlyMap<string, TaskState>,
  isBeside: boolean,
): Task | undefined {
  return tasks.find(
    (task) =>
      task.isBeside === isBeside &&
      !states.has(task.name) &&
      task.needs.every((need) => states.get(need) === "done"),
  );
}

/** What has kept a task that never began. */
export function whyNot(task: Task, states: ReadonlyMap<string, TaskState>): string {
  const missing = task.needs.find((need) => states.get(need) !== "done");
  return missing === undefined ? "the time was up" : `there is no "${missing}"`;
}
