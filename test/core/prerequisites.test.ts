import { expect } from "chai";
import { type Abi, type Address, encodeFunctionData, type Hex, keccak256, parseGwei, toHex } from "viem";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import type { BuilderEvent } from "../../builder/core/events.ts";
import { createEvmKind } from "../../builder/kinds/evm/index.ts";
import { UNPROVEN, UNPROVEN_KEY } from "../../builder/kinds/unproven.ts";
import { rootHex } from "../../builder/protocol/execution/encoding.ts";
import { type ChainId } from "../../builder/protocol/ids.ts";
import { accountAt, builderAccount, deploy, type Lockstep, registerRollup, startLockstep } from "./setup.ts";
import { UnprovenProver } from "./unproven.ts";

/** What a proof system has to know first, the builder tells it: once, and before the batch. */
describe("what L1 has to be told before it can verify", function () {
  this.timeout(120_000);
  const user = accountAt(1);
  const WHAT = keccak256(toHex("what"));
  let lockstep: Lockstep;
  let system: { address: Address; abi: Abi };
  let rollup: ChainId;
  let proxy: Address;
  let builder: Builder;
  let events: BuilderEvent[];

  beforeEach(async () => {
    lockstep = await startLockstep();
    system = await deploy(lockstep.l1, "ToldProofSystem");
    const { abi } = system;
    const kind = {
      ...createEvmKind(),
      prerequisites: async () => [
        {
          what: "something",
          isMet: encodeFunctionData({ abi, functionName: "isTold", args: [WHAT] }),
          tell: async () => encodeFunctionData({ abi, functionName: "tell", args: [WHAT] }),
        },
      ],
    };
    rollup = await registerRollup(lockstep, {
      proofSystem: system.address,
      verificationKeys: [UNPROVEN_KEY],
      genesisRoot: rootHex(await kind.genesisRoot()),
    });
    proxy = await lockstep.createProxy(accountAt(3).address, rollup);
    events = [];
    builder = await createBuilder({
      l1Rpc: lockstep.l1.url,
      manager: lockstep.rollups,
      rollups: [{ id: rollup, kind, verificationKeys: { [UNPROVEN]: UNPROVEN_KEY } }],
      account: builderAccount,
      prover: new UnprovenProver(),
    });
    builder.listen((event) => events.push(event));
  });
  afterEach(async () => {
    await builder.stop();
    await lockstep.l1.close();
  });

  const write = async (functionName: string, args: readonly unknown[]) => {
    const hash = await lockstep.l1.writer(accountAt(0)).writeContract({ ...system, functionName, args });
    await lockstep.l1.reader.waitForTransactionReceipt({ hash });
  };
  const times = () => lockstep.l1.reader.readContract({ ...system, functionName: "times" });
  const told = () => events.filter(({ type }) => type === "prerequisiteMet");

  async function call(signer = user): Promise<Hex> {
    const raw = await signer.signTransaction({
      chainId: 31337,
      type: "eip1559",
      nonce: await lockstep.l1.reader.getTransactionCount({ address: signer.address }),
      to: proxy,
      value: 5n,
      gas: 3_000_000n,
      maxFeePerGas: parseGwei("10"),
      maxPriorityFeePerGas: 1n,
    });
    return await builder.submit(raw, () => Promise.reject(new Error("was forwarded")));
  }

  it("it is told once, for this batch and those that come", async () => {
    const first = [await call(), await call(accountAt(2))];
    await builder.idle();
    expect(first.map((hash) => builder.status(hash)?.state)).to.deep.equal(["posted", "posted"]);
    const [event] = told();
    expect(event).to.include({ rollup, what: "something" });
    const second = await call();
    await builder.idle();
    expect(builder.status(second)?.state).to.equal("posted");
    expect(await times()).to.equal(1n);
    expect(told().length).to.equal(1);
  });

  it("what others told is not told again", async () => {
    await write("tell", [WHAT]);
    const hash = await call();
    await builder.idle();
    expect(builder.status(hash)?.state).to.equal("posted");
    expect(await times()).to.equal(1n);
    expect(told()).to.deep.equal([]);
  });

  it("one that does not take it keeps the transaction waiting, by name, and no longer than that", async () => {
    await write("setDeaf", [true]);
    const hash = await call();
    while (builder.status(hash)?.state !== "retrying") await new Promise((done) => setTimeout(done, 10));
    expect(builder.status(hash)).to.include({ code: "PREREQUISITE_REFUSED" });
    await write("setDeaf", [false]);
    await builder.idle();
    expect(builder.status(hash)?.state).to.equal("posted");
  });
});
