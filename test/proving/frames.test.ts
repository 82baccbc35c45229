import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import {
  FRAME_FORMAT,
  WorkerError,
  WorkerProcess,
} from "../../builder/proving/backends/native/worker-process.ts";
import { inTemporaryFolder } from "./keys/setting.ts";

/** Workers are built from sources of their own: one of another version may be on the disk. */
describe("a native worker", function () {
  this.timeout(30_000);

  /** A program that greets so, and answers everything with a word. */
  async function greeting(folder: string, greeting: string): Promise<string> {
    const program = join(folder, "worker");
    const script = [
      `#!${process.execPath}`,
      "const frame = (text) => {",
      "  const length = Buffer.alloc(4);",
      "  length.writeUInt32LE(Buffer.byteLength(text));",
      "  process.stdout.write(Buffer.concat([length, Buffer.from(text)]));",
      "};",
      `frame(${JSON.stringify(`R${greeting}`)});`,
      'process.stdin.once("data", () => frame("Ehello"));',
    ];
    await writeFile(program, script.join("\n"));
    await chmod(program, 0o755);
    return program;
  }

  async function answerOf(program: string): Promise<unknown> {
    const worker = new WorkerProcess(program, ["a.zkey", "1"]);
    try {
      return await worker
        .prove(new Uint8Array(8), new AbortController().signal)
        .catch((error: unknown) => error);
    } finally {
      await worker.kill();
    }
  }

  it("is asked for a commitment by other frames than for a proof", () =>
    inTemporaryFolder(async (folder) => {
      const program = join(folder, "worker");
      const script = [
        `#!${process.execPath}`,
        "const frame = (text) => {",
        "  const length = Buffer.alloc(4);",
        "  length.writeUInt32LE(Buffer.byteLength(text));",
        "  process.stdout.write(Buffer.concat([length, Buffer.from(text)]));",
        "};",
        `frame("R${FRAME_FORMAT}");`,
        "let received = Buffer.alloc(0);",
        'process.stdin.on("data", (chunk) => {',
        "  received = Buffer.concat([received, chunk]);",
        "  if (received.length < 4 + received.readUInt32LE()) return;",
        // What came, as a coordinate, or no point.
        '  const hex = received.subarray(5).toString("hex");',
        '  const commitment = received[4] === 84 && hex !== "ff" ? [String(BigInt("0x" + hex)), "2", "1"] : "none";',
        '  frame("D" + JSON.stringify({ milliseconds: 3, commitment }));',
        "  received = Buffer.alloc(0);",
        "});",
      ];
      await writeFile(program, script.join("\n"));
      await chmod(program, 0o755);
      const worker = new WorkerProcess(program, ["a.zkey", "1", "a.ckey"]);
      const forever = new AbortController().signal;
      try {
        const made = await worker.commit(Uint8Array.of(1, 2), forever);
        expect(made).to.deep.equal({ d: [258n, 2n], commitMilliseconds: 3 });
        const failure = await worker.commit(Uint8Array.of(255), forever).catch((error: unknown) => error);
        expect(failure).to.have.property("message", "its answer is malformed");
      } finally {
        await worker.kill();
      }
    }));

  for (const [what, format] of [
    ["before workers named a format", ""],
    ["of another format", "lockstep.worker.v99"],
  ] as const)
    it(`that was built ${what} gets no witness, and it is said what to do`, () =>
      inTemporaryFolder(async (folder) => {
        const failure = await answerOf(await greeting(folder, format));
        expect(failure).to.be.instanceOf(WorkerError);
        expect(failure)
          .to.have.property("message")
          .that.includes("npm run provers")
          .and.includes(FRAME_FORMAT);
      }));

  it("of this version is listened to", () =>
    inTemporaryFolder(async (folder) => {
      expect(await answerOf(await greeting(folder, FRAME_FORMAT))).to.have.property("message", "hello");
    }));
});
