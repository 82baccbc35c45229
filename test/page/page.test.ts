import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { encodeFunctionData, type Hex } from "viem";
import { z } from "zod";
import type { Devnet } from "../../builder/devnet/devnet.ts";
import { startDevnet } from "../../builder/devnet/devnet.ts";
import { DEVNET_ROLLUPS } from "../../builder/devnet/devnet-rollups.ts";
import { makeFirstCall } from "../../builder/devnet/tour/first-call.ts";
import { prepareArtefacts } from "../../builder/node/artefacts.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { findChromium, NO_CHROMIUM } from "../trials/support/chromium.ts";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";
import { CHECK_SVG, type View, Viewer } from "./support/browser.ts";
import { playCaughtRevert, playFlashLoan, playThereAndBack, playUndone } from "./support/plays.ts";
import { REPEATER, repeated } from "./support/repeater.ts";
import { Stage } from "./support/stage.ts";

const executable = await findChromium();
/** Gas that one transaction may use on L1 (EIP-7825). */
const MAX_GAS = 1n << 24n;
/** Calls of a frame that are drawn before they are asked for. */
const SHOWN = 7;
/** Calls to a rollup, each in an execution of its own, that fit into 120,000 bytes of calldata. */
const MOST_CALLS = 79;
const PHONE = { viewport: { width: 375, height: 720 } };

