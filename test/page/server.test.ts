import { request } from "node:http";
import { expect } from "chai";
import { type PageChains, type PageServer, pageOrigins } from "../../builder/gateway/page-server.ts";
import { PortInUseError } from "../../builder/gateway/port-in-use.ts";
import { pageChains, openPage } from "../../builder/node/page/open.ts";
import { readPageArtifacts } from "../../builder/node/page/artifacts.ts";
import { pagePortBehind } from "../../builder/node/page/port.ts";
import { freePorts } from "../../builder/node/ports.ts";

const hex = `0x${"1".repeat(40)}` as const;
const chains: PageChains = {
  l1: { gateway: "http://127.0.0.1:8546", chainId: 31337, rollups: hex },
  rollups: [
    {
      id: 1,
      name: "A",
      kind: "evm",
      proven: false,
      gateway: "http://127.0.0.1:8547",
      chainId: 31337001,
      contract: hex,
    },
  ],
  accounts: [hex],
};

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** As a browser would ask that was told that the name is this machine's. */
function ask(url: string, method = "GET", host?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, ...(host === undefined ? {} : { headers: { host } }) }, (answer) => {
      let body = "";
      answer.setEncoding("utf8");
      answer.on("data", (part: string) => (body += part));
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, body }));
    });
    asked.on("error", reject);
    asked.end();
  });
}

describe("the page's server", function () {
  this.timeout(120_000);
  const started = new AsyncDisposableStack();
  let server: PageServer;
  before(async () => {
    server = started.use(await openPage(0, chains));
  });
  after(() => started.disposeAsync());

  it("serves the page, its script, its styles and what it needs to know of the chains", async () => {
    const page = await ask(`${server.url}/`);
    expect(page.status).to.equal(200);
    expect(page.headers["content-type"]).to.match(/^text\/html/);
    for (const [file, type] of [
      ["page.js", /javascript/],
      ["page.css", /^text\/css/],
      ["icon.svg", /^image\/svg/],
    ] as const) {
      const { status, headers } = await ask(`${server.url}/${file}`);
      expect(status, file).to.equal(200);
      expect(headers["content-type"], file).to.match(type);
    }
    expect(JSON.parse((await ask(`${server.url}/chains.json`)).body)).to.deep.equal(chains);
    const artifacts: { name: string }[] = JSON.parse((await ask(`${server.url}/artifacts.json`)).body);
    expect(artifacts.map(({ name }) => name)).to.include("Rollups");
  });

  it("lets the browser run its own files alone, and talk to the gateways alone", async () => {
    const { headers } = await ask(`${server.url}/`);
    expect(headers["content-security-policy"]).to.equal(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
        "connect-src 'self' http://127.0.0.1:8546 ws://127.0.0.1:8546 http://127.0.0.1:8547 ws://127.0.0.1:8547; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers).to.include({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(headers).to.not.have.property("access-control-allow-origin");
  });

  it("answers GET and HEAD only, and nothing outside of its folder", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"])
      expect((await ask(`${server.url}/`, method)).status, method).to.equal(405);
    expect((await ask(`${server.url}/`, "HEAD")).status).to.equal(200);
    for (const path of ["/../package.json", "/%2e%2e/package.json", "/nothing"])
      expect((await ask(`${server.url}${path}`)).status, path).to.be.oneOf([400, 403, 404]);
  });

  it("has no name that a foreign page could have resolve to this machine", async () => {
    for (const path of ["/", "/chains.json"])
      expect((await ask(`${server.url}${path}`, "GET", "evil.example")).status, path).to.equal(421);
    for (const host of ["localhost:8552", "127.0.0.1"])
      expect((await ask(`${server.url}/`, "GET", host)).status, host).to.equal(200);
  });

  it("says which port is in use, and takes another one where none was asked for", async () => {
    const { port } = new URL(server.url);
    const refusal = await openPage(Number(port), chains).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(PortInUseError).with.property("code", "PORT_IN_USE");
    const ports = { ...(await freePorts(0)), l1Gateway: Number(port) - 1 };
    const other = await pagePortBehind(ports, undefined);
    expect(other).to.not.equal(Number(port));
    await pagePortBehind(ports, Number(port)).then(
      () => expect.fail("it is taken"),
      (error: unknown) => expect(error).to.have.property("code", "PORT_IN_USE"),
    );
  });

  it("tells the page no keys, and knows the page's origin by both of its names", () => {
    const { l1, rollups } = chains;
    const [rollup] = rollups;
    const told = pageChains({
      l1: { ...l1, rpc: "http://127.0.0.1:8545", rollups: hex },
      rollups: [{ ...rollup!, contract: hex }],
      accounts: [{ address: hex, privateKey: `0x${"2".repeat(64)}` }],
    });
    expect(JSON.stringify(told)).to.not.include("22222222");
    expect(told).to.deep.equal(chains);
    expect(pageOrigins(8552)).to.deep.equal(["http://127.0.0.1:8552", "http://localhost:8552"]);
  });

  it("reads artifacts of projects, and passes over what is none", async () => {
    expect(await readPageArtifacts(["/nowhere"])).to.deep.equal([]);
  });
});
