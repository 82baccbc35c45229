import { expect } from "chai";
import type { Hex } from "viem";
import type { Devnet } from "../../builder/devnet/devnet.ts";
import { startDevnet } from "../../builder/devnet/devnet.ts";
import { DEVNET_ROLLUPS } from "../../builder/devnet/devnet-rollups.ts";
import { makeFirstCall } from "../../builder/devnet/tour/first-call.ts";
import { prepareArtefacts } from "../../builder/node/artefacts.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { findChromium, NO_CHROMIUM } from "../trials/support/chromium.ts";
import type { Activity } from "../../packages/client/src/rpc-types.ts";
import { answerInstead, type View, Viewer } from "./support/browser.ts";
import { playCaughtRevert, playFlashLoan, playThereAndBack, playUndone } from "./support/plays.ts";
import { manyCalls, progressShown } from "./support/shapes.ts";
import { Stage } from "./support/stage.ts";

const executable = await findChromium();
const MANY = 300;
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

  it("folds 300 calls of A in one transaction, draws what is seen, and walks to a folded step", async () => {
    // More than L1 takes in one batch today: the answers are those that the gateway would give.
    const hash = await playThereAndBack(stage);
    const { trace, executions } = manyCalls(MANY);
    await using view = await viewer.look("about:blank");
    const { page } = view;
    await answerInstead(page, { debug_traceTransaction: trace, lockstep_getExecutions: executions(hash) });
    await page.goto(urlOf(`/tx/${hash}`));
    await page.locator(".score-fold").waitFor();
    expect(await page.locator(".score-fold text").textContent()).to.equal(`⋯ ${MANY - 7} more calls`);
    const few = await page.locator(".score-box").count();
    expect(few).to.be.lessThan(20);
    await page.locator(".score-fold").click();
    await page.locator(".score-fold").waitFor({ state: "detached" });
    // As many as fit on the screen, and some more.
    expect(await page.locator(".score-box").count())
      .to.be.greaterThan(few)
      .and.to.be.lessThan(60);
    const moves = 40;
    const start = performance.now();
    for (let move = 0; move < moves; move++) await page.keyboard.press("ArrowRight");
    expect((performance.now() - start) / moves, "milliseconds a step").to.be.lessThan(500);
    expect(await page.locator(".step h2").innerText()).to.equal(`Step ${moves} of ${2 * MANY}: RESULT`);
    await expectGood(view);

    await page.goto(urlOf("/"));
    await page.goto(urlOf(`/tx/${hash}/step/${MANY}`));
    await page.locator(".score-arrow.cursor").waitFor();
    expect(await view.text(".step")).to.include(`Step ${MANY + 1} of ${2 * MANY}: CALL`);
  });

  it("says what a transaction waits for, and then why it was dropped; neither is drawn as done", async () => {
    const hash = `0x${"6".repeat(64)}`;
    await using view = await viewer.look("about:blank");
    const { page } = view;
    const queued = progressShown({ state: "queued", reason: "a proof is being made" });
    await answerInstead(page, { lockstep_getProgress: queued });
    await page.goto(urlOf(`/tx/${hash}`));
    await page.locator("h1", { hasText: "Waiting" }).waitFor();
    expect(await view.text(".summary"))
      .to.include("L1 has not included it")
      .and.to.include("a proof is being made");
    expect(await page.locator("svg.score").count()).to.equal(0);
    await expectGood(view);
    const reason = "another transaction of the account has its nonce";
    await answerInstead(page, {
      lockstep_getProgress: progressShown({ state: "failed", reason }),
      lockstep_transactionStatus: { state: "failed", code: "NONCE_USED", reason },
    });
    // The page is told that the builder did something, and asks again.
    await stage.deploy("A", "Counter");
    await page.locator("h1", { hasText: "Dropped" }).waitFor();
    expect(await view.text(".summary"))
      .to.include("it will not be included")
      .and.to.include("NONCE_USED")
      .and.to.include(reason);
    expect(await page.locator("svg.score").count()).to.equal(0);
    await expectGood(view);
  });

  it("shows a prover that hangs, and what waits for it", async () => {
    await using view = await viewer.look("about:blank");
    const { page } = view;
    const at = Date.now();
    const stalled: Activity = {
      transactions: [
        {
          state: "proving",
          hash: `0x${"7".repeat(64)}`,
          chain: "0x0",
          rollups: ["0x1"],
          at,
          acceptedAt: at - 90_000,
          reason: "waits for a proof of ledger1",
          blockNumber: null,
          from: null,
          to: null,
        },
      ],
      failures: [],
      provers: [{ name: "gnark", working: 1, proofs: 4, milliseconds: 810, faults: 2 }],
      lastSettlement: null,
      waiting: 1,
      trouble: { code: "PROVER_HANGS", reason: "gnark has not answered for 90 s", since: at },
    };
    await answerInstead(page, { lockstep_getActivity: stalled });
    await page.goto(urlOf("/"));
    await page.locator(".rows li", { hasText: "waits for a proof of ledger1" }).waitFor();
    const text = await view.text();
    for (const said of ["none yet", "PROVER_HANGS", "1 in flight", "2 faults", "proving"])
      expect(text).to.include(said);
    await expectGood(view);
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
