import { expect } from "chai";
import { type Address, encodeFunctionData, type Hex, keccak256, parseGwei } from "viem";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import type { BuilderEvent } from "../../builder/core/events.ts";
import { rootHex } from "../../builder/protocol/execution/encoding.ts";
import { evmKind } from "../../builder/kinds/evm/index.ts";
import type { Delivery, RollupKind, RollupMachine } from "../../builder/kinds/kind.ts";
import { ledgerAbi } from "../../builder/kinds/ledger/abi.ts";
import { LedgerAccount } from "../../builder/kinds/ledger/client.ts";
import { UNPROVEN, UNPROVEN_KEY } from "../../builder/kinds/unproven.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import type { Action } from "../../builder/protocol/action.ts";
import { type ChainId, L1, stateRoot } from "../../builder/protocol/ids.ts";
import { accountAt, builderAccount, type Lockstep, registerEvm, startLockstep } from "../core/setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "../core/unproven.ts";

/** What a fault of an interpreter makes of an answer. */
type Doctor = (given: Action, honest: Delivery) => Delivery;

/**
 * The kind, with a fault in the machine that lives: one that goes with what the process remembers, and that a
 * later reader of L1 does not have.
 */
function faulty<Record>(kind: RollupKind<Record>, doctor: () => Doctor | undefined): RollupKind<Record> {
  return {
    ...kind,
    async open(options) {
      const machine = await kind.open(options);
      return new Proxy(machine, {
        get(target, name): unknown {
          const value: unknown = Reflect.get(target, name, target);
          if (typeof value !== "function") return value;
          if (name !== "deliver") return value.bind(target) as unknown;
          return async (...args: Parameters<RollupMachine["deliver"]>) => {
            const honest = await target.deliver(...args);
            return doctor()?.(args[0], honest) ?? honest;
          };
        },
      });
    },
  };
}

