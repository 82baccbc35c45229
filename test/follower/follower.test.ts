import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex, encodeFunctionData, type Hex, hexToBytes, keccak256 } from "viem";
import { Follower } from "../../builder/follower/follow.ts";
import { readHistory } from "../../builder/l1/history.ts";
import { ledgerKind } from "../../builder/kinds/ledger/index.ts";
import type { RollupMachine } from "../../builder/kinds/kind.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import type { Execution } from "../../builder/protocol/execution.ts";
import { type ChainId, chainId, L1, type StateRoot, stateRoot } from "../../builder/protocol/ids.ts";
import { FakeL1, MANAGER, type Posting } from "./fake-l1.ts";
import { ALICE, BOB, calldataOf, Ledger } from "./ledgers.ts";

const [A, B, STRANGER] = [chainId(1), chainId(2), chainId(3)];
const ONCE: Posting["consumed"] = [[0, 0]];

/** What no contract lets happen, happens here: the follower must not rely on checks made by others. */
describe("the follower and an L1 that says anything", function () {
  this.timeout(60_000);
  let l1: FakeL1;
  let a: Ledger;
  let b: Ledger;
  let machines: Map<ChainId, RollupMachine>;
  let follower: Follower;

  beforeEach(async () => {
    l1 = await FakeL1.start();
    [a, b] = [await Ledger.open(A), await Ledger.open(B)];
    for (const ledger of [a, b]) l1.register(ledger.machine.id, ledger.root);
    machines = new Map();
    for (const id of [A, B]) machines.set(id, await ledgerKind.open({ id }));
    follower = newFollower();
  });
  afterEach(() => l1.close());

  function newFollower(): Follower {
    return new Follower({ l1: l1.client, manager: MANAGER, l1ChainId: 31337n, firstBlock: 0n });
  }
  const follow = async (roots: readonly (readonly [ChainId, StateRoot | undefined])[] = honestRoots()) =>
    await follower.follow(machines, l1.head(new Map(roots)));
  const honestRoots = () => [[A, a.root] as const, [B, b.root] as const];
  const rootOf = (id: ChainId): StateRoot | undefined => machines.get(id)?.stateRoot();
  const post = (calldata: Hex, visits: readonly ChainId[], more: Partial<Posting> = {}): number =>
    l1.post({ calldata, visits, consumed: ONCE, ...more });
  const other = stateRoot(12345n);

  it("does not look at what visits no rollup that it follows", async () => {
    for (const calldata of ["0x", "0x12345678", `0x${"ff".repeat(300)}`] as const)
      post(calldata, [STRANGER], { way: "lost", consumed: [[7, 9]] });
    post("0xabcdef", [], { id: keccak256("0x00"), consumed: ONCE });
    l1.post({ calldata: calldataOf([await a.deposit(5n)]), visits: [A], consumed: ONCE });
    expect((await follow()).size).to.equal(0);
    expect(rootOf(A)).to.equal(a.root);
    expect(l1.asked.filter((method) => method === "eth_getTransactionByHash")).to.have.length(1);
    expect(l1.asked).to.not.include("debug_traceTransaction");
  });

  it("reads a batch that a contract posted from the event", async () => {
    post(calldataOf([await a.deposit(5n)]), [A], { way: "relayed" });
    post(calldataOf([await b.deposit(6n)]), [B]);
    expect((await follow()).size).to.equal(0);
    expect([rootOf(A), rootOf(B)]).to.deep.equal([a.root, b.root]);
  });

  it("does again what took effect again: the same batch may come twice", async () => {
    const there = async () => calldataOf([await a.transfer(ALICE, BOB, 1n)]);
    const back = async () => calldataOf([await a.transfer(BOB, ALICE, 1n)]);
    post(calldataOf([await a.deposit(5n, ALICE), await a.deposit(5n, BOB)]), [A], {
      consumed: [
        [0, 0],
        [1, 0],
      ],
    });
    const first = await there();
    post(first, [A]);
    post(await back(), [A]);
    expect(await there()).to.equal(first);
    post(first, [A], { way: "relayed" });
    const history = await readHistory(l1.client, MANAGER, [A], 0n, 10n);
    const id = keccak256(first);
    expect(history.map(({ at }) => at.batch === id)).to.deep.equal([false, false, true, false, true]);
    expect((await follow()).size).to.equal(0);
    expect(rootOf(A)).to.equal(a.root);
    expect(machines.get(A)?.account(L1, BigInt(BOB)).balance).to.equal(6n);
  });

  /** Each stops A where it is, by name, and B goes on. */
  const faults: Readonly<Record<string, { code: string; make: (honest: Execution) => Partial<Posting> }>> = {
    "a batch that nobody has": {
      code: "BATCH_CONTENT_MISSING",
      make: () => ({ way: "lost" }),
    },
    "an input that is not what the id says": {
      code: "BATCH_CONTENT_MISSING",
      make: () => ({ id: keccak256("0x77") }),
    },
    "bytes that are no batch": {
      code: "BATCH_UNREADABLE",
      make: () => ({ calldata: `0x${"fe".repeat(100)}` }),
    },
    "a call of another function": {
      code: "BATCH_UNREADABLE",
      make: () => ({ calldata: encodeFunctionData({ abi: rollupsAbi, functionName: "rollupCount" }) }),
    },
    "an offset that points backwards": {
      code: "BATCH_UNREADABLE",
      make: (honest) => ({ calldata: withBackwardOffset(calldataOf([honest])) }),
    },
    "bytes behind the end": {
      code: "BATCH_UNREADABLE",
      make: (honest) => ({ calldata: `${calldataOf([honest])}00` }),
    },
    "an execution that the batch does not have": {
      code: "BATCH_CONTENT_MISSING",
      make: () => ({ consumed: [[3, 0]] }),
    },
    "an ending that the execution does not have": {
      code: "INVALID_EXECUTION",
      make: () => ({ consumed: [[0, 5]] }),
    },
    "a list that is no execution": {
      code: "INVALID_EXECUTION",
      make: (honest) => ({ calldata: calldataOf([{ ...honest, actions: honest.actions.slice(0, 1) }]) }),
    },
    "a root that the ledger does not come to": {
      code: "STATE_DIVERGED",
      make: (honest) => ({
        calldata: calldataOf([
          { ...honest, visits: honest.visits.map((visit) => ({ ...visit, rootAfter: other })) },
        ]),
      }),
    },
    "an answer that the ledger does not give": {
      code: "STATE_DIVERGED",
      make: (honest) => ({
        calldata: calldataOf([
          {
            ...honest,
            actions: honest.actions.map((action, at) => (at === 1 ? { ...action, data: "0x99" } : action)),
          },
        ]),
      }),
    },
    "an action that the ledger does not take": {
      code: "VISIT_TOO_LARGE",
      make: (honest) => ({
        calldata: calldataOf([
          {
            ...honest,
            actions: honest.actions.map((action, at) =>
              at === 0 ? { ...action, data: `0x${"00".repeat(1000)}` } : action,
            ),
          },
        ]),
      }),
    },
  };
  for (const [what, { code, make }] of Object.entries(faults)) {
    it(`stops a rollup by name at ${what}, and no other`, async () => {
      const first = await a.deposit(1n);
      const firstRoot = a.root;
      const bad = await a.deposit(2n);
      post(calldataOf([first]), [A]);
      const good = { calldata: calldataOf([await b.deposit(3n)]), visits: [B], consumed: ONCE };
      const posting = { calldata: calldataOf([bad]), visits: [A], consumed: ONCE, ...make(bad) };
      const block = l1.post(posting, good);
      for (const attempt of [1, 2]) {
        const stopped = await follow();
        expect([...stopped.keys()], `attempt ${attempt}`).to.deep.equal([A]);
        const error = stopped.get(A);
        expect(error?.code).to.equal("ROLLUP_STOPPED");
        expect(error?.stop).to.include({ rollup: A, root: firstRoot, code });
        const id = posting.id ?? keccak256(posting.calldata);
        expect(error?.stop.at).to.include({ blockNumber: BigInt(block), batch: id });
        expect(error?.message).to.include(`rollup 1 is stopped at execution`).and.to.include(id);
        expect([rootOf(A), rootOf(B)]).to.deep.equal([firstRoot, b.root]);
        post(calldataOf([await b.deposit(4n)]), [B]);
      }
      // A reorganisation in which it never happened: the rollup goes on.
      l1.reorganise(block, "honest");
      b = await Ledger.open(B);
      post(calldataOf([bad]), [A]);
      expect((await follow()).size).to.equal(0);
      expect(rootOf(A)).to.equal(a.root);
      expect(rootOf(B)).to.equal(b.root);
    });
  }

  it("finds a batch that was missing when the node has it", async () => {
    const deposit = await a.deposit(1n);
    post(calldataOf([deposit]), [A], { way: "lost" });
    expect((await follow()).get(A)?.stop.code).to.equal("BATCH_CONTENT_MISSING");
    l1.reorganise(3, "");
    post(calldataOf([deposit]), [A]);
    l1.mine();
    expect((await follow()).size).to.equal(0);
    expect(rootOf(A)).to.equal(a.root);
  });

  it("stops a rollup of which L1 says no root, or another than its history", async () => {
    expect(
      (
        await follow([
          [A, undefined],
          [B, b.root],
        ])
      ).get(A)?.stop.code,
    ).to.equal("STATE_DIVERGED");
    l1.mine();
    const stopped = await follow([
      [A, other],
      [B, b.root],
    ]);
    expect(stopped.get(A)?.stop).to.include({ code: "STATE_DIVERGED", root: a.root });
    expect(stopped.has(B)).to.equal(false);
    l1.mine();
    expect((await follow()).size).to.equal(0);
  });

  it("leaves no part of a block behind where it stops", async () => {
    const [first, second] = [await a.deposit(1n), await a.deposit(2n)];
    const genesis = (await Ledger.open(A)).root;
    const visits = second.visits.map((visit) => ({ ...visit, rootAfter: other }));
    post(calldataOf([first, { ...second, visits }]), [A], {
      consumed: [
        [0, 0],
        [1, 0],
      ],
    });
    const { stop } = (await follow()).get(A) ?? {};
    expect(stop).to.include({ root: genesis, code: "STATE_DIVERGED" });
    expect(stop?.at?.execution).to.equal(1);
    expect(rootOf(A)).to.equal(genesis);
  });

  it("reports a node that is away as that", async () => {
    post(calldataOf([await a.deposit(1n)]), [A]);
    const head = l1.head(new Map(honestRoots()));
    await l1.close();
    const outcome = await follower.follow(machines, head).then(
      () => "followed",
      (error: unknown) => (error instanceof Error ? error.name : "?"),
    );
    expect(outcome).to.equal("HttpRequestError");
    l1 = await FakeL1.start();
  });

  it("is not thrown by any bytes in place of a batch", async () => {
    const honest = hexToBytes(calldataOf([await a.deposit(1n)]));
    const good = await b.deposit(1n);
    let block = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(honest.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat(honest.length), { nil: undefined, freq: 4 }),
        async (changes, length) => {
          const bytes = honest.slice(0, length);
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          if (block > 0) l1.reorganise(block, String(Math.random()));
          const calldata = bytesToHex(bytes);
          block = l1.post(
            { calldata, visits: [A], consumed: ONCE },
            { calldata: calldataOf([good]), visits: [B], consumed: ONCE },
          );
          const machine = await ledgerKind.open({ id: A });
          machines.set(A, machine);
          follower = newFollower();
          const stopped = await follow();
          expect(stopped.has(B)).to.equal(false);
          expect(rootOf(B)).to.equal(b.root);
          // It either follows to the very root or says that it does not.
          expect(stopped.has(A)).to.equal(rootOf(A) !== a.root);
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** Has the only proof's bytes begin before its own tuple does. */
function withBackwardOffset(calldata: Hex): Hex {
  const words: string[] = calldata.slice(10).match(/.{64}/g) ?? [];
  const at = words.indexOf("11".repeat(32)) + 2;
  return `0x${calldata.slice(2, 10)}${words.with(at, `${"f".repeat(60)}ffe0`).join("")}`;
}
