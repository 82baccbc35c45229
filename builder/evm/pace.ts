import { AsyncLocalStorage } from "node:async_hooks";
import { LockstepError } from "../protocol/errors.ts";

/** How long EVM code may run for one request. */
export interface Limit {
  /** From when its code begins; none if undefined. */
  readonly milliseconds: number | undefined;
  /** Aborted when the client no longer waits for the answer. */
  readonly signal?: AbortSignal;
}

/** EVM code ran for longer than a request may. In geth's words. */
export class ExecutionTimeoutError extends LockstepError {
  constructor(milliseconds: number) {
    super("EXECUTION_TIMEOUT", `execution aborted (timeout = ${milliseconds / 1_000}s)`);
  }
}

/** The client left before it was answered. */
export class ClientGoneError extends LockstepError {
  constructor() {
    super("CLIENT_GONE", "execution aborted: the client left before it was answered");
  }
}

/** A request: several runs share its time. */
interface Request extends Limit {
  begun: number | undefined;
}

/** EVM code under way that a request asked for. */
interface Run {
  readonly request: Request | undefined;
  /** Whether others wait for what it holds. */
  readonly isUrgent: boolean;
}

const requests = new AsyncLocalStorage<Request>();
const runs = new AsyncLocalStorage<Run | undefined>();

/** Milliseconds for which EVM code has the thread, before everything else that is ready has its turn. */
const SLICE = 5;

/** What calls leave of the thread to others that have something to do: they wait for so many milliseconds. */
const PATIENCE = 20;
/** Milliseconds that a turn of the event loop takes, at most, in which nothing else is to be done. */
const IDLE = 0.3;

/** What waits for its next slice. */
const urgent: (() => void)[] = [];
const others: (() => void)[] = [];
let isTurning = false;
let turned = performance.now();
/** When it was last looked whether others have something to do. */
let looked = performance.now();

/** What `work` asks for runs under this limit, where {@link timed} says that it is the request's own. */
export async function limited<Result>(limit: Limit, work: () => Promise<Result>): Promise<Result> {
  return await requests.run({ ...limit, begun: undefined }, work);
}

/**
 * EVM code of `work` is the present request's own, and ends with its time or its client. All other EVM code
 * takes what time it takes, but lets others have their turn as well.
 * @param isUrgent whether others wait for what it holds: it goes first.
 */
export async function timed<Result>(isUrgent: boolean, work: () => Promise<Result>): Promise<Result> {
  return await runs.run({ request: requests.getStore(), isUrgent }, work);
}

/**
 * To be called wherever EVM code may take long: nothing as long as it may go on, else what it has to wait
 * for.
 * @throws what is returned throws {ExecutionTimeoutError}, {ClientGoneError}.
 */
export function breathe(): Promise<void> | undefined {
  return performance.now() - turned < SLICE ? undefined : rest();
}

/**
 * What EVM code waits for that runs elsewhere.
 * @param work ends when the signal is aborted: with the request's time, or its client.
 * @throws {ExecutionTimeoutError}, {ClientGoneError}, or what `work` throws.
 */
export async function inTime<Result>(
  work: (signal: AbortSignal | undefined) => Promise<Result>,
): Promise<Result> {
  const request = runs.getStore()?.request;
  assertMayGoOn(request);
  if (request === undefined) return await work(undefined);
  const { milliseconds, signal, begun = performance.now() } = request;
  const left =
    milliseconds === undefined
      ? []
      : [AbortSignal.timeout(Math.max(1, Math.ceil(begun + milliseconds - performance.now())))];
  const ends = AbortSignal.any([...left, ...(signal === undefined ? [] : [signal])]);
  try {
    return await work(ends);
  } catch (error) {
    if (ends.aborted) assertMayGoOn(request);
    throw error;
  }
}

async function rest(): Promise<void> {
  const run = runs.getStore();
  assertMayGoOn(run?.request);
  looked = performance.now();
  await new Promise<void>((resolve) => {
    // Without a run it is the producer's or the follower's.
    (run?.isUrgent === false ? others : urgent).push(resolve);
    if (isTurning) return;
    isTurning = true;
    setImmediate(turn);
  });
  assertMayGoOn(run?.request);
}

function assertMayGoOn(request: Request | undefined): void {
  if (request === undefined) return;
  const { milliseconds, signal } = request;
  request.begun ??= performance.now();
  if (signal?.aborted === true) throw new ClientGoneError();
  if (milliseconds !== undefined && performance.now() - request.begun >= milliseconds)
    throw new ExecutionTimeoutError(milliseconds);
}

/**
 * One slice in each turn of the event loop: what came in meanwhile is served in between. As long as that
 * takes time, calls hold back.
 */
function turn(): void {
  const now = performance.now();
  const isIdle = now - looked < IDLE;
  looked = now;
  if (urgent.length === 0 && !isIdle && now - turned < PATIENCE) {
    setImmediate(turn);
    return;
  }
  const next = urgent.shift() ?? others.shift();
  isTurning = urgent.length + others.length > 0;
  if (isTurning) setImmediate(turn);
  turned = performance.now();
  next?.();
}
