import { createHash } from "node:crypto";
import { pointLeft } from "../assert-split.ts";
import { readBinaryFile, writeBinaryFile } from "../binary-file.ts";
import {
  type CommitmentHistory,
  type CommitmentKey,
  committedWires,
  readCommitmentHistory,
  readCommitmentKey,
  writeCommitmentKey,
} from "../commitment-key.ts";
import { emptyHistory } from "../contribution.ts";
import { type ContributionStep, readSteps } from "../contributions.ts";
import { POINT_BYTES } from "../curve-memory.ts";
import { u32 } from "../little-endian.ts";
import { KeyCorruptError } from "../errors.ts";
import { readSharedFile, shared } from "../shared-bytes.ts";
import { type KeyParts, readKeyParts, SECTION } from "./key-parts.ts";

/** What begins the history of a key with committed wires, in place of snarkjs' hash of the circuit. */
const KEY_DOMAIN = "lockstep key with committed wires";
/** What begins the history of its commitment key. */
const COMMITMENT_DOMAIN = "lockstep commitment key";
const HASH = "blake2b512";
const HASH_BYTES = 64;
const SECTIONS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;
const G1 = POINT_BYTES.g1.affine;

/** The commitment key of a ceremony's key, in the parts that are checked. Points are not checked yet. */
export interface CommitmentParts extends CommitmentKey, CommitmentHistory {
  /** The file as it was read. */
  readonly content: Uint8Array;
}

/** A key with committed wires: both files. */
export interface SplitParts {
  readonly key: KeyParts;
  readonly commitment: CommitmentParts;
}

/** Where the commitment key of a `.zkey` lies: beside it, with the ending `.ckey`. */
export function commitmentPath(zkey: string): string {
  return `${zkey.replace(/\.zkey$/, "")}.ckey`;
}

/**
 * What names a circuit with its split in all that contributors prove: a contribution to a key that is not
 * split, or is split otherwise, does not fit here.
 * @param circuitHash snarkjs' "Circuit Hash" of the unsplit key, hexadecimal.
 */
export function splitHash(circuitHash: string, key: CommitmentKey): string {
  return createHash(HASH)
    .update(KEY_DOMAIN)
    .update(Buffer.from(circuitHash, "hex"))
    .update(u32(key.firstWire))
    .update(u32(committedWires(key)))
    .digest("hex");
}

/** What the history of a commitment key begins with. */
export function commitmentHash(splitKeyHash: string): Uint8Array {
  return createHash(HASH).update(COMMITMENT_DOMAIN).update(Buffer.from(splitKeyHash, "hex")).digest();
}

/**
 * The first files of a ceremony from a circuit's key before contributions: the points of committed wires are
 * in the commitment key, undivided, and nowhere else. δ and η are 1.
 * @param zkey as snarkjs makes it.
 * @param committed how many wires behind the public ones.
 * @throws `KEY_CORRUPT` when there are fewer private wires.
 */
export function splitInitialKey(
  zkey: Uint8Array,
  committed: number,
): { readonly zkey: Uint8Array<ArrayBuffer>; readonly ckey: Uint8Array<ArrayBuffer> } {
  const { wires, publicSignals, gamma2, history } = readKeyParts(zkey, "the initial key");
  if (committed > wires - publicSignals - 1)
    throw new KeyCorruptError(`There are no ${committed} private wires to commit to`);
  const file = readBinaryFile(zkey, "zkey", "the initial key");
  const whole = file.section(SECTION.privatePart);
  const key: CommitmentKey = {
    firstWire: publicSignals + 1,
    // γ is 1, and so is η.
    eta: gamma2.slice(),
    points: whole.slice(0, committed * G1),
  };
  const privatePart = Uint8Array.from(whole);
  privatePart.fill(0, 0, committed * G1);
  const hash = splitHash(history.circuitHash, key);
  const changed = new Map<number, Uint8Array>([
    [SECTION.privatePart, privatePart],
    [SECTION.history, emptyHistory(Buffer.from(hash, "hex"))],
  ]);
  return {
    zkey: writeBinaryFile(
      "zkey",
      1,
      SECTIONS.map((id) => [id, changed.get(id) ?? file.section(id)] as const),
    ),
    ckey: writeCommitmentKey(key, { steps: emptyHistory(commitmentHash(hash)), received: [] }),
  };
}

/** @throws `KEY_CORRUPT` when the content is not what its format says; an error of the file system. */
export async function readCommitmentParts(path: string): Promise<CommitmentParts> {
  return parseCommitmentParts(await readSharedFile(path), path);
}

/** @throws `KEY_CORRUPT`. */
export function parseCommitmentParts(content: Uint8Array, name: string): CommitmentParts {
  return { ...readCommitmentKey(content, name), ...readCommitmentHistory(content, name), content };
}

/**
 * What makes two files no split of one key, before any point of theirs is computed with: a point over δ of a
 * committed wire, among all. It has to be asked before there is a secret.
 * @param committed how many wires the circuit commits to, if that is known.
 */
export function splitFault({ key, commitment }: SplitParts, committed?: number): string | undefined {
  const count = committedWires(commitment);
  const wires = key.wires - key.publicSignals - 1;
  if (commitment.firstWire !== key.publicSignals + 1 || count > wires || count !== (committed ?? count))
    return `its commitment key is for ${count} wires from wire ${commitment.firstWire} on`;
  const left = pointLeft(key.section(SECTION.privatePart), count);
  if (left !== undefined)
    return `it has a point over δ for the committed wire ${commitment.firstWire + left}: with it anybody can forge`;
  return undefined;
}

/** The private part before it was split, of files whose δ and η are 1. Shared memory. */
export function wholePrivatePart(key: KeyParts, commitment: CommitmentParts | undefined): Uint8Array {
  const part = key.section(SECTION.privatePart);
  if (commitment === undefined) return part;
  const whole = shared(part.length);
  whole.set(part);
  whole.set(commitment.points);
  return whole;
}

/**
 * The steps of η. Each is bound to the step of δ with its number, and to the files that it was given: neither
 * can be exchanged for another one's.
 * @throws `KEY_CORRUPT`.
 */
export function commitmentSteps({ key, commitment }: SplitParts): {
  readonly circuitHash: string;
  readonly steps: readonly ContributionStep[];
} {
  const { contributions } = key.history;
  const { received } = commitment;
  if (received.length !== contributions.length)
    throw new KeyCorruptError(
      `The commitment key names the files of ${received.length} contributions, the key has ${contributions.length}`,
    );
  const bindings = received.map((files, index) => bindingOf(contributions[index]?.hash ?? "", files));
  return readSteps(commitment.steps, bindings);
}

/** @param deltaStep hash of the step of δ, hexadecimal. */
export function bindingOf(
  deltaStep: string,
  { zkey, ckey }: CommitmentHistory["received"][number],
): Uint8Array {
  const hash = Buffer.from(deltaStep, "hex");
  if (hash.length !== HASH_BYTES) throw new RangeError("a hash of 64 bytes");
  return Buffer.concat([hash, zkey, ckey]);
}
