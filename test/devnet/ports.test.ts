import { once } from "node:events";
import { createServer } from "node:net";
import { expect } from "chai";
import { PortInUseError } from "../../builder/gateway/port-in-use.ts";
import { claimPorts, type DevnetPorts, freePorts, HOST, portsFrom } from "../../builder/node/ports.ts";

describe("devnet ports", () => {
  it("are in a row: the node, its gateway, the rollups", () => {
    expect(portsFrom(9545, 3)).to.deep.equal({ rpc: 9545, l1Gateway: 9546, rollups: [9547, 9548, 9549] });
    expect(portsFrom(9545, 0)).to.deep.equal({ rpc: 9545, l1Gateway: 9546, rollups: [] });
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
