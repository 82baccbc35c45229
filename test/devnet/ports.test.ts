import { once } from "node:events";
import { createServer } from "node:net";
import { expect } from "chai";
import { PortInUseError } from "../../builder/devnet/errors.ts";
import { claimPorts, freePorts, HOST, portsFrom } from "../../builder/devnet/ports.ts";

describe("devnet ports", () => {
  it("are three in a row", () => {
    expect(portsFrom(9545)).to.deep.equal({ rpc: 9545, l1Gateway: 9546, ledgerGateway: 9547 });
  });

  it("are free after they were claimed", async () => {
    const ports = await freePorts();
    expect(new Set(Object.values(ports)).size).to.equal(3);
    await claimPorts(ports);
    await claimPorts(ports);
  });

  for (const taken of ["rpc", "l1Gateway", "ledgerGateway"] as const)
    it(`names the port when the one for ${taken} is in use, and the remedy`, async () => {
      const ports = await freePorts();
      const server = createServer().listen(ports[taken], HOST);
      await once(server, "listening");
      try {
        const error: unknown = await claimPorts(ports).catch((reason: unknown) => reason);
        expect(error).to.be.instanceOf(PortInUseError);
        expect(error).to.have.property("code", "PORT_IN_USE");
        expect(error)
          .to.have.property("message")
          .that.contains(String(ports[taken]))
          .and.contains("--port-base");
      } finally {
        server.close();
        await once(server, "close");
      }
    });
});
