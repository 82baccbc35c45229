import pc from "picocolors";
import type { Contribution, KeyHistory } from "../../../proving/keys/contributions.ts";

/** A key's steps, one a line, with the hashes that snarkjs shows. */
export function showHistory({ circuitHash, contributions }: KeyHistory): void {
  console.log(`circuit hash       ${circuitHash}`);
  for (const [index, contribution] of contributions.entries()) showStep(index + 1, contribution);
}

function showStep(number: number, { name, hash, beacon }: Contribution): void {
  const what = beacon === undefined ? "contribution" : "beacon";
  console.log(`${`${what} ${number}`.padEnd(19)}${hash}  ${pc.bold(printable(name))}`);
  if (beacon !== undefined)
    console.log(`${"".padEnd(19)}value ${beacon.value}, hashed 2^${beacon.iterationsExponent} times`);
}

/** Names come from strangers: without what could move the cursor. */
function printable(name: string): string {
  return name.replace(/\p{Cc}/gu, "?");
}
