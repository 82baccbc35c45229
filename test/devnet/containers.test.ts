import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { getContractAddress } from "viem";
import { parse } from "yaml";
import { z } from "zod";
import { developmentAccounts } from "../../builder/devnet/accounts.ts";
import { knownKind } from "../../builder/node/kinds/index.ts";

const PROJECT = path.resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(path.join(PROJECT, file), "utf8");

/** What the command line takes, by command. */
function commands(): ReadonlyMap<string, readonly string[]> {
  const [, ...texts] = read("builder/cli/index.ts").split(/\.command\(\s*"/);
  return new Map(
    texts.map((text) => [
      text.slice(0, text.indexOf('"')),
      [...text.matchAll(/\.option\(\s*"(--[a-z-]+)/g)].map(([, option = ""]) => option),
    ]),
  );
}

/** No engine is at hand in tests: what is checked is all that can go wrong without one. */
function assertRuns(line: readonly string[]): void {
  const [command = "", ...rest] = line;
  const options = commands().get(command);
  expect(options, `there is a command ${command}`).not.to.equal(undefined);
  for (const word of rest.filter((each) => each.startsWith("--"))) expect(options).to.include(word);
}

/** Instructions of a Dockerfile, each on one line. */
function instructions(): readonly string[] {
  return read("Dockerfile")
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .join("\n")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line !== "");
}

const dependency = z.object({
  condition: z.enum(["service_healthy", "service_completed_successfully", "service_started"]),
});
const composeFile = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      build: z.string().optional(),
      network_mode: z.literal("host"),
      command: z.array(z.string()),
      environment: z.record(z.string(), z.string()).default({}),
      healthcheck: z.object({ test: z.array(z.string()) }).optional(),
      depends_on: z.record(z.string(), dependency).default({}),
    }),
  ),
});
const workflow = z.object({
  jobs: z.record(
    z.string(),
    z.object({
      steps: z.array(z.object({ uses: z.string().optional(), run: z.string().optional() })),
    }),
  ),
});

describe("the image", () => {
  it("copies what there is, and nothing that stays outside", () => {
    const ignored = read(".dockerignore").split("\n");
    const copied = instructions()
      .filter((line) => line.startsWith("COPY") && !line.includes("--from="))
      .flatMap((line) => line.split(" ").slice(1, -1))
      .filter((word) => !word.startsWith("--"));
    expect(copied).to.include.members([".", "package.json", "package-lock.json", "packages"]);
    for (const source of copied) {
      expect(existsSync(path.join(PROJECT, source)), source).to.equal(true);
      expect(ignored).not.to.include(source);
    }
  });

  it("runs programs that there are, and not as root", () => {
    const lines = instructions();
    const programs = lines.flatMap((line) =>
      [...line.matchAll(/\bnode ([\w/.-]+)/g)].map(([, file = ""]) => file),
    );
    expect(programs).to.include("scripts/build-provers.ts").and.to.include("scripts/prepare.ts");
    for (const file of programs.filter((each) => each.endsWith(".ts")))
      expect(existsSync(path.join(PROJECT, file)), file).to.equal(true);
    const list = (keyword: string): readonly string[] => {
      const line = lines.find((each) => each.startsWith(keyword)) ?? "";
      return z.array(z.string()).parse(JSON.parse(line.slice(keyword.length)));
    };
    const [node, script = ""] = list("ENTRYPOINT");
    expect(node).to.equal("node");
    expect(existsSync(path.join(PROJECT, script))).to.equal(true);
    assertRuns(list("CMD"));
    const user = lines.indexOf("USER node");
    expect(user).to.be.greaterThan(0);
    expect(lines.findIndex((line) => line.includes("npm ci"))).to.be.greaterThan(user);
  });

  it("has a Node that runs the commands without another one", () => {
    const version = /FROM node:(\d+)/.exec(read("Dockerfile"))?.[1];
    expect(Number(version)).to.be.greaterThanOrEqual(24);
  });
});

describe("compose.yaml", () => {
  const { services } = composeFile.parse(parse(read("compose.yaml"), { merge: true }));
  const own = Object.values(services).filter(({ image }) => image === "lockstep");
  const optionOf = (service: string, option: string): readonly string[] => {
    const line = services[service]?.command ?? [];
    return line.flatMap((word, index) => (word === option ? [line[index + 1] ?? ""] : []));
  };

  it("runs commands that there are, with options that they have", () => {
    expect(own).to.have.length(4);
    for (const { command, build } of own) {
      assertRuns(command);
      expect(build).to.equal(".");
    }
  });

  it("waits for services that there are, and for health where it is checked", () => {
    for (const { depends_on: others } of Object.values(services))
      for (const [name, { condition }] of Object.entries(others)) {
        expect(services).to.have.property(name);
        if (condition === "service_healthy")
          expect(services[name]?.healthcheck, name).not.to.equal(undefined);
      }
  });

  it("gives the builder the rollups that are deployed, at the address at which Rollups will be", () => {
    const [payer, poster] = developmentAccounts();
    if (payer === undefined || poster === undefined) throw new Error("there are accounts");
    expect(optionOf("builder", "--rollups")).to.deep.equal([
      getContractAddress({ from: payer.address, nonce: 0n }),
    ]);
    const kinds = (optionOf("deploy", "--kinds")[0] ?? "").split(",");
    expect(optionOf("builder", "--rollup")).to.deep.equal(kinds.map((kind, index) => `${index + 1}:${kind}`));
    for (const kind of kinds) expect(knownKind(kind).kind.name).to.equal(kind);
    // The account that deploys is not the one that posts: it could be used in between.
    expect(services.builder?.environment.LOCKSTEP_KEY).to.include(poster.privateKey);
  });

  it("has one address for L1, and one for Redis", () => {
    for (const service of ["deploy", "builder"])
      expect(optionOf(service, "--rpc")).to.deep.equal([
        `http://127.0.0.1:${optionOf("l1", "--port")[0] ?? ""}`,
      ]);
    const redis = [`redis://127.0.0.1:${optionOf("redis", "--port")[0] ?? ""}`];
    for (const service of ["builder", "prover-worker"])
      expect(optionOf(service, "--redis")).to.deep.equal(redis);
    expect(optionOf("redis", "--bind")).to.deep.equal(["127.0.0.1"]);
  });
});

describe("the workflow for a dApp's repository", () => {
  it("uses actions of a version, and caches what an installed Lockstep keeps", () => {
    const text = read("docs/deploy/github-actions.yml");
    const { jobs } = workflow.parse(parse(text));
    const steps = Object.values(jobs).flatMap(({ steps: all }) => all);
    for (const { uses, run } of steps) {
      expect([uses, run].filter((each) => each !== undefined)).to.have.length(1);
      if (uses !== undefined) expect(uses).to.match(/^actions\/[a-z-]+@v\d+$/);
    }
    expect(steps.map(({ run }) => run)).to.include.members(["npm ci", "npx hardhat test"]);
    // `CACHE_FOLDER` of builder/places/places.ts, on GitHub's machines.
    expect(text).to.include("path: ~/.cache/lockstep");
  });
});
