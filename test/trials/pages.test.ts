import path from "node:path";
import { expect } from "chai";
import { createPublicClient, http } from "viem";
import { z } from "zod";
import { developmentAccounts } from "../../builder/devnet/accounts.ts";
import { type Devnet, startDevnet } from "../../builder/devnet/devnet.ts";
import { DEVNET_ROLLUPS } from "../../builder/devnet/devnet-rollups.ts";
import { prepareArtefacts } from "../../builder/node/artefacts.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { findChromium, NO_CHROMIUM } from "./support/chromium.ts";
import { PageServer, shownPage } from "./support/page-server.ts";

const PAGE = path.resolve(import.meta.dirname, "support/page/page.js");

const outcome = z.union([z.string(), z.looseObject({})]);
const pageReport = z.array(
  z.object({
    read: outcome,
    socket: z.string(),
    form: z.string(),
    json: outcome,
    http: outcome,
    webSocket: outcome,
    subscription: z.string(),
  }),
);

/** What a page found out about each gateway. */
type PageReport = z.infer<typeof pageReport>;

const executable = await findChromium();

/** Pages with viem in a browser, at L1's gateway and A's, over HTTP and WebSocket. */
describe(`pages in a chromium${executable === undefined ? `: ${NO_CHROMIUM}` : ""}`, function () {
  this.timeout(300_000);
  before(function () {
    if (executable === undefined) this.skip();
  });
  const started = new AsyncDisposableStack();
  let devnet: Devnet;
  let server: PageServer<PageReport>;
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
    server = started.use(await PageServer.open(PAGE, pageReport));
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

  const show = async (host: string): Promise<PageReport> => await shownPage(server, executable ?? "", host);

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
