import { expect } from "chai";
import { encodeErrorResult, encodeFunctionData, type Hex, pad, parseAbi, parseEther, parseGwei } from "viem";
import { activityLines } from "../../builder/cli/show/activity-lines.ts";
import { LiveLines } from "../../builder/cli/show/live-lines.ts";
import { type Devnet, startDevnet } from "../../builder/devnet/devnet.ts";
import { makeFirstCall } from "../../builder/devnet/tour/first-call.ts";
import { getActivity } from "../../builder/gateway/seeing/activity.ts";
import { BuilderMemory } from "../../builder/gateway/seeing/memory.ts";
import { LEDGER, ledgerAbi } from "../../builder/kinds/ledger/abi.ts";
import { prepareArtefacts } from "../../builder/node/artefacts.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { expectHarmless, HOSTILE_TEXTS } from "../client/hostile.ts";
import { findChromium, NO_CHROMIUM } from "./support/chromium.ts";
import { type View, Viewer } from "../page/support/browser.ts";
import { GATE, refuserAfter } from "../page/support/gate.ts";
import { type Actor, Stage } from "../page/support/stage.ts";
import { StoppedProver } from "../page/support/stopped-prover.ts";

const executable = await findChromium();
const bankAbi = parseAbi(["function save() payable returns (uint256 balance)"]);
const errors = parseAbi(["error Error(string)"]);

/** One of each kind, short enough for an error that a person would read. */
const HOSTILE = Object.values(HOSTILE_TEXTS)
  .map((text) => text.slice(0, 60).toWellFormed())
  .join(" ");
const gwei = (amount: string) => ({
  maxFeePerGas: parseGwei(amount),
  maxPriorityFeePerGas: parseGwei(amount),
});

