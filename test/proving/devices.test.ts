import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { z } from "zod";
import { CACHE_FOLDER } from "../../builder/places/places.ts";
import type { BackendKind } from "../../builder/proving/backends/backend.ts";
import {
  type Adapter,
  adaptersHere,
  describeAdapter,
  isAdapterPossible,
} from "../../builder/proving/backends/snarkrs/adapters.ts";
import { BACKEND_KINDS } from "../../builder/proving/backends/index.ts";
import { findWorker, prepareWorker } from "../../builder/proving/backends/native/build.ts";
import { FRAME_FORMAT } from "../../builder/proving/backends/native/worker-process.ts";
import { type Api, openDevice } from "../../builder/proving/backends/snarkrs/open.ts";
import { snarkrsWorker } from "../../builder/proving/backends/snarkrs/worker.ts";
import type { Artefacts } from "../../builder/proving/circuits/artefacts.ts";
import { chooseBackend, openReady } from "../../builder/proving/local-prover.ts";
import { readCommitmentKey } from "../../builder/proving/keys/commitment-key.ts";
import { readG1 } from "../../builder/proving/keys/points.ts";
import { ProverPool } from "../../builder/proving/pool/pool.ts";
import { benchCircuit } from "../../scripts/bench/prove/circuit.ts";
import { failureCode, inTemporaryFolder, testArtefacts } from "./keys/setting.ts";
import { BITS_JOB, BITS_PUBLIC_INPUTS } from "./setting.ts";

/** Under WGSL in software a first proof takes minutes: kernels are compiled, and processors play the GPU. */
const SOFTWARE_TIMEOUT = 900_000;

const program = await findWorker(snarkrsWorker);
const software = await kindNamed("snarkrs:software").unavailableReason();

