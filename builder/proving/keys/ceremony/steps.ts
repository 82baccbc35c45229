import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { domainPower } from "../arithmetisation.ts";
import type { KeyHistory } from "../contributions.ts";
import { readConstraintSystem } from "../r1cs.ts";
import { readSharedFile } from "../shared-bytes.ts";
import { readProvingKey } from "../zkey.ts";
import { BEACON_EXPONENTS } from "./beacon-exponents.ts";
import { CeremonyStepError, KeyFaultsError } from "./errors.ts";
import { invalidMultiplicand, readKeyParts } from "./key-parts.ts";
import { withKeyTools } from "./key-tools.ts";
import { commitmentStep } from "./commitment-step.ts";
import { invalidCommitment } from "./key-fault.ts";
import { withNewFile, withNewFiles } from "./new-file.ts";
import {
  type AllowedPowers,
  assertLargeEnough,
  authenticatePowers,
  readPowersOfTau,
} from "./powers-of-tau.ts";
import { computeInitialKey } from "./read-initial.ts";
import { type SnarkjsSession, type StepReport, withSnarkjs } from "./snarkjs.ts";
import {
  commitmentPath,
  type CommitmentParts,
  readCommitmentParts,
  splitFault,
  splitInitialKey,
} from "./split.ts";
import { type KeySources, verifyKey } from "./verify.ts";

/** snarkjs cuts longer names. */
const MAX_NAME_LENGTH = 64;
const ENTROPY_BYTES = 64;
const MAX_BEACON_BYTES = 255;

/**
 * In place of what a received key is to be held against: where it comes from is not checked, only that its
 * points are points.
 */
export const UNVERIFIED = "unverified";

export interface InitialKeyOptions extends AllowedPowers {
  /** Paths; `to` must not exist yet. */
  readonly r1cs: string;
  readonly ptau: string;
  readonly to: string;
  /** How many wires the circuit commits to: then there are two files, `.zkey` and `.ckey`. */
  readonly committed?: number;
  readonly report?: StepReport;
}

/**
 * The first step of phase 2: the key of a circuit before contributions. Its δ is 1, and so is its η: with it
 * proofs can be forged.
 * @throws `POWERS_OF_TAU`, `KEY_CORRUPT` when the circuit is malformed, `FILE_EXISTS`.
 */
export async function makeInitialKey({
  r1cs,
  ptau,
  to,
  committed = 0,
  report,
  ...allowed
}: InitialKeyOptions): Promise<KeyHistory> {
  const assertPowers = async (): Promise<void> => {
    const system = readConstraintSystem(await readFile(r1cs), r1cs);
    const powers = await readPowersOfTau(ptau);
    // snarkjs leaves half a file behind where it finds these too late or not at all.
    assertLargeEnough(powers, domainPower(system));
    await authenticatePowers(powers, allowed);
  };
  if (committed > 0)
    return withNewFiles([to, commitmentPath(to)], async (temporary, temporaryCommitment) => {
      await assertPowers();
      // The unsplit key stays in memory.
      const { zkey, ckey } = splitInitialKey(await computeInitialKey(r1cs, ptau, report), committed);
      await writeFile(temporaryCommitment, ckey);
      await writeFile(temporary, zkey);
      return readProvingKey(zkey, to).history;
    });
  return withNewFile(to, async (temporary) => {
    await assertPowers();
    return withSnarkjs(report, async ({ zKey, logger, errors }) => {
      await zKey.newZKey(r1cs, ptau, temporary, logger);
      return historyOf(temporary, "the initial key", errors);
    });
  });
}

export interface StepOptions {
  /** Paths of the key of the step before, and of the one to be made, which must not exist yet. */
  readonly from: string;
  readonly to: string;
  /** Who contributes, or which beacon this is; for people. */
  readonly name: string;
  readonly report?: StepReport;
}

export interface ContributeOptions extends StepOptions {
  readonly text?: string;
  /** What the received key is held against before there is a secret. */
  readonly received: KeySources | typeof UNVERIFIED;
}

