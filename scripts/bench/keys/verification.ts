import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readBinaryFile, writeBinaryFile } from "../../../builder/proving/keys/binary-file.ts";
import { circuitHash } from "../../../builder/proving/keys/ceremony/circuit-hash.ts";
import { readKeyParts, SECTION } from "../../../builder/proving/keys/ceremony/key-parts.ts";
import { readPowersOfTau, readRowPoints } from "../../../builder/proving/keys/ceremony/powers-of-tau.ts";
import { contribute, UNVERIFIED } from "../../../builder/proving/keys/ceremony/steps.ts";
import { verifyKey } from "../../../builder/proving/keys/ceremony/verify.ts";
import { withSnarkjs } from "../../../builder/proving/keys/ceremony/snarkjs.ts";
import { u32 } from "../../../builder/proving/keys/little-endian.ts";
import { CurveMemory } from "../../../builder/proving/keys/curve-memory.ts";
import { compileCurve } from "../../../builder/proving/keys/curve-module.ts";
import { computeKey } from "../../../builder/proving/keys/direct-set-up.ts";
import { DEVELOPMENT_SECRETS } from "../../../builder/proving/keys/secrets.ts";
import { preparedPowersOfTau } from "../../../test/proving/keys/prepared-powers-of-tau.ts";
import { syntheticR1cs } from "./synthetic-r1cs.ts";

/** Files of a rehearsed ceremony for a synthetic circuit. */
export interface Rehearsal {
  readonly r1cs: string;
  readonly ptau: string;
  readonly initial: string;
  /** With one unverified contribution. */
  readonly key: string;
}

export interface Cost {
  readonly wallSeconds: number;
  /** Of all threads: what to compare on a busy machine. */
  readonly cpuSeconds: number;
}

/** Makes what is not in the folder yet: minutes for large circuits. */
export async function rehearse(folder: string, power: number, constraints: number): Promise<Rehearsal> {
  await mkdir(folder, { recursive: true });
  const file = (name: string): string => join(folder, `${power}${name}`);
  const files = {
    r1cs: file(".r1cs"),
    ptau: file(".ptau"),
    initial: file("-0000.zkey"),
    key: file("-0001.zkey"),
  };
  await unlessThere(files.r1cs, async () => syntheticR1cs(constraints));
  await unlessThere(files.ptau, () => preparedPowersOfTau(DEVELOPMENT_SECRETS, power));
  await unlessThere(files.initial, async () => initialKey(await readFile(files.r1cs), files.ptau, power));
  if (!(await isThere(files.key)))
    await contribute({ from: files.initial, to: files.key, name: "Alice", received: UNVERIFIED });
  return files;
}

/** The full verification of the key, as every contributor has it. */
export async function timeVerification({ r1cs, ptau, initial, key }: Rehearsal): Promise<Cost> {
  return time(async () => {
    const { faults } = await verifyKey({ r1cs, ptau, initial, key, underWay: true, rehearsal: true });
    if (faults.length > 0) throw new Error(faults.map(({ message }) => message).join("; "));
  });
}

/** A contribution with the verification of what was received. */
export async function timeContribution({ r1cs, ptau, initial, key }: Rehearsal, to: string): Promise<Cost> {
  const received = { r1cs, ptau, initial, rehearsal: true };
  return time(() => contribute({ from: key, to, name: "Bob", received }));
}

/** What verification was before: snarkjs', which makes the initial key again. */
export async function timeSnarkjs({ r1cs, ptau, key }: Rehearsal): Promise<{ initial: Cost; verify: Cost }> {
  return withSnarkjs(undefined, async ({ zKey, logger }) => {
    const start = { type: "mem" };
    const initial = await time(() => zKey.newZKey(r1cs, ptau, start, logger));
    const verify = await time(async () => {
      if (!(await zKey.verifyFromInit(start, ptau, key, logger))) throw new Error("snarkjs finds a fault");
    });
    return { initial, verify };
  });
}

/** The initial key from the known secrets: snarkjs takes a quarter of an hour for it. */
async function initialKey(r1cs: Uint8Array, ptau: string, power: number): Promise<Uint8Array> {
  const direct = await computeKey(r1cs, { ...DEVELOPMENT_SECRETS, delta: 1n }, async (hash) =>
    Buffer.concat([hash, u32(0)]),
  );
  const key = readKeyParts(direct, "the key");
  const rows = await readRowPoints(await readPowersOfTau(ptau), power);
  // In a file of the circuit's own size a power is missing, which changes section 9 and the hash.
  const hash = circuitHash(await CurveMemory.create(await compileCurve()), {
    header: [
      ["g1", key.alpha1],
      ["g1", key.beta1],
      ["g2", key.beta2],
      ["g2", key.gamma2],
      ["g1", key.delta1],
      ["g2", key.delta2],
    ],
    publicPart: key.section(SECTION.publicPart),
    quotientPowers: rows.quotientPowers,
    domainSize: key.domainSize,
    privatePart: key.section(SECTION.privatePart),
    a: key.section(SECTION.a),
    b1: key.section(SECTION.b1),
    b2: key.section(SECTION.b2),
  });
  const file = readBinaryFile(direct, "zkey", "the key");
  return writeBinaryFile(
    "zkey",
    1,
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((id) => {
      if (id === SECTION.quotient) return [id, rows.odd] as const;
      if (id === SECTION.history) return [id, Buffer.concat([Buffer.from(hash, "hex"), u32(0)])] as const;
      return [id, file.section(id)] as const;
    }),
  );
}

async function time(work: () => Promise<unknown>): Promise<Cost> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallSeconds: (performance.now() - start) / 1_000, cpuSeconds: (user + system) / 1e6 };
}

async function unlessThere(path: string, make: () => Promise<Uint8Array>): Promise<void> {
  if (!(await isThere(path))) await writeFile(path, await make());
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
