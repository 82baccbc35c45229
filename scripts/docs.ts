/**
 * `npm run docs`: API pages of the builder and the contracts, in `.lockstep/docs`. Links that lead nowhere
 * fail it.
 */
import path from "node:path";
import { Application, type TypeDocOptions } from "typedoc";
import { step } from "../builder/node/progress.mjs";
import { BrokenReferenceError } from "./docs/references.ts";
import { writeSolidityPages } from "./docs/solidity-pages.ts";

const root = path.resolve(import.meta.dirname, "..");
const out = path.join(root, ".lockstep", "docs");
const solidity = path.join(root, ".lockstep", "docs-solidity");

/** What other programs may build on; everything else of the builder may change without notice. */
const ENTRY_POINTS = [
  "builder/protocol/*.ts",
  "builder/protocol/{errors,execution}/*.ts",
  "builder/core/{builder,events}.ts",
  "builder/kinds/kind.ts",
  "builder/kinds/ledger/signing.ts",
  "builder/proving/{prover,circuit-job}.ts",
  "builder/proving/backends/backend.ts",
  "builder/post/dry-run/dry-run.ts",
  "builder/state/{state,tree,types}.ts",
];

const options: TypeDocOptions = {
  name: "Lockstep",
  entryPoints: ENTRY_POINTS,
  tsconfig: path.join(root, "tsconfig.json"),
  readme: "README.md",
  projectDocuments: [
    "*.md",
    "docs/*.md",
    ".lockstep/docs-solidity/**/*.md",
    "circuits/README.md",
    "builder/gateway/README.md",
  ],
  out,
  disableSources: true,
  // `npm test` checks types.
  skipErrorChecking: true,
  excludeExternals: true,
  highlightLanguages: ["typescript", "json", "jsonc", "bash", "sh", "solidity", "mermaid"],
  excludePrivate: true,
  // What an exported type refers to need not be exported by the same file.
  validation: { notExported: false, invalidLink: true, invalidPath: true, rewrittenLink: true },
  treatWarningsAsErrors: true,
};

/** @returns whether everything could be written, and every link leads somewhere. */
async function build(): Promise<boolean> {
  await step("reading the contracts", async () => {
    await writeSolidityPages(root, solidity);
  });
  const app = await Application.bootstrap(options);
  const project = await app.convert();
  if (project === undefined) return false;
  app.validate(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) return false;
  await app.generateOutputs(project);
  return !app.logger.hasErrors() && !app.logger.hasWarnings();
}

try {
  if (await build()) console.log(`\n${path.relative(process.cwd(), path.join(out, "index.html"))}`);
  else process.exitCode = 1;
} catch (error) {
  if (!(error instanceof BrokenReferenceError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