/**
 * Multiplies δ with a secret that is forgotten: random bytes of the operating system, and `text` mixed into
 * them. It is forgotten with the process. The last contribution of the result is this one; its hash is what
 * to publish. The sender of the key may want the secret: what is multiplied by it is checked before, and is
 * what was checked.
 *
 * A key with committed wires has η besides, which gets a secret of its own. A contributor divides by the
 * secrets whatever is handed in: so such a key is verified always, with its split, from circuit and powers.
 * @throws `KEY_FAULTS` when the received key is not what it should be; `CEREMONY_STEP` when a beacon has
 * ended the ceremony or the name is no name; `KEY_CORRUPT`, `FILE_EXISTS`, `POWERS_OF_TAU`.
 */
export async function contribute({
  from,
  to,
  name,
  text = "",
  received,
  report,
}: ContributeOptions): Promise<KeyHistory> {
  await assertOpen(from, name);
  if (received === UNVERIFIED && existsSync(commitmentPath(from)))
    throw new CeremonyStepError(
      `${from} has committed wires: nobody contributes to such a key without its circuit and its powers of tau`,
    );
  return writeStep(to, {
    report,
    what: "the contribution",
    text,
    read: async () =>
      received === UNVERIFIED
        ? readMultiplicands(from)
        : readVerified(from, { ...received, ...(report === undefined ? {} : { report }) }),
    hasCommitment: received !== UNVERIFIED && (received.committed ?? 0) > 0,
    change: async ({ zKey, logger }, data, temporary) => {
      // snarkjs mixes in random bytes of its own. These make sure that it is never given nothing, for it
      // would ask a person.
      const entropy = `${randomBytes(ENTROPY_BYTES).toString("hex")}${text}`;
      await zKey.contribute({ type: "mem", data }, temporary, name, entropy, logger);
    },
  });
}

/**
 * Ends a ceremony with a contribution that can be repeated: δ is multiplied with a number that comes from
 * `value`, public randomness that was unknown while others still contributed. Nothing secret is multiplied
 * with the key here; that it is what it should be is for its export to find out.
 * @param options value: hexadecimal; iterationsExponent: see {@link BEACON_EXPONENTS}.
 * @throws `CEREMONY_STEP` when there is no contribution, there is a beacon already, or the values are none;
 * `KEY_FAULTS` when a point of the key is none; `KEY_CORRUPT`, `FILE_EXISTS`.
 */
export async function applyBeacon({
  from,
  to,
  name,
  value,
  iterationsExponent,
  report,
}: StepOptions & { readonly value: string; readonly iterationsExponent: number }): Promise<KeyHistory> {
  const hex = value.replace(/^0x/i, "").toLowerCase();
  if (!/^([0-9a-f]{2})+$/.test(hex) || hex.length > 2 * MAX_BEACON_BYTES)
    throw new CeremonyStepError(`A beacon's value is 1 to ${MAX_BEACON_BYTES} bytes in hexadecimal`);
  const { least, most } = BEACON_EXPONENTS;
  if (!Number.isInteger(iterationsExponent) || iterationsExponent < least || iterationsExponent > most)
    throw new CeremonyStepError(`A beacon's hash is iterated 2^${least} to 2^${most} times`);
  const { contributions } = await assertOpen(from, name);
  if (contributions.length === 0)
    throw new CeremonyStepError(
      `Nobody has contributed to ${from}: with a beacon alone everybody would know its δ`,
    );
  return writeStep(to, {
    report,
    what: "the beacon",
    read: () => readMultiplicands(from),
    hasCommitment: existsSync(commitmentPath(from)),
    change: async ({ zKey, logger }, data, temporary) => {
      await zKey.beacon({ type: "mem", data }, temporary, name, hex, iterationsExponent, logger);
    },
  });
}

/** What a step is given: the second file only of a circuit with committed wires. */
interface ReceivedKey {
  readonly zkey: Uint8Array;
  readonly commitment?: CommitmentParts | undefined;
}

