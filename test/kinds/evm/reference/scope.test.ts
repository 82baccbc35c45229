import { expect } from "chai";
import { type Address, concatHex, encodeFunctionData, getContractAddress, type Hex, numberToHex } from "viem";
import { checkStatement } from "../../../../builder/kinds/evm/reference/check-statement.ts";
import { SYSTEM } from "../../../../builder/kinds/evm/system.ts";
import { rollupsAbi } from "../../../../builder/protocol/abi.ts";
import { type Action, resultAction } from "../../../../builder/protocol/action.ts";
import { lowerCase } from "../../../../builder/protocol/address.ts";
import { L1 } from "../../../../builder/protocol/ids.ts";
import {
  CALLER_OF_TWO,
  deploying,
  FACTORY,
  FORGETFUL,
  NOTARY,
  SHORT_LIVED,
  SURVEYOR,
  VISITOR,
} from "./assemble.ts";
import { call, OTHER, SELF, TestRollup, USER, type VisitRun, type World } from "./rollup.ts";

const FAR: Address = numberToHex(0xfa5n, { size: 20 });
const NOBODY: Address = numberToHex(0xdead_beefn, { size: 20 });
const ZERO: Address = numberToHex(0n, { size: 20 });

/** What asking for a balance costs, with the operations around it. */
const WARM = 107n;
const COLD = 2607n;

/** What the rollup's last action says. */
const dataOf = ({ visit }: VisitRun): bigint => BigInt(visit.actions.at(-1)?.data ?? "0x");

