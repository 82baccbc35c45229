import { expect } from "chai";
import { encodeErrorResult, type Hex, parseAbi } from "viem";
import { type Devnet, startDevnet } from "../../builder/devnet/devnet.ts";
import { compileContracts } from "../../builder/node/deployment/compile.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { expectHarmless, HOSTILE_TEXTS } from "../client/hostile.ts";
import { findChromium, NO_CHROMIUM } from "../trials/support/chromium.ts";
import { answerInstead, type View, Viewer } from "./support/browser.ts";
import { playThereAndBack } from "./support/plays.ts";
import { Stage } from "./support/stage.ts";

const executable = await findChromium();
const HTML = "<img src=x onerror=alert(1)><script>alert(2)</script><a href='javascript:alert(3)'>x</a>";
const errors = parseAbi(["error Error(string)"]);

describe(`the page in trouble${executable === undefined ? `: ${NO_CHROMIUM}` : ""}`, function () {
  this.timeout(300_000);
  before(function () {
    if (executable === undefined) this.skip();
  });
  const started = new AsyncDisposableStack();
  let devnet: Devnet;
  let ports: Awaited<ReturnType<typeof freePorts>>;
  let pagePort: number;
  let stage: Stage;
  let viewer: Viewer;
  let hash: Hex;

  const start = async (): Promise<void> => {
    const rollups = [{ name: "A", kind: "evm" }];
    devnet = await startDevnet({ ports, rollups, proofs: "none", pagePort });
    stage = new Stage(devnet.description);
  };
  before(async () => {
    await compileContracts();
    ports = await freePorts(1);
    pagePort = (await freePorts(0)).l1Gateway;
    await start();
    started.defer(async () => await devnet[Symbol.asyncDispose]());
    viewer = started.use(await Viewer.open(executable ?? ""));
    hash = await playThereAndBack(stage);
  });
  after(() => started.disposeAsync());

  const urlOf = (fragment: string): string => `${devnet.description.page}/#${fragment}`;
  /** The page at a gateway that answers something else to some methods. */
  const told = async (fragment: string, answers: Readonly<Record<string, unknown>>): Promise<View> => {
    const view = await viewer.look("about:blank");
    await answerInstead(view.page, answers);
    await view.page.goto(urlOf(fragment));
    await view.page.locator("main").waitFor();
    return view;
  };
  /** It says what is wrong, runs nothing of what it was told, and other screens can be gone to. */
  const expectAlive = async (view: View): Promise<void> => {
    const { page } = view;
    expect(view.complaints).to.deep.equal([]);
    expect([...view.hosts].filter((host) => host !== "127.0.0.1" && host !== "")).to.deep.equal([]);
    expect(await page.locator("main img, main script, main iframe, a[href^='javascript']").count()).to.equal(
      0,
    );
    for (const line of (await view.text("body")).split("\n")) expectHarmless(line.replaceAll("\t", " "));
    await page.locator("a.brand").click();
    await page.locator(".lanes tr.l1").waitFor();
    await page.goto(urlOf("/block/0/1"));
    await page.locator("h1", { hasText: "L1 block 1" }).waitFor();
  };

  const ODD: readonly unknown[] = [5, { executions: 5, l1: {}, visits: {}, calls: 7 }];
  for (const [fragment, method, where] of [
    ["/", "lockstep_getActivity", ".fault"],
    ["/tx/hash", "lockstep_getSettlement", ".fault"],
    ["/tx/hash", "lockstep_getExecutions", ".fault"],
    ["/tx/hash", "debug_traceTransaction", "main"],
    ["/address/0/0x5fbdb2315678afecb367f032d93f642f64180aa3", "lockstep_getProxies", "main"],
    ["/block/0/2", "eth_getBlockByNumber", "main"],
  ] as const)
    it(`says that an answer of ${method} is of another form, where it belongs, and lives on`, async () => {
      for (const answer of ODD) {
        await using view = await told(fragment.replace("hash", hash), { [method]: answer });
        await view.page.locator(where).first().waitFor();
        const { page } = view;
        await page.locator("[aria-busy]").first().waitFor({ state: "detached" });
        expect(view.complaints, JSON.stringify(answer)).to.deep.equal([]);
        await page.unrouteAll();
        await expectAlive(view);
      }
    });

  it("shows a reason with HTML, links and marks of direction as text, cut", async () => {
    const text = `${HTML} ${Object.values(HOSTILE_TEXTS)
      .map((each) => each.slice(0, 80).toWellFormed())
      .join(" ")}`;
    const address: Hex = `0x${"a1".repeat(20)}`;
    const frame = { chain: "0x0", type: HTML, from: address, to: address, gas: "0x1", gasUsed: "0x1" };
    const output = encodeErrorResult({ abi: errors, args: [text] });
    const calls = [
      { ...frame, type: "CALL", input: "0x12345678", error: text, output: "0x" },
      { ...frame, type: "CALL", input: "0x12345678", error: "execution reverted", output },
      { ...frame, type: "CALL", input: "0x", warning: text, crossing: "0x2", missing: text },
    ];
    const trace = { ...frame, input: "0x", error: text, revertReason: text, output, calls };
    await using view = await told(`/tx/${hash}`, { debug_traceTransaction: trace });
    await view.page.locator("svg.score").waitFor();
    await view.page.locator(".as-text summary").click();
    expect(await view.text(".as-text pre"))
      .to.include("<img src=x")
      .and.to.include("pay �000,1");
    await view.page.unrouteAll();
    await expectAlive(view);
  });

  it("draws frames as deep as the EVM goes, and refuses to draw what no chain can have", async () => {
    const address: Hex = `0x${"a1".repeat(20)}`;
    const frame = {
      chain: "0x0",
      type: "CALL",
      from: address,
      to: address,
      gas: "0x1",
      gasUsed: "0x1",
      input: "0x",
    };
    let deep: object = frame;
    for (let depth = 1; depth < 1_024; depth++) deep = { ...frame, calls: [deep] };
    await using view = await told(`/tx/${hash}`, { debug_traceTransaction: deep });
    await view.page.locator("svg.score").waitFor();
    await view.page.unrouteAll();
    await expectAlive(view);
    const wide = { ...frame, calls: Array.from({ length: 30_000 }, () => frame) };
    await using other = await told(`/tx/${hash}`, { debug_traceTransaction: wide });
    await other.page.locator("main", { hasText: "too many to be drawn" }).waitFor();
    await other.page.unrouteAll();
    await expectAlive(other);
  });

  it("holds reasons of 1 MB and lists of 2,000", async () => {
    const long = "x".repeat(1_000_000);
    const one = { state: "queued", hash, chain: "0x0", rollups: [], at: 0, acceptedAt: 0 };
    const rest = { blockNumber: null, from: null, to: null };
    const many = Array.from({ length: 2_000 }, () => ({ ...one, ...rest, reason: "waits" }));
    const failures = Array.from({ length: 2_000 }, () => ({ hash, code: "X", reason: "no", at: 0 }));
    const trouble = { code: "L1_UNREACHABLE", reason: long, since: 0 };
    const common = { provers: [], lastSettlement: null, waiting: 1, trouble };
    await using view = await told("/", {
      lockstep_getActivity: { ...common, transactions: many, failures },
    });
    await view.page.locator(".rows li").first().waitFor();
    expect((await view.text()).length).to.be.lessThan(20_000);
    await view.page.unrouteAll();
    await expectAlive(view);
  });

  it("says that it is stale while the devnet is away, and catches up by itself when it is back", async () => {
    await using view = await viewer.look(urlOf("/"));
    const { page } = view;
    await page.locator(".live", { hasText: "live" }).waitFor();
    await page.locator(".lanes .number").first().waitFor();
    expect(await page.locator(".stale").count()).to.equal(0);
    await devnet[Symbol.asyncDispose]();
    await page
      .locator(".stale", { hasText: "Not connected to the gateways of L1, A: what is shown is of" })
      .waitFor();
    expect(await page.locator(".live").innerText()).to.equal("connecting …");
    expect(await page.locator(".lanes .number").count(), "what was there stays").to.be.greaterThan(0);
    expect(await view.barriers()).to.deep.equal([]);
    await start();
    await page.locator(".stale").waitFor({ state: "detached" });
    await page.locator(".live", { hasText: "live" }).waitFor();
    // It is another chain, as long as it is.
    const { hash: newest, number } = await stage.reader("L1").getBlock();
    await page.locator(`nav .quiet:has-text("of ${number}")`).waitFor();
    await stage.deploy("A", "Counter");
    const [head, onA] = [await stage.reader("L1").getBlockNumber(), await stage.reader("A").getBlockNumber()];
    expect(newest).to.match(/^0x/);
    await page.locator(`nav .quiet:has-text("of ${head}")`).waitFor();
    await page
      .locator(".lanes .number", { hasText: `#${onA}` })
      .first()
      .waitFor();
  });
});
