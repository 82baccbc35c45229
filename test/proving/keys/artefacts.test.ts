import { spawn } from "node:child_process";
import { cp, mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import { type ArtefactProgress, loadArtefacts } from "../../../builder/proving/circuits/load.ts";
import { withLock } from "../../../builder/proving/circuits/lock.ts";
import { failureCode, inTemporaryFolder, TEST_CIRCUITS } from "./setting.ts";

describe("artefacts", function () {
  this.timeout(240_000);

  it("are made once, found again, and made again when a file is damaged", () =>
    inTemporaryFolder(async (cache) => {
      const steps = recorder();
      const first = await loadArtefacts(["bits", "bits"], { circuits: TEST_CIRCUITS, cache, ...steps });
      expect([...first.keys()]).to.deep.equal(["bits"]);
      expect(steps.names()).to.deep.equal(["compile", "key", "ready"]);
      const bits = first.get("bits");
      if (bits === undefined) throw new Error("bits is missing");
      expect(bits.publicSignals).to.deep.equal(["commitment", "challenge", "evaluation"]);
      expect(await readdir(cache), "nothing else is left").to.have.lengthOf(1);

      const again = recorder();
      expect(await loadArtefacts(["bits"], { circuits: TEST_CIRCUITS, cache, ...again })).to.deep.equal(
        first,
      );
      expect(again.names()).to.deep.equal(["ready"]);

      const key = await readFile(bits.zkey);
      for (const damage of [
        key.subarray(0, key.length / 2),
        Buffer.from(key.map((byte, at) => (at === 900 ? byte ^ 1 : byte))),
      ]) {
        await writeFile(bits.zkey, damage);
        expect(await loadArtefacts(["bits"], { circuits: TEST_CIRCUITS, cache })).to.deep.equal(first);
        expect(Buffer.compare(await readFile(bits.zkey), key)).to.equal(0);
      }
    }));

  it("have a commitment key where a circuit has committed inputs, made again when it is damaged", () =>
    inTemporaryFolder(async (folder) => {
      const [circuits, cache] = [join(folder, "circuits"), join(folder, "cache")];
      await cp(TEST_CIRCUITS, circuits, { recursive: true });
      const load = async (): Promise<Artefacts | undefined> =>
        (await loadArtefacts(["bus_words_2_0"], { circuits, cache })).get("bus_words_2_0");
      const first = await load();
      if (first?.commitment === undefined) throw new Error("no commitment key");
      expect(first.commitment.wires).to.equal(4);
      const key = await readFile(first.commitment.key);
      await writeFile(first.commitment.key, key.subarray(1));
      expect(await load()).to.deep.equal(first);
      expect(Buffer.compare(await readFile(first.commitment.key), key)).to.equal(0);
      // The same constraints with other committed inputs: another split, and so other keys.
      const file = join(circuits, "circuits.json");
      await writeFile(
        file,
        (await readFile(file, "utf8")).replaceAll(/,\s*"committed": \["lo", "hi"\]/g, ""),
      );
      const plain = await load();
      expect(plain?.commitment).to.equal(undefined);
      expect(Buffer.compare(await readFile(plain?.r1cs ?? ""), await readFile(first.r1cs))).to.equal(0);
      expect(Buffer.compare(await readFile(plain?.zkey ?? ""), await readFile(first.zkey))).to.not.equal(0);
    }));

  it("are made again when an included file changes; the version before is kept, older ones are not", () =>
    inTemporaryFolder(async (folder) => {
      const [circuits, cache] = [join(folder, "circuits"), join(folder, "cache")];
      await cp(TEST_CIRCUITS, circuits, { recursive: true });
      const included = join(circuits, "parts/power.circom");
      const source = await readFile(included, "utf8");
      const folders: (string | undefined)[] = [];
      for (const version of ["", "// second\n", "// third\n"]) {
        await writeFile(included, version + source);
        folders.push((await loadArtefacts(["no_bits"], { circuits, cache })).get("no_bits")?.folder);
        // Folder times have a resolution.
        await sleep(20);
      }
      expect(new Set(folders).size).to.equal(3);
      expect((await readdir(cache)).map((name) => join(cache, name)).sort()).to.deep.equal(
        folders.slice(1).sort(),
      );
    }));

  it("of one circuit alone are made again when it changes, and its key only when its constraints do", () =>
    inTemporaryFolder(async (folder) => {
      const [circuits, cache] = [join(folder, "circuits"), join(folder, "cache")];
      await cp(TEST_CIRCUITS, circuits, { recursive: true });
      const names = ["bits", "no_bits", "chain"];
      const before = await loadArtefacts(names, { circuits, cache });
      const steps = async (): Promise<Record<string, string[]>> => {
        const seen: Record<string, Set<string>> = {};
        await loadArtefacts(names, {
          circuits,
          cache,
          onProgress: ({ instance, step }) => (seen[instance] ??= new Set()).add(step),
        });
        return Object.fromEntries(Object.entries(seen).map(([name, said]) => [name, [...said]]));
      };
      const declared = JSON.parse(await readFile(join(circuits, "circuits.json"), "utf8"));
      declared.no_bits.params = [1];
      await writeFile(join(circuits, "circuits.json"), JSON.stringify(declared));
      expect(await steps(), "a parameter").to.deep.equal({
        bits: ["ready"],
        no_bits: ["compile", "key", "ready"],
        chain: ["ready"],
      });
      const file = join(circuits, "bits.circom");
      const source = await readFile(file, "utf8");
      await writeFile(file, `// a comment\n${source}`);
      const recompiled = { bits: ["compile", "ready"], no_bits: ["compile", "ready"], chain: ["ready"] };
      expect(await steps(), "a comment").to.deep.equal(recompiled);
      const after = await loadArtefacts(names, { circuits, cache });
      const keys = [before, after].map((all) => readFile(all.get("bits")?.zkey ?? ""));
      const [first, second] = await Promise.all(keys);
      expect(first?.equals(second ?? new Uint8Array())).to.equal(true);

      // Only an undamaged key is taken over.
      for (const artefacts of [before, after]) await writeFile(artefacts.get("bits")?.zkey ?? "", "damaged");
      await writeFile(file, `// another comment\n${source}`);
      expect((await steps()).bits).to.deep.equal(["compile", "key", "ready"]);
    }));

  it("ignore what a killed build left behind, and it is removed when it is old", () =>
    inTemporaryFolder(async (cache) => {
      const script = [
        `import { loadArtefacts } from ${JSON.stringify(new URL("../../../builder/proving/circuits/load.ts", import.meta.url))};`,
        `await loadArtefacts(["chain"], { circuits: ${JSON.stringify(TEST_CIRCUITS)}, cache: ${JSON.stringify(cache)},`,
        `  onProgress: ({ step }) => { if (step === "compile") setTimeout(() => process.kill(process.pid, "SIGKILL"), 200); } });`,
      ].join("\n");
      expect(await run(script)).to.equal("SIGKILL");
      const left = await readdir(cache);
      expect(
        left.some((name) => name.startsWith("tmp-")),
        "a partial folder",
      ).to.equal(true);
      const lock = left.find((name) => name.endsWith(".lock"));
      expect(lock, "a lock").to.be.a("string");

      const old = new Date(Date.now() - 2 * 60 * 60 * 1000);
      for (const name of left) await utimes(join(cache, name), old, old);
      const artefacts = await loadArtefacts(["chain"], { circuits: TEST_CIRCUITS, cache });
      expect((await stat(artefacts.get("chain")?.zkey ?? "")).size).to.be.greaterThan(100_000);
      expect(await readdir(cache), "only the artefacts are left").to.have.lengthOf(1);
    }));

  it("of another layout are made again, whatever else is in them", () =>
    inTemporaryFolder(async (cache) => {
      const load = async (onProgress?: (event: { step: string }) => void) =>
        await loadArtefacts(["no_bits"], {
          circuits: TEST_CIRCUITS,
          cache,
          ...(onProgress && { onProgress }),
        });
      const { folder = "" } = (await load()).get("no_bits") ?? {};
      const manifest = join(folder, "artefacts.json");
      const written = JSON.parse(await readFile(manifest, "utf8"));
      expect(written.format).to.equal(1);
      for (const [format, expected] of [
        [undefined, ["ready"]],
        [0, ["compile", "key", "ready"]],
        [2, ["compile", "key", "ready"]],
      ] as const) {
        await writeFile(manifest, JSON.stringify({ ...written, format }));
        const steps = new Set<string>();
        await load(({ step }) => steps.add(step));
        expect([...steps], String(format)).to.deep.equal(expected);
      }
    }));

  it("are made once when two ask at the same time", () =>
    inTemporaryFolder(async (cache) => {
      const [one, other] = [recorder(), recorder()];
      const results = await Promise.all(
        [one, other].map((steps) => loadArtefacts(["no_bits"], { circuits: TEST_CIRCUITS, cache, ...steps })),
      );
      expect(results[0]).to.deep.equal(results[1]);
      expect([one.names(), other.names()].sort((a, b) => a.length - b.length)).to.deep.equal([
        ["waiting", "ready"],
        ["compile", "key", "ready"],
      ]);
    }));

  it("are refused with what is wrong: unknown names, missing files, circom's own words, public signals", () =>
    inTemporaryFolder(async (folder) => {
      const [circuits, cache] = [join(folder, "circuits"), join(folder, "cache")];
      await mkdir(circuits);
      const declare = (declarations: object): Promise<void> =>
        writeFile(join(circuits, "circuits.json"), JSON.stringify(declarations));
      const load = (): Promise<unknown> => loadArtefacts(["it"], { circuits, cache });
      const it = { file: "it.circom", template: "It", params: [], public: ["a", "b"] };

      expect(await failureCode(load()), "no declarations").to.equal("CIRCUIT_DECLARATION");
      await declare({ other: it });
      expect(await failureCode(load()), "unknown").to.equal("UNKNOWN_CIRCUIT");
      expect(await failureCode(loadArtefacts(["toString"], { circuits, cache }))).to.equal("UNKNOWN_CIRCUIT");
      await declare({ it });
      expect(await failureCode(load()), "no file").to.equal("CIRCUIT_DECLARATION");
      await writeFile(
        join(circuits, "it.circom"),
        'include "missing.circom"; template It() { signal input a; }',
      );
      expect(await failureCode(load()), "no included file").to.equal("CIRCUIT_DECLARATION");
      await writeFile(
        join(circuits, "it.circom"),
        "template It() { signal input a; signal input b; a === c; }",
      );
      const failure = await load().catch((error: unknown) => error);
      expect(failure).to.have.property("code", "CIRCUIT_COMPILATION");
      expect(failure)
        .to.have.property("message")
        .that.matches(/T2021|Undeclared symbol/);
      await writeFile(
        join(circuits, "it.circom"),
        "template It() { signal input b; signal input a; a * b === 1; }",
      );
      expect(await failureCode(load()), "another order").to.equal("CIRCUIT_DECLARATION");
      for (const bad of [
        { ...it, file: '../"it.circom' },
        { ...it, template: "It(1)" },
        { ...it, params: [-1] },
        { ...it, extra: 1 },
      ]) {
        await declare({ it: bad });
        expect(await failureCode(load()), JSON.stringify(bad)).to.equal("CIRCUIT_DECLARATION");
      }
      expect(await readdir(cache), "no partial folders").to.deep.equal([]);
    }));

  it("are not made when they are cancelled", () =>
    inTemporaryFolder(async (cache) => {
      const controller = new AbortController();
      const loading = loadArtefacts(["chain"], {
        circuits: TEST_CIRCUITS,
        cache,
        signal: controller.signal,
        onProgress: () => {
          controller.abort();
        },
      });
      expect(await loading.catch((error: unknown) => error)).to.have.property("name", "AbortError");
      expect(await readdir(cache)).to.deep.equal([]);
    }));

  it("have a lock that admits one at a time", () =>
    inTemporaryFolder(async (folder) => {
      let inside = 0;
      let most = 0;
      const work = async (): Promise<void> => {
        most = Math.max(most, ++inside);
        await sleep(20);
        inside--;
      };
      await Promise.all(Array.from({ length: 4 }, () => withLock(join(folder, "lock"), {}, work)));
      expect(most).to.equal(1);
      expect(await readdir(folder)).to.deep.equal([]);
    }));
});

interface Recorder {
  readonly onProgress: (progress: ArtefactProgress) => void;
  /** The steps in order, each once. */
  names(): string[];
}

function recorder(): Recorder {
  const steps = new Set<string>();
  return { onProgress: ({ step }) => steps.add(step), names: () => [...steps] };
}

/** Runs a module in a process of its own; returns its exit code or the signal that ended it. */
async function run(script: string): Promise<number | string | null> {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: fileURLToPath(new URL("../../..", import.meta.url)),
    stdio: "ignore",
  });
  return new Promise((resolve) =>
    child.on("exit", (code, signal) => {
      resolve(signal ?? code);
    }),
  );
}
