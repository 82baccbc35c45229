import { expect } from "chai";
import { Contract, JsonRpcProvider } from "ethers";
import fc from "fast-check";
import {
  type Address,
  createPublicClient,
  createWalletClient,
  defineChain,
  type Hex,
  http,
  keccak256,
  parseAbi,
  toHex,
  zeroHash,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { Gateway } from "../../builder/gateway/server.ts";
import { StateLayout } from "../../builder/kinds/evm/store/layout.ts";
import { LockstepError } from "../../builder/protocol/errors.ts";
import { loadPoseidon } from "../../builder/state/poseidon.ts";
import { errorData } from "../protocol/expect-code.ts";
import { FakeRollup, outcomeOf, serveRollup } from "./fake-rollup.ts";
import { callVisit, contract, EVM_CHAIN_ID, frameOf, l1At, logOf, signedVisit, signer } from "./visits.ts";

interface RpcProof {
  readonly leaf: { readonly key: Hex; readonly nextKey: Hex; readonly value: Hex };
  readonly index: Hex;
  readonly siblings: readonly (readonly Hex[])[];
}

const me: Address = `0x${signer.address.slice(2).toLowerCase()}`;

describe("gateway of an evm rollup", function () {
  this.timeout(60_000);
  let rollup: FakeRollup;
  let gateway: Gateway;

  beforeEach(async () => {
    rollup = await FakeRollup.open();
    gateway = await serveRollup(rollup, { accounts: [signer] });
  });
  afterEach(async () => {
    await gateway.close();
  });

  async function rpc(method: string, params: unknown[] = []): Promise<ReturnType<typeof JSON.parse>> {
    const response = await fetch(gateway.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    return JSON.parse(await response.text());
  }
  const viem = () => {
    const chain = defineChain({
      id: Number(EVM_CHAIN_ID),
      name: "rollup",
      nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
      rpcUrls: { default: { http: [gateway.url] } },
    });
    const transport = http(gateway.url, { retryCount: 0 });
    return {
      reader: createPublicClient({ chain, transport, cacheTime: 0, pollingInterval: 50 }),
      writer: createWalletClient({ chain, transport, account: signer }),
    };
  };
  /** Two blocks: a transaction that was signed, and a call from L1 with an event. */
  async function twoBlocks(): Promise<{ signed: Hex; called: Hex }> {
    const signed = await signedVisit(1, 0);
    await rollup.include([signed], new Map([[me, { nonce: 1n, balance: 70n, code: "0x" }]]));
    await rollup.include(
      [callVisit(2, { logs: [logOf(contract, [7], "0x0102")] })],
      new Map([[contract, { nonce: 1n, balance: 0n, code: "0x6002" }]]),
      "first",
      new Map([[contract, new Map([[toHex(3, { size: 32 }), toHex(9, { size: 32 })]])]]),
    );
    const latest = await rollup.read(({ chronicle }) => chronicle.latest);
    return { signed: keccak256(signed.actions[0]?.data ?? "0x"), called: latest.transactions[0] ?? "0x" };
  }

  it("shows blocks, transactions and receipts that viem reads", async () => {
    const { signed, called } = await twoBlocks();
    const { reader } = viem();
    expect(await reader.getBlockNumber()).to.equal(2n);
    const block = await reader.getBlock({ includeTransactions: true });
    expect(block).to.deep.include({ number: 2n, timestamp: 1002n, baseFeePerGas: 0n, gasUsed: 30_000n });
    expect(block.transactions.map(({ hash }) => hash)).to.deep.equal([called]);
    const parent = await reader.getBlock({ blockHash: block.parentHash });
    expect(parent).to.deep.include({ number: 1n, transactions: [signed] });
    const genesis = await reader.getBlock({ blockTag: "earliest" });
    expect(genesis).to.deep.include({ number: 0n, hash: parent.parentHash });

    const transaction = await reader.getTransaction({ hash: signed });
    expect(transaction).to.deep.include({
      type: "eip1559",
      nonce: 0,
      blockNumber: 1n,
      to: contract,
      gasPrice: 2n,
    });
    expect(transaction).to.deep.include({ chainId: Number(EVM_CHAIN_ID), from: me, transactionIndex: 0 });
    const call = await reader.getTransaction({ hash: called });
    expect(call).to.deep.include({
      typeHex: "0x7e",
      value: 5n,
      from: `0x${"aa".repeat(20)}`,
      input: "0x1234",
    });
    expect(await reader.getTransaction({ blockNumber: 1n, index: 0 })).to.deep.equal(transaction);
    expect(await reader.getTransaction({ blockHash: block.hash, index: 0 })).to.deep.equal(call);

    const receipt = await reader.waitForTransactionReceipt({ hash: signed });
    expect(receipt).to.deep.include({
      status: "success",
      type: "eip1559",
      from: me,
      to: contract,
      gasUsed: 30_000n,
    });
    expect(receipt).to.deep.include({ effectiveGasPrice: 2n, blockHash: parent.hash });
    expect(receipt).to.have.deep.property("lockstep", {
      l1TransactionHash: l1At(11).transaction,
      l1BlockNumber: "0xb",
      l1BlockHash: l1At(11).blockHash,
    });
    const { logs, logsBloom } = await reader.getTransactionReceipt({ hash: called });
    expect(logs).to.have.length(1);
    expect(logs[0]).to.deep.include({ address: contract, data: "0x0102", logIndex: 0, blockNumber: 2n });
    expect(logsBloom).to.equal(block.logsBloom).and.not.equal(parent.logsBloom);
    expect(await reader.getLogs({ address: contract, fromBlock: 0n })).to.deep.equal(logs);
    expect((await rpc("eth_getBlockReceipts", ["latest"])).result).to.have.length(1);
    expect((await rpc("eth_getBlockTransactionCountByNumber", ["0x1"])).result).to.equal("0x1");
    for (const missing of [
      await rpc("eth_getBlockByNumber", ["0x3", false]),
      await rpc("eth_getBlockByHash", [called, false]),
      await rpc("eth_getTransactionByHash", [parent.hash]),
      await rpc("eth_getTransactionReceipt", [parent.hash]),
    ])
      expect(missing.result).to.equal(null);
  });

  it("shows the same to ethers", async () => {
    const { signed, called } = await twoBlocks();
    const provider = new JsonRpcProvider(gateway.url, undefined, { pollingInterval: 50 });
    const block = await provider.getBlock("latest", true);
    expect(block?.number).to.equal(2);
    expect(block?.getPrefetchedTransaction(0).hash).to.equal(called);
    const transaction = await provider.getTransaction(signed);
    expect(transaction?.from).to.equal(signer.address);
    expect((await transaction?.wait())?.status).to.equal(1);
    const call = await provider.getTransaction(called);
    expect([call?.type, call?.value]).to.deep.equal([0x7e, 5n]);
    const receipt = await provider.getTransactionReceipt(called);
    expect(receipt?.logs.map(({ data, index }) => [data, index])).to.deep.equal([["0x0102", 0]]);
    // ethers takes a base fee of 0 for none, and then signs transactions of type 0.
    const { gasPrice, maxFeePerGas } = await provider.getFeeData();
    expect([gasPrice, maxFeePerGas]).to.deep.equal([0n, null]);
    expect(await provider.getBalance(me)).to.equal(70n);
    const pending = await provider.getBlock("pending");
    expect([pending?.number, pending?.hash]).to.deep.equal([3, zeroHash]);
    provider.destroy();
  });

  it("reads the state of each block, and refuses what only the latest has by name", async () => {
    await twoBlocks();
    const { reader } = viem();
    expect(await reader.getBalance({ address: me })).to.equal(70n);
    expect(await reader.getTransactionCount({ address: me })).to.equal(1);
    expect(await reader.getCode({ address: contract })).to.equal("0x6002");
    expect(await reader.getCode({ address: me })).to.equal(undefined);
    for (const slot of ["0x3", "0x03", toHex(3, { size: 32 })])
      expect((await rpc("eth_getStorageAt", [contract, slot, "latest"])).result).to.equal(
        toHex(9, { size: 32 }),
      );
    const { latest } = await rollup.read(({ chronicle }) => chronicle);
    for (const tag of [
      undefined,
      null,
      "pending",
      "0x2",
      { blockNumber: "0x2" },
      { blockHash: latest.hash },
      latest.hash,
    ])
      expect((await rpc("eth_getBalance", [me, tag])).result, JSON.stringify(tag)).to.equal("0x46");
    const balances = { "0x1": "0x46", earliest: "0x0", safe: "0x0", finalized: "0x0" };
    for (const [tag, balance] of Object.entries(balances)) {
      expect((await rpc("eth_getBalance", [me, tag])).result, tag).to.equal(balance);
      const { error } = await rpc("lockstep_getProof", [me, [], tag]);
      expect(error.data, tag).to.deep.equal(errorData("HISTORICAL_STATE"));
    }
    expect((await rpc("eth_getBalance", [me, { blockHash: latest.parentHash }])).result).to.equal("0x46");
    rollup.onCall = (_request, place) => {
      expect(place).to.equal(1n);
      return outcomeOf();
    };
    for (const method of ["eth_call", "eth_estimateGas", "eth_createAccessList"])
      expect((await rpc(method, [{ to: me }, "0x1"])).error, method).to.equal(undefined);
    rollup.finalized = 12n;
    expect((await rpc("eth_getBalance", [me, "finalized"])).result).to.equal("0x46");
    expect((await rpc("eth_getBlockByNumber", ["safe", false])).result.number).to.equal("0x2");
    rollup.finalized = 11n;
    expect((await rpc("eth_getBlockByNumber", ["finalized", false])).result.number).to.equal("0x1");
    expect((await rpc("eth_getBalance", [me, "0x9"])).error.data).to.deep.equal(errorData("BLOCK_NOT_FOUND"));
  });

  it("counts and shows what waits", async () => {
    await twoBlocks();
    const { reader, writer } = viem();
    rollup.onCall = () => outcomeOf();
    const hash = await writer.sendTransaction({ to: contract, value: 1n });
    expect(await reader.getTransactionCount({ address: me, blockTag: "pending" })).to.equal(2);
    expect(await reader.getTransactionCount({ address: me })).to.equal(1);
    expect(await reader.getTransactionCount({ address: contract, blockTag: "pending" })).to.equal(1);
    const queued = await reader.getTransaction({ hash });
    expect(queued).to.deep.include({
      hash,
      from: me,
      nonce: 1,
      blockHash: null,
      gas: 21_000n,
      maxFeePerGas: 0n,
    });
    expect((await rpc("eth_getTransactionReceipt", [hash])).result).to.equal(null);
    const { result: pending } = await rpc("eth_getBlockByNumber", ["pending", true]);
    expect(pending.transactions.map((each: { hash: Hex }) => each.hash)).to.deep.equal([hash]);
    expect((await rpc("eth_getBlockTransactionCountByNumber", ["pending"])).result).to.equal("0x1");
    // The same once more is no other transaction.
    const raw = rollup.waiting()[0]?.data;
    expect((await rpc("eth_sendRawTransaction", [raw])).result).to.equal(hash);
    expect(rollup.waiting()).to.have.length(1);
  });

  it("takes transactions of types 0, 1, 2 and 4, and no blobs", async () => {
    const common = { chainId: Number(EVM_CHAIN_ID), to: contract, gas: 50_000n } as const;
    const authorization = await signer.signAuthorization({ chainId: 0, address: contract, nonce: 9 });
    const raws = [
      await signer.signTransaction({ ...common, type: "legacy", nonce: 0 }),
      await signer.signTransaction({
        ...common,
        type: "eip2930",
        nonce: 1,
        accessList: [{ address: me, storageKeys: [] }],
      }),
      await signer.signTransaction({ ...common, type: "eip1559", nonce: 2 }),
      await signer.signTransaction({
        ...common,
        type: "eip7702",
        nonce: 3,
        authorizationList: [authorization],
      }),
    ];
    for (const [nonce, raw] of raws.entries()) {
      const { result } = await rpc("eth_sendRawTransaction", [raw]);
      expect(result).to.equal(keccak256(raw));
      expect(await viem().reader.getTransaction({ hash: result })).to.deep.include({
        nonce,
        from: me,
        to: contract,
      });
    }
    expect(
      (await viem().reader.getTransaction({ hash: keccak256(raws[3] ?? "0x") })).authorizationList,
    ).to.have.length(1);
    const refused = async (raw: string) => (await rpc("eth_sendRawTransaction", [raw])).error.data.code;
    expect(await refused("0x03f8aa")).to.equal("UNSUPPORTED_TRANSACTION");
    expect(await refused("0x02f8")).to.equal("MALFORMED_TRANSACTION");
    const elsewhere = await signer.signTransaction({ ...common, chainId: 1, type: "eip1559" });
    expect(await refused(elsewhere)).to.equal("MALFORMED_TRANSACTION");
  });

  it("signs for the accounts it is given", async () => {
    await twoBlocks();
    rollup.onCall = () => outcomeOf();
    expect((await rpc("eth_accounts")).result).to.deep.equal([signer.address]);
    const send = (more: object) => rpc("eth_sendTransaction", [{ from: me, to: contract, ...more }]);
    const answers = await Promise.all([send({}), send({ value: "0x1" }), send({ gasPrice: "0x0" })]);
    const shown = await Promise.all(
      answers.map(({ result }) => viem().reader.getTransaction({ hash: result })),
    );
    expect(shown.map(({ nonce }) => nonce).toSorted()).to.deep.equal([1, 2, 3]);
    expect(shown.map(({ type }) => type)).to.have.members(["eip1559", "eip1559", "legacy"]);
    const stranger = await rpc("eth_sendTransaction", [{ from: contract, to: me }]);
    expect(stranger.error.data).to.deep.equal(errorData("UNKNOWN_ACCOUNT"));
  });

  it("plays calls, and says how they revert", async () => {
    const abi = parseAbi(["function price() view returns (uint256)", "error Closed(uint256 until)"]);
    rollup.onCall = (request, place) => {
      expect(place).to.equal("latest");
      expect(request).to.deep.include({ to: contract, gas: 1n << 24n });
      return outcomeOf({ output: toHex(44, { size: 32 }) });
    };
    const price = { address: contract, abi, functionName: "price" } as const;
    expect(await viem().reader.readContract(price)).to.equal(44n);
    const data: Hex = `0x${keccak256(toHex("Closed(uint256)")).slice(2, 10)}${toHex(8, { size: 32 }).slice(2)}`;
    rollup.onCall = () =>
      outcomeOf({ success: false, output: data, operations: [frameOf({ error: "revert" })] });
    const provider = new JsonRpcProvider(gateway.url);
    const book = new Contract(
      contract,
      ["function price() view returns (uint256)", "error Closed(uint256 until)"],
      provider,
    );
    const error: unknown = await book
      .getFunction("price")()
      .catch((thrown: unknown) => thrown);
    expect(error).to.have.nested.property("revert.name", "Closed");
    provider.destroy();
    const raw = await rpc("eth_call", [{ to: contract }, "latest"]);
    expect(raw.error).to.deep.include({ code: 3, data });
    expect((await rpc("eth_estimateGas", [{ to: contract }])).error.data).to.equal(data);
    for (const overrides of [
      { [contract]: { balance: "x" } },
      { [contract]: { unknown: "0x1" } },
      { "0x12": {} },
    ])
      expect((await rpc("eth_call", [{ to: contract }, "latest", overrides])).error.code).to.equal(-32602);
  });

  it("estimates a limit with which a call succeeds", async () => {
    for (const [needed, estimated] of [
      [21_000n, 21_000n],
      [22_000n, 23_100n],
      [40_000n, 52_500n],
      [90_000n, 1n << 24n],
    ] as const) {
      rollup.onCall = ({ gas }, place) => {
        expect(place).to.equal("pending");
        return outcomeOf({ success: gas >= needed });
      };
      expect((await rpc("eth_estimateGas", [{ to: contract }])).result).to.equal(toHex(estimated));
    }
    rollup.onCall = ({ gas }) => outcomeOf({ success: gas >= 60_000n });
    const capped = await rpc("eth_estimateGas", [{ to: contract, gas: "0xea60" }]);
    expect(capped.result).to.equal(toHex(60_000n));
  });

  it("estimates a limit that leaves enough for what is called on L1", async () => {
    for (const needed of [30_000n, 300_000n, 5_000_000n]) {
      // Where the limit is too low, the callee on L1 fails, which the caller may catch.
      for (const [failures, isCaught] of [
        [0, false],
        [2, true],
      ] as const) {
        rollup.onCall = ({ gas }) => {
          const isEnough = gas >= needed;
          const l1Failures = failures + (isEnough ? 0 : 1);
          return outcomeOf({ success: isEnough || isCaught, l1Calls: 3, l1Failures });
        };
        const before = rollup.calls;
        const { result } = await rpc("eth_estimateGas", [{ to: contract }]);
        expect(BigInt(String(result))).to.be.within(needed, (needed * 5n) / 4n);
        expect(rollup.calls - before).to.be.at.most(8);
      }
    }
    // All there is is just enough.
    rollup.onCall = ({ gas }) => outcomeOf({ success: gas >= 60_000n, l1Calls: 1 });
    const capped = await rpc("eth_estimateGas", [{ to: contract, gas: "0xea60" }]);
    expect(capped.result).to.equal(toHex(60_000n));
  });

  it("proves what the tree holds", async () => {
    await twoBlocks();
    const poseidon = await loadPoseidon();
    const layout = new StateLayout(poseidon);
    const slots = [toHex(3, { size: 32 }), toHex(4, { size: 32 })];
    const { result } = await rpc("lockstep_getProof", [contract, slots, "latest"]);
    expect(result.account).to.deep.equal({ nonce: "0x1", balance: "0x0", codeHash: keccak256("0x6002") });
    expect(result.slots.map((each: { value: Hex }) => BigInt(each.value))).to.deep.equal([9n, 0n]);
    const account = { nonce: 1n, balance: 0n, code: "0x6002" } as const;
    const proven: { key: bigint; value: bigint; proof: RpcProof }[] = [
      {
        key: layout.accountKey(contract),
        value: layout.accountValue(account, keccak256("0x6002")),
        proof: result.proof,
      },
      {
        key: layout.slotKey(contract, slots[0] ?? "0x"),
        value: layout.slotValue(toHex(9, { size: 32 })),
        proof: result.slots[0].proof,
      },
      { key: layout.slotKey(contract, slots[1] ?? "0x"), value: 0n, proof: result.slots[1].proof },
      {
        key: layout.blockKey,
        value: layout.blockValue({ number: 2n, timestamp: 1002n }),
        proof: result.block.proof,
      },
    ];
    const root = await rollup.read(({ store }) => store.stateRoot());
    expect(result.stateRoot).to.equal(toHex(root, { size: 32 }));
    const size = BigInt(String(result.size));
    for (const { key, value, proof } of proven) {
      // As a reader of the specification alone would check it.
      const leaf = [proof.leaf.key, proof.leaf.nextKey, proof.leaf.value].map(BigInt);
      const [own = 0n, next = 0n, held = 0n] = leaf;
      if (own === key) expect(held).to.equal(value);
      else {
        expect(value).to.equal(0n);
        expect(own < key && (next > key || next === 0n)).to.equal(true);
      }
      let hash: bigint = poseidon(leaf);
      let index = BigInt(proof.index);
      for (const siblings of proof.siblings) {
        const children = siblings.map(BigInt);
        children.splice(Number(index & 3n), 0, hash);
        hash = poseidon(children);
        index >>= 2n;
      }
      expect(poseidon([hash, size])).to.equal(root);
    }
    const { error } = await rpc("eth_getProof", [contract, [], "latest"]);
    expect(error.data).to.deep.equal(errorData("UNSUPPORTED_PROOF"));
    expect(error.message).to.contain("lockstep_getProof");
  });

  it("tells the history of fees", async () => {
    await twoBlocks();
    const { reader } = viem();
    const history = await reader.getFeeHistory({ blockCount: 9, rewardPercentiles: [0, 50, 100] });
    expect(history).to.deep.include({ oldestBlock: 0n, baseFeePerGas: [0n, 0n, 0n, 0n] });
    expect(history.gasUsedRatio).to.deep.equal([0, 0.001, 0.001]);
    expect(history.reward).to.deep.equal([
      [0n, 0n, 0n],
      [2n, 2n, 2n],
      [0n, 0n, 0n],
    ]);
    expect((await rpc("eth_feeHistory", ["0x0", "latest", []])).error.code).to.equal(-32602);
  });

  it("refuses ranges of logs that make no sense", async () => {
    const { signed } = await twoBlocks();
    const { latest } = await rollup.read(({ chronicle }) => chronicle);
    const logs = async (criteria: unknown) => await rpc("eth_getLogs", [criteria]);
    expect((await logs({ blockHash: latest.hash })).result).to.have.length(1);
    expect((await logs({ blockHash: signed })).error.data).to.deep.equal(errorData("BLOCK_NOT_FOUND"));
    expect((await logs({ blockHash: latest.hash, fromBlock: "0x0" })).error.code).to.equal(-32602);
    expect((await logs({ fromBlock: "0x2", toBlock: "0x1" })).error.code).to.equal(-32602);
    expect((await logs({ fromBlock: "0x7", toBlock: "0x9" })).error.code).to.equal(-32602);
    expect((await logs({ fromBlock: "0x00" })).error.code).to.equal(-32602);
    expect((await logs({ fromBlock: "earliest", topics: [[null, signed]] })).result).to.have.length(1);
    expect((await logs({ fromBlock: "earliest", topics: [null, null] })).result).to.have.length(0);
    expect((await logs({ topics: [1] })).error.code).to.equal(-32602);
    expect((await logs({ topics: [null, null, null, null, null] })).error.message).to.contain(
      "at most 4 topics",
    );
  });

  describe("filters", () => {
    it("have ids without leading zeros, which are found again as they were given", async () => {
      for (let each = 0; each < 64; each++) {
        const { result: id } = await rpc("eth_newBlockFilter");
        expect(id).to.match(/^0x[1-9a-f][0-9a-f]{31}$/);
        expect((await rpc("eth_uninstallFilter", [id])).result).to.equal(true);
      }
    });

    it("tell what is new, and what a reorganisation took away", async () => {
      const open = async (method: string, params: unknown[] = []): Promise<string> =>
        (await rpc(method, params)).result;
      const changes = async (id: string) => (await rpc("eth_getFilterChanges", [id])).result;
      const blocks = await open("eth_newBlockFilter");
      const logs = await open("eth_newFilter", [{ address: contract, fromBlock: "0x0" }]);
      const later = await open("eth_newFilter", [{ fromBlock: "0x2", toBlock: "0x2" }]);
      const pending = await open("eth_newPendingTransactionFilter");
      const { signed } = await twoBlocks();
      const hashes = await rollup.read(({ chronicle }) => chronicle);
      expect(await changes(blocks)).to.deep.equal([hashes.latest.parentHash, hashes.latest.hash]);
      const [log] = await changes(logs);
      expect(log).to.deep.include({ data: "0x0102", removed: false, blockHash: hashes.latest.hash });
      expect(await changes(later)).to.deep.equal([log]);
      for (const id of [blocks, logs, later]) expect(await changes(id)).to.deep.equal([]);
      expect(await rpc("eth_getFilterLogs", [logs])).to.have.nested.property("result.length", 1);
      expect((await rpc("eth_getFilterLogs", [blocks])).error.data).to.deep.equal(
        errorData("FILTER_NOT_FOUND"),
      );

      await rollup.rewind(1);
      expect(await changes(logs)).to.deep.equal([{ ...log, removed: true }]);
      await rollup.include([callVisit(2, { logs: [logOf(contract, [8])] })], new Map(), "second");
      const again = await rollup.read(({ chronicle }) => chronicle.latest);
      expect(await changes(blocks)).to.deep.equal([again.hash]);
      expect((await changes(logs))[0].topics).to.deep.equal([toHex(8, { size: 32 })]);

      rollup.onCall = () => outcomeOf();
      const { result: sent } = await rpc("eth_sendTransaction", [{ from: me, to: contract }]);
      expect(await changes(pending)).to.deep.equal([sent]);
      expect((await rpc("eth_uninstallFilter", [pending])).result).to.equal(true);
      expect((await rpc("eth_uninstallFilter", [pending])).result).to.equal(false);
      expect((await rpc("eth_getFilterChanges", [pending])).error.data).to.deep.equal(
        errorData("FILTER_NOT_FOUND"),
      );
      expect((await rpc("eth_newFilter", [{ blockHash: signed }])).error.code).to.equal(-32602);
      expect((await rpc("eth_newFilter", [{ toBlock: "0x1" }])).error.code).to.equal(-32602);
    });

    it("serve viem's watchers and ethers' listeners", async () => {
      const { reader } = viem();
      const seen: string[] = [];
      const unwatch = reader.watchBlockNumber({ onBlockNumber: (number) => seen.push(`block ${number}`) });
      const unlisten = reader.watchEvent({
        address: contract,
        onLogs: (logs) => seen.push(`${logs.length} logs`),
      });
      const provider = new JsonRpcProvider(gateway.url, undefined, { pollingInterval: 50, cacheTimeout: -1 });
      await provider.on({ address: contract }, () => seen.push("ethers"));
      await new Promise((resolve) => setTimeout(resolve, 300));
      await rollup.include([callVisit(1, { logs: [logOf(contract, [])] })]);
      for (let waited = 0; seen.length < 4 && waited < 100; waited++)
        await new Promise((resolve) => setTimeout(resolve, 50));
      unwatch();
      unlisten();
      provider.destroy();
      expect(seen).to.include.members(["block 1", "1 logs", "ethers"]);
    });
  });

  it("explains in wallets' words why a sender is refused", async () => {
    const stranger = privateKeyToAccount(`0x${"22".repeat(32)}`);
    const code = "INVALID_L2_TRANSACTION";
    rollup.submit = async () => {
      throw new LockstepError(code, "something about it");
    };
    const send = async (more: { nonce: number; value?: bigint }) => {
      const raw = await stranger.signTransaction({
        chainId: Number(EVM_CHAIN_ID),
        type: "eip1559",
        gas: 21_000n,
        to: contract,
        ...more,
      });
      return (await rpc("eth_sendRawTransaction", [raw])).error;
    };
    expect(await send({ nonce: 3 })).to.deep.include({
      data: errorData("NONCE_TOO_HIGH"),
    });
    expect((await send({ nonce: 0, value: 5n })).message).to.match(/insufficient funds/);
    expect(await send({ nonce: 0 })).to.deep.include({ data: errorData(code) });
  });

  it("answers any parameters with what is wrong", async () => {
    await twoBlocks();
    rollup.onCall = () => outcomeOf();
    const methods = [
      "eth_getBalance",
      "eth_getTransactionCount",
      "eth_getCode",
      "eth_getStorageAt",
      "lockstep_getProof",
      "eth_getBlockByNumber",
      "eth_getBlockByHash",
      "eth_getBlockTransactionCountByNumber",
      "eth_getBlockReceipts",
      "eth_getTransactionByHash",
      "eth_getTransactionByBlockNumberAndIndex",
      "eth_getTransactionReceipt",
      "eth_getLogs",
      "eth_newFilter",
      "eth_getFilterChanges",
      "eth_getFilterLogs",
      "eth_uninstallFilter",
      "eth_call",
      "eth_estimateGas",
      "eth_feeHistory",
      "eth_sendTransaction",
      "eth_sendRawTransaction",
    ];
    const hex = fc
      .oneof(fc.constantFrom(0, 1, 20, 32, 33), fc.nat(64))
      .chain((size) => fc.uint8Array({ minLength: size, maxLength: size }))
      .map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);
    const odd = fc.oneof(
      hex,
      fc.constantFrom("latest", "pending", "earliest", "0x1"),
      fc.jsonValue({ maxDepth: 3 }),
    );
    const criteria = fc.record(
      { address: odd, topics: odd, fromBlock: odd, toBlock: odd, blockHash: odd },
      { requiredKeys: [] },
    );
    const params = fc.array(fc.oneof(hex, odd, criteria), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...methods), params, async (method, given) => {
        const answer = await rpc(method, given);
        if ("result" in answer) return;
        expect(answer.error.message, method)
          .to.be.a("string")
          .and.not.match(/internal error of the gateway/);
      }),
      { numRuns: 500 },
    );
  });
});
