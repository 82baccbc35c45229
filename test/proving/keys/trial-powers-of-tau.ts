/**
 * Writes a `.ptau` file, prepared for phase 2, for rehearsals of a ceremony: INSECURE, its secrets are those
 * of development keys, and keys that are made from it are refused wherever those are. Usage: node
 * test/proving/keys/trial-powers-of-tau.ts <power> <file>
 */
import { writeFile } from "node:fs/promises";
import { DEVELOPMENT_SECRETS } from "../../../builder/proving/keys/secrets.ts";
import { preparedPowersOfTau } from "./prepared-powers-of-tau.ts";

const [power = "", file = ""] = process.argv.slice(2);
if (!/^\d{1,2}$/.test(power) || file === "") throw new Error("usage: trial-powers-of-tau.ts <power> <file>");
await writeFile(file, await preparedPowersOfTau(DEVELOPMENT_SECRETS, Number(power)), { flag: "wx" });
