import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { encodeFunctionData, type Hex, parseAbi } from "viem";
import { z } from "zod";
import { callTree, isTraceFrame, type Knowledge, treeLines } from "lockstep-client/tree";
import { showTrace } from "../../builder/cli/commands/trace.ts";
import { L1RpcError } from "../../builder/l1/client.ts";
import { activityLines } from "../../builder/cli/show/activity-lines.ts";
import { protocolContracts, readContracts } from "../../builder/cli/trace/known-contracts.ts";
import { compileContracts } from "../../builder/node/deployment/compile.ts";
import { readPageArtifacts } from "../../builder/node/page/artifacts.ts";
import { expectHarmless, HOSTILE_TEXTS } from "../client/hostile.ts";

const run = promisify(execFile);
const abi = parseAbi(["function tell(string text)"]);
const hash: Hex = `0x${"12".repeat(32)}`;
const address: Hex = `0x${"a1".repeat(20)}`;
const NOTHING_KNOWN: Knowledge = {
  chain: () => "L1",
  nameOf: () => undefined,
  abiOf: () => undefined,
  abis: [],
  isProtocol: () => false,
};
const TEXTS = Object.entries(HOSTILE_TEXTS);

/** A gateway that answers each method as it is told, and others with null. */
class FakeGateway implements AsyncDisposable {
  answers: Readonly<Record<string, unknown>> = {};
  readonly #server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      const asked: unknown = JSON.parse(body);
      const given = [asked].flat().map((each) => {
        const { id, method } = z.object({ id: z.unknown(), method: z.string() }).parse(each);
        return { jsonrpc: "2.0", id, result: this.answers[method] ?? null };
      });
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(Array.isArray(asked) ? given : given[0]));
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const bound: AddressInfo | string | null = this.#server.address();
    if (bound === null || typeof bound === "string") throw new Error("the server has no port");
    return `http://127.0.0.1:${bound.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const frame = (fields: object = {}): object => {
  const given = { gas: "0x1", gasUsed: "0x1", input: "0x", ...fields };
  return { chain: "0x0", type: "CALL", from: address, to: address, ...given };
};
const gas = { post: "0x1", proofCheck: null, table: null, calls: null };
const status = {
  rollupsAddress: address.replaceAll("a1", "e0"),
  rollups: [{ id: "0x1", kind: "evm", proof: "none" }],
};

/** All that a gateway tells of a transaction, with a stranger's text wherever there is one. */
function answersWith(text: string): Record<string, unknown> {
  const visit = {
    ...{ rollup: "0x1", execution: 0, visit: 0, proof: 0, outcome: text, transactionHash: null },
    ...{ rootBefore: hash, rootAfter: hash },
  };
  const times = {
    simulateMilliseconds: 1,
    witnessMilliseconds: 1,
    proveMilliseconds: 1,
    postMilliseconds: 1,
  };
  const input = encodeFunctionData({ abi, args: [text] });
  const made = { rollup: "0x1", circuit: text, backend: text, proveMilliseconds: 1 };
  return {
    lockstep_status: status,
    lockstep_getProxies: { original: null, proxies: [] },
    lockstep_traceTransaction: frame({
      calls: [
        frame({ input, error: text, revertReason: text }),
        frame({ warning: text, missing: text, type: text }),
      ],
    }),
    lockstep_getSettlement: {
      l1: { transactionHash: hash, blockNumber: "0x1", success: false },
      ...{ batch: null, visits: [visit], transactions: [] },
    },
    lockstep_getExecutions: {
      ...{ batch: { transactionHash: address.padEnd(66, "0") }, raw: "0x", gas },
      executions: [{ index: 0, visits: [visit] }],
      proofs: [{ rollup: "0x1", proven: true, circuit: text }],
    },
    lockstep_getProgress: { state: text, reason: text, ...times, proofs: [made] },
  };
}

describe("a stranger's text in a terminal", function () {
  this.timeout(120_000);
  const started = new AsyncDisposableStack();
  const gateway = new FakeGateway();
  let url: string;
  let folder: string;
  before(async () => {
    await compileContracts();
    folder = mkdtempSync(path.join(tmpdir(), "lockstep-"));
    started.defer(() => rmSync(folder, { recursive: true }));
    started.use(gateway);
    url = await gateway.listen();
    writeFileSync(path.join(folder, "own.json"), JSON.stringify(abi));
  });
  after(() => started.disposeAsync());

  const trace = async (...args: readonly string[]) => {
    const command = [
      "builder/cli/index.ts",
      "trace",
      hash,
      "--rpc",
      url,
      "--abi",
      path.join(folder, "own.json"),
    ];
    try {
      const { stdout } = await run(process.execPath, [...command, ...args], { maxBuffer: 64 * 1024 * 1024 });
      return { code: 0, text: stdout };
    } catch (error) {
      if (!(error instanceof Error) || !("stderr" in error)) throw error;
      return { code: 1, text: String(error.stderr) };
    }
  };

  it("is harmless in `lockstep trace`, in words and as JSON, whatever it is", async () => {
    const text = TEXTS.map(([, each]) => each.slice(0, 600)).join("");
    gateway.answers = answersWith(text);
    const told = await trace();
    expect(told.code, told.text).to.equal(0);
    const lines = told.text.trimEnd().split("\n");
    expect(lines).to.have.length(8);
    lines.forEach(expectHarmless);
    const { text: json } = await trace("--json");
    expect(json).to.not.match(/[^\P{C}\n]|\p{DI}/u);
    const whole = z.object({ progress: z.looseObject({ reason: z.string() }) }).parse(JSON.parse(json));
    expect(whole.progress.reason).to.equal(text);
  });

  it("is nothing that `lockstep trace` prints where a gateway answers something else", async () => {
    const answers = answersWith("");
    const odd: readonly [string, unknown][] = [
      ["lockstep_traceTransaction", frame({ input: "\u001b[2J" })],
      ["lockstep_traceTransaction", frame({ from: 5 })],
      ["lockstep_traceTransaction", frame({ calls: [null] })],
      ["lockstep_getSettlement", { l1: { transactionHash: "\u001b[2J" } }],
      ["lockstep_getExecutions", { executions: 5 }],
      ["lockstep_getProgress", []],
      ["lockstep_getProxies", { original: { chain: "0x0", address: "\u001b[2J" } }],
      ["lockstep_status", { rollupsAddress: address, rollups: [{ id: "0x1", kind: "\u001b[2J" }] }],
    ];
    for (const [method, answer] of odd) {
      gateway.answers = { ...answers, [method]: answer };
      const refused: unknown = await showTrace(hash, { data: folder, rpc: url, abi: [folder] }).catch(
        (error: unknown) => error,
      );
      expect(refused, method).to.be.instanceOf(L1RpcError).with.property("message").that.contains(method);
    }
  });

  it("has a tree where frames are as deep as the EVM goes", () => {
    let deep = frame();
    for (let depth = 0; depth < 1_024; depth++) deep = frame({ calls: [deep] });
    const parsed: unknown = JSON.parse(JSON.stringify(deep));
    if (!isTraceFrame(parsed)) throw new Error("it is one");
    const knowledge = { ...NOTHING_KNOWN, abis: [abi] };
    const lines = treeLines(callTree(parsed, knowledge), knowledge);
    expect(lines.length).to.be.greaterThan(1_000);
  });

  for (const [what, text] of TEXTS)
    it(`is harmless in \`status\`, with ${what}`, () => {
      const one = { hash, chain: "0x0", state: "queued", reason: text, at: 0, acceptedAt: 0 } as const;
      const lines = activityLines(
        {
          transactions: [{ ...one, rollups: [], blockNumber: null, from: null, to: null }],
          failures: [{ hash, code: text, reason: text, at: 0 }],
          provers: [{ name: text, working: 0, proofs: 0, milliseconds: null, faults: 0 }],
          lastSettlement: null,
          waiting: 1,
          trouble: { code: text, reason: text, since: 0 },
        },
        () => "L1",
        0,
      );
      expect(lines).to.have.length(5);
      lines.forEach(expectHarmless);
    });

  it("is escaped in the log, whose lines stay JSON", async () => {
    const [module] = [path.resolve("builder/cli/log.ts")];
    for (const [what, text] of TEXTS) {
      const given = text.slice(0, 600).toWellFormed();
      const program = `import { logger } from ${JSON.stringify(module)};
        const text = JSON.parse(process.argv[1]);
        logger("info").warn({ reason: text, err: new Error(text) }, text);`;
      const { stderr } = await run(process.execPath, [
        "--input-type=module",
        "-e",
        program,
        JSON.stringify(given),
      ]);
      expect(stderr.trimEnd(), what).to.not.match(/\p{C}|\p{DI}/u);
      const line = z.looseObject({ reason: z.string(), msg: z.string() }).parse(JSON.parse(stderr));
      expect([line.reason, line.msg], what).to.deep.equal([given, given]);
    }
  });
});

