import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import ts from "typescript";
import {
  crossChainManagerAbi,
  groth16ProofSystemAbi,
  rollupsAbi,
  unprovenProofSystemAbi,
} from "../../builder/protocol/abi.ts";
import { codeOf, LockstepError } from "../../builder/protocol/errors.ts";
import { ERROR_GROUPS, errorDocs, ERRORS } from "../../builder/protocol/errors/registry.ts";
import { contractErrors } from "../../scripts/docs/contract-errors.ts";
import { errorDocs as generatedDocs } from "../../scripts/docs/errors.ts";

const root = path.resolve(import.meta.dirname, "../..");

describe("error registry", function () {
  this.timeout(60_000);

  it("has every code in one group, with a title, a meaning and a remedy", () => {
    const codes = ERROR_GROUPS.flatMap(({ errors }) => Object.keys(errors));
    expect(codes).to.have.members(Object.keys(ERRORS));
    expect(new Set(codes).size).to.equal(codes.length);
    for (const { errors } of ERROR_GROUPS)
      for (const [code, { title, meaning, remedy }] of Object.entries(errors)) {
        expect(code).to.match(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/);
        expect(title, code).to.match(/[^.]$/);
        for (const sentence of [meaning, remedy]) expect(sentence, code).to.match(/^.{5,}\.$/s);
      }
  });

  it("is what the compiler takes codes from", () => {
    // @ts-expect-error: no such code.
    const error = new LockstepError("TYPO", "an error that does not compile");
    expect(error).to.be.instanceOf(Error);
  });

  it("has each code thrown by one class, or at one place, and none that nothing throws", () => {
    const owners = ownersOfCodes();
    for (const [code, own] of owners) expect([...own], code).to.have.length(1);
    expect(Object.keys(ERRORS).filter((code) => !owners.has(code))).to.deep.equal([], "nothing throws these");
  });

  it("is linked to by every error", () => {
    const error = new LockstepError("PORT_IN_USE", "");
    expect(error.docs).to.equal("docs/errors.md#port_in_use");
    expect(codeOf(error)).to.equal("PORT_IN_USE");
    expect(codeOf(new Error("another"))).to.equal("INTERNAL");
    const page = readFileSync(path.join(root, "docs/errors.md"), "utf8");
    const headings = [...page.matchAll(/^#+ `?(.*?)`?$/gm)].map(([, text = ""]) => text.toLowerCase());
    for (const { errors } of ERROR_GROUPS)
      for (const code of Object.keys(errors))
        expect(headings.filter((each) => each === code.toLowerCase())).to.have.length(1);
    expect(errorDocs("STOPPED")).to.equal("docs/errors.md#stopped");
  });

  it("is what the documentation says; else run: npm run docs:errors", async () => {
    for (const { file, text } of await generatedDocs(root))
      expect(readFileSync(path.join(root, file), "utf8"), file).to.equal(text);
  });

  it("has beside it every custom error of the contracts", () => {
    const documented = new Set(contractErrors(root).map(({ name }) => name));
    for (const abi of [rollupsAbi, crossChainManagerAbi, groth16ProofSystemAbi, unprovenProofSystemAbi])
      for (const item of abi) if (item.type === "error") expect(documented, item.name).to.include(item.name);
  });
});

/** Where builder/ makes errors and failed transactions of each code. */
function ownersOfCodes(): Map<string, Set<string>> {
  const owners = new Map<string, Set<string>>();
  for (const file of globSync("builder/**/*.ts", { cwd: root })) {
    if (file.startsWith("builder/protocol/errors/")) continue;
    const text = readFileSync(path.join(root, file), "utf8");
    const visit = (node: ts.Node): void => {
      if (ts.isStringLiteral(node) && Object.hasOwn(ERRORS, node.text)) {
        const owner = ownerOf(node, file);
        if (owner !== undefined) owners.set(node.text, (owners.get(node.text) ?? new Set()).add(owner));
      }
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  }
  return owners;
}

/**
 * The class that is given the code, or the file if it is none.
 * @returns undefined where a code is compared, is one of a list, or is a type.
 */
function ownerOf(literal: ts.StringLiteral, file: string): string | undefined {
  const { parent } = literal;
  if (ts.isBinaryExpression(parent) || ts.isArrayLiteralExpression(parent) || ts.isLiteralTypeNode(parent))
    return undefined;
  for (let node: ts.Node = literal; !ts.isSourceFile(node); node = node.parent) {
    if (ts.isObjectLiteralExpression(node) && isFailed(node)) return "TransactionStatus";
    if (ts.isNewExpression(node)) {
      const made = node.expression.getText();
      return made === LockstepError.name ? file : made;
    }
    if (ts.isClassLike(node)) return node.name?.text ?? file;
  }
  return file;
}

/** `{ state: "failed", … }` */
function isFailed(node: ts.ObjectLiteralExpression): boolean {
  return node.properties.some((property) => property.getText() === 'state: "failed"');
}
