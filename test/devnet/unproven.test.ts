import { expect } from "chai";
import { network } from "hardhat";
import { developmentAccount } from "../../builder/devnet/accounts.ts";
import { Chains } from "../../builder/core/chains.ts";
import { unprovenWarning } from "../../builder/cli/show/unproven-label.ts";
import { evmKind } from "../../builder/kinds/evm/index.ts";
import { ledgerKind } from "../../builder/kinds/ledger/index.ts";
import { assertKindsAllowed } from "../../builder/kinds/policy.ts";
import { connectL1 } from "../../builder/l1/client.ts";
import { UNPROVEN } from "../../builder/kinds/unproven.ts";
import { chainId } from "../../builder/protocol/ids.ts";
import { expectCode } from "../protocol/expect-code.ts";

describe("rollups whose state nothing proves", () => {
  it("are allowed on local chains alone; those with a proof are the keys' business", () => {
    for (const local of [31337n, 1337n]) assertKindsAllowed(local, [ledgerKind, evmKind]);
    for (const other of [1n, 5n, 11155111n]) {
      assertKindsAllowed(other, [ledgerKind]);
      expect(() => assertKindsAllowed(other, [ledgerKind, evmKind]))
        .to.throw()
        .with.property("code", "UNPROVEN_KIND");
    }
  });

  it("are not opened on another chain by anybody", async () => {
    const server = await network.createServer(
      { network: "default", override: { chainId: 5 } },
      "127.0.0.1",
      0,
    );
    const { port } = await server.listen();
    try {
      const opening = Chains.open({
        l1: connectL1(`http://127.0.0.1:${port}`),
        l1ChainId: 5n,
        manager: developmentAccount(0).address,
        rollups: [{ id: chainId(1n), kind: evmKind }],
        folder: undefined,
        maxBatchAge: 600n,
        firstBlock: 0n,
      });
      await expectCode(opening, "UNPROVEN_KIND");
    } finally {
      await server.close();
    }
  });

  it("are called so", () => {
    expect(unprovenWarning([])).to.equal(undefined);
    expect(unprovenWarning(["A"])).to.include("A is UNPROVEN");
    expect(unprovenWarning(["A", "B"])).to.include("A, B are UNPROVEN");
    expect(evmKind.circuits).to.deep.equal([UNPROVEN]);
  });
});
