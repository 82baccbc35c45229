import { expect } from "chai";
import { type Address, decodeErrorResult, encodeFunctionData, type Hex, numberToHex, parseEther } from "viem";
import type { SimulationAcross } from "lockstep-client/rpc-types";
import { type Devnet, startDevnet } from "../../../builder/devnet/devnet.ts";
import { closedDeskAbi, counterAbi, managerAbi } from "../../../builder/devnet/tour/abi.ts";
import { type Dapp, openDapp } from "../../../builder/devnet/tour/dapp.ts";
import { type LedgerClient, openLedger } from "../../../builder/devnet/tour/ledger-client.ts";
import { LEDGER, ledgerAbi } from "../../../builder/kinds/ledger/abi.ts";
import { LedgerAccount } from "../../../builder/kinds/ledger/client.ts";
import { compileContracts } from "../../../builder/node/deployment/compile.ts";
import { freePorts } from "../../../builder/node/ports.ts";
import { chainId } from "../../../builder/protocol/ids.ts";
import { given, raw } from "./ask.ts";

const ALICE: Address = "0x00000000000000000000000000000000000a11ce";
const [SELF, A] = [1n, 2n];

describe("what a ledger's account is about to sign, before it is signed", function () {
  this.timeout(240_000);
  let devnet: Devnet;
  let onL1: Dapp;
  let onA: Dapp;
  let ledger: LedgerClient;
  let bob: LedgerAccount;
  let url: string;

  before(async () => {
    await compileContracts();
    const rollups = [
      { name: "Ledger", kind: "ledger" },
      { name: "A", kind: "evm" },
    ] as const;
    devnet = await startDevnet({ ports: await freePorts(rollups.length), rollups, proofs: "none" });
    const [first, second] = devnet.description.rollups;
    if (first === undefined || second === undefined) throw new Error("a devnet of two rollups");
    url = first.gateway;
    ledger = openLedger(url);
    onL1 = openDapp(devnet.description, 1);
    onA = openDapp(devnet.description, 1, second);
    bob = await LedgerAccount.fromSeed(`0x${"0b".repeat(32)}`);
    const manager = { address: devnet.description.l1.rollups, abi: managerAbi } as const;
    const args = [LEDGER, SELF] as const;
    await onL1.write({ ...manager, functionName: "createProxy", args });
    await onL1.write({
      address: await onL1.publicClient.readContract({ ...manager, functionName: "proxyOf", args }),
      abi: ledgerAbi,
      functionName: "transfer",
      args: [SELF, bob.address, parseEther("5")],
      value: parseEther("5"),
    });
  });
  after(async () => {
    await devnet[Symbol.asyncDispose]();
  });

  const transfer = (chain: bigint, to: Address, amount: bigint): Hex =>
    encodeFunctionData({ abi: ledgerAbi, functionName: "transfer", args: [chain, to, amount] });
  const send = (chain: bigint, to: Address, amount: bigint, data: Hex): Hex =>
    encodeFunctionData({ abi: ledgerAbi, functionName: "send", args: [chain, to, amount, data] });
  const simulate = async (data: Hex, more: object = {}): Promise<SimulationAcross> =>
    await given(url, "lockstep_simulateAcross", [{ from: bob.address, to: LEDGER, data, ...more }]);
  const sign = async (calldata: Hex): Promise<Hex> => {
    const { l1 } = devnet.description;
    return bob.signCalldata(calldata, {
      domain: { l1ChainId: BigInt(l1.chainId), manager: l1.rollups, rollup: chainId(SELF) },
      nonce: await ledger.nonceOf(bob.address),
      deadline: BigInt(Math.floor(Date.now() / 1_000)) + 3_600n,
    });
  };
  const accountOf = async (home: bigint, address: Address): Promise<unknown> =>
    (await raw(url, "lockstep_getAccount", [numberToHex(home), address])).result;

  it("shows a transfer and whose Ether it moves, as it then does", async () => {
    const data = transfer(0n, ALICE, parseEther("2"));
    const seen = await simulate(data);
    expect(seen).to.deep.include({ success: true, error: null, events: [], warnings: [], gas: "0x0" });
    expect(seen.trace).to.deep.include({ chain: "0x1", from: bob.address, to: LEDGER, input: data });
    expect(seen.ether.map(({ chain, home, address }) => [chain, home, address])).to.deep.equal([
      ["0x1", undefined, bob.address],
      ["0x1", "0x0", ALICE],
    ]);
    expect(await ledger.balanceOf(bob.address), "nothing of it stays").to.equal(parseEther("5"));
    await ledger.sendAndWait(await sign(data));
    const [payer, payee] = seen.ether;
    expect(await accountOf(SELF, bob.address)).to.deep.include({ balance: payer?.after });
    expect(await accountOf(0n, ALICE)).to.deep.include({ balance: payee?.after });
  });

  for (const on of ["L1", "A"] as const)
    it(`shows a call to ${on}: frames and events there, its result, Ether, and nothing stays`, async () => {
      const [dapp, chain] = on === "L1" ? [onL1, 0n] : [onA, A];
      const counter = await dapp.deploy("Counter");
      const count = { address: counter, abi: counterAbi, functionName: "count" } as const;
      const increment = encodeFunctionData({ abi: counterAbi, functionName: "increment" });
      const seen = await simulate(send(chain, counter, 0n, increment));
      expect(seen).to.deep.include({ success: true, error: null });
      expect(seen.trace).to.deep.include({ chain: "0x1", crossing: numberToHex(chain), output: seen.data });
      expect(JSON.stringify(seen.trace?.calls)).to.contain(counter.toLowerCase());
      expect(seen.events.map((event) => [event.chain, event.address])).to.deep.equal([
        [numberToHex(chain), counter.toLowerCase()],
      ]);
      expect(await dapp.publicClient.readContract(count)).to.equal(0n);
      const hash = await ledger.sendAndWait(await sign(send(chain, counter, 0n, increment)));
      expect(hash).to.have.length(66);
      expect(await dapp.publicClient.readContract(count)).to.equal(1n);

      const before = await dapp.publicClient.getBalance({ address: ALICE });
      const paid = await simulate(send(chain, ALICE, 7n, "0x"));
      const moves = paid.ether.map(({ address, before: from, after }) => [
        address,
        BigInt(after) - BigInt(from),
      ]);
      expect(moves).to.deep.include.members([
        [bob.address, -7n],
        [ALICE, 7n],
      ]);
      await ledger.sendAndWait(await sign(send(chain, ALICE, 7n, "0x")));
      expect(await dapp.publicClient.getBalance({ address: ALICE })).to.equal(before + 7n);
    });

  it("says why it would fail: the ledger's error, or the one of the contract that it calls", async () => {
    const over = await simulate(transfer(0n, ALICE, parseEther("100")));
    expect(over).to.deep.include({ success: false, ether: [], events: [] });
    expect(over.error?.name).to.equal("TRANSACTION_REVERTED");
    expect(over.error?.reason).to.contain("InsufficientBalance");
    const desk = await onL1.deploy("ClosedDesk");
    const refused = await simulate(send(0n, desk, 1n, "0x"));
    expect(refused).to.deep.include({ success: false, ether: [], events: [] });
    const { errorName } = decodeErrorResult({ abi: closedDeskAbi, data: refused.data });
    expect(errorName).to.equal("NotAccepting");
    expect(await ledger.refuses(await sign(send(0n, desk, 1n, "0x")))).to.equal(true);
    const nothing = await simulate("0x12345678");
    expect(nothing).to.deep.include({ success: false, trace: null });
    expect(nothing.error?.name).to.equal("INVALID_L2_TRANSACTION");
  });

  it("refuses what a ledger's transaction has no place for, and earlier blocks", async () => {
    const data = transfer(0n, ALICE, 1n);
    const error = async (...params: unknown[]) => (await raw(url, "lockstep_simulateAcross", params)).error;
    expect(await error({ from: bob.address, to: ALICE, data })).to.deep.include({ code: -32602 });
    expect((await error({ from: bob.address, to: ALICE, data }))?.message).to.contain(LEDGER);
    expect((await error({ from: bob.address, data, value: "0x1" }))?.message).to.contain("value");
    for (const params of [[], ["0x"], [{ from: "0x12", data }], [{ data: "0xq" }]])
      expect((await error(...params))?.code, JSON.stringify(params)).to.equal(-32602);
    expect((await error({ from: bob.address, data }, "0x0"))?.code).to.equal(-32000);
    const long = `0x${"00".repeat(100_000)}`;
    expect((await simulate(`${send(0n, ALICE, 0n, "0x")}${long.slice(2)}` as Hex)).error?.name).to.equal(
      "INVALID_L2_TRANSACTION",
    );
  });
});
