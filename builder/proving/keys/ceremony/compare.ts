import type { Contribution, KeyHistory } from "../contributions.ts";
import type { KeyFault } from "./errors.ts";
import type { CommitmentParts } from "./split.ts";
import { type CeremonyTranscript, transcribeCommitment } from "./transcript.ts";

/** What makes a history unfit for use, whatever a transcript says. */
export function unfinished({ contributions }: KeyHistory): KeyFault[] {
  const steps = contributions.map(({ beacon }) => (beacon === undefined ? "contribution" : "beacon"));
  if (!steps.includes("contribution"))
    return [
      { name: "unfinished", message: "nobody has contributed to the key, so anybody can forge its proofs" },
    ];
  if (steps.indexOf("beacon") !== steps.length - 1)
    return [{ name: "unfinished", message: "the last step, and only the last, has to be a beacon" }];
  return [];
}

/** Differences between the steps that a key tells of and those of a transcript. */
export function compareSteps({ contributions }: KeyHistory, transcript: CeremonyTranscript): KeyFault[] {
  const made = contributions.filter(({ beacon }) => beacon === undefined);
  const recorded = transcript.contributions;
  const faults: KeyFault[] = [];
  const fault = (message: string): void => {
    faults.push({ name: "contributions", message });
  };
  for (const { name, hash } of made) {
    const same = recorded.find((other) => other.hash === hash);
    if (same === undefined)
      fault(`contribution "${name}" (${short(hash)}) of the key is missing from the transcript`);
    else if (same.name !== name)
      fault(`contribution ${short(hash)} is "${name}" in the key and "${same.name}" in the transcript`);
  }
  for (const { name, hash } of recorded)
    if (!made.some((other) => other.hash === hash))
      fault(`contribution "${name}" (${short(hash)}) of the transcript is not in the key`);
  const inOrder =
    made.length === recorded.length && made.every(({ hash }, at) => hash === recorded[at]?.hash);
  if (faults.length === 0 && !inOrder)
    fault("the transcript has the contributions in another order, or one of them twice");
  return [...faults, ...compareBeacon(contributions.at(-1), transcript)];
}

/** Whether both files of a key with committed wires tell of the same steps. */
export function compareHistories(delta: KeyHistory, eta: KeyHistory): KeyFault[] {
  const told = ({ contributions }: KeyHistory): string =>
    JSON.stringify(contributions.map(({ name, beacon }) => [name, beacon]));
  return told(delta) === told(eta)
    ? []
    : [{ name: "contributions", message: "the commitment key tells of other contributions than the key" }];
}

/** Differences between the commitment key of a ceremony and a transcript, and the files on the way. */
export function compareCommitment(
  split: { readonly commitment: CommitmentParts; readonly history: KeyHistory } | undefined,
  { commitment: told }: CeremonyTranscript,
): KeyFault[] {
  if (split === undefined || told === undefined)
    return split === undefined && told === undefined
      ? []
      : [{ name: "contributions", message: "only one of key and transcript has committed wires" }];
  const actual = transcribeCommitment(split);
  const faults: KeyFault[] = [];
  if (actual.wires !== told.wires)
    faults.push({
      name: "other-circuit",
      message: `the key commits to ${actual.wires} wires, that of the transcript to ${told.wires}`,
    });
  if (JSON.stringify(actual.steps) !== JSON.stringify(told.steps))
    faults.push({
      name: "contributions",
      message: "the commitment key's contributions, or the files they were given, are not the transcript's",
    });
  if (actual.ckey !== told.ckey)
    faults.push({
      name: "damaged",
      message: `the hash of the commitment key is ${short(actual.ckey)} instead of ${short(told.ckey)}`,
    });
  return faults;
}

function compareBeacon(last: Contribution | undefined, { beacon }: CeremonyTranscript): KeyFault[] {
  const made = last?.beacon;
  if (last === undefined || made === undefined) return [{ name: "beacon", message: "the key has no beacon" }];
  const differences = [
    ["value", made.value, beacon.value],
    ["number of iterations", `2^${made.iterationsExponent}`, `2^${beacon.iterationsExponent}`],
    ["hash", short(last.hash), short(beacon.hash)],
    ["name", last.name, beacon.name],
  ].filter(([, actual, expected]) => actual !== expected);
  return differences.map(([what = "", actual = "", expected = ""]) => ({
    name: "beacon",
    message: `the beacon's ${what} is ${actual} in the key and ${expected} in the transcript`,
  }));
}

/** As much of a hash as a person compares. */
export function short(hash: string): string {
  return hash.slice(0, 16);
}
