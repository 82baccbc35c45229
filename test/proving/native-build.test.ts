import { execFile } from "node:child_process";
import { appendFile, chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { gnarkWorker } from "../../builder/proving/backends/gnark/worker.ts";
import { buildWorker, findWorker } from "../../builder/proving/backends/native/build.ts";
import { withGo } from "../../builder/proving/backends/native/go.ts";
import { rapidsnarkWorker } from "../../builder/proving/backends/rapidsnark/worker.ts";
import { inTemporaryFolder } from "./keys/setting.ts";
import { workerHere } from "./native-setting.ts";

const run = promisify(execFile);

async function script(folder: string, name: string, text: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
}

/** What a script does that is taken for Go until it is to do something. */
const NEW_GO = 'if [ "$1" = env ]; then echo go1.99; exit; fi';

/** The environment with a program that hides another one of its name. */
const withFirst = (folder: string): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${folder}${delimiter}${process.env.PATH ?? ""}`,
});

/**
 * What compiles each worker here, how to put another program into its place, and what a machine without all
 * tools is told.
 */
const WORKERS = [
  {
    worker: gnarkWorker,
    compiler: "go",
    missing: /Go 1\.23 or newer/,
    replaced: async (folder: string, text: string) => {
      // Modules are still fetched by the real one.
      const real = `PATH='${process.env.PATH ?? ""}' exec go "$@"`;
      await script(folder, "go", `if [ "$1" != build ]; then ${real}; fi\n${text}`);
      return withFirst(folder);
    },
    /** Where the call says that the result belongs. */
    output: 'while [ "$1" != -o ]; do shift; done; echo garbage > "$2"',
  },
  {
    worker: rapidsnarkWorker,
    compiler: "c++",
    missing: /Go 1\.18 or newer and a C\+\+ compiler/,
    replaced: async (folder: string, text: string) => ({
      ...process.env,
      CXX: await script(folder, "compiler", text),
    }),
    output: 'for last; do :; done; echo garbage > "$last"',
  },
];

for (const { worker, compiler, missing, replaced, output } of WORKERS) {
  const here = await workerHere(worker);
  const whereBuilt = "program" in here ? it : it.skip;
  const reason = "reason" in here ? ` (not built on this machine: ${here.reason})` : "";

  describe(`build of the ${worker.name} worker`, function () {
    this.timeout(300_000);

    it("names everything that the machine lacks, and leaves nothing behind", () =>
      inTemporaryFolder(async (folder) => {
        const root = join(folder, "root");
        const failure = await buildWorker(worker, { root, environment: { PATH: folder } }).catch(
          (error: unknown) => error,
        );
        expect(failure).to.have.property("code", "WORKER_BUILD");
        expect(failure).to.have.property("message").that.matches(missing);
        expect(await readdir(folder)).to.deep.equal([]);
      }));

    it("takes a Go that is too old for none", () =>
      inTemporaryFolder(async (folder) => {
        await script(folder, "go", "echo go1.17.13");
        const environment = { PATH: folder, CXX: await script(folder, "c++", "exit 0") };
        const failure = await buildWorker(worker, { root: join(folder, "root"), environment }).catch(
          (error: unknown) => error,
        );
        expect(failure)
          .to.have.property("message")
          .that.matches(/install Go 1\.\d+ or newer to/);
      }));

    it("says why the modules could not be fetched, and leaves nothing else behind", () =>
      inTemporaryFolder(async (folder) => {
        await script(folder, "go", `${NEW_GO}; echo 'no route to the proxy' >&2; exit 1`);
        const environment = { PATH: folder, CXX: await script(folder, "c++", "exit 0") };
        const root = join(folder, "root");
        const failure = await buildWorker(worker, { root, environment }).catch((error: unknown) => error);
        expect(failure).to.have.property("code", "WORKER_BUILD");
        expect(failure).to.have.property("message").that.includes("no route to the proxy");
        expect(await readdir(join(root, worker.name))).to.deep.equal(["failure.json"]);
      }));

    it("that failed is tried again when asked for, and else after a while or from other sources", () =>
      inTemporaryFolder(async (folder) => {
        const calls = join(folder, "calls");
        await script(folder, "go", `${NEW_GO}; echo call >> '${calls}'; echo 'no route' >&2; exit 1`);
        const environment = { PATH: folder, CXX: await script(folder, "c++", "exit 0") };
        const root = join(folder, "root");
        const tries = async (retryAfter: number, settings = worker.settings): Promise<boolean> => {
          await writeFile(calls, "");
          const options = { root, environment, retryAfter };
          const failure = await buildWorker({ ...worker, settings }, options).catch(
            (error: unknown) => error,
          );
          expect(failure).to.have.property("code", "WORKER_BUILD");
          expect(failure).to.have.property("message").that.includes("no route");
          return (await readFile(calls, "utf8")) !== "";
        };
        expect(await tries(60_000), "the first time").to.equal(true);
        expect(await tries(60_000), "soon").to.equal(false);
        expect(await tries(60_000, [...worker.settings, "new"]), "something else").to.equal(true);
        expect(await tries(60_000), "what was something else by now").to.equal(true);
        expect(await tries(0), "asked for").to.equal(true);
        await writeFile(join(root, worker.name, "failure.json"), '{"entry":');
        expect(await tries(60_000), "half a record").to.equal(true);
      }));

    it("that was interrupted has not failed", () =>
      inTemporaryFolder(async (folder) => {
        const stop = new AbortController();
        await script(folder, "go", `${NEW_GO}; exit 1`);
        const environment = { PATH: folder, CXX: await script(folder, "c++", "exit 0") };
        const root = join(folder, "root");
        const options = { root, environment, signal: stop.signal, onStep: () => stop.abort() };
        const failure = await buildWorker(worker, options).catch((error: unknown) => error);
        expect(failure).to.be.instanceOf(Error);
        expect(await readdir(join(root, worker.name))).to.deep.equal([]);
      }));

    whereBuilt(`says why the compiler failed, and leaves nothing else behind${reason}`, () =>
      inTemporaryFolder(async (folder) => {
        const root = join(folder, "root");
        const environment = await replaced(join(folder, "bin"), "echo 'no such header' >&2; exit 1");
        const failure = await buildWorker(worker, { root, environment }).catch((error: unknown) => error);
        expect(failure).to.have.property("code", "WORKER_BUILD");
        expect(failure).to.have.property("message").that.includes("no such header");
        expect(await readdir(join(root, worker.name))).to.deep.equal(["failure.json"]);
      }),
    );

    whereBuilt(`refuses what does not run here${reason}`, () =>
      inTemporaryFolder(async (folder) => {
        const root = join(folder, "root");
        const environment = await replaced(join(folder, "bin"), output);
        const failure = await buildWorker(worker, { root, environment }).catch((error: unknown) => error);
        expect(failure).to.have.property("code", "WORKER_BUILD");
        expect(failure).to.have.property("message").that.includes("does not run");
        expect(await readdir(join(root, worker.name))).to.deep.equal(["failure.json"]);
      }),
    );

    whereBuilt(`happens once, however many ask for it, and clears up after killed ones${reason}`, () =>
      inTemporaryFolder(async (folder) => {
        const root = join(folder, "root");
        const killed = join(root, worker.name, "tmp-of-a-killed-build");
        await mkdir(killed, { recursive: true });
        await appendFile(join(killed, worker.name), "half");
        const calls = join(folder, "calls");
        const environment = await replaced(
          join(folder, "bin"),
          `echo call >> '${calls}'; PATH='${process.env.PATH ?? ""}' exec ${compiler} "$@"`,
        );
        const options = { root, environment };
        expect(await findWorker(worker, options)).to.equal(undefined);
        const [first, second] = await Promise.all([
          buildWorker(worker, options),
          buildWorker(worker, options),
        ]);
        expect(second).to.equal(first);
        expect(await buildWorker(worker, options)).to.equal(first);
        expect(await readFile(calls, "utf8")).to.equal("call\n");
        expect(await readdir(join(root, worker.name))).to.have.length(1);
      }),
    );
  });
}

const gnark = await workerHere(gnarkWorker);
const whereGo = "program" in gnark ? it : it.skip;
const why = "reason" in gnark ? ` (not on this machine: ${gnark.reason})` : "";

describe("source of the gnark worker", function () {
  this.timeout(300_000);
  const { environment } = withGo({});
  const goTool = async (program: string, ...given: string[]): Promise<string> => {
    const { stdout, stderr } = await run(program, given, { cwd: gnarkWorker.sources, env: environment });
    return stdout + stderr;
  };

  whereGo(`is formatted, and vet finds nothing in it${why}`, async () => {
    expect(await goTool("gofmt", "-l", ".")).to.equal("");
    expect(await goTool("go", "vet", ".")).to.equal("");
  });
});
