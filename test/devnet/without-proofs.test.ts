import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { createPublicClient, type Hex, http, numberToHex } from "viem";
import { type Devnet, startDevnet } from "../../builder/devnet/devnet.ts";
import { DEVNET_ROLLUPS } from "../../builder/devnet/devnet-rollups.ts";
import { makeFirstCall } from "../../builder/devnet/tour/first-call.ts";
import { makeProvenCall } from "../../builder/devnet/tour/proven-call.ts";
import { TEST_KEY, UNPROVEN_KEY } from "../../builder/kinds/unproven.ts";
import { connectL1 } from "../../builder/l1/client.ts";
import { compileContracts } from "../../builder/node/deployment/compile.ts";
import { descriptionFile } from "../../builder/node/deployment/description.ts";
import { builderRollup, knownKind, provenBy } from "../../builder/node/kinds/index.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { assertRegistered } from "../../builder/node/registered.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { chainId } from "../../builder/protocol/ids.ts";
import { expectCode } from "../protocol/expect-code.ts";

describe("a devnet without proofs", function () {
  this.timeout(120_000);
  let devnet: Devnet;
  let folder: string;
  const proven: string[] = [];

  before(async () => {
    await compileContracts();
    folder = await mkdtemp(path.join(tmpdir(), "lockstep-"));
    devnet = await startDevnet({ ports: await freePorts(DEVNET_ROLLUPS.length), proofs: "none", folder });
    devnet.builder.listen((event) => {
      if (event.type === "proven") proven.push(event.circuit);
    });
  });
  after(async () => {
    await devnet[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const rpc = async (url: string, method: string): Promise<unknown> =>
    await createPublicClient({ transport: http(url) }).transport.request({ method, params: [] });

  it("says of every rollup, of whatever kind, that it is UNPROVEN", async () => {
    const file: unknown = JSON.parse(await readFile(descriptionFile(folder), "utf8"));
    expect(file)
      .to.have.property("rollups")
      .that.satisfies((rollups: { proven: boolean; cheats: boolean }[]) =>
        rollups.every((each) => !each.proven && each.cheats),
      );
    expect(devnet.description.rollups.map(({ kind }) => kind)).to.deep.equal(
      DEVNET_ROLLUPS.map(({ kind }) => kind),
    );
    expect(await rpc(devnet.description.l1.gateway, "lockstep_status"))
      .to.have.property("rollups")
      .that.satisfies((rollups: { proof: string }[]) => rollups.every(({ proof }) => proof === "UNPROVEN"));
  });

  it("plays calls across chains as ever, through tables and roots, and asks no prover", async () => {
    const ledger = await makeFirstCall(devnet.description);
    expect(ledger.summary).to.equal("PiggyBank holds 1 ETH on the ledger");
    const evm = await makeProvenCall(devnet.description);
    expect(evm.summary).to.equal("Counter.increment() on C returned 1");
    expect(new Set(proven)).to.deep.equal(new Set(["UNPROVEN"]));
    const l1 = connectL1(devnet.description.l1.rpc);
    for (const { id } of devnet.description.rollups) {
      const { root } = await l1.readContract({
        address: devnet.description.l1.rollups,
        abi: rollupsAbi,
        functionName: "rollupOf",
        args: [BigInt(id)],
      });
      const known: Hex = numberToHex(await devnet.builder.stateRoot(chainId(BigInt(id))), { size: 32 });
      expect(root, `rollup ${id}`).to.equal(known);
    }
  });

  it("lets a follower see on L1 that its rollups are for tests, and builders of proven ones refuse them", async () => {
    const l1 = connectL1(devnet.description.l1.rpc);
    const { rollups: manager } = devnet.description.l1;
    const accepts = async (key: Hex) =>
      await l1.readContract({
        address: manager,
        abi: rollupsAbi,
        functionName: "isVerificationKey",
        args: [2n, key],
      });
    expect([await accepts(TEST_KEY), await accepts(UNPROVEN_KEY)]).to.deep.equal([true, false]);
    const evm = knownKind("evm");
    await assertRegistered(l1, manager, [builderRollup(chainId(2n), provenBy("none", evm), new Map())]);
    await expectCode(
      assertRegistered(l1, manager, [builderRollup(chainId(2n), evm, new Map())]),
      "WRONG_KIND",
    );
  });

  it("has kinds that no other chain takes", () => {
    for (const name of ["ledger", "evm", "proven-evm"]) {
      const { scheme, kind } = provenBy("none", knownKind(name));
      for (const local of [31337n, 1337n]) scheme.assertAllowed(local, kind, new Map());
      for (const other of [1n, 11155111n, 31338n])
        expect(() => {
          scheme.assertAllowed(other, kind, new Map());
        }, `${name} on ${other}`)
          .to.throw()
          .with.property("code", "UNPROVEN_KIND");
    }
  });
});
