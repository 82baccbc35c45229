import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { runProverWorker } from "../../../builder/cli/commands/prover-worker.ts";
import { keyedKinds } from "../../../builder/node/kinds/keyed.ts";
import { CEREMONY_FILES } from "../../../builder/proving/keys/ceremony/export.ts";
import { failureCode, inTemporaryFolder } from "./setting.ts";

describe("a folder with the keys of some ceremonies", () => {
  async function write(keys: string, ...circuits: string[]): Promise<void> {
    for (const circuit of circuits) {
      await mkdir(path.join(keys, circuit));
      await writeFile(path.join(keys, circuit, CEREMONY_FILES.zkey), "");
    }
  }

  it("is enough for the kinds all of whose circuits have one", () =>
    inTemporaryFolder(async (keys) => {
      const names = (): readonly string[] => keyedKinds(keys).map(({ kind }) => kind.name);
      await write(keys, "ledger1");
      expect(names(), "half of a kind is none").to.deep.equal(["ledger", "proven-evm"]);
      await write(keys, "ledger2");
      expect(names()).to.deep.equal(["ledger"]);
      await write(keys, "evm");
      expect(names()).to.deep.equal(["ledger", "proven-evm"]);
    }));

  it("is enough for a prover worker, which asks for no other circuit's", () =>
    inTemporaryFolder(async (keys) => {
      await write(keys, "evm");
      // It is looked at, and found to be none.
      const started = runProverWorker({ redis: "redis://127.0.0.1:1", keys });
      expect(await failureCode(started)).to.equal("TRANSCRIPT");
    }));
});
