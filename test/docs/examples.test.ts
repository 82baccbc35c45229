import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import ts from "typescript";

const ROOT = path.resolve(import.meta.dirname, "../..");
const EXAMPLE = /@example\n \* ```ts\n([^]*?) \* ```/g;

/**
 * Examples in the builder's documentation, by a name that they could have as a file in the project's root.
 */
function examples(): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of globSync("builder/**/*.ts", { cwd: ROOT }).sort())
    for (const [, lines = ""] of readFileSync(path.join(ROOT, file), "utf8").matchAll(EXAMPLE))
      found.set(
        path.join(ROOT, `${file.replaceAll(/[/.]/g, "-")}-${found.size}.ts`),
        `${lines.replaceAll(/^ \* ?/gm, "")}export {};\n`,
      );
  return found;
}

/** The compiler's complaints about files that are nowhere but here. */
function complaints(files: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(path.join(ROOT, "tsconfig.json"), (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const host = ts.createCompilerHost(options);
  host.fileExists = (name) => files.has(name) || ts.sys.fileExists(name);
  host.readFile = (name) => files.get(name) ?? ts.sys.readFile(name);
  const program = ts.createProgram([...files.keys()], { ...options, noUnusedLocals: false }, host);
  return [...files.keys()].flatMap((name) => {
    const source = program.getSourceFile(name);
    const all = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return all.map(
      ({ messageText }) => `${path.basename(name)}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  });
}

describe("examples in the documentation of exports", function () {
  this.timeout(600_000);

  it("have types that fit", () => {
    const files = examples();
    expect(files.size).to.be.at.least(12);
    expect(complaints(files)).to.deep.equal([]);
  });
});
