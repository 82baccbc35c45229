/** Tells how a trial went: figures are what trials are run for. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