/** Whatever is wrong in here, nothing that others could not follow goes to L1. */
describe("what a builder checks before it posts", function () {
  this.timeout(180_000);
  const [alice, bob, carol] = [accountAt(1), accountAt(2), accountAt(3)];
  let lockstep: Lockstep;
  let evm: ChainId;
  let toLedger: Address;
  let toEvm: Address;
  let builder: Builder;
  let prover: UnprovenProver;
  let events: BuilderEvent[];
  let doctors: { ledger?: Doctor; evm?: Doctor };

  before(async () => {
    lockstep = await startLockstep();
    evm = await registerEvm(lockstep);
    toEvm = await lockstep.createProxy(carol.address, evm);
    toLedger = lockstep.ledgerProxy;
  });
  after(() => lockstep.l1.close());
  beforeEach(async () => {
    prover = new UnprovenProver();
    events = [];
    doctors = {};
    builder = await createBuilder({
      l1Rpc: lockstep.l1.url,
      manager: lockstep.rollups,
      rollups: [
        {
          id: lockstep.ledger,
          kind: faulty(unprovenLedgerKind, () => doctors.ledger),
          verificationKeys: lockstep.keys,
        },
        { id: evm, kind: faulty(evmKind, () => doctors.evm), verificationKeys: { [UNPROVEN]: UNPROVEN_KEY } },
      ],
      account: builderAccount,
      prover,
    });
    builder.listen((event) => events.push(event));
  });
  afterEach(() => builder.stop());

  async function submit(signer: typeof alice, to: Address, value: bigint, data: Hex = "0x"): Promise<Hex> {
    const nonce = await lockstep.l1.reader.getTransactionCount({ address: signer.address });
    const fees = { gas: 3_000_000n, maxFeePerGas: parseGwei("10"), maxPriorityFeePerGas: 1n };
    const raw = await signer.signTransaction({
      chainId: 31337,
      type: "eip1559",
      nonce,
      to,
      value,
      data,
      ...fees,
    });
    return await builder.submit(raw, () => Promise.reject(new Error("was forwarded")));
  }

  /** All in one batch. */
  async function together(submitAll: () => Promise<Hex[]>): Promise<Hex[]> {
    let hashes: Hex[] = [];
    prover.meanwhile = async () => {
      prover.meanwhile = undefined;
      hashes = await submitAll();
    };
    await submit(accountAt(4), toLedger, 1n);
    await builder.idle();
    return hashes;
  }

  async function roots(): Promise<Hex[]> {
    const call = { address: lockstep.rollups, abi: rollupsAbi, functionName: "rollupOf" } as const;
    const { reader } = lockstep.l1;
    return await Promise.all(
      [lockstep.ledger, evm].map(
        async (rollup) => (await reader.readContract({ ...call, args: [rollup] })).root,
      ),
    );
  }

  /** @param bad the only one that is refused. */
  async function expectOnlyRefused(bad: Hex | undefined, hashes: readonly (Hex | undefined)[], code: string) {
    for (const hash of hashes) {
      const status = hash === undefined ? undefined : builder.status(hash);
      if (hash !== bad) {
        expect(status?.state).to.equal("posted");
        continue;
      }
      expect(status).to.include({ state: "failed", code: "SELF_CHECK_FAILED" });
      expect(status && "reason" in status ? status.reason : "").to.include(code);
      const onL1 = await lockstep.l1.reader
        .getTransactionReceipt({ hash: bad ?? "0x" })
        .catch(() => undefined);
      expect(onL1).to.equal(undefined);
    }
    const faults = events.filter((event) => event.type === "selfCheckFailed");
    expect(faults.map(({ cause }) => cause)).to.include(code);
    // What is on L1 can be followed by those who do not have the fault.
    const ids = [lockstep.ledger, evm];
    const states = await Promise.all(ids.map((id) => builder.standing(id)));
    expect(states.map(({ root }) => rootHex(root))).to.deep.equal(await roots());
    await using stranger = await createBuilder({
      l1Rpc: lockstep.l1.url,
      manager: lockstep.rollups,
      rollups: [
        { id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys },
        { id: evm, kind: evmKind, verificationKeys: { [UNPROVEN]: UNPROVEN_KEY } },
      ],
      account: builderAccount,
      prover,
    });
    for (const id of ids) expect((await stranger.standing(id)).stopped).to.equal(undefined);
  }

  it("finds nothing where nothing is wrong, and says what that took", async () => {
    const hashes = await together(async () => [
      await submit(alice, toLedger, 3n),
      await submit(bob, toEvm, 4n),
    ]);
    for (const hash of hashes) expect(builder.status(hash)?.state).to.equal("posted");
    const posted = events.filter((event) => event.type === "posted");
    for (const { checkMilliseconds, milliseconds } of posted)
      expect(checkMilliseconds)
        .to.be.greaterThan(0)
        .and.lessThan(milliseconds * 5);
    expect(events.filter(({ type }) => type === "selfCheckFailed")).to.deep.equal([]);
  });

  it("posts no root of an unproven rollup that its statement does not lead to", async () => {
    doctors.evm = ({ value }, { action, visit }) => {
      if (visit === undefined || value !== 13n) return { action, ...(visit && { visit }) };
      const { rootBefore, actions, record, rootAfter } = visit;
      return { action, visit: { rootBefore, actions, record, rootAfter: stateRoot(rootAfter + 1n) } };
    };
    const hashes = await together(async () => [
      await submit(alice, toLedger, 3n),
      await submit(bob, toEvm, 13n),
      await submit(carol, toEvm, 5n),
    ]);
    await expectOnlyRefused(hashes[1], hashes, "ROOT_DIFFERS");
    const [fault] = events.filter((event) => event.type === "selfCheckFailed");
    expect(fault).to.include({ check: "statement", rollup: evm });
    expect(fault?.visit?.actions[0]?.value).to.equal(13n);
  });

  it("posts no answer of an unproven rollup that its statement does not give", async () => {
    doctors.evm = ({ value }, { action, visit }) => {
      if (visit === undefined || value !== 13n) return { action, ...(visit && { visit }) };
      const lie = { ...action, data: "0x1234" } as const;
      const { rootBefore, rootAfter, record } = visit;
      const actions = [...visit.actions.slice(0, -1), lie];
      return { action: lie, visit: { rootBefore, rootAfter, record, actions } };
    };
    const hashes = await together(async () => [
      await submit(bob, toEvm, 13n),
      await submit(alice, toLedger, 3n),
    ]);
    await expectOnlyRefused(hashes[0], hashes, "ACTION_DIFFERS");
  });

  it("posts nothing that a follower without its memory comes to another end with", async () => {
    const query = (amount: bigint): Hex =>
      encodeFunctionData({ abi: ledgerAbi, functionName: "transfer", args: [L1, bob.address, amount] });
    doctors.ledger = ({ data }, { action, visit }) => {
      if (visit === undefined || data !== query(0n)) return { action, ...(visit && { visit }) };
      // This ledger's answers are taken on trust here: only a follower can tell.
      const lie = { ...action, data: "0x1234" } as const;
      const { rootBefore, rootAfter, record } = visit;
      return {
        action: lie,
        visit: { rootBefore, rootAfter, record, actions: [...visit.actions.slice(0, -1), lie] },
      };
    };
    const hashes = await together(async () => [
      await submit(bob, toEvm, 3n),
      await submit(alice, toLedger, 0n, query(0n)),
      await submit(carol, toLedger, 5n),
    ]);
    await expectOnlyRefused(hashes[1], hashes, "STATE_DIVERGED");
    const [fault] = events.filter((event) => event.type === "selfCheckFailed");
    expect(fault).to.include({ check: "follower", rollup: lockstep.ledger, transaction: hashes[1] });
  });

  it("does the same for a transaction signed for a rollup", async () => {
    const account = await LedgerAccount.fromSeed(`0x${"0b".repeat(32)}`);
    const domain = { l1ChainId: 31337n, manager: lockstep.rollups, rollup: lockstep.ledger };
    const data = account.signTransfer({
      domain,
      nonce: 0n,
      deadline: 1n << 40n,
      chain: L1,
      to: bob.address,
      amount: 0n,
    });
    doctors.ledger = (given, { action, visit }) => {
      if (visit === undefined || given.data !== data) return { action, ...(visit && { visit }) };
      const { rootBefore, record, actions } = visit;
      // No effect, it says: the account's nonce could be used again.
      return { action, visit: { rootBefore, record, actions, rootAfter: rootBefore } };
    };
    const hashes = await together(async () => [
      await submit(alice, toEvm, 3n),
      await builder.submitToRollup(lockstep.ledger, data),
    ]);
    expect(hashes[1]).to.equal(keccak256(data));
    await expectOnlyRefused(hashes[1], hashes, "STATE_DIVERGED");
    // Without the fault the same bytes are good.
    doctors = {};
    const again = await builder.submitToRollup(lockstep.ledger, data);
    await builder.idle();
    expect(builder.status(again)?.state).to.equal("posted");
  });
});
