import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Build } from "solidity-docgen/dist/site.js";
import solc from "solc";
import { z } from "zod";

/** What documentation is for: the contracts without their tests. */
const SOURCES = "contracts/**/*.sol";
const LEFT_OUT = ["contracts/test/**", "contracts/devnet/**"];

const outputSchema = z.looseObject({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).default([]),
  sources: z.record(z.string(), z.looseObject({ ast: z.looseObject({}) })).default({}),
});

/** The contracts' syntax trees. Nothing is generated, so it takes seconds where a build takes minutes. */
export function readSyntaxTrees(root: string): Build {
  const files = globSync(SOURCES, { cwd: root, exclude: LEFT_OUT }).sort();
  const sources = Object.fromEntries(
    files.map((file) => [file, { content: readFileSync(path.join(root, file), "utf8") }]),
  );
  const request = {
    language: "Solidity",
    sources,
    settings: { evmVersion: "prague", outputSelection: { "*": { "": ["ast"] } } },
  };
  const find = (name: string): { contents: string } | { error: string } => {
    const contents = readFileSync(path.join(root, "node_modules", name), "utf8");
    // The pages quote signatures from what was compiled, imported files included.
    Object.assign(sources, { [name]: { content: contents } });
    return { contents };
  };
  // The package's types say `any` of the compiler.
  // eslint-disable-next-line @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-call
  const answer: unknown = JSON.parse(solc.compile(JSON.stringify(request), { import: find }));
  const { errors } = outputSchema.parse(answer);
  const failures = errors.filter(({ severity }) => severity === "error");
  if (failures.length > 0) throw new Error(failures.map((each) => each.formattedMessage).join("\n"));
  return { input: { sources }, output: answer as Build["output"] };
}

/** Names of everything that the sources declare, private and imported things included. */
export function declaredNames(output: Build["output"]): Set<string> {
  const names = new Set<string>();
  const rest: unknown[] = Object.values(output.sources);
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    if (typeof node !== "object" || node === null) continue;
    if ("nodeType" in node && "name" in node && typeof node.name === "string") names.add(node.name);
    for (const value of Object.values(node))
      if (typeof value === "object" && value !== null) rest.push(value);
  }
  return names;
}
