import { readFile, writeFile } from "node:fs/promises";
import { buildBn128 } from "ffjavascript";
import {
  type CommitmentHistory,
  type CommitmentKey,
  writeCommitmentKey,
} from "../../../builder/proving/keys/commitment-key.ts";
import {
  bindingOf,
  commitmentPath,
  parseCommitmentParts,
} from "../../../builder/proving/keys/ceremony/split.ts";
import { hashFile } from "../../../builder/proving/keys/ceremony/hash-file.ts";
import { appendStep, generatorOf } from "../../../builder/proving/keys/contribution.ts";
import { readHistory, readSteps } from "../../../builder/proving/keys/contributions.ts";
import {
  closeKey,
  contributeKnown,
  inverse,
  openKey,
  placePoint,
  placePoint2,
  point2At,
  pointAt,
  section,
  type Sections,
  times,
} from "./attacker.ts";

/** Both files of a key with committed wires, to be changed. */
export interface SplitFiles {
  readonly zkey: Sections;
  ckey: CommitmentKey;
  history: CommitmentHistory;
}

/** What a contributor multiplies by, and remembers. */
export interface KnownSecrets {
  readonly delta: bigint;
  readonly eta: bigint;
}

const G1_BYTES = 64;

/** Copies of both files. */
export async function openSplit(path: string): Promise<SplitFiles> {
  const zkey = openKey(await readFile(path));
  const { firstWire, eta, points, steps, received } = parseCommitmentParts(
    await readFile(commitmentPath(path)),
    path,
  );
  return {
    zkey,
    ckey: { firstWire, eta: Uint8Array.from(eta), points: Uint8Array.from(points) },
    history: { steps: Uint8Array.from(steps), received },
  };
}

export async function writeSplit(path: string, { zkey, ckey, history }: SplitFiles): Promise<void> {
  await writeFile(path, closeKey(zkey));
  await writeFile(commitmentPath(path), writeCommitmentKey(ckey, history));
}

/** What a step is bound to: the step of δ with its number, and the files at this path. */
export async function bindingTo(path: string, zkey: Sections) {
  const received = {
    zkey: Buffer.from(await hashFile(path, "sha256"), "hex"),
    ckey: Buffer.from(await hashFile(commitmentPath(path), "sha256"), "hex"),
  };
  const hash = readHistory(section(zkey, 10)).contributions.at(-1)?.hash ?? "";
  return { received, binding: bindingOf(hash, received) };
}

/** A step of η by a contributor who keeps the secret, bound to the last step of δ. */
export async function stepOfEta(
  from: string,
  { zkey, ckey, history }: SplitFiles,
  secret: bigint,
  name = "lockstep development key, insecure",
): Promise<Pick<SplitFiles, "ckey" | "history">> {
  const curve = await buildBn128(true);
  const { received, binding } = await bindingTo(from, zkey);
  const generator = generatorOf(curve);
  const before = readSteps(history.steps).steps.at(-1)?.deltaAfter ?? generator.g;
  const base = generator.timesScalar(77n);
  const steps = appendStep(curve, history.steps, { name, secret, before, base, binding });
  const points = Uint8Array.from(ckey.points);
  for (let index = 0; index < points.length / G1_BYTES; index++)
    placePoint(points, index, times(pointAt(points, index), inverse(secret)));
  const eta = Uint8Array.from(ckey.eta);
  placePoint2(eta, 0, point2At(eta, 0).multiply(secret));
  return {
    ckey: { ...ckey, points, eta },
    history: { steps, received: [...history.received, received] },
  };
}

/** The first contribution to an initial key, by a contributor who keeps both secrets. */
export async function contributeSplitKnown(initial: string, secrets: KnownSecrets): Promise<SplitFiles> {
  const { ckey, history } = await openSplit(initial);
  const zkey = await contributeKnown(await readFile(initial), secrets.delta);
  return { zkey, ...(await stepOfEta(initial, { zkey, ckey, history }, secrets.eta)) };
}
