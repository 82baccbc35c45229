import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, globSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const SOURCE = path.join(import.meta.dirname, "no-device.c");
/** Of the CUDA that the crates are made for: a driver takes no PTX that is newer than itself. */
const NVRTC = "nvidia-cuda-nvrtc-cu12==12.8.93";
/** Milliseconds. Two minutes of one processor on a free machine. */
const COMPILE_TIMEOUT_MS = 1_800_000;

/**
 * Compiles the worker's CUDA kernels for compute capability 9.0 and above, on this machine: nvrtc needs no
 * GPU, and takes minutes that a lent one is too dear for. What the driver makes of them there takes as long
 * again.
 * @param program the worker.
 * @param folder which keeps them, and nvrtc.
 * @returns the files, which belong where the worker looks for what it compiled before.
 * @throws when nvrtc or a C compiler cannot be had.
 */
export async function compiledKernels(program: string, folder: string): Promise<string[]> {
  const kept = path.join(folder, "kernels", path.basename(path.dirname(program)));
  const found = (): string[] => globSync("*.ptx", { cwd: kept }).map((name) => path.join(kept, name));
  if (found().length > 0) return found();
  const unfinished = `${kept}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  try {
    await compile(program, [await nvrtcIn(folder), await pretendedDevice(folder)], unfinished);
    renameSync(unfinished, kept);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return found();
}

/** @param libraries folders of nvrtc and of a driver. */
async function compile(program: string, libraries: readonly string[], output: string): Promise<void> {
  // It reads the key when it gets a job, and gets none.
  const worker = spawn(program, ["serve", "cuda", "1", "hardware", "none", "-"], {
    env: { ...process.env, LD_LIBRARY_PATH: libraries.join(path.delimiter), G16_CUDA_CACHE: output },
    timeout: COMPILE_TIMEOUT_MS,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(worker, "exit");
  // Ready, or what is wrong.
  const said = await Promise.race([once(worker.stdout, "data"), ended]);
  worker.stdin.end();
  await ended;
  const text = String(said[0]);
  if (!text.slice(4).startsWith("R")) throw new Error(`the kernels cannot be compiled: ${text.slice(4)}`);
}

/** Folder of libnvrtc, fetched by pip if that has not been done. */
async function nvrtcIn(folder: string): Promise<string> {
  const libraries = path.join(folder, "nvrtc");
  const name = path.join(libraries, "nvidia", "cuda_nvrtc", "lib");
  if (existsSync(name)) return name;
  const given = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", libraries, NVRTC];
  await run("python3", given);
  return name;
}

/** Folder of a libcuda without a device behind it. */
async function pretendedDevice(folder: string): Promise<string> {
  const libraries = path.join(folder, "no-device");
  mkdirSync(libraries, { recursive: true });
  await run("cc", ["-shared", "-fPIC", "-O1", "-o", path.join(libraries, "libcuda.so.1"), SOURCE]);
  rmSync(path.join(libraries, "libcuda.so"), { force: true });
  symlinkSync("libcuda.so.1", path.join(libraries, "libcuda.so"));
  return libraries;
}

/** Libraries of a Vulkan loader, and what NVIDIA's driver for Vulkan is linked with. */
const LOADERS = [
  "libvulkan.so.1",
  "libEGL.so.1",
  "libGL.so.1",
  "libGLX.so.0",
  "libGLdispatch.so.0",
  "libOpenGL.so.0",
  "libX11.so.6",
  "libXext.so.6",
  "libxcb.so.1",
  "libXau.so.6",
  "libXdmcp.so.6",
  "libbsd.so.0",
  "libmd.so.0",
];
const LIBRARY_FOLDERS = ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64"];

/**
 * Copies them into a folder.
 * @returns the names of those that this system has not.
 */
export function copyLoaders(folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  return LOADERS.filter((name) => {
    const from = LIBRARY_FOLDERS.map((each) => path.join(each, name)).find((file) => existsSync(file));
    if (from !== undefined) copyFileSync(from, path.join(folder, name));
    return from === undefined;
  });
}
