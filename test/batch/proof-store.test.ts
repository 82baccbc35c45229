import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { concatHex, type Hex, keccak256, numberToHex } from "viem";
import { ProofStore } from "../../builder/batch/proof-store.ts";

const KEY: Hex = `0x${"0c".repeat(32)}`;
const statement = (number: number): Hex => numberToHex(number, { size: 32 });
const proof = (number: number): Hex => numberToHex(number, { size: 4 });

describe("proofs on disk", () => {
  let folder: string;

  beforeEach(async () => {
    folder = path.join(await mkdtemp(path.join(tmpdir(), "lockstep-proofs-")), "proofs");
  });
  afterEach(async () => {
    await rm(path.dirname(folder), { recursive: true });
  });

  /** Proofs of an earlier process, the first the oldest. */
  async function left(count: number): Promise<void> {
    await mkdir(folder);
    for (let number = 0; number < count; number++) {
      const file = path.join(folder, keccak256(concatHex([statement(number), KEY])));
      await writeFile(file, proof(number));
      await utimes(file, number, number);
    }
  }

  it("are found by statement and key, also by the next process, and nowhere without a folder", async () => {
    await new ProofStore(folder).put(statement(1), KEY, proof(1));
    const store = new ProofStore(folder);
    expect(await store.get(statement(1), KEY)).to.equal(proof(1));
    expect(await store.get(statement(1), `0x${"0d".repeat(32)}`)).to.equal(undefined);
    expect(await store.get(statement(2), KEY)).to.equal(undefined);
    const none = new ProofStore(undefined);
    await none.put(statement(1), KEY, proof(1));
    expect(await none.get(statement(1), KEY)).to.equal(undefined);
  });

  it("are the newest thousand, and those made since", async () => {
    await left(1_200);
    const store = new ProofStore(folder);
    await store.put(statement(1_200), KEY, proof(1_200));
    expect(await readdir(folder)).to.have.length(1_001);
    expect(await store.get(statement(199), KEY)).to.equal(undefined);
    for (const number of [200, 1_199, 1_200])
      expect(await store.get(statement(number), KEY), String(number)).to.equal(proof(number));
  });

  it("are none where half of one was written, and may fail to be kept", async () => {
    await left(1);
    const file = path.join(folder, keccak256(concatHex([statement(0), KEY])));
    await writeFile(file, "0x123");
    expect(await new ProofStore(folder).get(statement(0), KEY)).to.equal(undefined);
    const occupied = new ProofStore(path.join(file, "proofs"));
    await occupied.put(statement(1), KEY, proof(1));
    expect(await occupied.get(statement(1), KEY)).to.equal(undefined);
  });
});
