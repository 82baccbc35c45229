import { mkdirSync, readFileSync, rmSync, writeFileSync, globSync } from "node:fs";
import path from "node:path";
import { main as render } from "solidity-docgen/dist/main.js";
import { linkReferences } from "./references.ts";
import { declaredNames, readSyntaxTrees } from "./solidity-ast.ts";

/**
 * Writes a Markdown page for each Solidity file, with the references in its NatSpec as links.
 * @param folder of the pages; what was there before is removed.
 * @throws {BrokenReferenceError}
 */
export async function writeSolidityPages(root: string, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const build = readSyntaxTrees(root);
  await render([build], {
    root,
    sourcesDir: "contracts",
    outputDir: path.relative(root, folder),
    pages: "files",
    templates: path.relative(root, path.join(import.meta.dirname, "templates")),
  });
  const pages = new Map(
    globSync("**/*.md", { cwd: folder })
      .sort()
      .map((page) => [page, readFileSync(path.join(folder, page), "utf8")]),
  );
  for (const [page, text] of linkReferences(pages, declaredNames(build.output)))
    writeFileSync(path.join(folder, page), titled(page, text));
}

/** TypeDoc takes titles and places of documents from their front matter. */
function titled(page: string, text: string): string {
  const file = page.replace(/\.md$/, ".sol");
  const place = path.posix.dirname(`contracts/${file}`);
  return `---\ntitle: ${path.posix.basename(file)}\ngroup: Contracts\ncategory: ${place}\n---\n\n${text}`;
}
