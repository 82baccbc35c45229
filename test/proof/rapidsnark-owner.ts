/** Proves once with rapidsnark, says so, and waits to be killed. Argument: path of the worker. */
import { openRapidsnark } from "../../builder/proof/backends/rapidsnark/index.ts";
import { testArtefacts } from "../keys/setting.ts";
import { bitsWitness } from "./rapidsnark-setting.ts";
import { BITS_JOB } from "./setting.ts";

const [, , binary] = process.argv;
if (binary === undefined) throw new TypeError("which worker?");
const witness = await bitsWitness();
const backend = await openRapidsnark(binary, { circuits: [await testArtefacts("bits")], threads: 1 });
await backend.prove({ ...BITS_JOB, witness: async () => witness }, new AbortController().signal);
process.stdout.write("proven\n");
setInterval(() => undefined, 1_000);
