import { expect } from "chai";
import { type Address, type Hex, keccak256, numberToHex, toHex } from "viem";
import { startL1Gateway } from "../../builder/gateway/l1.ts";
import { otterscanMethods } from "../../builder/gateway/otterscan/methods.ts";
import { GATEWAY_KINDS } from "../../builder/node/kinds/index.ts";
import { parseCallTrace } from "../../builder/l1/call-tracer.ts";
import { anvilMissing, startAnvil } from "../post/nodes.ts";
import type { Contract, Sent, SolidityChain } from "../scenarios/support/scenario-chains.ts";
import { alice, deployer, World } from "../scenarios/support/world.ts";

async function request(url: string, method: string, params: readonly unknown[]) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const answer: ReturnType<typeof JSON.parse> = JSON.parse(await response.text());
  return answer;
}

/** What each side leaves out of receipts and blocks. */
function withoutLogs(value: unknown): unknown {
  const text = JSON.stringify(value, (key, each: unknown) =>
    ["logs", "logsBloom", "transactionCount", "blockTimestamp"].includes(key) ? undefined : each,
  );
  return JSON.parse(text);
}

/** Creates an empty contract with a wei and sends one to 0xbb: PUSH0 PUSH0 PUSH1 1 CREATE … CALL. */
const MOVER = "5f5f6001f0505f5f5f5f600160bb5af15000";
const DEPLOY_MOVER: Hex = `0x71${MOVER}5f526012600ef3`;
/** Reverts with 0xdeadbeef. */
const DEPLOY_FAILING: Hex = "0x63deadbeef5f526004601cfd";

