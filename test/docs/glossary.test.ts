import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";

const ROOT = path.resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");

/** What the glossary's entries name in their last brackets as the place of a definition. */
function namedPlaces(): string[] {
  const [, glossary = ""] = read("CONTRIBUTING.md").split("\n## Glossary\n");
  const entries = glossary.split(/\n- (?=\*\*)/).slice(1);
  return entries.flatMap((entry) => {
    const [brackets = ""] = /\([^()]*\)\.\s*(?:\n###.*\s*)?$/.exec(entry) ?? [];
    return [...brackets.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
  });
}

describe("the glossary", () => {
  it("names definitions that are there", () => {
    const sources = [
      ...globSync("builder/**/*.ts", { cwd: ROOT }),
      ...globSync("contracts/**/*.sol", { cwd: ROOT }),
    ]
      .map(read)
      .join("\n");
    const isDefined = (name: string): boolean =>
      name.includes("/")
        ? existsSync(path.join(ROOT, name))
        : new RegExp(`\\b(?:class|contract|function|interface|library|struct|type) ${name}\\b`).test(sources);
    const places = namedPlaces();
    expect(places.length).to.be.greaterThan(40);
    expect(places.filter((name) => !isDefined(name))).to.deep.equal([]);
  });

  it("has each word once", () => {
    const words = [...read("CONTRIBUTING.md").matchAll(/^- \*\*([^*]+)\*\*:/gm)].map(([, word = ""]) => word);
    expect(words.filter((word, at) => words.indexOf(word) !== at)).to.deep.equal([]);
  });
});
