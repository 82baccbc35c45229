/** Proves once with a native worker, says so, and waits to be killed. Argument: path of the worker. */
import { openNative } from "../../builder/proving/backends/native/backend.ts";
import { testArtefacts } from "./keys/setting.ts";
import { bitsWitness } from "./native-setting.ts";
import { BITS_JOB } from "./setting.ts";

const [, , program] = process.argv;
if (program === undefined) throw new TypeError("which worker?");
const witness = await bitsWitness();
const backend = await openNative("native", program, { circuits: [await testArtefacts("bits")], threads: 1 });
await backend.prove({ ...BITS_JOB, witness: async () => witness }, new AbortController().signal);
process.stdout.write("proven\n");
setInterval(() => undefined, 1_000);
