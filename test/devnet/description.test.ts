import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { developmentAccounts } from "../../builder/devnet/accounts.ts";
import {
  type DevnetDescription,
  descriptionFile,
  readDescription,
  refuseIfRunning,
  removeDescription,
  writeDescription,
} from "../../builder/node/deployment/description.ts";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";

function describeAt(rpc: string): DevnetDescription {
  return {
    l1: { rpc, gateway: "http://127.0.0.1:2", chainId: 31337, rollups: LEDGER },
    rollups: [
      {
        id: 1,
        name: "Ledger",
        kind: "ledger",
        proven: true,
        gateway: "http://127.0.0.1:3",
        chainId: 7,
        contract: LEDGER,
      },
    ],
    accounts: developmentAccounts(),
  };
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return typeof error === "object" && error !== null && "code" in error ? error.code : error;
}

describe("devnet.json", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "lockstep-description-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("reads back as it was written, leaves no other file, and goes", () => {
    const description = describeAt("http://127.0.0.1:1");
    writeDescription(folder, description);
    expect(readDescription(folder)).to.deep.equal(description);
    expect(readdirSync(folder)).to.deep.equal(["devnet.json"]);
    removeDescription(folder);
    removeDescription(folder);
    expect(existsSync(descriptionFile(folder))).to.equal(false);
  });

  it("is refused when it is missing or malformed", () => {
    expect(() => readDescription(folder))
      .to.throw()
      .with.property("code", "NO_DEVNET");
    for (const text of [
      "",
      "{",
      '{"l1":{}}',
      JSON.stringify({ ...describeAt("http://x:1"), rollups: [{ id: 0 }] }),
    ]) {
      writeFileSync(descriptionFile(folder), text);
      expect(() => readDescription(folder), text)
        .to.throw()
        .with.property("code", "NO_DEVNET");
    }
  });

  it("does not count when its devnet was killed, and does when it answers", async () => {
    const server = createServer((_, response) => response.end("{}")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
    writeDescription(folder, describeAt(`http://127.0.0.1:${address.port}`));
    expect(await codeOf(refuseIfRunning(folder))).to.equal("DEVNET_RUNNING");
    server.close();
    server.closeAllConnections();
    await once(server, "close");
    expect(await codeOf(refuseIfRunning(folder))).to.equal(undefined);
  });
});

describe("development accounts", () => {
  it("are those every Ethereum tool derives from its mnemonic", () => {
    expect(developmentAccounts()[0]).to.deep.equal({
      address: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
      privateKey: "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
    });
  });
});
