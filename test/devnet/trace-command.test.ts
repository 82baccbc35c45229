import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { type Hex, zeroHash } from "viem";
import { type Devnet, startDevnet } from "../../builder/devnet/devnet.ts";
import { DEVNET_ROLLUPS } from "../../builder/devnet/devnet-rollups.ts";
import { makeFirstCall } from "../../builder/devnet/tour/first-call.ts";
import { makeProvenCall } from "../../builder/devnet/tour/proven-call.ts";
import { LiveLines } from "../../builder/cli/show/live-lines.ts";
import { compileContracts } from "../../builder/node/deployment/compile.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { ask } from "../gateway/seeing/ask.ts";
import { castAt } from "../tools/foundry.ts";

const run = promisify(execFile);

/** What a command printed, and how it ended. */
interface Printed {
  readonly code: number;
  readonly text: string;
}

async function lockstep(...args: readonly string[]): Promise<Printed> {
  try {
    const { stdout } = await run(process.execPath, ["builder/cli/index.ts", ...args], {
      maxBuffer: 64 * 1024 * 1024,
    });
    return { code: 0, text: stripVTControlCharacters(stdout) };
  } catch (error) {
    if (!(error instanceof Error) || !("stderr" in error)) throw error;
    return { code: 1, text: stripVTControlCharacters(String(error.stderr)) };
  }
}

describe("what commands show of a devnet", function () {
  this.timeout(240_000);
  let devnet: Devnet;
  let folder: string;
  let solidity: Hex;
  let ledger: Hex;

  before(async () => {
    await compileContracts();
    folder = await mkdtemp(path.join(tmpdir(), "lockstep-"));
    devnet = await startDevnet({ ports: await freePorts(DEVNET_ROLLUPS.length), proofs: "none", folder });
    solidity = (await makeProvenCall(devnet.description)).hash;
    ledger = (await makeFirstCall(devnet.description)).hash;
  });
  after(async () => {
    await devnet[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const trace = (hash: string, ...args: readonly string[]) =>
    lockstep("trace", hash, "--data", folder, ...args);

  it("prints the calls over all chains in words, with proofs, gas and times", async () => {
    const { code, text } = await trace(solidity);
    expect(code, text).to.equal(0);
    expect(text).to.match(/L1 {2}CounterCaller\.bump\(\)/);
    expect(text).to.match(/└─ .* Counter\.increment\(\) from L1 → 1/);
    // Nothing is proven on this devnet, and it says so.
    expect(text).to.match(/effective, root 0x[0-9a-f]{8}… → 0x[0-9a-f]{8}…, UNPROVEN/);
    expect(text).to.match(/gas +post [\d,]+, proof check [\d,]+, table [\d,]+, calls [\d,]+/);
    expect(text).to.match(/time +simulate [\d.]+ s/);
  });

  it("finds a rollup's transaction, and the batch that carried it", async () => {
    const settlement = await ask(devnet.description.l1.gateway, "lockstep_getSettlement", [solidity]);
    const visit = settlement?.visits[0]?.transactionHash ?? "0x";
    const own = await trace(visit);
    expect(own.text).to.match(new RegExp(`^${visit}, in L1's block \\d+, by ${solidity}`));
    expect(own.text).to.contain("Counter.increment()");
    const batch = await trace(settlement?.batch?.transactionHash ?? "0x");
    expect(batch.code, batch.text).to.equal(0);
    expect(batch.text).to.contain("Rollups.postBatch");
  });

  it("prints how Foundry runs each visit of an EVM rollup, which does what happened", async () => {
    const { text } = await trace(solidity);
    const [, hash = "", url = ""] = /^ {2}cast run (0x\w+) --rpc-url (http\S+)$/m.exec(text) ?? [];
    expect(url).to.match(new RegExp(`/replay/${hash}$`));
    const shown = await castAt(url)("run", hash);
    expect(shown).to.match(/Transaction successfully executed/);
    expect(shown).to.match(/::increment\(\)\n.*\n?.*← \[Return\] 0x0+1$/m);
  });

  it("shows a ledger's part, by its own ABI", async () => {
    const { text } = await trace(ledger);
    expect(text).not.to.contain("cast run");
    expect(text).to.match(/Ledger\.\w+\(/);
    expect(text).to.contain("PiggyBank");
  });

  it("takes ABIs from where it is told, and any gateway", async () => {
    const file = path.join(folder, "own.json");
    await writeFile(
      file,
      JSON.stringify([
        { type: "function", name: "bump", inputs: [], outputs: [], stateMutability: "nonpayable" },
      ]),
    );
    const { text, code } = await lockstep(
      ...["trace", solidity, "--rpc", devnet.description.l1.gateway, "--abi", file],
    );
    expect(code, text).to.equal(0);
    expect(text).to.contain(".bump()");
    expect(text, "a contract of no given ABI has no name").not.to.contain("CounterCaller");
  });

  it("prints a line for each transaction, as it is included", async () => {
    const lines: string[] = [];
    using live = new LiveLines(devnet, (line) => lines.push(stripVTControlCharacters(line)));
    const { hash } = await makeProvenCall(devnet.description);
    await live.settled();
    const line = lines.find((each) => each.includes(`${hash.slice(0, 10)}…${hash.slice(-4)}`)) ?? "";
    expect(line).to.match(
      /account \d+ → 0x[0-9a-f]{6}…[0-9a-f]{4} {2}L1, C {2}block \d+ {2}gas [\d,]+ \+ [\d,]+/,
    );
    expect(line).to.contain("UNPROVEN");
  });

  it("says in `status` what waits, what was done, and how long ago L1 was settled", async () => {
    const { text } = await lockstep("status", "--data", folder);
    expect(text).to.match(/builder {2}0 waiting, last settlement \d+ s ago, in block \d+/);
    expect(text).to.match(new RegExp(`included ${solidity} on L1, C: posted, \\d+ s ago`));
  });

  it("gives all of it in JSON", async () => {
    const { text } = await trace(solidity, "--json");
    const whole: ReturnType<typeof JSON.parse> = JSON.parse(text);
    expect(whole).to.have.all.keys("hash", "tree", "trace", "settlement", "executions", "progress");
    expect(whole.tree.call.function).to.equal("bump");
    expect(whole.settlement.visits[0].proven).to.equal(false);
  });

  it("says what is wrong: an unknown hash, no hash, no devnet, no ABI", async () => {
    const wrong = async (code: string, ...args: readonly string[]): Promise<void> => {
      const printed = await lockstep("trace", ...args);
      expect(printed.code).to.equal(1);
      expect(printed.text).to.contain(`(${code},`);
    };
    await wrong("TRANSACTION_NOT_FOUND", zeroHash, "--data", folder);
    await wrong("INVALID_CONFIGURATION", "0x12", "--data", folder);
    await wrong("INVALID_CONFIGURATION", solidity, "--data", folder, "--abi", path.join(folder, "none"));
    await wrong("INVALID_CONFIGURATION", solidity, "--data", folder, "--abi", "README.md");
    await wrong("NO_DEVNET", solidity, "--data", path.join(folder, "elsewhere"));
    await wrong("L1_UNREACHABLE", solidity, "--rpc", "http://127.0.0.1:1");
  });
});