describe("Otterscan's methods", function () {
  this.timeout(300_000);

  describe(`over anvil, which has them too,${anvilMissing === undefined ? "" : ` (${anvilMissing})`}`, () => {
    const opened = new AsyncDisposableStack();
    let url: string;
    const hashes: Hex[] = [];
    let mover: Address;
    let own: ReturnType<typeof otterscanMethods>;

    before(async function () {
      if (anvilMissing !== undefined) this.skip();
      const anvil = opened.adopt(await startAnvil(), (node) => node.close());
      ({ url } = anvil);
      const send = async (transaction: { to?: Address; data?: Hex; value?: bigint }): Promise<Hex> => {
        const hash = await anvil.writer(alice).sendTransaction({ ...transaction, gas: 1_000_000n });
        await anvil.reader.waitForTransactionReceipt({ hash, pollingInterval: 20 });
        hashes.push(hash);
        return hash;
      };
      const created = await anvil.reader.getTransactionReceipt({ hash: await send({ data: DEPLOY_MOVER }) });
      mover = created.contractAddress ?? "0x";
      await send({ to: mover, value: 16n, data: "0x12345678aabb" });
      await send({ data: DEPLOY_FAILING });
      await send({ to: deployer.address, value: 3n });
      await send({ to: mover, value: 1n });
      own = otterscanMethods({
        handle: async (asked) => await request(url, asked.method, asked.params),
        framesOf: async (hash) => {
          const options = { tracer: "callTracer" };
          const frame = parseCallTrace(
            (await request(url, "debug_traceTransaction", [hash, options])).result,
          );
          return frame === undefined ? [] : [frame];
        },
        oldest: async () => 0n,
      });
    });
    after(() => opened.disposeAsync());

    async function both(method: string, ...params: unknown[]) {
      const answer = await own[method]?.({ method, params });
      if (answer === undefined || !("result" in answer)) throw new Error(`${method} has no result`);
      const ours: ReturnType<typeof JSON.parse> = JSON.parse(JSON.stringify(answer.result));
      const { result: theirs } = await request(url, method, params);
      return [ours, theirs] as const;
    }

    it("say the same of accounts, errors, nonces and creators", async () => {
      const child = (await both("ots_getInternalOperations", hashes[1]))[0][0].to;
      const nobody = `0x${"99".repeat(20)}`;
      const questions: [string, ...unknown[]][] = [["ots_getApiLevel"]];
      for (const account of [mover, alice.address, nobody]) {
        questions.push(["ots_hasCode", account, "latest"], ["ots_hasCode", account, 0]);
        questions.push(["ots_getContractCreator", account]);
      }
      for (const hash of hashes) questions.push(["ots_getTransactionError", hash]);
      for (const nonce of [0, 1, 4, 5])
        questions.push(["ots_getTransactionBySenderAndNonce", alice.address, nonce]);
      for (const question of questions) {
        const [ours, theirs] = await both(...question);
        expect(ours, JSON.stringify(question)).to.deep.equal(theirs);
      }
      // Code of none: no node finds who created it by looking at code.
      expect((await both("ots_getContractCreator", child))[0]).to.equal(null);
    });

    it("say the same of blocks and their transactions", async () => {
      for (const number of [0, 1, 2, 3, 5]) {
        const [details, theirs] = await both("ots_getBlockDetails", number);
        expect(withoutLogs(details), `block ${number}`).to.deep.equal(withoutLogs(theirs));
        expect(details.block.transactionCount).to.equal(theirs.block.transactionCount);
        for (const page of [0, 1]) {
          const [shown, known] = await both("ots_getBlockTransactions", number, page, 10);
          expect(withoutLogs(shown), `page ${page} of block ${number}`).to.deep.equal(withoutLogs(known));
        }
      }
      const { hash } = (await request(url, "eth_getBlockByNumber", ["0x2", false])).result;
      const [byHash, theirs] = await both("ots_getBlockDetailsByHash", hash);
      expect(withoutLogs(byHash)).to.deep.equal(withoutLogs(theirs));
    });

    it("find the same transactions of an account, page by page", async () => {
      const child = (await both("ots_getInternalOperations", hashes[1]))[0][0].to;
      for (const account of [alice.address, mover, deployer.address, `0x${"00".repeat(19)}bb`, child])
        for (const method of ["ots_searchTransactionsBefore", "ots_searchTransactionsAfter"])
          for (const [block, size] of [
            [0, 10],
            [0, 2],
            [3, 1],
            [3, 10],
            [1, 2],
          ] as const) {
            const [ours, theirs] = await both(method, account.toLowerCase(), block, size);
            const question = `${method} ${account} ${block} ${size}`;
            expect(withoutLogs(ours.txs), question).to.deep.equal(withoutLogs(theirs.txs));
            // anvil says of no transactions at all that there may be older ones.
            if (ours.txs.length > 0)
              expect([ours.firstPage, ours.lastPage], question).to.deep.equal([
                theirs.firstPage,
                theirs.lastPage,
              ]);
            expect(withoutLogs(ours.receipts), question).to.deep.equal(withoutLogs(theirs.receipts));
          }
    });

    it("trace the same calls and move the same Ether", async () => {
      for (const hash of hashes) {
        const [trace, calls] = await both("ots_traceTransaction", hash);
        // anvil leaves creations out.
        const shown = trace.filter(({ type }: { type: string }) => !type.startsWith("CREATE"));
        expect(shown, hash).to.deep.equal(calls);
        const [moved, known] = await both("ots_getInternalOperations", hash);
        // anvil counts the transaction itself as internal.
        const { from, to, value } = (await request(url, "eth_getTransactionByHash", [hash])).result;
        const outer = { type: 0, from, to, value };
        const inside = known.filter((each: unknown) => JSON.stringify(each) !== JSON.stringify(outer));
        const creation = to === null ? known.slice(1) : inside;
        expect(moved, hash).to.deep.equal(creation);
      }
    });
  });

  describe("of transactions that cross:", () => {
    let world: World;
    let onA: Contract;
    let onL1: Contract;
    let callers: Record<"L1" | "A", Contract>;
    const sent = new Map<SolidityChain, Sent>();

    before(async () => {
      world = await World.start({ chains: ["L1", "A"] });
      onA = await world.deploy("A", "Counter");
      onL1 = await world.deploy("L1", "Counter");
      const a = await world.deploy("A", "CounterCaller", [onL1]);
      callers = { L1: await world.deploy("L1", "CounterCaller", [onA]), A: a };
      for (const on of ["L1", "A"] as const)
        sent.set(on, await world.send({ on, by: alice, to: callers[on], call: "bump" }));
    });
    after(async () => {
      await world.close();
    });
    const ask = async (on: SolidityChain, method: string, ...params: unknown[]) => {
      const { result, error } = await request(world.endpoint(on).clients.url, method, params);
      expect(error, method).to.equal(undefined);
      return result;
    };

    for (const on of ["L1", "A"] as const)
      describe(`on ${on}`, () => {
        it("a trace has the frames of both chains", async () => {
          const trace: { to: Hex; chain: Hex; depth: number }[] = await ask(
            on,
            "ots_traceTransaction",
            sent.get(on)?.hash,
          );
          const away = on === "L1" ? onA : onL1;
          const chain = `0x${world.idOf(away.chain).toString(16)}`;
          const found = trace.find((each) => each.to === away.address.toLowerCase() && each.chain === chain);
          expect(found?.depth).to.be.greaterThan(1);
          expect(await ask(on, "ots_getTransactionError", sent.get(on)?.hash)).to.equal("0x");
        });

        it("a contract's transactions are found, calls from the other chain as well", async () => {
          const counter = on === "L1" ? onL1 : onA;
          const { txs, receipts, firstPage, lastPage } = await ask(
            on,
            "ots_searchTransactionsBefore",
            counter.address,
            0,
            25,
          );
          expect([firstPage, lastPage]).to.deep.equal([true, true]);
          expect(txs).to.have.length(2);
          for (const [index, { hash }] of txs.entries()) {
            const receipt = await ask(on, "eth_getTransactionReceipt", hash);
            const { timestamp, logs, logsBloom, ...rest } = receipts[index];
            expect([logs, logsBloom]).to.deep.equal([null, null]);
            expect(timestamp).to.match(/^0x/);
            expect(receipt).to.deep.include(rest);
          }
          const again = await ask(on, "ots_searchTransactionsAfter", counter.address, 0, 25);
          expect(again.txs).to.deep.equal(txs);
        });

        it("contracts have creators, and senders their transactions", async () => {
          const caller = callers[on];
          const created = await ask(on, "ots_getContractCreator", caller.address);
          expect(created.creator).to.equal(deployer.address.toLowerCase());
          const receipt = await ask(on, "eth_getTransactionReceipt", created.hash);
          expect(receipt.contractAddress).to.equal(caller.address.toLowerCase());
          const { hash } = sent.get(on) ?? { hash: "0x" };
          const { nonce } = await ask(on, "eth_getTransactionByHash", hash);
          const found = await ask(on, "ots_getTransactionBySenderAndNonce", alice.address, Number(nonce));
          expect(found).to.equal(hash);
          expect(await ask(on, "ots_getTransactionBySenderAndNonce", alice.address, 999)).to.equal(null);
          expect(await ask(on, "ots_getContractCreator", alice.address)).to.equal(null);
        });

        it("blocks are shown with their receipts and traces", async () => {
          const { blockNumber } = await ask(on, "eth_getTransactionReceipt", sent.get(on)?.hash);
          const receipts = await ask(on, "eth_getBlockReceipts", blockNumber);
          const { hash, transactions } = await ask(on, "eth_getBlockByNumber", blockNumber, false);
          const options = { tracer: "callTracer" };
          const one: unknown[] = [];
          for (const [index, txHash] of transactions.entries()) {
            expect(receipts[index]).to.deep.equal(await ask(on, "eth_getTransactionReceipt", txHash));
            one.push({ txHash, result: await ask(on, "debug_traceTransaction", txHash, options) });
          }
          expect(await ask(on, "debug_traceBlockByNumber", blockNumber, options)).to.deep.equal(one);
          expect(await ask(on, "debug_traceBlockByHash", hash, options)).to.deep.equal(one);
          expect(JSON.stringify(one)).to.contain('"crossing"');
          const details = await ask(on, "ots_getBlockDetails", Number(blockNumber));
          expect(details).to.deep.equal(await ask(on, "ots_getBlockDetailsByHash", hash));
          const fees: bigint = receipts.reduce(
            (sum: bigint, each: { gasUsed: Hex; effectiveGasPrice: Hex }) =>
              sum + BigInt(each.gasUsed) * BigInt(each.effectiveGasPrice),
            0n,
          );
          expect(details.totalFees).to.equal(numberToHex(fees));
          const page = await ask(on, "ots_getBlockTransactions", Number(blockNumber), 0, 1);
          expect(page.fullblock.transactionCount).to.equal(transactions.length);
          expect(page.fullblock.transactions).to.have.length(1);
          expect(page.receipts[0].transactionHash).to.equal(transactions[0]);
        });

        it("there are limits, which have names", async () => {
          const { url } = world.endpoint(on).clients;
          const refused = async (method: string, ...params: unknown[]) =>
            (await request(url, method, params)).error;
          const { address } = alice;
          expect((await refused("ots_searchTransactionsBefore", address, 0, 101)).code).to.equal(-32602);
          expect((await refused("ots_getBlockTransactions", 1, 0, 101)).code).to.equal(-32602);
          expect((await refused("ots_searchTransactionsBefore", "0x12", 0, 1)).code).to.equal(-32602);
          const nowhere = keccak256(toHex("nowhere"));
          expect((await refused("ots_traceTransaction", nowhere)).code).to.be.lessThan(0);
          expect(await ask(on, "ots_getBlockDetails", 100_000)).to.equal(null);
        });
      });

    // Behind the others: what comes last on L1 is then far back.
    describe("after many blocks", () => {
      it("a search on L1 looks into a thousand blocks at most", async () => {
        await request(world.l1.url, "hardhat_mine", [numberToHex(1_001)]);
        await using gateway = await startL1Gateway(world.builder, { kinds: GATEWAY_KINDS, port: 0 });
        const nobody = `0x${"99".repeat(20)}`;
        const { error } = await request(gateway.url, "ots_searchTransactionsBefore", [nobody, 0, 25]);
        const message: string = error.message;
        expect(error.data.code).to.equal("SEARCH_TOO_LONG");
        const [, from] = /ask on from block (\d+)$/.exec(message) ?? [];
        const rest = await request(gateway.url, "ots_searchTransactionsBefore", [nobody, Number(from), 25]);
        expect(rest.result).to.deep.equal({ txs: [], receipts: [], firstPage: false, lastPage: true });
      });
    });
  });
});
