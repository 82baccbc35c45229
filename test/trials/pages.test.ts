import { expect } from "chai";
import { createPublicClient, http } from "viem";
import { developmentAccounts } from "../../builder/devnet/accounts.ts";
import { type Devnet, startDevnet } from "../../builder/devnet/devnet.ts";
import { DEVNET_ROLLUPS } from "../../builder/devnet/devnet-rollups.ts";
import { prepareArtefacts } from "../../builder/node/artefacts.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { Chromium, findChromium, NO_CHROMIUM } from "./support/chromium.ts";
import { type PageReport, PageServer } from "./support/page-server.ts";

/** What a page may take, milliseconds. */
const PATIENCE = 120_000;

const executable = await findChromium();

/** Pages with viem in a browser, at L1's gateway and A's, over HTTP and WebSocket. */
describe(`pages in a chromium${executable === undefined ? `: ${NO_CHROMIUM}` : ""}`, function () {
  this.timeout(300_000);
  before(function () {
    if (executable === undefined) this.skip();
  });
  const started = new AsyncDisposableStack();
  let devnet: Devnet;
  let server: PageServer;
  const [{ address: account } = { address: "0x" as const }] = developmentAccounts();

  const gateways = () => {
    const a = devnet.description.rollups.find(({ name }) => name === "A");
    return [devnet.description.l1.gateway, a?.gateway ?? ""];
  };
  const noncesOf = async () =>
    await Promise.all(
      gateways().map((url) =>
        createPublicClient({ transport: http(url) }).getTransactionCount({ address: account }),
      ),
    );

  before(async () => {
    server = started.use(await PageServer.open());
    devnet = started.use(
      await startDevnet({
        ports: await freePorts(DEVNET_ROLLUPS.length),
        circuits: await prepareArtefacts(),
        allowOrigin: [`http://app.example:${server.port}`],
      }),
    );
    server.check = { gateways: gateways(), account };
  });
  after(() => started.disposeAsync());

  async function show(host: string): Promise<PageReport> {
    const reported = server.reported();
    await using chromium = await Chromium.show(executable ?? "", `http://${host}:${server.port}/`);
    const late = new Promise<never>((_resolve, reject) => {
      setTimeout(() => {
        reject(new Error(`the page reports nothing:\n${chromium.output}`));
      }, PATIENCE).unref();
    });
    return await Promise.race([reported, late, chromium.ended()]);
  }

  // The last one by its name alone: it stands for a site elsewhere.
  for (const host of ["localhost", "127.0.0.1", "app.example"])
    it(`that ${host} serves, which is allowed, read, have transactions signed, and are told of blocks`, async () => {
      const before = await noncesOf();
      const report = await show(host);
      for (const [index, chainId] of [31337, 31337002].entries()) {
        const used = { chainId, status: "success", isReceived: true };
        expect(report[index]).to.deep.include({
          read: `0x${chainId.toString(16)}`,
          socket: "open",
          http: used,
          webSocket: used,
          subscription: "bigint",
        });
        expect(report[index]?.json).to.have.property("result");
      }
      // By JSON, by viem over HTTP and over WebSocket, and for a block; a form's is not JSON.
      expect(await noncesOf()).to.deep.equal(before.map((nonce) => nonce + 4));
    });

  it("that a site serves which is not allowed can do nothing", async () => {
    const before = await noncesOf();
    for (const report of await show("evil.example")) {
      expect(report.form).to.equal("opaque");
      expect(report.socket).to.equal("refused");
      for (const outcome of [report.read, report.json])
        expect(outcome).to.equal("TypeError: Failed to fetch");
      for (const outcome of [report.http, report.webSocket, report.subscription])
        expect(outcome).to.match(/^\w*Error: /);
    }
    expect(await noncesOf()).to.deep.equal(before);
  });
});
