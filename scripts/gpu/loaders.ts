import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Adapters, listAdapters } from "../../builder/proving/backends/snarkrs/adapters.ts";
import { DATA_FOLDER } from "../../builder/places/places.ts";

/** Where `pack.ts` puts a Vulkan loader and what it is linked with. */
const CARRIED_LIBRARIES = join(DATA_FOLDER, "gpu", "lib");
/** Where drivers and toolkits are that the system's linker was not told of. */
const LIBRARY_FOLDERS = ["/usr/local/nvidia/lib64", "/usr/local/nvidia/lib", "/usr/local/cuda/lib64"];
/** Where NVIDIA's driver says how Vulkan finds it, if that is not where loaders look. */
const VULKAN_DRIVERS = [
  "/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json",
  "/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.x86_64.json",
];

/** A way to the drivers. */
export interface Way {
  /** In words. */
  readonly how: string;
  /** What is set for it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What a way leads to. */
export interface TriedWay extends Way {
  readonly adapters: Adapters;
}

/**
 * Tries ways until the worker finds a GPU by Vulkan on one.
 * @returns the ways that were tried; the last one is the one to go: that, or else one to a GPU by CUDA, or
 * else the first.
 */
export async function findDrivers(program: string, ways: readonly Way[] = waysHere()): Promise<TriedWay[]> {
  const tried: TriedWay[] = [];
  for (const way of ways) {
    const adapters = await listAdapters(program, { ...process.env, ...way.environment });
    tried.push({ ...way, adapters });
    if (hasGpu(adapters.wgpu)) return tried;
  }
  const best = tried.find(({ adapters }) => hasGpu(adapters.cuda)) ?? tried[0];
  return best === undefined ? [] : [...tried.filter((each) => each !== best), best];
}

/** Without anything, with the driver's own files, with the loaders that were carried here. */
function waysHere(): Way[] {
  const folders = LIBRARY_FOLDERS.filter((folder) => existsSync(folder));
  const driver = VULKAN_DRIVERS.find((file) => existsSync(file));
  const vulkan: Record<string, string> = driver === undefined ? {} : { VK_DRIVER_FILES: driver };
  const libraries = (more: readonly string[]): Record<string, string> => ({
    LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH ?? "", ...folders, ...more]
      .filter((each) => each !== "")
      .join(delimiter),
  });
  return [
    { how: "as the machine is", environment: {} },
    { how: "with the driver's folders", environment: { ...libraries([]), ...vulkan } },
    ...(existsSync(CARRIED_LIBRARIES)
      ? [{ how: "with carried loaders", environment: { ...libraries([CARRIED_LIBRARIES]), ...vulkan } }]
      : []),
  ];
}

function hasGpu(found: Adapters["cuda"]): boolean {
  return !("error" in found) && found.some(({ software }) => !software);
}
