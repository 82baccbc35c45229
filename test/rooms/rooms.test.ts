import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { wrongContractImports } from "../../scripts/testing/contract-rooms.ts";

const PROJECT = path.resolve(import.meta.dirname, "../..");
const run = promisify(execFile);

describe("rooms: imports point down", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), "lockstep rooms "));
    await symlink(path.join(PROJECT, "node_modules"), path.join(root, "node_modules"));
    for (const file of [".dependency-cruiser.mjs", "tsconfig.json", "package.json"])
      await cp(path.join(PROJECT, file), path.join(root, file));
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  async function plant(file: string, text: string): Promise<void> {
    await mkdir(path.join(root, path.dirname(file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }

  /** What the import check of `npm test` says of the planted files; empty when nothing is wrong. */
  async function verdict(): Promise<string> {
    const check = [path.join(PROJECT, "node_modules/.bin/depcruise"), "builder", "--config"];
    try {
      await run(process.execPath, [...check, ".dependency-cruiser.mjs"], { cwd: root });
      return "";
    } catch (error) {
      return error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
    }
  }

  it("takes an import of a room below", async () => {
    await plant("builder/core/builder.ts", 'import "../protocol/ids.ts";\n');
    await plant("builder/protocol/ids.ts", "export const one = 1;\n");
    expect(await verdict()).to.equal("");
  });

  it("refuses a planted import of a room above, for types as well", async () => {
    await plant("builder/core/builder.ts", "export interface Builder { one: 1 }\n");
    await plant("builder/protocol/ids.ts", 'export type { Builder } from "../core/builder.ts";\n');
    expect(await verdict()).to.include("error protocol-is-below");
  });

  it("refuses files that import each other in a circle", async () => {
    await plant("builder/post/a.ts", 'import "./b.ts";\n');
    await plant("builder/post/b.ts", 'import "./a.ts";\n');
    expect(await verdict()).to.include("error no-circles");
  });

  it("refuses a gateway that reaches into the core, and a kind that reaches into another", async () => {
    await plant("builder/core/producer.ts", "export const one = 1;\n");
    await plant("builder/gateway/l1.ts", 'import "../core/producer.ts";\n');
    await plant("builder/kinds/evm/index.ts", "export const one = 1;\n");
    await plant("builder/kinds/ledger/index.ts", 'import "../evm/index.ts";\n');
    const said = await verdict();
    expect(said).to.include("error gateways-know-a-backend");
    expect(said).to.include("error kinds-do-not-know-each-other");
  });

  it("refuses a contract that imports from a room which it must not know", async () => {
    await plant("contracts/table/Steps.sol", 'import {\n  Player,\n  Other\n} from "../play/Player.sol";\n');
    await plant("contracts/play/Player.sol", 'import {Steps} from "../table/Steps.sol";\n');
    expect(wrongContractImports(root)).to.deep.equal([
      "contracts/table/Steps.sol must not import contracts/play/Player.sol",
    ]);
  });
});
