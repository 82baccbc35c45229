import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { gnarkWorker } from "../../builder/proving/backends/gnark/worker.ts";
import { WorkerError, WorkerProcess } from "../../builder/proving/backends/native/worker-process.ts";
import { readBinaryFile, writeBinaryFile } from "../../builder/proving/keys/binary-file.ts";
import { inTemporaryFolder, testArtefacts } from "./keys/setting.ts";
import { bitsWitness, workerHere } from "./native-setting.ts";

const SECTIONS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const forever = new AbortController().signal;
const here = await workerHere(gnarkWorker);

function suite(program: string): void {
  let key: Uint8Array;
  let witness: Uint8Array;
  before(async () => {
    key = await readFile((await testArtefacts("bits")).zkey);
    witness = await bitsWitness();
  });

  /** What a worker with this key says to a sound witness, or nothing if it makes a proof. */
  async function complaint(content: Uint8Array): Promise<string | undefined> {
    let said: string | undefined;
    await inTemporaryFolder(async (folder) => {
      const zkey = join(folder, "bad.zkey");
      await writeFile(zkey, content);
      const worker = new WorkerProcess(program, [zkey, "1"]);
      try {
        const { publicSignals } = await worker.prove(witness, forever);
        expect(publicSignals).to.deep.equal([3n, 2n, 24n]);
      } catch (error) {
        if (!(error instanceof WorkerError)) throw error;
        said = error.message;
      } finally {
        await worker.kill();
      }
    });
    return said;
  }

  /** The key with one section changed. */
  function withSection(id: number, change: (content: Buffer) => Uint8Array): Uint8Array {
    const file = readBinaryFile(key, "zkey", "the key");
    return writeBinaryFile(
      "zkey",
      1,
      SECTIONS.map((each) => {
        const content = Buffer.from(file.section(each));
        return [each, each === id ? change(content) : content];
      }),
    );
  }
  const withWord = (id: number, at: number, value: number): Uint8Array =>
    withSection(id, (content) => {
      content.writeUInt32LE(value, at);
      return content;
    });
  /** Where section 2 has its counts: behind two moduli with their lengths. */
  const COUNTS = 2 * (4 + 32);

  it("proves with the sound one, written anew", async () => {
    expect(await complaint(withSection(0, (content) => content))).to.equal(undefined);
  });

  for (const [what, bad, says] of [
    ["no key", () => Buffer.from("nothing of the kind"), /no \.zkey file/],
    ["a key of another proof system", () => withWord(1, 0, 2), /no key for Groth16/],
    ["another curve's", () => withWord(2, 4, 1), /no key for the curve BN254/],
    ["more public signals than wires", () => withWord(2, COUNTS + 4, 1_000_000), /public signals/],
    ["a domain that is no power of two", () => withWord(2, COUNTS + 8, 3), /3 is no size of a domain/],
    ["a domain beyond the field's", () => withWord(2, COUNTS + 8, 2 ** 28), /is no size of a domain/],
    ["fewer points than wires", () => withWord(2, COUNTS, 100_000), /section 5 has \d+ bytes, not 6400000/],
    ["another number of coefficients", () => withWord(4, 0, 1), /does not hold 1 coefficients/],
    ["a coefficient of no matrix", () => withWord(4, 4, 2), /of matrix 2/],
    ["a coefficient of no constraint", () => withWord(4, 8, 2 ** 31), /of constraint 2147483648/],
    ["a coefficient of no wire", () => withWord(4, 12, 2 ** 31), /wire 2147483648/],
    ["no quotient", () => withSection(9, () => new Uint8Array(0)), /section 9 has 0 bytes/],
  ] as const)
    it(`says what is wrong with ${what}`, async () => {
      expect(await complaint(bad()))
        .to.match(says)
        .and.to.include("bad.zkey");
    });

  it("says what is wrong with one that is cut off anywhere", () =>
    fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (part) => {
        // The last section is the ceremony's: the worker does not read it, but sees that it is cut off.
        expect(await complaint(key.subarray(0, Math.floor(key.length * part)))).to.include("bad.zkey");
      }),
      { numRuns: 30 },
    ));
}

describe("gnark, a key", function () {
  this.timeout(120_000);
  if ("program" in here) suite(here.program);
  else it.skip(`is refused (no worker on this machine: ${here.reason})`);
});
