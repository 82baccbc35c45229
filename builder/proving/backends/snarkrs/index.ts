import { BackendFailedError } from "../../errors.ts";
import type { BackendKind } from "../backend.ts";
import { findWorker, prepareWorker } from "../native/build.ts";
import { type Adapters, adaptersHere, describeAdapter, shortReason } from "./adapters.ts";
import { type Api, openDevice } from "./open.ts";
import { snarkrsWorker } from "./worker.ts";

const NOT_BUILT =
  "it has not been built. `npm run provers` builds it where a GPU can be, or says what this machine lacks";

/** snarkrs on CUDA: NVIDIA's GPUs, with the driver and nvrtc, which are found when it runs. */
export const cudaBackend = device("cuda", "cuda");

/** snarkrs on WebGPU: Vulkan, Metal or DX12. */
export const wgpuBackend = device("wgpu", "wgpu");

/** The same on whatever adapter there is, software too: to try it, never to be fast. Only by its name. */
export const softwareBackend: BackendKind = { ...device("software", "wgpu"), onlyByName: true };

/** The same arithmetic on processors, to compare with. Only by its name: gnark is faster. */
export const processorsBackend: BackendKind = { ...device("cpu"), isDevice: false, onlyByName: true };

/** @param listedAs the API whose adapters it uses, if it uses any. */
function device(api: Api, listedAs?: keyof Adapters): BackendKind {
  const name = `snarkrs:${api}`;
  return {
    name,
    isDevice: true,
    unavailableReason: async () => {
      const program = await findWorker(snarkrsWorker);
      if (program === undefined) return NOT_BUILT;
      return listedAs === undefined ? undefined : await missing(program, listedAs, api === "software");
    },
    describe: async () => {
      const program = await findWorker(snarkrsWorker);
      if (program === undefined || listedAs === undefined) return [];
      const adapters = (await adaptersHere(program))[listedAs];
      return Array.isArray(adapters) ? adapters.map(describeAdapter) : [];
    },
    prepareBuild: (options) => prepareWorker(snarkrsWorker, options),
    async open(options) {
      const program = await findWorker(snarkrsWorker);
      if (program === undefined) throw new BackendFailedError(name, NOT_BUILT);
      return await openDevice(name, api, program, options);
    },
  };
}

/** Why none of an API's adapters is taken. */
async function missing(
  program: string,
  listedAs: keyof Adapters,
  takesSoftware: boolean,
): Promise<string | undefined> {
  const adapters = (await adaptersHere(program))[listedAs];
  if ("error" in adapters) return `no adapter can be looked for: ${shortReason(adapters.error)}`;
  if (adapters.length === 0) return "it finds no adapter: docs/proving.md says what to install";
  if (takesSoftware || adapters.some(({ software }) => !software)) return undefined;
  const names = adapters.map(describeAdapter).join(", ");
  return `its adapters are software, which processors beat: ${names}. \`--prover snarkrs:software\` takes them`;
}
