import { appendFile, chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { buildWorker, findWorker } from "../../builder/proof/backends/rapidsnark/build.ts";
import { inTemporaryFolder } from "../keys/setting.ts";
import { rapidsnarkHere } from "./rapidsnark-setting.ts";

const here = await rapidsnarkHere();
const whereBuilt = "binary" in here ? it : it.skip;
const reason = "reason" in here ? ` (not built on this machine: ${here.reason})` : "";

async function program(folder: string, name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

describe("build of rapidsnark's worker", function () {
  this.timeout(120_000);

  it("names everything that the machine lacks, and leaves nothing behind", () =>
    inTemporaryFolder(async (folder) => {
      const root = join(folder, "root");
      const failure = await buildWorker({ root, environment: { PATH: folder } }).catch(
        (error: unknown) => error,
      );
      expect(failure).to.have.property("code", "RAPIDSNARK_BUILD");
      expect(failure)
        .to.have.property("message")
        .that.matches(/Go 1\.\d+ or newer and a C\+\+ compiler/);
      expect(await readdir(folder)).to.deep.equal([]);
    }));

  it("says why the library could not be fetched, and leaves nothing behind", () =>
    inTemporaryFolder(async (folder) => {
      await program(folder, "go", "echo 'no route to the proxy' >&2; exit 1");
      const compiler = await program(folder, "c++", "exit 0");
      const root = join(folder, "root");
      const environment = { PATH: folder, CXX: compiler };
      const failure = await buildWorker({ root, environment }).catch((error: unknown) => error);
      expect(failure).to.have.property("code", "RAPIDSNARK_BUILD");
      expect(failure).to.have.property("message").that.includes("no route to the proxy");
      expect(await readdir(root)).to.deep.equal([]);
    }));

  whereBuilt(`says why the compiler failed, and leaves nothing behind${reason}`, () =>
    inTemporaryFolder(async (folder) => {
      const root = join(folder, "root");
      const compiler = await program(folder, "failing", "echo 'no such header' >&2; exit 1");
      const environment = { ...process.env, CXX: compiler };
      const failure = await buildWorker({ root, environment }).catch((error: unknown) => error);
      expect(failure).to.have.property("code", "RAPIDSNARK_BUILD");
      expect(failure).to.have.property("message").that.includes("no such header");
      expect(await readdir(root)).to.deep.equal([]);
    }),
  );

  whereBuilt(`refuses what does not run here${reason}`, () =>
    inTemporaryFolder(async (folder) => {
      const root = join(folder, "root");
      // The last argument is where the result belongs.
      const compiler = await program(folder, "crossing", 'for last; do :; done; echo garbage > "$last"');
      const environment = { ...process.env, CXX: compiler };
      const failure = await buildWorker({ root, environment }).catch((error: unknown) => error);
      expect(failure).to.have.property("code", "RAPIDSNARK_BUILD");
      expect(await readdir(root)).to.deep.equal([]);
    }),
  );

  whereBuilt(`happens once, however many ask for it, and clears up after killed ones${reason}`, () =>
    inTemporaryFolder(async (folder) => {
      const root = join(folder, "root");
      await mkdir(join(root, "tmp-of-a-killed-build"), { recursive: true });
      await appendFile(join(root, "tmp-of-a-killed-build", "worker"), "half");
      const calls = join(folder, "calls");
      const compiler = await program(folder, "counting", `echo call >> '${calls}'; exec c++ "$@"`);
      const options = { root, environment: { ...process.env, CXX: compiler } };
      expect(await findWorker(options)).to.equal(undefined);
      const [first, second] = await Promise.all([buildWorker(options), buildWorker(options)]);
      expect(second).to.equal(first);
      expect(await buildWorker(options)).to.equal(first);
      expect(await readFile(calls, "utf8")).to.equal("call\n");
      expect(await readdir(root)).to.have.length(1);
    }),
  );
});
