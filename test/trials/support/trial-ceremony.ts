import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { prepareCircuits } from "../../../builder/node/artefacts.ts";
import { knownKind } from "../../../builder/node/kinds/index.ts";
import { exportKey } from "../../../builder/proving/keys/ceremony/export.ts";
import { commitmentPath, splitInitialKey } from "../../../builder/proving/keys/ceremony/split.ts";
import { applyBeacon, contribute, UNVERIFIED } from "../../../builder/proving/keys/ceremony/steps.ts";
import { domainPower } from "../../../builder/proving/keys/arithmetisation.ts";
import { u32 } from "../../../builder/proving/keys/little-endian.ts";
import { computeKey } from "../../../builder/proving/keys/direct-set-up.ts";
import { readConstraintSystem } from "../../../builder/proving/keys/r1cs.ts";
import { preparedPowersOfTau, TEST_SECRETS } from "../../proving/keys/prepared-powers-of-tau.ts";
import { endSnarkjs } from "../../proving/keys/snarkjs-threads.ts";
import { say } from "./say.ts";

/**
 * Keys of a ceremony that was held for a trial, one contributor and a beacon for each of a kind's
 * circuits. The initial key is computed from its secrets (δ is 1) in place of `ceremony init`, which takes
 * many minutes; the export verifies that it is the very key.
 * @returns the folder for `--keys`.
 */
export async function holdTrialCeremony(folder: string, kind: string): Promise<string> {
  const keys = path.join(folder, "keys");
  await mkdir(folder, { recursive: true });
  const circuits = [...(await prepareCircuits({ kinds: [knownKind(kind)] }))];
  const systems = await Promise.all(
    circuits.map(async ([, { artefacts }]) => await readFile(artefacts.r1cs)),
  );
  // One more than the largest circuit's: the last level of such a file lacks a power of τ.
  const power = 1 + Math.max(...systems.map((r1cs) => domainPower(readConstraintSystem(r1cs))));
  const ptau = path.join(folder, "powers.ptau");
  const begin = performance.now();
  const seconds = (): string => `${((performance.now() - begin) / 1_000).toFixed(0)} s`;
  await writeFile(ptau, await preparedPowersOfTau(TEST_SECRETS, power));
  say(`powers of tau, 2^${power}: ${seconds()}`);
  for (const [index, [circuit, { artefacts }]] of circuits.entries()) {
    const file = (step: string): string => path.join(folder, `${circuit}-${step}.zkey`);
    const [initial, first, final] = [file("0000"), file("0001"), file("final")];
    const none = async (circuitHash: Uint8Array) => Buffer.concat([circuitHash, u32(0)]);
    const unsplit = await computeKey(
      systems[index] ?? new Uint8Array(),
      { ...TEST_SECRETS, delta: 1n },
      none,
    );
    const { r1cs, commitment } = artefacts;
    const committed = commitment?.wires ?? 0;
    const sources = { r1cs, ptau, initial, committed, unknownPtau: true };
    if (committed === 0) await writeFile(initial, unsplit);
    else {
      const { zkey, ckey } = splitInitialKey(unsplit, committed);
      await writeFile(initial, zkey);
      await writeFile(commitmentPath(initial), ckey);
    }
    say(`${circuit}, initial key: ${seconds()}`);
    await contribute({
      from: initial,
      to: first,
      name: "Alice",
      received: committed === 0 ? UNVERIFIED : sources,
    });
    say(`${circuit}, contribution: ${seconds()}`);
    const beacon = { value: "0102030405060708090a0b0c0d0e0f10", iterationsExponent: 10 };
    await applyBeacon({ from: first, to: final, name: "block 1", ...beacon });
    await exportKey({ circuit, key: final, folder: keys, ...sources });
    say(`${circuit}, exported: ${seconds()}`);
  }
  await endSnarkjs();
  return keys;
}
