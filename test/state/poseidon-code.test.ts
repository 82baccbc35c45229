import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { poseidonCode } from "../../builder/state/poseidon-code.ts";

describe("Poseidon's code", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "lockstep-poseidon-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  /** The one file that is kept. */
  async function kept(): Promise<string> {
    const [name = "", ...others] = await readdir(folder);
    expect(others).to.deep.equal([]);
    return path.join(folder, name);
  }

  it("is kept as circomlibjs makes it, once", async () => {
    const made = await poseidonCode(folder);
    const file = await kept();
    expect(Buffer.compare(await readFile(file), made)).to.equal(0);
    expect(Buffer.compare(await poseidonCode(folder), made)).to.equal(0);
    expect(await kept()).to.equal(file);
  });

  it("is made anew where a byte of what was kept is another, and then kept again", async () => {
    const made = await poseidonCode(folder);
    const file = await kept();
    const other = Buffer.from(made);
    const middle = other.length >> 1;
    other.writeUInt8(other.readUInt8(middle) ^ 1, middle);
    await writeFile(file, other);
    expect(Buffer.compare(await poseidonCode(folder), made)).to.equal(0);
    expect(Buffer.compare(await readFile(file), made)).to.equal(0);
  });

  it("is made where nothing can be kept", async () => {
    const file = path.join(folder, "file");
    await writeFile(file, "");
    expect((await poseidonCode(path.join(file, "below"))).length).to.be.greaterThan(0);
    expect(await readFile(file, "utf8")).to.equal("");
  });
});