describe("a folder of artifacts that anything may have written", function () {
  this.timeout(120_000);
  const FILES = 10_000;
  const MANY = "artifacts/contracts/many";
  let project: string;
  const write = (name: string, content: string): void => {
    mkdirSync(path.dirname(path.join(project, name)), { recursive: true });
    writeFileSync(path.join(project, name), content);
  };
  const artifact = (fields: object): string =>
    JSON.stringify({
      contractName: "Shop",
      sourceName: "contracts/Shop.sol",
      abi,
      deployedBytecode: "0x6001",
      ...fields,
    });
  before(async () => {
    project = mkdtempSync(path.join(tmpdir(), "lockstep-"));
    for (let number = 0; number < FILES; number++) write(`${MANY}/${number}.json`, "{}");
    const odd: readonly unknown[] = [
      null,
      5,
      [],
      [null],
      {},
      { abi: {} },
      { abi: [null, { type: "function" }] },
    ];
    odd.forEach((each, index) => write(`artifacts/contracts/odd/${index}.json`, JSON.stringify(each)));
    write("artifacts/contracts/odd/no.json", '{"abi":');
    write("artifacts/contracts/odd/deep.json", "[".repeat(100_000));
    write("artifacts/contracts/Shop.sol/Shop.json", artifact({}));
    // The same name again, with other code, and one whose immutable values would be endless.
    write(
      "artifacts/contracts/l2/Shop.json",
      artifact({ sourceName: "contracts/l2/Shop.sol", deployedBytecode: "0x6002" }),
    );
    write(
      "artifacts/contracts/Far.json",
      artifact({ contractName: "Far", immutableReferences: { 1: [{ start: 1, length: 2e9 }] } }),
    );
    write(
      "artifacts/contracts/Past.json",
      artifact({ contractName: "Past", immutableReferences: { 1: [{ start: 1, length: 32 }] } }),
    );
    mkdirSync(path.join(project, "artifacts/contracts/folder.json"));
    symlinkSync("nowhere", path.join(project, "artifacts/contracts/dangling.json"));
    symlinkSync("self.json", path.join(project, "artifacts/contracts/self.json"));
    symlinkSync("..", path.join(project, "artifacts/contracts/loop"));
    symlinkSync("/dev/zero", path.join(project, "artifacts/contracts/zero.json"));
    await run("mkfifo", [path.join(project, "artifacts/contracts/pipe.json")]);
  });
  after(() => rmSync(project, { recursive: true }));

  it("is read by `lockstep trace --abi` as far as there are contracts in it", () => {
    const found = readContracts(path.join(project, "artifacts"));
    const named = found.filter(({ abi: entries }) => entries.length > 0).map(({ name }) => name);
    expect(named.sort()).to.deep.equal(["Past", "Shop", "Shop"]);
  });

  it("gives the page what has code, by name and by code", async () => {
    const found = await readPageArtifacts([project]);
    const shops = found.filter(({ name }) => name === "Shop");
    expect(shops.map(({ code }) => code?.size)).to.deep.equal([2, 2]);
    expect(shops[0]?.code?.hash).to.not.equal(shops[1]?.code?.hash);
    expect(found.find(({ name }) => name === "Past")?.code).to.equal(null);
  });

  it("hides no contract of a user as the protocol's own, wherever its source lies", () => {
    const own = protocolContracts();
    expect(own.map(({ name }) => name)).to.include.members([
      "Rollups",
      "ExecutionPlanner",
      "CrossChainProxy",
    ]);
    expect(own.filter(({ code }) => code.length <= 6 && code !== "0x")).to.deep.equal([]);
  });
});
