/** `npm run abi`: writes builder/protocol/abi.ts from the contracts (wagmi.config.ts). */
import { execFileSync } from "node:child_process";
import path from "node:path";
import { compileContracts } from "../builder/node/deployment/compile.ts";
import { step } from "../builder/node/progress.mjs";

const root = path.resolve(import.meta.dirname, "..");

function tool(name: string, ...parameters: readonly string[]): void {
  execFileSync(path.join(root, "node_modules/.bin", name), parameters, { cwd: root, stdio: "inherit" });
}

await step("compiling contracts", compileContracts);
tool("wagmi", "generate");
tool("prettier", "--write", "builder/protocol/abi.ts");
