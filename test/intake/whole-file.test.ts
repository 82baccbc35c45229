import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { writeWholeFile, writeWholeFileSync } from "../../builder/intake/whole-file.ts";

const MODULE = path.resolve(import.meta.dirname, "../../builder/intake/whole-file.ts");
/** Of this many bytes at most may a file be, where the shell says so. */
const LIMIT = 64 * 1024;

describe("files that are whole or absent", function () {
  this.timeout(60_000);
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "lockstep-whole-"));
    file = path.join(folder, "state.json");
  });
  afterEach(async () => await rm(folder, { recursive: true }));

  for (const [name, write] of Object.entries({ writeWholeFile, writeWholeFileSync })) {
    it(`are written and written over: ${name}`, async () => {
      await write(file, "first");
      await write(file, "second, in €");
      expect(await readFile(file, "utf8")).to.equal("second, in €");
      expect(await readdir(folder)).to.deep.equal(["state.json"]);
    });

    it(`stay as they were where there is too little room: ${name}`, async () => {
      await write(file, "first");
      const script =
        `import { ${name} } from ${JSON.stringify(MODULE)};` +
        `try { await ${name}(${JSON.stringify(file)}, "x".repeat(${2 * LIMIT})); console.log("written"); }` +
        `catch (error) { console.log(error.code); }`;
      // In blocks of 512 bytes (POSIX) or 1024 (bash as sh): either way less than what is written.
      const shell = `ulimit -f ${LIMIT / 1024} && exec "$0" --input-type=module -e "$1"`;
      const { stdout } = await promisify(execFile)("sh", ["-c", shell, process.execPath, script]);
      expect(stdout.trim()).to.equal("EFBIG");
      expect(await readFile(file, "utf8")).to.equal("first");
    });
  }
});