/** A step of δ, by snarkjs, and the step of η that belongs to it, if the key has committed wires. */
async function writeStep(
  to: string,
  {
    report,
    what,
    text,
    read,
    hasCommitment,
    change,
  }: {
    readonly report: StepReport | undefined;
    readonly what: string;
    readonly text?: string;
    readonly read: () => Promise<ReceivedKey>;
    readonly hasCommitment: boolean;
    readonly change: (session: SnarkjsSession, zkey: Uint8Array, temporary: string) => Promise<void>;
  },
): Promise<KeyHistory> {
  if (!hasCommitment)
    return withNewFile(to, async (temporary) => {
      const { zkey } = await read();
      return withSnarkjs(report, async (session) => {
        await change(session, zkey, temporary);
        return historyOf(temporary, what, session.errors);
      });
    });
  return withNewFiles([to, commitmentPath(to)], async (temporary, temporaryCommitment) => {
    const { zkey, commitment } = await read();
    if (commitment === undefined) throw new CeremonyStepError("The commitment key is missing");
    return withSnarkjs(report, async (session) => {
      await change(session, zkey, temporary);
      const history = await historyOf(temporary, what, session.errors);
      const deltaStep = history.contributions.at(-1);
      if (deltaStep === undefined) throw new CeremonyStepError(`snarkjs did not make ${what}`);
      report?.("commitment key");
      const step = { commitment, zkey, deltaStep, ...(text === undefined ? {} : { text }) };
      await writeFile(temporaryCommitment, await commitmentStep(step));
      return history;
    });
  });
}

/**
 * Content of a key without faults.
 * @throws `KEY_FAULTS`.
 */
async function readVerified(
  path: string,
  sources: KeySources & { readonly report?: StepReport },
): Promise<ReceivedKey> {
  const { key, faults } = await verifyKey({ ...sources, key: path, underWay: true });
  if (key === undefined || faults.length > 0) throw new KeyFaultsError(path, faults);
  return { zkey: key.content, commitment: key.split?.commitment };
}

/**
 * Content of a key whose points are points at least, and whose committed wires have none over δ.
 * @throws `KEY_FAULTS`.
 */
async function readMultiplicands(path: string): Promise<ReceivedKey> {
  const zkey = await readSharedFile(path);
  const key = readKeyParts(zkey, path);
  const commitment = existsSync(commitmentPath(path))
    ? await readCommitmentParts(commitmentPath(path))
    : undefined;
  const message = await withKeyTools(async (tools) => {
    const fault = await invalidMultiplicand(tools, key);
    if (fault !== undefined || commitment === undefined) return fault;
    return splitFault({ key, commitment }) ?? (await invalidCommitment(tools, commitment));
  });
  if (message !== undefined) throw new KeyFaultsError(path, [{ name: "damaged", message }]);
  return { zkey, commitment };
}

/** The history of a key to which something is to be added. */
async function assertOpen(path: string, name: string): Promise<KeyHistory> {
  if (name.trim() !== name || name === "" || name.length > MAX_NAME_LENGTH || /\p{Cc}/u.test(name))
    throw new CeremonyStepError(`A name has 1 to ${MAX_NAME_LENGTH} characters, none of them for control`);
  const { history } = readProvingKey(await readFile(path), path);
  const beacon = history.contributions.find((contribution) => contribution.beacon !== undefined);
  if (beacon !== undefined)
    throw new CeremonyStepError(`The beacon "${beacon.name}" has ended the ceremony of ${path}`);
  return history;
}

/** Reads back what snarkjs wrote, since it does not always throw when it fails. */
async function historyOf(path: string, what: string, errors: readonly string[]): Promise<KeyHistory> {
  try {
    return readProvingKey(await readFile(path), path).history;
  } catch (cause) {
    throw new CeremonyStepError(`snarkjs did not make ${what}: ${errors.join("; ")}`, { cause });
  }
}
