import { once } from "node:events";
import { createServer } from "node:net";
import { expect } from "chai";
import { portBaseBeside } from "../../builder/cli/commands/deploy.ts";
import { PortInUseError } from "../../builder/gateway/port-in-use.ts";
import { claimPorts, type DevnetPorts, freePorts, HOST, portsAt } from "../../builder/node/ports.ts";
import { expectCode } from "../protocol/expect-code.ts";

describe("devnet ports", () => {
  it("are in a row: the node, its gateway, the rollups", async () => {
    const inARow = { rpc: 9545, l1Gateway: 9546, rollups: [9547, 9548, 9549] };
    expect(await portsAt(9545, 3)).to.deep.equal(inARow);
    expect(await portsAt(9545, 0)).to.deep.equal({ ...inARow, rollups: [] });
    expect((await portsAt(65_532, 2)).rollups.at(-1)).to.equal(65_535);
    await expectCode(portsAt(65_533, 2), "INVALID_CONFIGURATION");
  });

  it("of a builder are not those of the L1 node that it is for", () => {
    expect(portBaseBeside("http://127.0.0.1:8545", 4)).to.equal(9545);
    expect(portBaseBeside("http://localhost:8550", 4)).to.equal(9550);
    expect(portBaseBeside("http://localhost:8551", 4)).to.equal(8545);
    expect(portBaseBeside("https://rpc.example:8545", 4)).to.equal(8545);
    expect(portBaseBeside("http://127.0.0.1", 4)).to.equal(8545);
  });

  it("are any that are free, from 0", async () => {
    const { rpc, l1Gateway, rollups } = await portsAt(0, 2);
    expect(new Set([rpc, l1Gateway, ...rollups]).size).to.equal(4);
    expect(Math.min(rpc, l1Gateway, ...rollups)).to.be.greaterThan(1_023);
  });

  it("are free after they were claimed", async () => {
    const ports = await freePorts(3);
    expect(new Set([ports.rpc, ports.l1Gateway, ...ports.rollups]).size).to.equal(5);
    await claimPorts(ports);
    await claimPorts(ports);
  });

  const parts: readonly (readonly [string, (ports: DevnetPorts) => number | undefined])[] = [
    ["the L1 node", ({ rpc }) => rpc],
    ["the L1 gateway", ({ l1Gateway }) => l1Gateway],
    ["the last rollup's gateway", ({ rollups }) => rollups.at(-1)],
  ];
  for (const [part, portOf] of parts)
    it(`names the port when the one for ${part} is in use, and the remedy`, async () => {
      const ports = await freePorts(3);
      const taken = portOf(ports);
      const server = createServer().listen(taken, HOST);
      await once(server, "listening");
      try {
        const error: unknown = await claimPorts(ports).catch((reason: unknown) => reason);
        expect(error).to.be.instanceOf(PortInUseError);
        expect(error).to.have.property("code", "PORT_IN_USE");
        expect(error).to.have.property("message").that.contains(String(taken)).and.contains("--port-base");
      } finally {
        server.close();
        await once(server, "close");
      }
    });
});
