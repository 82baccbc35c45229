import { expect } from "chai";
import fc from "fast-check";
import { Follower } from "../../builder/follower/follow.ts";
import { ledgerKind } from "../../builder/kinds/ledger/index.ts";
import type { RollupMachine } from "../../builder/kinds/kind.ts";
import { readHistory } from "../../builder/l1/history.ts";
import { LogRanges } from "../../builder/l1/log-ranges.ts";
import { readGenesisRoot } from "../../builder/l1/registration.ts";
import { type ChainId, chainId } from "../../builder/protocol/ids.ts";
import { FakeL1, MANAGER } from "../follower/fake-l1.ts";
import { ALICE, BOB, calldataOf, Ledger } from "../follower/ledgers.ts";

const A = chainId(1);

/** How public nodes and L1 clients refuse logs. */
const REFUSALS = [
  { code: -32005, message: "query returned more than 10000 results" },
  { code: -32005, message: "limit exceeded" },
  { code: -32602, message: "block range too large" },
  { code: -32602, message: "Invalid params" },
  { code: -32000, message: "exceed maximum block range: 5000" },
  { code: -32600, message: "eth_getLogs block range too large, range: 10000, max: 1000" },
  { code: -32603, message: "Log response size exceeded." },
  { code: -32614, message: "eth_getLogs is limited to a 10,000 range" },
  { code: -32016, message: "query timeout exceeded" },
];

