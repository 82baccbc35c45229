import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const MEBIBYTE = 2 ** 20;
/** What travels to a lent machine in all. */
export const LIMIT_MEBIBYTES = 64;

/** MiB of what travels with what is carried: tracked files, and others that git does not ignore. */
export async function treeMebibytes(root: string): Promise<number> {
  const given = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const { stdout } = await run("git", given, { cwd: root, maxBuffer: 2 ** 26 });
  return mebibytes(root, new Set(stdout.split("\0").filter((name) => name !== "")));
}

/** @param files below the root; those that are not there do not count. */
export function mebibytes(root: string, files: Iterable<string>): number {
  let bytes = 0;
  for (const file of files) bytes += statSync(path.join(root, file), { throwIfNoEntry: false })?.size ?? 0;
  return bytes / MEBIBYTE;
}

/** What is too much, or nothing. */
export function excess(tree: number, carried: number): string | undefined {
  const sum = tree + carried;
  if (sum <= LIMIT_MEBIBYTES) return undefined;
  return `${sum.toFixed(1)} MiB are ${(sum - LIMIT_MEBIBYTES).toFixed(1)} MiB more than travel: the tree has ${tree.toFixed(1)}, the pack ${carried.toFixed(1)}`;
}
