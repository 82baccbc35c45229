/**
 * `npm run abi`: writes builder/protocol/abi.ts (wagmi.config.ts) and the client's TypeChain types from the
 * contracts.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { compileContracts } from "../builder/node/deployment/compile.ts";
import { step } from "../builder/node/progress.mjs";
import { generateTypes, TYPECHAIN_FOLDER } from "./typechain.ts";

const root = path.resolve(import.meta.dirname, "..");

function tool(name: string, ...parameters: readonly string[]): void {
  execFileSync(path.join(root, "node_modules/.bin", name), parameters, { cwd: root, stdio: "inherit" });
}

await step("compiling contracts", compileContracts);
tool("wagmi", "generate");
tool("prettier", "--write", "builder/protocol/abi.ts");
await step("TypeChain's types", async () => {
  const folder = path.join(root, TYPECHAIN_FOLDER);
  rmSync(folder, { recursive: true, force: true });
  for (const [name, content] of await generateTypes()) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
});