describe("logs of many blocks", function () {
  this.timeout(60_000);
  let l1: FakeL1;

  beforeEach(async () => {
    l1 = await FakeL1.start(100n);
  });
  afterEach(() => l1.close());

  /** So many batches of one visit each, so many blocks apart. */
  async function batches(ledger: Ledger, count: number, apart: number): Promise<void> {
    await depositFirst(ledger);
    for (let at = 1; at < count; at++) {
      l1.mine(apart - 1);
      const execution = await ledger.transfer(at % 2 === 1 ? ALICE : BOB, at % 2 === 1 ? BOB : ALICE, 1n);
      l1.post({ calldata: calldataOf([execution]), visits: [A], consumed: [[0, 0]] });
    }
  }
  async function depositFirst(ledger: Ledger): Promise<void> {
    l1.post({ calldata: calldataOf([await ledger.deposit(1n)]), visits: [A], consumed: [[0, 0]] });
  }
  const history = async (toBlock: bigint) => await readHistory(l1.client, MANAGER, [A], 0n, toBlock);
  const widths = (): number[] => l1.ranges.map(([first, last]) => last - first + 1);

  it("are asked for in ranges of the client's width, and nothing is missing or told twice", async () => {
    const ledger = await Ledger.open(A);
    await batches(ledger, 8, 70);
    const last = l1.head(new Map()).number;
    const entries = await history(last);
    expect(entries.map(({ at }) => Number(at.blockNumber))).to.deep.equal([
      1, 71, 141, 211, 281, 351, 421, 491,
    ]);
    expect(Math.max(...widths())).to.equal(100);
  });

  for (const error of REFUSALS)
    it(`are asked for in narrower ranges after "${error.message}" (${error.code})`, async () => {
      const ledger = await Ledger.open(A);
      await batches(ledger, 8, 70);
      l1.limits = { blocks: 7, error };
      const last = l1.head(new Map()).number;
      expect(await history(last)).to.have.length(8);
      // What was learned is kept: a second read begins with what the node takes, or little more.
      l1.ranges.length = 0;
      expect(await history(last)).to.have.length(8);
      expect(Math.max(...widths())).to.be.lessThanOrEqual(9);
    });

  it("are asked for in narrower ranges where there are many, and in wider ones behind", async () => {
    const ledger = await Ledger.open(A);
    l1.mine(300);
    await batches(ledger, 12, 1);
    l1.mine(600);
    l1.limits = { results: 3, error: { code: -32005, message: "query returned more than 3 results" } };
    expect(await history(l1.head(new Map()).number)).to.have.length(12);
    expect(Math.min(...widths())).to.be.lessThanOrEqual(3);
    expect(
      widths()
        .slice(-5)
        .some((width) => width > 30),
    ).to.equal(true);
  });

  it("of one block that the node does not give are a failure", async () => {
    const ledger = await Ledger.open(A);
    await batches(ledger, 1, 1);
    l1.limits = { results: 0, error: { code: -32005, message: "query returned more than 0 results" } };
    await expectThrows(history(l1.head(new Map()).number), "more than 0 results");
    expect(l1.ranges.length).to.be.lessThan(10);
  });

  for (const message of ["rate limit exceeded", "daily request count exceeded, request rate limited"])
    it(`are not asked for again after "${message}"`, async () => {
      l1.mine(500);
      l1.limits = { blocks: 0, error: { code: -32005, message } };
      await expectThrows(history(500n), message);
      expect(l1.ranges).to.have.length(1);
    });

  it("that tell of a registration are asked for until it is found", async () => {
    l1.mine(250);
    l1.register(A, (await Ledger.open(A)).root);
    l1.mine(500);
    expect(await readGenesisRoot(l1.client, MANAGER, A, 0n)).to.equal((await Ledger.open(A)).root);
    expect(l1.ranges.map(([first]) => first)).to.deep.equal([0, 100, 200]);
  });

  it("cover every block once, in order, whatever a node takes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.bigInt({ min: 1n, max: 50n }),
        fc.bigInt({ min: 0n, max: 20n }),
        fc.nat({ max: 200 }),
        fc.array(fc.boolean(), { maxLength: 40 }),
        async (most, fromBlock, count, refusals) => {
          const ranges = new LogRanges(most);
          const toBlock = fromBlock + BigInt(count);
          const left = [...refusals];
          const asked: bigint[] = [];
          const read = ranges.read({ fromBlock, toBlock }, async (range) => {
            const blocks = range.toBlock - range.fromBlock + 1n;
            expect(blocks >= 1n && blocks <= most).to.equal(true);
            if (blocks > 1n && left.pop() === true) throw await refusalOfA(l1);
            return range;
          });
          for await (const range of read)
            for (let block = range.fromBlock; block <= range.toBlock; block++) asked.push(block);
          expect(asked).to.deep.equal(Array.from({ length: count + 1 }, (_, at) => fromBlock + BigInt(at)));
        },
      ),
      { numRuns: 50 },
    );
  });

  describe("and the follower", () => {
    let ledger: Ledger;
    let machines: Map<ChainId, RollupMachine>;
    let follower: Follower;

    beforeEach(async () => {
      ledger = await Ledger.open(A);
      l1.register(A, ledger.root);
      await batches(ledger, 6, 90);
      machines = new Map([[A, await ledgerKind.open({ id: A })]]);
      follower = new Follower({ l1: l1.client, manager: MANAGER, l1ChainId: 31337n, firstBlock: 0n });
    });
    const follow = async () => await follower.follow(machines, l1.head(new Map([[A, ledger.root]])));
    const failFrom = (block: number, message = "the node is gone"): void => {
      l1.beforeLogs = ([first]) => {
        if (first >= block) l1.refuse({ code: -32000, message });
      };
    };

    it("go on where reading failed", async () => {
      failFrom(300);
      await expectThrows(follow(), "the node is gone");
      l1.beforeLogs = () => undefined;
      l1.ranges.length = 0;
      expect((await follow()).size).to.equal(0);
      expect(machines.get(A)?.stateRoot()).to.equal(ledger.root);
      expect(Math.min(...l1.ranges.map(([first]) => first))).to.equal(300);
    });

    it("are read anew where a reorganisation took back what was read", async () => {
      failFrom(300);
      await expectThrows(follow(), "the node is gone");
      l1.beforeLogs = () => undefined;
      l1.reorganise(182, "other");
      l1.mine(200);
      // What stands there now ends with the third batch, of block 182 before.
      const fresh = await Ledger.open(A);
      await fresh.deposit(1n);
      await fresh.transfer(ALICE, BOB, 1n);
      expect((await follower.follow(machines, l1.head(new Map([[A, fresh.root]])))).size).to.equal(0);
      expect(machines.get(A)?.stateRoot()).to.equal(fresh.root);
    });
  });
});

async function expectThrows(promise: Promise<unknown>, message: string): Promise<void> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(Error);
  expect(String(error)).to.include(message);
}

/** What the client throws when a node refuses. */
async function refusalOfA(l1: FakeL1): Promise<unknown> {
  l1.limits = { blocks: 0, error: { code: -32005, message: "limit exceeded" } };
  return await l1.client.getLogs({ fromBlock: 0n, toBlock: 0n }).catch((error: unknown) => error);
}
