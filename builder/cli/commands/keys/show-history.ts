import pc from "picocolors";
import { plainText } from "../../../../packages/client/src/words/plain-text.ts";
import type { Contribution, KeyHistory } from "../../../proving/keys/contributions.ts";

/** A key's steps, one a line, with the hashes that snarkjs shows. */
export function showHistory({ circuitHash, contributions }: KeyHistory): void {
  console.log(`circuit hash       ${circuitHash}`);
  for (const [index, contribution] of contributions.entries()) showStep(index + 1, contribution);
}

/** Names come from strangers. */
function showStep(number: number, { name, hash, beacon }: Contribution): void {
  const what = beacon === undefined ? "contribution" : "beacon";
  console.log(`${`${what} ${number}`.padEnd(19)}${hash}  ${pc.bold(plainText(name))}`);
  if (beacon !== undefined)
    console.log(`${"".padEnd(19)}value ${beacon.value}, hashed 2^${beacon.iterationsExponent} times`);
}