describe("devices that prove", function () {
  this.timeout(120_000);

  it("are never what proves by default", async () => {
    const chosen = await chooseBackend();
    expect(chosen.isDevice ?? false).to.equal(false);
    expect(BACKEND_KINDS.filter(({ isDevice }) => isDevice === true).map(({ name }) => name)).to.deep.equal([
      "snarkrs:cuda",
      "snarkrs:wgpu",
      "snarkrs:software",
    ]);
  });

  it("are not built for where no GPU can be, unless it is asked for", async () => {
    expect(await isAdapterPossible({ LOCKSTEP_GPU: "any" }, "linux")).to.equal(true);
    expect(await isAdapterPossible({}, "darwin"), "Metal").to.equal(true);
    if (await isAdapterPossible({}, "linux")) return;
    await inTemporaryFolder(async (root) => {
      expect(await failureCode(prepareWorker(snarkrsWorker, { root, environment: {} }))).to.equal(
        "WORKER_BUILD",
      );
    });
  });

  it("are built by Rust that is new enough, and say so", () =>
    inTemporaryFolder(async (root) => {
      const environment = { PATH: root, LOCKSTEP_GPU: "any" };
      const reason = await prepareWorker(snarkrsWorker, { root, environment }).then(
        () => "no failure",
        (error: unknown) => (error instanceof Error ? error.message : ""),
      );
      expect(reason).to.match(/install Rust 1\.88 or newer/);
    }));

  it("are none where a driver takes the worker down, or it says something else", () =>
    inTemporaryFolder(async (folder) => {
      for (const [name, script] of [
        ["dies", "kill -SEGV $$"],
        ["talks", "echo no JSON"],
      ] as const) {
        const worker = path.join(folder, name);
        await writeFile(worker, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
        const { cuda, wgpu } = await adaptersHere(worker);
        expect([cuda, wgpu].every((found) => "error" in found && found.error !== "")).to.equal(true);
      }
    }));

  it("compile their kernels before a pool waits for proofs, and keep them below .lockstep", () =>
    inTemporaryFolder(async (folder) => {
      const bits = await testArtefacts("bits");
      const kindOf = (worker: string): BackendKind => ({
        name: "slow",
        unavailableReason: async () => undefined,
        open: (options) => openDevice("slow", "cuda", worker, options),
      });
      const options = { circuits: [bits], threads: 1 };
      const [ready, told] = [path.join(folder, "ready"), path.join(folder, "told")];
      const slow = await workerSaying(folder, "slow", `R${FRAME_FORMAT}+keys`, told);
      await using stack = new AsyncDisposableStack();
      const opening = openReady(kindOf(slow), options).then(async (backend) => {
        stack.defer(() => backend.close());
        await writeFile(ready, "");
      });
      while (!existsSync(told)) await delay(10);
      expect(existsSync(ready), "it is not ready yet").to.equal(false);
      await writeFile(`${told}.go`, "");
      await opening;
      const environment = z.record(z.string(), z.string()).parse(JSON.parse(await readFile(told, "utf8")));
      for (const cache of ["G16_CUDA_CACHE", "CUDA_CACHE_PATH", "MESA_SHADER_CACHE_DIR"])
        expect(environment[cache], cache).to.satisfy((place: string) => place.startsWith(CACHE_FOLDER));

      const broken = await workerSaying(folder, "broken", "Eno nvrtc", `${told}.broken`);
      await writeFile(`${told}.broken.go`, "");
      expect(await failureCode(openReady(kindOf(broken), options))).to.equal("BACKEND_FAILED");
    }));

  it("are told of by name, driver and memory", () => {
    const adapter: Adapter = { name: "H200", driver: "CUDA 12.8", memory: 139 * 2 ** 30, software: false };
    expect(describeAdapter(adapter)).to.equal("H200 (CUDA 12.8, 139.0 GiB)");
    expect(describeAdapter({ name: "llvmpipe", driver: "Vulkan", software: true })).to.equal(
      "llvmpipe (Vulkan, software)",
    );
  });

  const title =
    program === undefined
      ? "by the worker of snarkrs (it has not been built: LOCKSTEP_GPU=any npm run provers does)"
      : "by the worker of snarkrs";
  (program === undefined ? describe.skip : describe)(title, () => {
    let circuits: Artefacts[];
    before(async () => {
      circuits = [await testArtefacts("bits"), await testArtefacts("no_bits")];
    });

    /** A circuit that fills a domain of 2^10: other kernels than those for a handful of constraints. */
    async function provesMore(api: Api): Promise<void> {
      await inTemporaryFolder(async (folder) => {
        const { artefacts, job, publicSignals } = await benchCircuit(10, folder);
        expect(artefacts.constraints).to.be.greaterThan(900);
        const options = { circuits: [artefacts], threads: 2 };
        const backend = await openDevice(`snarkrs:${api}`, api, program ?? "", options);
        const pool = await ProverPool.open({ ...options, backends: [backend], timeout: SOFTWARE_TIMEOUT });
        try {
          const { publicInputs } = await pool.prove(job);
          expect(Object.values(publicInputs)).to.deep.equal(publicSignals);
        } finally {
          await pool.close();
        }
      });
    }

    /** Through a pool, which verifies. */
    async function proves(api: Api): Promise<void> {
      const backend = await openDevice(`snarkrs:${api}`, api, program ?? "", { circuits, threads: 2 });
      const pool = await ProverPool.open({ circuits, backends: [backend], timeout: SOFTWARE_TIMEOUT });
      try {
        const first = await pool.prove(BITS_JOB);
        expect(first.publicInputs).to.deep.equal(BITS_PUBLIC_INPUTS);
        const input = { ...BITS_JOB.input, word: 0n, bits: [] };
        const other = await pool.prove({ ...BITS_JOB, circuit: "no_bits", input });
        expect(other.publicInputs).to.deep.equal(BITS_PUBLIC_INPUTS);
        const second = await pool.prove(BITS_JOB);
        // Proofs are randomised: equal ones would give the witness away.
        for (const point of ["a", "b", "c"] as const)
          expect(second.proof[point]).to.not.deep.equal(first.proof[point]);
      } finally {
        await pool.close();
      }
    }

    it("proves several circuits in one process, on processors", () => proves("cpu"));

    it("proves a circuit of 2^10, on processors", () => provesMore("cpu"));

    it("refuses a commitment to other values than there are wires, and goes on", async () => {
      const lookups = await testArtefacts("lookups");
      const backend = await openDevice("snarkrs:cpu", "cpu", program ?? "", {
        circuits: [lookups],
        threads: 1,
      });
      const commit = (values: Uint8Array) =>
        backend.commit?.(
          { circuit: "lookups", trace: {}, values: () => values },
          new AbortController().signal,
        );
      try {
        const refused = async (values: Uint8Array, reason: RegExp) => {
          const failure = await commit(values)?.catch((error: unknown) => error);
          expect(failure).to.be.an("error").with.property("message").that.matches(reason);
        };
        await refused(new Uint8Array(31), /for 24 committed wires/);
        await refused(new Uint8Array(24 * 32).fill(0xff), /value 0 is no element/);
        const made = await commit(new Uint8Array(24 * 32).fill(1, 0, 1));
        // The first point of the key.
        const key = readCommitmentKey(await readFile(lookups.commitment?.key ?? ""));
        expect(made?.d).to.deep.equal(readG1(key.points, 0));
      } finally {
        await backend.close();
      }
    });

    const slow =
      software ?? (process.env.LOCKSTEP_TEST === "full" ? undefined : "minutes: LOCKSTEP_TEST=full runs it");
    (slow === undefined ? it : it.skip)(
      `proves on WebGPU in software, where that is asked for${slow === undefined ? "" : ` (${slow})`}`,
      async function () {
        this.timeout(SOFTWARE_TIMEOUT);
        await proves("software");
        await provesMore("software");
      },
    );

    it("says why CUDA cannot be had, or has it, and does not die of it", async () => {
      const reason = await kindNamed("snarkrs:cuda").unavailableReason();
      if (reason !== undefined) expect(reason).to.match(/no adapter can be looked for|it finds no adapter/);
    });
  });
});

/**
 * A worker that writes down its environment, and says something when it is let go.
 * @returns its path.
 */
async function workerSaying(folder: string, name: string, frame: string, told: string): Promise<string> {
  const worker = path.join(folder, name);
  const script = `#!${process.execPath}
const { existsSync, renameSync, writeFileSync } = require("node:fs");
const [told, text] = ${JSON.stringify([told, frame])};
writeFileSync(told + ".new", JSON.stringify(process.env));
renameSync(told + ".new", told);
const length = Buffer.alloc(4);
length.writeUInt32LE(text.length);
const timer = setInterval(() => {
  if (!existsSync(told + ".go")) return;
  clearInterval(timer);
  process.stdout.write(Buffer.concat([length, Buffer.from(text)]));
}, 10);
process.stdin.resume().on("end", () => process.exit());
`;
  await writeFile(worker, script, { mode: 0o755 });
  return worker;
}

function kindNamed(name: string) {
  const kind = BACKEND_KINDS.find((each) => each.name === name);
  if (kind === undefined) throw new RangeError(`no backend ${name}`);
  return kind;
}