describe("what a transaction of an EVM rollup has for itself", function () {
  this.timeout(60_000);
  let rollup: TestRollup;
  let surveyor: Address;
  /** Proxy of a contract on another rollup. */
  let far: Address;

  beforeEach(async () => {
    rollup = await TestRollup.open();
    surveyor = (await rollup.deploy(SURVEYOR)).address;
    far = (await rollup.proxy(FAR, OTHER)).address;
  });
  afterEach(() => rollup.close());

  /** Plays a visit, which is as its statement says. */
  const run = async (trigger: Action, world?: World): Promise<VisitRun> => {
    const played = await rollup.run(trigger, world);
    await checkStatement(played);
    return played;
  };
  /** What asking for `account` costs in a visit that a CALL by `sender` begins. */
  const cost = async (account: Address, sender: Address = NOBODY): Promise<bigint> =>
    dataOf(await run(call(surveyor, { sender, data: concatHex([ZERO, account]) })));
  const nonceOf = (address: Address): bigint | undefined => rollup.store.account(address)?.nonce;
  const back = (): Action => resultAction({ from: OTHER, to: SELF, failed: false, data: "0x" });
  /** Calls back first, and answers when that is answered. */
  const callingBack = (target: Address, more: Partial<Action> = {}): World => {
    const rest = [() => call(target, { from: OTHER, sender: FAR, ...more }), back];
    return () => (rest.shift() ?? back)();
  };

  it("is warm, of a CALL, where the specification says, whether or not the caller's proxy was there", async () => {
    const proxyOf = async (sender: Address): Promise<Address> => {
      const data = encodeFunctionData({ abi: rollupsAbi, functionName: "proxyOf", args: [sender, L1] });
      const { visit } = await run(call(SYSTEM, { data }));
      return `0x${(visit.actions.at(-1)?.data ?? "0x").slice(-40)}`;
    };
    const lent = await USER.signAuthorization({ contractAddress: far, chainId: 0, nonce: rollup.nonce + 1 });
    await run(await rollup.signed({ type: "eip7702", to: ZERO, authorizationList: [lent] }));
    for (const [name, account, expected] of [
      ["a precompile", numberToHex(1n, { size: 20 }), WARM],
      ["the coinbase", ZERO, WARM],
      ["the target", surveyor, WARM],
      ["the caller's proxy", undefined, WARM],
      ["the system contract", SYSTEM, COLD],
      ["another one's proxy", far, COLD],
      ["an account", lowerCase(USER.address), COLD],
    ] as const) {
      const sender: Address = numberToHex(BigInt(account ?? "0xca11") + 0xabc000n, { size: 20 });
      const proxy = await proxyOf(sender);
      const asked = account ?? proxy;
      expect(nonceOf(proxy), name).to.equal(undefined);
      expect(await cost(asked, sender), `${name}, the proxy is created`).to.equal(expected);
      expect(nonceOf(proxy), name).to.equal(1n);
      expect(await cost(asked, sender), `${name}, the proxy is there`).to.equal(expected);
    }
  });

  it("counts the proxies that the system contract creates, in whatever way", async () => {
    const before = nonceOf(SYSTEM) ?? 0n;
    await cost(NOBODY, FAR);
    expect(nonceOf(SYSTEM)).to.equal(before + 1n);
    await cost(NOBODY, FAR);
    expect(nonceOf(SYSTEM)).to.equal(before + 1n);
    await rollup.proxy(NOBODY, OTHER);
    expect(nonceOf(SYSTEM)).to.equal(before + 2n);
    const view = await run(call(surveyor, { sender: USER.address, isStatic: true }));
    expect(view.visit.actions.at(-1)?.failed).to.equal(true);
    expect(nonceOf(SYSTEM)).to.equal(before + 2n);
  });

  it("has warm what a contract's own createProxy creates", async () => {
    const data = encodeFunctionData({ abi: rollupsAbi, functionName: "createProxy", args: [NOBODY, OTHER] });
    const ask = encodeFunctionData({ abi: rollupsAbi, functionName: "proxyOf", args: [NOBODY, OTHER] });
    const asked = await run(call(SYSTEM, { data: ask }));
    const proxy: Address = `0x${(asked.visit.actions.at(-1)?.data ?? "0x").slice(-40)}`;
    const created = await run(call(surveyor, { data: concatHex([SYSTEM, proxy, data]) }));
    expect(dataOf(created)).to.equal(WARM);
    expect(await cost(proxy)).to.equal(COLD);
  });

  it("keeps warm what an operation touched that entered again, unless it failed or was static", async () => {
    const { address: visitor } = await rollup.deploy(VISITOR);
    const survey = async (data: Hex, more: Partial<Action> = {}): Promise<bigint> =>
      dataOf(
        await run(
          call(surveyor, { data: concatHex([far, NOBODY]) }),
          callingBack(visitor, { data, ...more }),
        ),
      );
    expect(await survey(NOBODY)).to.equal(WARM);
    expect(await survey(concatHex([NOBODY, "0x00"]))).to.equal(COLD);
    expect(await survey(NOBODY, { isStatic: true })).to.equal(COLD);
    expect(await survey(NOBODY, { isStatic: true, from: L1 })).to.equal(COLD);
  });

  it("leaves the target of an operation that failed as cold as it was", async () => {
    const { address: visitor } = await rollup.deploy(VISITOR);
    const survey = async (data: Hex): Promise<bigint> =>
      dataOf(await run(call(surveyor, { data: concatHex([far, visitor]) }), callingBack(visitor, { data })));
    expect(await survey(NOBODY)).to.equal(WARM);
    expect(await survey(concatHex([NOBODY, "0x00"]))).to.equal(COLD);
  });

  describe("SELFDESTRUCT", () => {
    let factory: Address;
    let two: Address;

    beforeEach(async () => {
      factory = (await rollup.deploy(FACTORY)).address;
      two = (await rollup.deploy(CALLER_OF_TWO)).address;
    });

    const created = (): Address =>
      lowerCase(getContractAddress({ from: factory, nonce: nonceOf(factory) ?? 0n }));

    for (const kind of ["CALL", "L2TX"] as const)
      it(`destroys what another operation of the same transaction created, in one that a ${kind} began`, async () => {
        const child = created();
        const data = concatHex([far, child]);
        const trigger = kind === "CALL" ? call(two, { data }) : await rollup.signed({ to: two, data });
        await run(trigger, callingBack(factory, { data: deploying(SHORT_LIVED), value: 7n }));
        expect(nonceOf(factory)).to.equal(2n);
        expect(rollup.store.account(child)).to.equal(undefined);
        expect(rollup.store.account(two)?.balance).to.equal(7n);
      });

    it("spares what another transaction of the same visit created", async () => {
      const child = created();
      const played = await rollup.joint(
        () => rollup.signed({ to: factory, value: 7n, data: deploying(SHORT_LIVED) }),
        () => rollup.signed({ to: child }),
      );
      await checkStatement(played);
      expect(rollup.store.account(child)).to.deep.include({ nonce: 1n, balance: 0n, code: SHORT_LIVED });
    });

    it("spares what another visit created", async () => {
      const child = created();
      await run(call(factory, { data: deploying(SHORT_LIVED), value: 7n }));
      await run(call(child));
      expect(rollup.store.account(child)?.code).to.equal(SHORT_LIVED);
    });
  });

  it("is forgotten by the next transaction of the same visit: transient storage, and what is warm", async () => {
    const { address } = await rollup.deploy(FORGETFUL);
    const once = () => rollup.signed({ to: address, data: NOBODY });
    const played = await rollup.joint(once, once);
    await checkStatement(played);
    expect(BigInt(rollup.store.slot(address, numberToHex(0n, { size: 32 })))).to.equal(0n);
    expect(BigInt(rollup.store.slot(address, numberToHex(1n, { size: 32 })))).to.equal(COLD);
  });

  it("leads, in one visit, to the root that visits of their own lead to", async () => {
    const { address: notary } = await rollup.deploy(NOTARY);
    const other = await TestRollup.open();
    await other.deploy(SURVEYOR);
    await other.proxy(FAR, OTHER);
    await other.deploy(NOTARY);
    const calls = [concatHex([ZERO, "0x00"]), concatHex([NOBODY, "0x02"]), concatHex([notary, "0x00"])];
    const joint = await rollup.joint(
      ...calls.map((data, at) => () => rollup.signed({ to: notary, data, value: BigInt(at) })),
    );
    const roots = await other.apart(
      ...calls.map((data, at) => () => other.signed({ to: notary, data, value: BigInt(at) })),
    );
    await other.close();
    expect(joint.visit.rootAfter).to.equal(roots.at(-1)?.visit.rootAfter);
    expect(roots.map(({ visit }) => visit.rootBefore)).to.deep.equal([
      joint.visit.rootBefore,
      ...roots.slice(0, -1).map(({ visit }) => visit.rootAfter),
    ]);
    for (const each of [joint, ...roots]) await checkStatement(each);
  });
});
