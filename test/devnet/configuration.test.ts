import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { Command, Option } from "commander";
import { applyConfiguration, takesConfiguration } from "../../builder/cli/configuration/apply.ts";
import type { LockstepConfig } from "../../builder/cli/configuration/define-config.ts";
import { readConfigurationFile } from "../../builder/cli/configuration/file.ts";
import { configurationSchema } from "../../builder/cli/configuration/schema.ts";
import { DEVELOPMENT_MNEMONIC } from "../../builder/devnet/accounts.ts";
import { expectCode } from "../protocol/expect-code.ts";

const PROJECT = path.resolve(import.meta.dirname, "../..");
const DEFINE = path.join(PROJECT, "builder/cli/configuration/define-config.ts");
const HOLDER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

/** All keys that there are. */
const EVERYTHING: LockstepConfig = {
  portBase: 9545,
  data: "state",
  keys: "keys",
  prover: "gnark",
  redis: "redis://127.0.0.1:6379",
  predeploys: ["create2", "permit2"],
  allowOrigin: ["https://app.example"],
  callTimeout: 2.5,
  freeTransactions: 7,
  transactionLifetime: 60,
  start: {
    rollups: [
      { name: "Shop", kind: "evm" },
      { name: "Bank", kind: "ledger" },
    ],
    accounts: 3,
    mnemonic: DEVELOPMENT_MNEMONIC,
    blockTime: 0.5,
    proofs: "none",
    fork: { url: "https://rpc.example", block: 12 },
    play: false,
    genesis: { Shop: "shop.json" },
    genesisContract: [{ rollup: "Shop", address: HOLDER, contract: "out/X.json" }],
  },
  deploy: { rpc: "http://127.0.0.1:1", kinds: ["evm", "proven-evm"], predeploys: "none" },
  builder: {
    rpc: "http://127.0.0.1:2",
    rollups: HOLDER,
    rollup: [{ id: 2, kind: "evm" }],
    deploymentBlock: 5,
    portBase: 1,
  },
  proverWorker: { redis: "redis://127.0.0.1:1", threads: 2 },
  provers: { prover: "/usr/bin/prover" },
  status: { data: "elsewhere" },
  trace: { rpc: "http://127.0.0.1:3", abi: ["out", "/abi.json"], json: true },
  node: { port: 0 },
};

