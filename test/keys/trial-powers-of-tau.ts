/**
 * Writes a `.ptau` file, prepared for phase 2, for trials of a ceremony: INSECURE, its secrets are in the source.
 * Usage: node test/keys/trial-powers-of-tau.ts <power> <file>
 */
import { writeFile } from "node:fs/promises";
import { preparedPowersOfTau, TRIAL_SECRETS } from "./prepared-powers-of-tau.ts";

const [power = "", file = ""] = process.argv.slice(2);
if (!/^\d{1,2}$/.test(power) || file === "") throw new Error("usage: trial-powers-of-tau.ts <power> <file>");
await writeFile(file, await preparedPowersOfTau(TRIAL_SECRETS, Number(power)), { flag: "wx" });
