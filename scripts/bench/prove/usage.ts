import { readFileSync, readdirSync } from "node:fs";

/** Whether this system tells what processes use. */
export const IS_MEASURED = process.platform === "linux";

/** Per second, the unit of CPU times in /proc: Linux tells programs 100 whatever its own clock is. */
const TICKS = 100;
/** Where fields of /proc/<pid>/stat stand, counted from behind the program's name. */
const STAT = { utime: 11, stime: 12, cutime: 13, cstime: 14 } as const;

/** CPU seconds, of all threads, that a process and its living descendants have used so far. */
export function cpuSecondsOf(pid: number): number {
  return (
    familyOf(pid).reduce((sum, each) => sum + ticks(each, STAT.utime) + ticks(each, STAT.stime), 0) / TICKS
  );
}

/** CPU seconds that this process' children, and those that they waited for, had used when they ended. */
export function cpuSecondsOfEnded(): number {
  return (ticks(process.pid, STAT.cutime) + ticks(process.pid, STAT.cstime)) / TICKS;
}

/**
 * The most memory that a process and its living descendants have held so far, in MiB: the sum of each one's
 * own peak.
 */
export function peakMebibytesOf(pid: number): number {
  return mebibytes(pid, /^VmHWM:\s+(\d+) kB$/m);
}

/** The memory that a process and its living descendants hold now, in MiB. */
export function residentMebibytesOf(pid: number): number {
  return mebibytes(pid, /^VmRSS:\s+(\d+) kB$/m);
}

/** @param line of /proc/<pid>/status. */
function mebibytes(pid: number, line: RegExp): number {
  const kibibytes = familyOf(pid).map((each) => {
    const [, size = "0"] = line.exec(read(`/proc/${each}/status`)) ?? [];
    return Number(size);
  });
  return kibibytes.reduce((sum, each) => sum + each, 0) / 1024;
}

/** The processes that a process started and that have not ended, with their programs' names. */
export function childrenOf(pid: number): { readonly pid: number; readonly name: string }[] {
  return childPids(pid).map((child) => ({ pid: child, name: read(`/proc/${child}/comm`).trim() }));
}

function familyOf(pid: number): number[] {
  if (!IS_MEASURED) return [];
  return [pid, ...childPids(pid).flatMap(familyOf)];
}

function childPids(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) =>
    read(`/proc/${pid}/task/${thread}/children`)
      .split(" ")
      .filter((each) => each !== "")
      .map(Number),
  );
}

function ticks(pid: number, field: number): number {
  if (!IS_MEASURED) return 0;
  const text = read(`/proc/${pid}/stat`);
  // The name, in brackets, may hold spaces.
  return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[field] ?? 0);
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch (error) {
    if (hasEnded(error)) return [];
    throw error;
  }
}

/** Nothing for a process or a thread that has ended. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasEnded(error)) return "";
    throw error;
  }
}

function hasEnded(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH");
}
