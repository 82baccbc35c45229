import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { z } from "zod";
import { type CircuitInstance, readInstances } from "../../builder/proving/circuits/instances.ts";
import { collectSources } from "../../builder/proving/circuits/sources.ts";
import { emitCircuit } from "../../circuits/bus/emit.ts";
import { tiny } from "./bus/tiny.ts";
import { type Audit, readAudit } from "./support/audit.ts";
import { CIRCUITS } from "./support/compile.ts";

interface Template {
  readonly file: string;
  readonly name: string;
  readonly body: string;
}

const COMMENT = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
const LIBRARY = dirname(dirname(createRequire(import.meta.url).resolve("circomlib/package.json")));

async function allInstances(): Promise<CircuitInstance[]> {
  const declared: unknown = JSON.parse(await readFile(join(CIRCUITS, "circuits.json"), "utf8"));
  const names = Object.keys(z.record(z.string(), z.unknown()).parse(declared));
  return await readInstances(CIRCUITS, names);
}

/** Every template of every file that an instance includes, circomlib's too; not those made of rows. */
async function readTemplates(): Promise<Template[]> {
  const templates = new Map<string, Template>();
  for (const instance of await allInstances()) {
    for (const [path, text] of await collectSources(instance, { circuits: CIRCUITS, library: LIBRARY })) {
      if (text === instance.text) continue;
      const inLibrary = relative(LIBRARY, path);
      const shown = inLibrary.startsWith("..") ? relative(CIRCUITS, path) : inLibrary;
      const source = text.replace(COMMENT, "");
      for (const part of source.split(/(?=\btemplate\s+\w+\s*\()/)) {
        const name = /^template\s+(\w+)/.exec(part)?.[1];
        // What stands outside of templates must not assign anything.
        if (name === undefined) expect(part, shown).to.not.include("<--");
        else templates.set(`${shown} ${name}`, { file: shown, name, body: part });
      }
    }
  }
  return [...templates.values()];
}

describe("circuits: audit of unconstrained assignments", function () {
  let templates: Template[];
  let audit: Audit;

  before(async function () {
    templates = await readTemplates();
    audit = await readAudit();
  });

  it("lists every <-- of every template, and nothing else", function () {
    const found = templates.flatMap(({ file, name, body }) =>
      [...body.matchAll(/([\w.[\]]+)\s*<--\s*([^;]+);/g)].map(
        ([, signal = "", value = ""]) => `${file} ${name}: ${signal} <-- ${value.trim()}`,
      ),
    );
    const arrows = templates.reduce((sum, { body }) => sum + body.split("<--").length - 1, 0);
    expect(found.length).to.equal(arrows);
    const listed = audit.map(({ file, template, assigned }) => `${file} ${template}: ${assigned}`);
    expect(listed.sort()).to.deep.equal(found.sort());
  });

  it("uses no assignment to the right", function () {
    for (const { file, name, body } of templates) expect(body, `${file} ${name}`).to.not.include("-->");
  });

  it("names constraints that stand in the template, or says that no circuit makes it", function () {
    for (const { file, template, pinnedBy, unused } of audit) {
      const body = templates.find((each) => each.file === file && each.name === template)?.body ?? "";
      for (const constraint of pinnedBy ?? []) expect(body, `${file} ${template}`).to.include(constraint);
      expect(pinnedBy === undefined, `${file} ${template}`).to.equal(unused === true);
      if (unused !== true) continue;
      const made = new RegExp(`=\\s*${template}\\s*\\(`);
      for (const each of templates)
        expect(made.test(each.body), `${each.name} makes ${template}`).to.equal(false);
    }
  });

  it("finds beside each <-- of a circuit that is made of rows the constraints that pin it", async function () {
    const texts = (await allInstances()).flatMap(({ text }) => text ?? []);
    expect(texts).to.not.be.empty;
    for (const text of [...texts, emitCircuit(tiny).text]) {
      const lines = text.split("\n").map((line) => line.trim());
      let quotients = 0;
      let inverses = 0;
      for (const [at, line] of lines.entries()) {
        if (!line.includes("<--")) continue;
        const quotient = /^quotient\[(\w+)\] <-- found\[\1\];$/.exec(line);
        if (quotient !== null) {
          const [, i = ""] = quotient;
          expect(lines[at + 1]).to.equal(`quotient[${i}] * below[${i}] === times[${i}];`);
          quotients++;
          continue;
        }
        const [, name = "", of = ""] =
          /^inverse_(isZero\d+) <-- (\(.+\)) != 0 \? c\[0\] \/ \2 : 0;$/.exec(line) ?? [];
        expect(name, line).to.not.equal("");
        // With the value not 0, the second makes the result 0, and the first the inverse; with 0, the first
        // makes the result `on`, and nothing else reads the inverse.
        expect(lines[at + 1]).to.equal(`${name} <== c[0] - ${of} * inverse_${name};`);
        expect(lines[at + 2]).to.equal(`${of} * ${name} === 0;`);
        inverses++;
      }
      expect(text.split("<--").length - 1).to.equal(quotients + inverses);
      expect(text).to.not.include("-->");
    }
  });
});
