import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { domainPower } from "../arithmetisation.ts";
import type { KeyHistory } from "../contributions.ts";
import { readConstraintSystem } from "../r1cs.ts";
import { readSharedFile } from "../shared-bytes.ts";
import { readProvingKey } from "../zkey.ts";
import { BEACON_EXPONENTS } from "./check-steps.ts";
import { CeremonyStepError, KeyFaultsError } from "./errors.ts";
import { invalidMultiplicand, readKeyParts } from "./key-parts.ts";
import { withKeyTools } from "./key-tools.ts";
import { withNewFile } from "./new-file.ts";
import {
  type AllowedPowers,
  assertLargeEnough,
  authenticatePowers,
  readPowersOfTau,
} from "./powers-of-tau.ts";
import { type StepReport, withSnarkjs } from "./snarkjs.ts";
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
  readonly report?: StepReport;
}

/**
 * The first step of phase 2: the key of a circuit before contributions. Its δ is 1: with it proofs can be
 * forged.
 * @throws `POWERS_OF_TAU`, `KEY_CORRUPT` when the circuit is malformed, `FILE_EXISTS`.
 */
export async function makeInitialKey({
  r1cs,
  ptau,
  to,
  report,
  ...allowed
}: InitialKeyOptions): Promise<KeyHistory> {
  return withNewFile(to, async (temporary) => {
    const system = readConstraintSystem(await readFile(r1cs), r1cs);
    const powers = await readPowersOfTau(ptau);
    // snarkjs leaves half a file behind where it finds these too late or not at all.
    assertLargeEnough(powers, domainPower(system));
    await authenticatePowers(powers, allowed);
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
  return withNewFile(to, async (temporary) => {
    const data =
      received === UNVERIFIED
        ? await readMultiplicands(from)
        : await readVerified(from, { ...received, ...(report === undefined ? {} : { report }) });
    // snarkjs mixes in random bytes of its own. These make sure that it is never given nothing, for it would
    // ask a person.
    const entropy = `${randomBytes(ENTROPY_BYTES).toString("hex")}${text}`;
    return withSnarkjs(report, async ({ zKey, logger, errors }) => {
      await zKey.contribute({ type: "mem", data }, temporary, name, entropy, logger);
      return historyOf(temporary, "the contribution", errors);
    });
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
  return withNewFile(to, async (temporary) => {
    const data = await readMultiplicands(from);
    return withSnarkjs(report, async ({ zKey, logger, errors }) => {
      await zKey.beacon({ type: "mem", data }, temporary, name, hex, iterationsExponent, logger);
      return historyOf(temporary, "the beacon", errors);
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
): Promise<Uint8Array> {
  const { key, faults } = await verifyKey({ ...sources, key: path, underWay: true });
  if (key === undefined || faults.length > 0) throw new KeyFaultsError(path, faults);
  return key.content;
}

/**
 * Content of a key whose points are points at least.
 * @throws `KEY_FAULTS`.
 */
async function readMultiplicands(path: string): Promise<Uint8Array> {
  const content = await readSharedFile(path);
  const message = await withKeyTools((tools) => invalidMultiplicand(tools, readKeyParts(content, path)));
  if (message !== undefined) throw new KeyFaultsError(path, [{ name: "damaged", message }]);
  return content;
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
