import { globSync, readFileSync } from "node:fs";
import path from "node:path";

/** A custom error of the contracts, as its NatSpec has it. */
export interface ContractError {
  readonly name: string;
  /** With the parameters. */
  readonly signature: string;
  /** From the root of the project. */
  readonly file: string;
  /** When it is thrown: the sentences of its NatSpec, in Markdown. */
  readonly thrown: string;
}

/** Contracts that are no part of the protocol. */
const OTHERS = ["contracts/test/", "contracts/examples/", "contracts/devnet/"];
/** The comment above an error, and the error. */
const DOCUMENTED_ERROR = /((?:^ *\/\/\/.*\n)*)^ *error (\w+)(\([^)]*\));/gm;

/**
 * All custom errors of the protocol's contracts.
 * @throws when one has no NatSpec.
 */
export function contractErrors(root: string): ContractError[] {
  const files = globSync("contracts/**/*.sol", { cwd: root })
    .filter((file) => !OTHERS.some((folder) => file.startsWith(folder)))
    .sort();
  return files.flatMap((file) => {
    const source = readFileSync(path.join(root, file), "utf8");
    return [...source.matchAll(DOCUMENTED_ERROR)].map(([, comment = "", name = "", parameters = ""]) => {
      const thrown = sentences(comment);
      if (thrown === "") throw new Error(`${file}: the error ${name} has no NatSpec`);
      return { name, signature: name + parameters.replaceAll(/\s+/g, " "), file, thrown };
    });
  });
}

/** What a NatSpec comment says, without the slashes; parameters become sentences. */
function sentences(comment: string): string {
  return comment
    .replaceAll(/^ *\/\/\/ ?/gm, "")
    .replaceAll(/@(?:notice|dev) /g, "")
    .replaceAll(/@param (\w+) /g, "`$1`: ")
    .replaceAll(/\{(\w+)\}/g, "`$1`")
    .replaceAll(/\s+/g, " ")
    .trim();
}