describe("a configuration file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "lockstep config "));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (name: string, content: unknown): void => {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    writeFileSync(path.join(folder, name), text);
  };
  /** Options of a command that has these, as it gets them from the file and this command line. */
  const optionsOf = async (
    name: string,
    options: readonly string[],
    line: readonly string[] = [],
  ): Promise<unknown> => {
    const command = new Command(name);
    for (const option of options) command.option(option);
    command.parse(line, { from: "user" });
    const file = await readConfigurationFile(undefined, folder);
    if (file === undefined) throw new Error("there is a file");
    applyConfiguration(command, file);
    return command.opts();
  };

  it("is not needed", async () => {
    expect(await readConfigurationFile(undefined, folder)).to.equal(undefined);
  });

  it("says to each command what is in its section, and what is for all", async () => {
    write("lockstep.config.json", EVERYTHING);
    const start = ["--port-base <n>", "--rollups <r>", "--accounts <n>", "--block-time <s>", "--fork <u>"];
    const more = ["--block <n>", "--no-play", "--genesis <g>", "--genesis-contract <g>", "--data <d>"];
    expect(await optionsOf("start", [...start, ...more])).to.deep.equal({
      portBase: 9545,
      rollups: "Shop:evm,Bank:ledger",
      accounts: "3",
      blockTime: "0.5",
      fork: "https://rpc.example",
      block: "12",
      play: false,
      genesis: [`Shop=${path.join(folder, "shop.json")}`],
      genesisContract: [`Shop=${HOLDER}:${path.join(folder, "out/X.json")}`],
      data: path.join(folder, "state"),
    });
    const builder = ["--port-base <n>", "--rollups <r>", "--rollup <r>", "--predeploys <p>", "--redis <r>"];
    expect(await optionsOf("builder", builder)).to.deep.equal({
      portBase: 1,
      rollups: HOLDER,
      rollup: ["2:evm"],
      predeploys: "create2,permit2",
      redis: "redis://127.0.0.1:6379",
    });
    const deploy = ["--rpc <u>", "--kinds <k>", "--predeploys <p>"];
    expect(await optionsOf("deploy", deploy)).to.deep.equal({
      rpc: "http://127.0.0.1:1",
      kinds: "evm,proven-evm",
      predeploys: "none",
    });
    expect(await optionsOf("prover-worker", ["--redis <u>", "--threads <n>"])).to.deep.equal({
      redis: "redis://127.0.0.1:1",
      threads: "2",
    });
    expect(await optionsOf("status", ["--data <d>"])).to.deep.equal({ data: path.join(folder, "elsewhere") });
    expect(await optionsOf("trace", ["--rpc <u>", "--data <d>", "--abi <f>", "--json"])).to.deep.equal({
      rpc: "http://127.0.0.1:3",
      data: path.join(folder, "state"),
      abi: [path.join(folder, "out"), "/abi.json"],
      json: true,
    });
    expect(await optionsOf("node", ["--port <p>"])).to.deep.equal({ port: 0 });
    expect(await optionsOf("provers", ["--prover <p>"])).to.deep.equal({ prover: "/usr/bin/prover" });
  });

  it("has a key for each option of the command line", () => {
    const source = readFileSync(path.join(PROJECT, "builder/cli/index.ts"), "utf8");
    const [, ...commands] = source.split(/\.command\(\s*"/);
    const schema = configurationSchema(PROJECT);
    const values = schema.parse(EVERYTHING);
    let seen = 0;
    for (const text of commands) {
      const [name = ""] = text.split(/["\s]/);
      const command = new Command(name);
      if (!takesConfiguration(command)) continue;
      seen++;
      const section = name === "prover-worker" ? "proverWorker" : name;
      for (const [, flags = ""] of text.matchAll(/\.option\(\s*"(--[^"]+)"/g)) {
        const key = new Option(flags).attributeName();
        if (["config", "noConfig"].includes(key)) continue;
        // "No such key" is said of one that the section lacks; of one that it has, nothing.
        const given = key === "block" ? { fork: { url: "http://x", block: 1 } } : { [key]: undefined };
        expect(schema.safeParse({ ...EVERYTHING, [section]: given }).success, `${section}.${key}`).to.equal(
          true,
        );
      }
    }
    // All but those that have no options, and `keys`, whose files are another one's each time.
    expect(seen).to.equal(commands.length - 1);
    expect(values.start?.block).to.equal("12");
  });

  it("gives way to the command line", async () => {
    write("lockstep.config.json", EVERYTHING);
    const line = ["--accounts", "5", "--fork", "http://other", "--genesis", "A=x"];
    const options = ["--accounts <n>", "--block-time <s>", "--fork <u>", "--block <n>", "--genesis <g>"];
    expect(await optionsOf("start", options, line)).to.deep.equal({
      accounts: "5",
      blockTime: "0.5",
      fork: "http://other",
      genesis: "A=x",
    });
  });

  it("may be TypeScript", async () => {
    const lines = [
      `import { defineConfig } from ${JSON.stringify(DEFINE)};`,
      "const seconds: number = 3;",
      "export default defineConfig({ start: { blockTime: seconds } });",
    ];
    write("lockstep.config.ts", lines.join("\n"));
    expect(await optionsOf("start", ["--block-time <s>"])).to.deep.equal({ blockTime: "3" });
  });

  for (const [what, content, place, form] of [
    ["an unknown key", { ports: 1 }, /"ports"/, /no such key; those here are .*portBase/],
    ["an unknown key of a section", { start: { rpc: "x" } }, /start "rpc"/, /those here are .*rollups/],
    ["the posting key", { builder: { privateKey: "0x12" } }, /builder "privateKey"/, /LOCKSTEP_KEY/],
    ["the posting key's variable", { LOCKSTEP_KEY: "0x12" }, /"LOCKSTEP_KEY"/, /secrets are in no file/],
    ["a port that is text", { portBase: "9545" }, /portBase/, /is not a port, 0 to 65535/],
    ["a kind", { start: { rollups: [{ name: "A", kind: "wasm" }] } }, /start\.rollups/, /kinds are ledger/],
    ["a rollup without a kind", { start: { rollups: [{ name: "A" }] } }, /start\.rollups\[0\]\.kind/, /kind/],
    ["rollups as text", { start: { rollups: "A:evm" } }, /start\.rollups/, /list of \{ name, kind \}/],
    ["a mnemonic", { start: { mnemonic: "zoo zoo" } }, /start\.mnemonic/, /12, 15, 18, 21 or 24/],
    ["an address", { builder: { rollups: "0x1" } }, /builder\.rollups/, /0x and 40 hex/],
    [
      "a rollup's number",
      { builder: { rollup: [{ id: 0, kind: "evm" }] } },
      /rollup\[0\]\.id/,
      /count from 1/,
    ],
    ["a predeploy", { predeploys: ["create3"] }, /predeploys/, /create2/],
    ["an origin", { allowOrigin: ["app.example"] }, /allowOrigin\[0\]/, /https:\/\/app\.example/],
    ["seconds", { start: { blockTime: 0.0001 } }, /start\.blockTime/, /number of seconds from 0\.1/],
    ["a URL", { start: { fork: { url: "ws://x" } } }, /start\.fork\.url/, /http:\/\/127/],
    [
      "an unknown key of trace",
      { trace: { abis: [] } },
      /trace "abis"/,
      /those here are rpc, data, abi, json/,
    ],
    ["ABIs as text", { trace: { abi: "out" } }, /trace\.abi/, /is not a list of files and folders/],
    ["a flag as text", { trace: { json: "yes" } }, /trace\.json/, /is neither true nor false/],
    ["a mode of proofs", { start: { proofs: "some" } }, /start\.proofs/, /they are real, none/],
    ["a kind to deploy", { deploy: { kinds: ["wasm"] } }, /deploy\.kinds\[0\]/, /kinds are ledger/],
    ["a list", [], /lockstep\.config\.json/, /is not an object/],
    ["a syntax error", '{ "portBase": ', /lockstep\.config\.json/, /not valid/],
  ] as const)
    it(`is refused for ${what}, by file, key and form, and shows no value`, async () => {
      write("lockstep.config.json", content);
      const reading = (): Promise<unknown> => readConfigurationFile(undefined, folder);
      await expectCode(reading(), "INVALID_CONFIGURATION", /lockstep\.config\.json: /);
      await expectCode(reading(), "INVALID_CONFIGURATION", place);
      await expectCode(reading(), "INVALID_CONFIGURATION", form);
      await expectCode(reading(), "INVALID_CONFIGURATION", /^(?!.*(0x12|zoo))/);
    });

  it("is refused where it is named and missing, where there are two, and where it exports nothing", async () => {
    const missing = readConfigurationFile("none.json", folder);
    await expectCode(missing, "INVALID_CONFIGURATION", /none\.json: there is no such file/);
    write("lockstep.config.ts", "export const portBase = 1;");
    await expectCode(readConfigurationFile(undefined, folder), "INVALID_CONFIGURATION", /export default/);
    write("lockstep.config.json", {});
    await expectCode(readConfigurationFile(undefined, folder), "INVALID_CONFIGURATION", /keep one/);
    expect((await readConfigurationFile("lockstep.config.json", folder))?.values).to.deep.equal({});
  });
});