/** A real builder whose only prover is stopped, and what people see of it. */
describe(`the page while a prover is stopped${executable === undefined ? `: ${NO_CHROMIUM}` : ""}`, function () {
  this.timeout(300_000);
  before(function () {
    if (executable === undefined) this.skip();
  });
  const started = new AsyncDisposableStack();
  let prover: StoppedProver;
  let devnet: Devnet;
  let viewer: Viewer;
  let memory: BuilderMemory;
  let bank: Actor;
  let ledger: Hex;
  const live: string[] = [];

  before(async () => {
    prover = started.use(await StoppedProver.make());
    const circuits = await prepareArtefacts();
    const rollups = [{ name: "Ledger", kind: "ledger" }];
    devnet = started.use(
      await startDevnet({
        ports: await freePorts(1),
        rollups,
        circuits,
        backend: prover.program,
        pagePort: 0,
      }),
    );
    memory = started.use(new BuilderMemory(devnet.builder));
    started.use(new LiveLines(devnet, (line) => live.push(line)));
    viewer = started.use(await Viewer.open(executable ?? ""));
    const { piggyBank, proxy } = await makeFirstCall(devnet.description);
    bank = { on: "L1", address: piggyBank, abi: bankAbi };
    ledger = proxy;
    await prover.stop();
  });
  after(async () => {
    if (executable !== undefined) await prover.goOn();
    await started.disposeAsync();
  });

  const by = (account: number): Stage => new Stage(devnet.description, account);
  const look = (fragment: string): Promise<View> => viewer.look(`${devnet.description.page}/#${fragment}`);
  const vital = async (view: View, name: string): Promise<string> =>
    await view.page.locator(".vitals > div", { hasText: name }).locator("dd").innerText();
  const secondsAgo = async (view: View): Promise<number> =>
    Number(/^(\d+) s ago$/.exec(await vital(view, "last settlement"))?.[1]);
  const headline = async (view: View, text: string): Promise<void> =>
    await view.page.locator("h1", { hasText: text }).waitFor({ timeout: 120_000 });

  it("shows what waits and why, says of what was dropped why it was, and recovers by itself", async () => {
    await using home = await look("/");
    await home.page.locator(".vitals").waitFor();

    // One that cannot be proven now, and one behind it by the same account.
    const save = { value: parseEther("1"), gas: 2_000_000n };
    const first = await by(2).submit("L1", bank, "save", [], save);
    await home.page.locator(".rows li", { hasText: "proving" }).waitFor();
    const behind = await by(2).submit("L1", bank, "save", [], save);
    const row = (hash: Hex) => home.page.locator("li", { has: home.page.locator(`a[title='${hash}']`) });
    await row(behind).waitFor();
    await row(first)
      .filter({ hasText: /proving.*for a proof of Ledger, which .*prover has to make/s })
      .waitFor();
    await home.page
      .locator(".vitals > div", { hasText: "proofs in flight" })
      .filter({ hasText: "1" })
      .waitFor();
    expect(await vital(home, "waiting")).to.equal("2");
    // Nothing was reloaded, and the seconds go on.
    const before = await secondsAgo(home);
    await home.page.waitForTimeout(2_100);
    expect(await secondsAgo(home)).to.be.greaterThan(before);
    expect(await home.barriers()).to.deep.equal([]);

    await using waiting = await look(`/tx/${first}`);
    await headline(waiting, "Waiting");
    expect(await waiting.text(".summary"))
      .to.include("L1 has not included it")
      .and.to.include("for its batch to be proven");
    expect(await waiting.page.locator("svg.score").count()).to.equal(0);

    // Its sender wants another one in its place: the builder drops it, and the page is told.
    await using replaced = await look(`/tx/${behind}`);
    await headline(replaced, "Waiting");
    const { to, data } = { to: bank.address, data: encodeFunctionData({ abi: bankAbi }) };
    const nonce = await by(2)
      .reader("L1")
      .getTransactionCount({ address: by(2).account.address });
    const better = await by(2).post("L1", { to, data, nonce: nonce + 1, gas: 2_000_000n, ...gwei("20") });
    await headline(replaced, "Dropped");
    expect(await replaced.text(".summary"))
      .to.include("it will not be included")
      .and.to.include("REPLACED")
      .and.to.include(`transaction ${better} with the same nonce took its place`);

    // A contract that answers otherwise once the transaction's turn comes: with an error of its own words.
    const gate = await by(3).create("L1", GATE);
    await by(3).sent("L1", { to: gate, data: pad(ledger) });
    const question = encodeFunctionData({ abi: ledgerAbi, functionName: "balanceOf", args: [0n, LEDGER] });
    const hostile = await by(3).post("L1", { to: gate, data: question, gas: 2_000_000n });
    const reason = encodeErrorResult({ abi: errors, args: [HOSTILE] });
    const refuser = await by(4).create("L1", refuserAfter(ledger, reason));
    await by(4).sent("L1", { to: gate, data: pad(refuser) });
    // One whose nonce is used on L1, past the gateway.
    const taken = await by(5).submit("L1", bank, "save", [], save);
    await by(5).pastTheGateway({ to: by(4).account.address, nonce: 0 });
    await using refused = await look(`/tx/${hostile}`);
    await headline(refused, "Waiting");

    await prover.goOn();
    await headline(waiting, "succeeded");
    await waiting.page.locator(".score-bracket.proven").first().waitFor();
    await headline(refused, "Dropped");
    expect(await refused.text(".summary")).to.include("TRANSACTION_REVERTED");
    (await refused.text(".summary")).split("\n").forEach(expectHarmless);
    await using gone = await look(`/tx/${taken}`);
    await headline(gone, "Dropped");
    expect(await gone.text(".summary")).to.include("NONCE_TOO_LOW");

    await home.page.locator(".rows", { hasText: "TRANSACTION_REVERTED" }).waitFor();
    await home.page.locator("p", { hasText: "Nothing waits." }).waitFor();
    expect(await vital(home, "proofs in flight")).to.equal("0");
    expect(await secondsAgo(home)).to.be.lessThan(60);
    for (const line of (await home.text()).split("\n")) expectHarmless(line.replaceAll("\t", " "));
    for (const view of [home, waiting, replaced, refused, gone]) {
      expect(await view.barriers(), "barriers").to.deep.equal([]);
      expect(view.complaints, "complaints").to.deep.equal([]);
    }
  });

  it("had lines printed of it, and a status, in which the contract's words are harmless", async () => {
    const lines = activityLines(getActivity(devnet.builder, memory, 100), () => "L1", Date.now());
    for (const text of [lines.join("\n"), live.join("\n")])
      expect(text).to.include("TRANSACTION_REVERTED").and.to.include("pay �000,1");
    [...lines, ...live].forEach(expectHarmless);
  });
});