describe(`the page in a chromium${executable === undefined ? `: ${NO_CHROMIUM}` : ""}`, function () {
  this.timeout(300_000);
  before(function () {
    if (executable === undefined) this.skip();
  });
  const started = new AsyncDisposableStack();
  let devnet: Devnet;
  let stage: Stage;
  let viewer: Viewer;

  before(async () => {
    const [ports, circuits] = [await freePorts(DEVNET_ROLLUPS.length), await prepareArtefacts()];
    devnet = started.use(await startDevnet({ ports, circuits, pagePort: 0 }));
    stage = new Stage(devnet.description);
    viewer = started.use(await Viewer.open(executable ?? ""));
  });
  after(() => started.disposeAsync());

  const urlOf = (fragment: string): string => `${devnet.description.page}/#${fragment}`;
  const look = (fragment: string, options: Parameters<Viewer["look"]>[1] = {}) =>
    viewer.look(urlOf(fragment), options);
  const score = async (hash: Hex, options: Parameters<Viewer["look"]>[1] = {}) => {
    const view = await look(`/tx/${hash}`, options);
    await view.page.locator("svg.score").waitFor();
    return view;
  };
  /** What every screen keeps to. */
  const expectGood = async (view: View): Promise<void> => {
    expect(await view.barriers(), "barriers").to.deep.equal([]);
    expect(view.complaints, "complaints").to.deep.equal([]);
    expect([...view.hosts], "who was asked").to.deep.equal(["127.0.0.1"]);
    expect(await view.overflow(), "overflow").to.equal(0);
  };
  const boxes = (view: View): Promise<string[]> => view.page.locator(".score-title").allTextContents();
  const labels = (view: View, kind: string): Promise<string[]> =>
    view.page.locator(`.score-arrow.${kind} text`).allTextContents();

  it("shows the lanes of an empty devnet, and a block as it comes, without being asked again", async () => {
    await using view = await look("/");
    await view.page.locator(".lanes tr").first().waitFor();
    expect(await view.page.locator(".lanes th").allInnerTexts()).to.deep.equal([
      "L1",
      "Ledger",
      "A\nUNPROVEN",
      "B\nUNPROVEN",
      "C",
    ]);
    const newest = view.page.locator(".lanes tr.l1 .number").first();
    const before = Number((await newest.innerText()).slice(1));
    await stage.deploy("L1", "Counter");
    await view.page.locator(".lanes tr.l1 .number", { hasText: `#${before + 1}` }).waitFor();
    await expectGood(view);
  });

  it("shows L1 → A → L1 as one picture, with what is UNPROVEN, and steps through it by keys", async () => {
    const hash = await playThereAndBack(stage);
    await using view = await score(hash);
    await view.page.locator(".score-title", { hasText: "NestedCounterCaller" }).waitFor();
    expect(await boxes(view)).to.deep.equal([
      "NestedCounterCaller.bump",
      "CounterCaller.bump",
      "Counter.increment",
    ]);
    expect(await labels(view, "call")).to.deep.equal(["bump", "increment"]);
    expect(await labels(view, "answer")).to.deep.equal(["1", "1"]);
    expect(await view.page.locator(".score-bracket.unproven text").allTextContents()).to.deep.equal([
      "UNPROVEN",
    ]);
    await expectGood(view);

    const stepTitle = view.page.locator(".step h2");
    await view.page.keyboard.press("ArrowRight");
    expect(await stepTitle.innerText()).to.equal("Step 1 of 4: CALL");
    await view.page.keyboard.press("ArrowRight");
    await view.page.keyboard.press("ArrowRight");
    expect(await stepTitle.innerText()).to.equal("Step 3 of 4: RESULT");
    expect(view.page.url()).to.equal(urlOf(`/tx/${hash}/step/2`));
    await view.page.keyboard.press("ArrowLeft");
    await view.page.keyboard.press("ArrowLeft");
    const panel = await view.text(".step");
    expect(panel)
      .to.include("L1 → A")
      .and.to.include("bump()")
      .and.to.include("Without an entry the call reverts");
    expect(await view.page.locator(".score-arrow.cursor").count()).to.equal(1);

    // The address of a step leads there.
    await using other = await look(`/tx/${hash}/step/3`);
    await other.page.locator(".changes").waitFor();
    expect(await other.text(".step"))
      .to.include("Step 4 of 4: RESULT")
      .and.to.include("A's root")
      .and.to.include("UNPROVEN, L1 takes that on trust");
    await expectGood(other);
  });

  it("has the same as text, which readers of screens find", async () => {
    await using view = await score(await playThereAndBack(stage));
    await view.page.locator(".score-title", { hasText: "NestedCounterCaller" }).waitFor();
    await view.page.locator(".as-text summary").click();
    expect((await view.text(".as-text pre")).split("\n")).to.deep.equal([
      "L1: NestedCounterCaller.bump → 1",
      "  L1 → A: bump",
      "    A: CounterCaller.bump",
      "      A → L1: increment",
      "        L1: Counter.increment",
      "      L1 → A: 1",
      "  A → L1: 1",
    ]);
    await expectGood(view);
  });

  it("shows where a call failed and with which error, though L1's transaction succeeded", async () => {
    await using view = await score(await playCaughtRevert(stage));
    await view.page.locator(".score-title", { hasText: "Refuser" }).waitFor();
    expect(await view.text(".summary h1")).to.include("succeeded");
    expect(await labels(view, "answer.failed")).to.deep.equal(["✗ TooMuch(11, 11)"]);
    expect(await view.page.locator(".score-box.failed .score-title").allTextContents()).to.deep.equal([
      "Refuser.work",
    ]);
    await expectGood(view);
  });

  it("hatches what was undone, and says what was done instead", async () => {
    await using view = await score(await playUndone(stage));
    await view.page.locator(".score-title", { hasText: "UndoingCaller.inner" }).waitFor();
    await view.page.locator(".score-box.undone .score-title", { hasText: "Counter" }).waitFor();
    expect(await view.page.locator(".score-box.failed .score-result").allTextContents()).to.deep.equal([
      "✗ Undone(1)",
    ]);
    expect(await view.page.locator(".score-instead text").allTextContents()).to.deep.equal([
      "undone; instead:",
    ]);
    expect(await boxes(view)).to.deep.equal([
      "UndoingCaller.bump",
      "UndoingCaller.inner",
      "Counter.increment",
      "Counter.increment",
    ]);
    await expectGood(view);
  });

  it("shows a flash loan that joins a club on A, on a phone and in the dark", async () => {
    const hash = await playFlashLoan(stage);
    await using view = await score(hash, { ...PHONE, colorScheme: "dark" });
    await view.page.locator(".score-title", { hasText: "HoldersClub" }).waitFor();
    expect(await labels(view, "call")).to.deep.equal(["mint", "join", "unlock", "release"]);
    expect(await view.page.locator(".score-bracket text").allTextContents()).to.have.length(3);
    expect(await view.page.evaluate("document.documentElement.dataset.theme")).to.equal("dark");
    await expectGood(view);
    await view.page.locator("button[aria-label='Light colours']").click();
    expect(await view.page.evaluate("document.documentElement.dataset.theme")).to.equal("light");
    await expectGood(view);
  });

  it("says of a proven visit what proves it", async () => {
    const { hash } = await makeFirstCall(devnet.description);
    await using view = await score(hash);
    await view.page.locator(".score-bracket.proven text").first().waitFor();
    expect(await view.page.locator(".score-bracket.unproven").count()).to.equal(0);
    expect((await view.page.locator(".score-bracket text").allTextContents())[0]).to.match(/^Groth16/);
    expect(await view.text(".summary")).to.not.include("UNPROVEN");
    await expectGood(view);
  });

  it("folds 300 crossing calls of one transaction, draws what is seen, and finds each", async () => {
    // L1 makes the same static call 60 times, in which A makes the same of B 4 times: an execution for all.
    const [times, inner] = [60, 4];
    const counter = await stage.deploy("B", "Counter");
    const reader = { on: "A", address: await stage.create("A", REPEATER.STATICCALL) } as const;
    const [onA, onL1] = [await stage.addressOn("A", counter), await stage.addressOn("L1", reader)];
    const to = await stage.create("L1", REPEATER.STATICCALL);
    const count = encodeFunctionData({ abi: counter.abi, functionName: "count" });
    const data = repeated(times, onL1, repeated(inner, onA, count));
    const { transactionHash } = await stage.sent("L1", { to, data, gas: MAX_GAS });
    await using view = await score(transactionHash);
    const { page } = view;
    await page.locator(".score-title", { hasText: "Counter.count" }).first().waitFor();
    await page.locator(".as-text summary").click();
    const lines = (await view.text(".as-text pre")).split("\n");
    expect(lines.filter((line) => line.includes("L1 → A: 0x"))).to.have.length(times);
    expect(lines.filter((line) => line.includes("A → B: count"))).to.have.length(times * inner);
    // What stands on A has the address that the counter has on B, and is not taken for its proxy.
    expect(lines[2]).to.match(/^ {4}A: 0x/);
    await page.locator(".as-text summary").click();

    // What is not seen is not drawn.
    const few = await page.locator(".score-box").count();
    expect(few).to.be.greaterThan(5).and.to.be.lessThan(60);
    await page.evaluate(
      "scrollTo(0, scrollY + document.querySelector('svg.score').getBoundingClientRect().bottom - innerHeight)",
    );
    await page.locator(".score-fold").waitFor();
    expect(await page.locator(".score-fold text").textContent()).to.equal(`⋯ ${times - SHOWN} more calls`);
    await page.locator(".score-fold").click();
    await page.locator(".score-fold").waitFor({ state: "detached" });
    expect(await page.locator(".score-box").count()).to.be.lessThan(60);
    await page.evaluate("scrollTo(0, 0)");
    await page.keyboard.press("ArrowRight");
    expect(await page.locator(".step h2").innerText()).to.equal(`Step 1 of ${2 + 2 * inner}: CALL`);
    await expectGood(view);
  });

  it("walks through as many calls as a batch can have that all change something", async () => {
    const counter = await stage.deploy("A", "Counter");
    const to = await stage.create("L1", REPEATER.CALL);
    const increment = encodeFunctionData({ abi: counter.abi, functionName: "increment" });
    const send = async (times: number) =>
      await stage.sent("L1", {
        ...{ to, gas: MAX_GAS },
        data: repeated(times, await stage.addressOn("L1", counter), increment),
      });
    const refusal: unknown = await send(MOST_CALLS + 1).catch((error: unknown) => error);
    expect(String(refusal)).to.match(/bytes of the batch: \d+, but L1 takes at most 120000/);
    const { transactionHash: hash } = await send(MOST_CALLS);
    await using view = await score(hash);
    const { page } = view;
    await page.locator(".score-fold").click();
    await page.locator(".score-fold").waitFor({ state: "detached" });
    const moves = 20;
    const start = performance.now();
    for (let move = 0; move < moves; move++) await page.keyboard.press("ArrowRight");
    expect((performance.now() - start) / moves, "milliseconds a step").to.be.lessThan(500);
    expect(await page.locator(".step h2").innerText()).to.equal(`Step ${moves} of ${2 * MOST_CALLS}: RESULT`);
    await page.goto(urlOf("/"));
    await page.goto(urlOf(`/tx/${hash}/step/${MOST_CALLS}`));
    await page.locator(".score-arrow.cursor").waitFor();
    expect(await view.text(".step")).to.include(`Step ${MOST_CALLS + 1} of ${2 * MOST_CALLS}`);
    await expectGood(view);
  });

  it("saves the picture as SVG that needs nothing else, and copies what was answered as JSON", async () => {
    const hash = await playCaughtRevert(stage);
    await using view = await score(hash);
    const { page } = view;
    await page.locator(".score-title", { hasText: "Refuser" }).waitFor();
    const saving = page.waitForEvent("download");
    await page.locator("button", { hasText: "save as SVG" }).click();
    const download = await saving;
    expect(download.suggestedFilename()).to.equal(`${hash}.svg`);
    const svg = await readFile(await download.path(), "utf8");
    for (const said of ["Refuser.work", "✗ TooMuch(11, 11)", "UNPROVEN"]) expect(svg).to.include(said);
    // Read by the browser, and shown where nothing of the page is.
    await using alone = await viewer.look("about:blank");
    expect(await alone.page.evaluate(`(${CHECK_SVG})(${JSON.stringify(svg)})`)).to.deep.equal([]);
    await alone.page.setContent(svg);
    expect(await alone.page.locator("svg .score-title").allTextContents()).to.include("Refuser.work");
    expect([...alone.hosts]).to.deep.equal([]);

    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.locator("button", { hasText: "copy as JSON" }).click();
    await page.locator("button", { hasText: "copied" }).waitFor();
    const copied: unknown = JSON.parse(
      z.string().parse(await page.evaluate("navigator.clipboard.readText()")),
    );
    const ask = async (method: string, ...more: unknown[]) => await stage.ask("L1", method, [hash, ...more]);
    expect(copied).to.deep.include({
      hash,
      trace: await ask("debug_traceTransaction", { tracer: "callTracer" }),
      settlement: await ask("lockstep_getSettlement"),
      executions: await ask("lockstep_getExecutions"),
      progress: await ask("lockstep_getProgress"),
    });
    await expectGood(view);
  });

  it("finds an address's calls in older blocks, those between others among them", async () => {
    const counter = await stage.deploy("L1", "Counter");
    const hash = await stage.send("L1", counter, "increment");
    await stage.ask("L1", "hardhat_mine", ["0x450"]);
    const old = async (on: number, address: string, found: string): Promise<void> => {
      await using view = await look(`/address/${on}/${address.toLowerCase()}`);
      const { page } = view;
      const older = page.locator("button", { hasText: "older" });
      await older.waitFor();
      const row = page.locator(".calls li", { has: page.locator(`a[title="${found}"]`) });
      expect(await row.count()).to.equal(0);
      for (let press = 0; press < 3 && (await row.count()) === 0; press++) {
        await older.click();
        await page.locator("button:enabled", { hasText: "older" }).or(row).first().waitFor();
      }
      await row.waitFor();
      await expectGood(view);
    };
    await old(0, counter.address, hash);
    // On A a frame within a call from L1; of the ledger what its proxy on L1 was called in.
    const own = await stage.deploy("A", "Counter");
    const caller = await stage.deploy("A", "CounterCaller", [own.address]);
    await stage.send("L1", caller, "bump");
    const [visit] = z
      .object({ visits: z.array(z.object({ transactionHash: z.string() })) })
      .parse(
        await stage.ask("L1", "lockstep_getSettlement", [await stage.send("L1", caller, "bump")]),
      ).visits;
    await old(stage.idOf("A") === 2n ? 2 : 0, own.address, visit?.transactionHash ?? "");
    const { hash: saved } = await makeFirstCall(devnet.description);
    await old(1, LEDGER, saved);
  });

  it("shows what a call will do on every chain, sends it, and shows what it did", async () => {
    const counter = await stage.deploy("A", "Counter");
    const proxy = await stage.addressOn("L1", counter);
    const caller = await stage.deploy("L1", "CounterCaller", [proxy]);
    await using view = await look(`/try/0/${caller.address.toLowerCase()}`);
    const { page } = view;
    await page.locator("input[placeholder^='increment']").fill("bump()");
    await page.locator("button", { hasText: "see what it will do" }).click();
    await page.locator(".simulated h3", { hasText: "It would succeed" }).waitFor();
    expect(await view.text(".simulated h3")).to.include("not sent");
    await page.locator(".simulated .score-title", { hasText: "Counter.increment" }).waitFor();
    await expectGood(view);
    await page.locator("button", { hasText: "send it" }).click();
    await page.locator("svg.score").waitFor();
    expect(page.url()).to.match(/#\/tx\/0x[0-9a-f]{64}$/);
    expect(await labels(view, "call")).to.deep.equal(["increment"]);
  });

  it("refuses what is no call, in words", async () => {
    await using view = await look("/try/0");
    const { page } = view;
    const [contract, signature] = [
      page.locator("input[placeholder='0x…']").first(),
      page.locator("input[placeholder^='increment']"),
    ];
    await page.locator("button", { hasText: "see what it will do" }).click();
    await page.locator("[role=status] .fault", { hasText: "the contract is no address" }).waitFor();
    await contract.fill(devnet.description.l1.rollups);
    await signature.fill("transfer(address,uint256)");
    await page.locator("button", { hasText: "see what it will do" }).click();
    await page.locator("[role=status] .fault", { hasText: "takes 2 arguments, and 0 are given" }).waitFor();
    await expectGood(view);
  });

  it("makes a proxy, and shows on an address's screen where its proxies are", async () => {
    const counter = await stage.deploy("A", "Counter");
    const address = counter.address.toLowerCase();
    await using view = await look(`/address/2/${address}`);
    const { page } = view;
    await page.locator("h1", { hasText: "Counter" }).waitFor();
    await page.locator(".rows li", { hasText: "not made yet" }).first().waitFor();
    await expectGood(view);
    await page.goto(urlOf(`/try/2/${address}`));
    await page.locator("button", { hasText: "make the proxy" }).click();
    await page.locator("[role=status]", { hasText: "The proxy is" }).waitFor();
    await expectGood(view);
    await page.goto(urlOf(`/address/2/${address}`));
    await page.locator(".rows li", { hasText: "is there" }).waitFor();
    await expectGood(view);
  });

  it("finds blocks, hashes and addresses in one box, and says of an unknown hash that no chain has it", async () => {
    await using view = await look("/");
    const { page } = view;
    const search = async (wanted: string): Promise<void> => {
      await page.keyboard.press("/");
      await page.locator("input[type=search]").fill(wanted);
      await page.keyboard.press("Enter");
    };
    await page.locator(".lanes tr").first().waitFor();
    await search("A 1");
    await page.locator("h1", { hasText: "A block 1" }).waitFor();
    await search(`0x${"5".repeat(64)}`);
    await page.locator("h1", { hasText: "Not known" }).waitFor();
    await search(devnet.description.l1.rollups);
    await page.locator("h1", { hasText: "Rollups" }).waitFor();
    await search("never");
    await page.locator(".search .answer", { hasText: "not found" }).waitFor();
    await expectGood(view);
  });

  it("stays usable with 1,000 blocks: older ones are a press away", async () => {
    await stage.ask("L1", "hardhat_mine", ["0x3e8"]);
    await using view = await look("/", PHONE);
    const { page } = view;
    await page.locator(".lanes tr").first().waitFor();
    expect(await page.locator(".lanes .block").count()).to.be.lessThan(100);
    const range = page.locator("nav .quiet", { hasText: "L1 blocks" });
    const newest = Number(/to (\d+)/.exec(await range.innerText())?.[1]);
    expect(newest).to.be.greaterThan(1_000);
    await page.locator("button", { hasText: "older" }).click();
    await range.filter({ hasText: `to ${newest - 24} of` }).waitFor();
    await page.locator("button", { hasText: "newer" }).click();
    await range.filter({ hasText: `to ${newest} of` }).waitFor();
    await expectGood(view);
  });
});
