import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";

const execute = promisify(execFile);
const require = createRequire(import.meta.url);

/**
 * Foundry's own program: the one that the package starts ends with 0 whatever comes of it.
 */
function program(tool: "cast" | "forge"): string {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  return require.resolve(`@foundry-rs/${tool}-${process.platform}-${architecture}/bin/${tool}`);
}

/** Foundry's cast, at one gateway. */
export function castAt(url: string): (...options: string[]) => Promise<string> {
  return async (...options) => {
    const env = { ...process.env, ETH_RPC_URL: url };
    const { stdout } = await execute(program("cast"), options, { env });
    return stdout.trim();
  };
}

/** Foundry's forge, in a project's folder. */
export function forgeIn(cwd: string, environment: Readonly<Record<string, string>>) {
  return async (...options: string[]): Promise<string> => {
    const env = { ...process.env, ...environment, NO_COLOR: "1" };
    const { stdout } = await execute(program("forge"), options, { cwd, env });
    return stdout.trim();
  };
}
