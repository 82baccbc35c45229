import { expect } from "chai";
import { AbiCoder, ContractFactory, Interface, JsonRpcProvider, NonceManager, Wallet } from "ethers";
import { ILedger__factory } from "lockstep-client/typechain";
import {
  BaseError,
  ContractFunctionRevertedError,
  createPublicClient,
  encodeFunctionData,
  fromRlp,
  type Hex,
  http,
  keccak256,
  parseEther,
  toHex,
} from "viem";
import { z } from "zod";
import { type Builder, createBuilder } from "../../builder/core/builder.ts";
import type { Gateway } from "../../builder/gateway/server.ts";
import { bytesSchema } from "../../builder/gateway/json-rpc.ts";
import { GATEWAY_KINDS } from "../../builder/node/kinds/index.ts";
import { startL1Gateway } from "../../builder/gateway/l1.ts";
import { startRollupGateway } from "../../builder/gateway/rollup.ts";
import { LEDGER, ledgerAbi } from "../../builder/kinds/ledger/abi.ts";
import { LedgerAccount } from "../../builder/kinds/ledger/client.ts";
import { errorData } from "../protocol/expect-code.ts";
import {
  accountAt,
  artefact,
  builderAccount,
  clientsOf,
  deploy,
  type Lockstep,
  startLockstep,
} from "./setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "./unproven.ts";

/** What stands before the receipt of a transaction, by its type. */
const PREFIXES: ReadonlyMap<string, string> = new Map([
  ["eip2930", "01"],
  ["eip1559", "02"],
  ["eip7702", "04"],
]);
const poolSchema = z.record(z.string(), z.looseObject({ hash: z.string() }));

describe("gateways", function () {
  this.timeout(180_000);
  const user = accountAt(1);
  const unlocked = accountAt(2);
  const employee = accountAt(3).address;
  let lockstep: Lockstep;
  let builder: Builder;
  let gateway: Gateway;
  let ledgerGateway: Gateway;
  let prover: UnprovenProver;

  before(async () => {
    lockstep = await startLockstep();
    prover = new UnprovenProver();
    builder = await createBuilder({
      l1Rpc: lockstep.l1.url,
      manager: lockstep.rollups,
      rollups: [{ id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys }],
      account: builderAccount,
      prover,
    });
    gateway = await startL1Gateway(builder, { kinds: GATEWAY_KINDS, port: 0, accounts: [unlocked] });
    ledgerGateway = await startRollupGateway(builder, {
      kinds: GATEWAY_KINDS,
      port: 0,
      rollup: lockstep.ledger,
      chainId: 421n,
    });
  });
  const cleanUp: (() => void)[] = [];
  afterEach(() => {
    for (const each of cleanUp.splice(0)) each();
  });
  after(async () => {
    await ledgerGateway.close();
    await gateway.close();
    await builder.stop();
    await lockstep.l1.close();
  });

  async function rpc(url: string, method: string, params: unknown[] = []) {
    return await post(url, JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
  }
  async function post(url: string, body: string): Promise<ReturnType<typeof JSON.parse>> {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    return JSON.parse(await response.text());
  }

  /** What L1's gateway answers. */
  async function ask(method: string, ...params: unknown[]) {
    const { result, error } = await rpc(gateway.url, method, params);
    expect(error, method).to.equal(undefined);
    return result;
  }

  describe("with viem", () => {
    it("deploys, writes, waits and reads as on any chain", async () => {
      const { reader, writer } = clientsOf(gateway.url);
      const wallet = writer(user);
      const payroll = await deploy({ reader, writer }, "Payroll", [lockstep.ledgerProxy], user);
      const desk = await deploy({ reader, writer }, "InvoiceDesk");
      const salaries = [{ chain: 0n, employee, amount: 10n }];
      const call = {
        address: payroll.address,
        abi: payroll.abi,
        functionName: "payday",
        args: [salaries, desk.address, 7n, 25n],
        value: parseEther("1"),
        account: user,
      } as const;
      const { result } = await reader.simulateContract(call);
      expect(result).to.equal(1n);
      const hash = await wallet.writeContract(call);
      expect((await reader.getTransaction({ hash })).hash).to.equal(hash);
      const receipt = await reader.waitForTransactionReceipt({ hash });
      expect(receipt.status).to.equal("success");
      const held = await reader.readContract({
        address: lockstep.ledgerProxy,
        abi: ledgerAbi,
        functionName: "balanceOf",
        args: [0n, payroll.address],
      });
      expect(held).to.equal(parseEther("1") - 35n);
    });

    it("decodes a rollup's revert", async () => {
      const { reader } = clientsOf(gateway.url);
      const attempt = reader.simulateContract({
        address: lockstep.ledgerProxy,
        abi: ledgerAbi,
        functionName: "transfer",
        args: [0n, employee, 5n],
        account: user,
      });
      const error: unknown = await attempt.catch((thrown: unknown) => thrown);
      if (!(error instanceof BaseError)) throw new Error("no error of viem's");
      const revert = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
      if (!(revert instanceof ContractFunctionRevertedError)) throw error;
      expect(revert.data?.errorName).to.equal("InsufficientBalance");
      expect(revert.data?.args).to.deep.equal([0n, 5n]);
    });

    it("counts queued transactions as pending", async () => {
      const { reader, writer } = clientsOf(gateway.url);
      const wallet = writer(accountAt(4));
      let release: (() => void) | undefined;
      prover.meanwhile = () => new Promise<void>((resolve) => (release = resolve));
      const before = await reader.getTransactionCount({
        address: wallet.account.address,
        blockTag: "pending",
      });
      const first = await wallet.sendTransaction({ to: lockstep.ledgerProxy, value: 3n });
      const second = await wallet.sendTransaction({ to: lockstep.ledgerProxy, value: 4n });
      const plain = await wallet.sendTransaction({ to: employee, value: 5n });
      const after = await reader.getTransactionCount({
        address: wallet.account.address,
        blockTag: "pending",
      });
      expect(after - before).to.equal(3);
      const status = await rpc(gateway.url, "lockstep_transactionStatus", [plain]);
      expect(status.result.state).to.equal("queued");
      prover.meanwhile = undefined;
      release?.();
      for (const hash of [first, second, plain]) {
        expect((await reader.waitForTransactionReceipt({ hash })).status).to.equal("success");
      }
      expect((await rpc(gateway.url, "lockstep_transactionStatus", [plain])).result.state).to.equal("posted");
    });
  });

  describe("with ethers", () => {
    it("deploys, writes, waits, reads and decodes reverts", async () => {
      const provider = new JsonRpcProvider(gateway.url, undefined, { pollingInterval: 50 });
      const key = toHex(accountAt(5).getHdKey().privateKey ?? new Uint8Array());
      const signer = new NonceManager(new Wallet(key, provider));
      const { abi, bytecode } = await artefact("Payroll");
      const factory = new ContractFactory(new Interface(JSON.stringify(abi)), bytecode, signer);
      const payroll = await factory.deploy(lockstep.ledgerProxy);
      await payroll.waitForDeployment();
      const proxy = ILedger__factory.connect(lockstep.ledgerProxy, signer);
      const deposit = await signer.sendTransaction({ to: lockstep.ledgerProxy, value: 50n });
      expect((await deposit.wait())?.status).to.equal(1);
      const paid = await proxy.transfer(0n, employee, 20n);
      expect((await paid.wait())?.status).to.equal(1);
      expect(await proxy.balanceOf(0n, await signer.getAddress())).to.equal(30n);
      const error: unknown = await proxy.transfer
        .staticCall(0n, employee, 31n)
        .catch((thrown: unknown) => thrown);
      expect(error).to.have.nested.property("revert.name", "InsufficientBalance");
      provider.destroy();
    });
  });

  describe("L1 gateway", () => {
    it("signs for the accounts it is given", async () => {
      expect((await rpc(gateway.url, "eth_accounts")).result).to.deep.equal([unlocked.address]);
      const transaction = { from: unlocked.address, to: lockstep.ledgerProxy, value: "0x64" };
      const answers = await Promise.all(
        [1, 2].map(() => rpc(gateway.url, "eth_sendTransaction", [transaction])),
      );
      await builder.idle();
      for (const { result } of answers) {
        expect((await rpc(gateway.url, "eth_getTransactionReceipt", [result])).result.status).to.equal("0x1");
      }
    });

    it("shows in txpool_* what waits in the builder and in the node", async () => {
      const { reader, writer } = clientsOf(gateway.url);
      const wallet = writer(accountAt(6));
      const from = wallet.account.address.toLowerCase();
      expect(await ask("txpool_status")).to.deep.equal({ pending: "0x0", queued: "0x0" });
      const gate = Promise.withResolvers<undefined>();
      prover.meanwhile = () => gate.promise;
      const release = () => {
        prover.meanwhile = undefined;
        gate.resolve(undefined);
      };
      // Whatever goes wrong, the builder has to be able to stop.
      cleanUp.push(release);
      const hash = await wallet.sendTransaction({ to: lockstep.ledgerProxy, value: 3n });
      // A plain one waits in the node for a block.
      const { node } = lockstep.l1;
      await node.setAutomine(false);
      cleanUp.push(() => void node.setAutomine(true));
      const other = writer(accountAt(7));
      const plain = await other.sendTransaction({ to: employee, value: 7n, gas: 21_000n });
      const own = (await reader.getTransactionCount({ address: wallet.account.address })).toString();
      const { pending } = await ask("txpool_content");
      expect(pending[from][own]).to.include({ hash, from, blockHash: null, value: "0x3" });
      const [waiting] = Object.values(poolSchema.parse(pending[other.account.address.toLowerCase()]));
      expect(waiting?.hash).to.equal(plain);
      const ofSender = poolSchema.parse((await ask("txpool_contentFrom", from)).pending);
      expect(Object.keys(ofSender)).to.deep.equal([own]);
      expect((await ask("txpool_inspect")).pending[from][own]).to.match(
        new RegExp(`^${lockstep.ledgerProxy.toLowerCase()}: 3 wei \\+ \\d+ gas × \\d+ wei$`),
      );
      expect(await ask("txpool_status")).to.deep.equal({ pending: "0x2", queued: "0x0" });
      const raw = bytesSchema.parse(await ask("debug_getRawTransaction", hash));
      expect(keccak256(raw)).to.equal(hash);
      expect(await ask("lockstep_transactionStatus", plain)).to.deep.equal({ state: "pending" });
      await node.mine({ blocks: 1 });
      await node.setAutomine(true);
      const { blockNumber, blockHash } = await reader.waitForTransactionReceipt({ hash: plain });
      release();
      expect((await reader.waitForTransactionReceipt({ hash })).status).to.equal("success");
      expect(await ask("lockstep_transactionStatus", plain)).to.deep.equal({
        state: "mined",
        blockNumber: toHex(blockNumber),
        blockHash,
        success: true,
      });
      expect(await ask("lockstep_transactionStatus", `0x${"12".repeat(32)}`)).to.equal(null);
      expect(await ask("txpool_status")).to.deep.equal({ pending: "0x0", queued: "0x0" });
    });

    it("encodes what the node does not encode", async () => {
      const { reader } = clientsOf(gateway.url);
      const account = accountAt(6);
      const nonce = await reader.getTransactionCount({ address: account.address });
      const sign = account.signAuthorization;
      if (sign === undefined) throw new Error("viem's accounts sign authorizations");
      const authorization = await sign({ address: employee, chainId: 31337, nonce: nonce + 4 });
      const common = { chainId: 31337, to: employee, value: 0n, data: "0x1234", gas: 60_000n } as const;
      const accessList = [{ address: employee, storageKeys: [toHex(7, { size: 32 })] }];
      const price = { maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 3n } as const;
      const authorizationList = [authorization];
      const raws = [
        await account.signTransaction({ ...common, nonce, type: "legacy", gasPrice: 10n ** 10n }),
        await account.signTransaction({
          ...common,
          nonce: nonce + 1,
          type: "eip2930",
          gasPrice: 10n ** 10n,
          accessList,
        }),
        await account.signTransaction({ ...common, nonce: nonce + 2, type: "eip1559", ...price, accessList }),
        await account.signTransaction({
          ...common,
          nonce: nonce + 3,
          type: "eip7702",
          ...price,
          authorizationList,
        }),
      ];
      for (const raw of raws) {
        const hash = await ask("eth_sendRawTransaction", raw);
        expect(hash).to.equal(keccak256(raw));
        const { blockHash, blockNumber, type } = await reader.waitForTransactionReceipt({ hash });
        for (const method of ["debug_getRawTransaction", "eth_getRawTransactionByHash"])
          expect(await ask(method, hash), type).to.equal(raw);
        for (const block of [blockHash, toHex(blockNumber)]) {
          const header: Hex = await ask("debug_getRawHeader", block);
          expect(keccak256(header), type).to.equal(blockHash);
          const whole = fromRlp(bytesSchema.parse(await ask("debug_getRawBlock", block)), "hex");
          const item = type === "legacy" ? fromRlp(raw, "hex") : raw;
          expect(whole.slice(0, 3), type).to.deep.equal([fromRlp(header, "hex"), [item], []]);
          const receipts: Hex[] = await ask("debug_getRawReceipts", block);
          const prefix = PREFIXES.get(type) ?? "";
          expect(receipts).to.have.length(1);
          expect(receipts[0]?.startsWith(`0x${prefix}f9`), type).to.equal(true);
        }
      }
      const sponsored = `0x${"88".repeat(20)}`;
      await ask("hardhat_impersonateAccount", sponsored);
      await ask("hardhat_setBalance", sponsored, toHex(parseEther("1")));
      const unsigned = await ask("eth_sendTransaction", { from: sponsored, to: employee, value: "0x1" });
      await ask("hardhat_stopImpersonatingAccount", sponsored);
      for (const method of ["debug_getRawTransaction", "eth_getRawTransactionByHash"]) {
        const { error } = await rpc(gateway.url, method, [unsigned]);
        expect(error.data).to.deep.equal(errorData("UNSUPPORTED_ENCODING"));
        const unknown = await rpc(gateway.url, method, [`0x${"12".repeat(32)}`]);
        expect(unknown.error.data).to.deep.equal(errorData("TRANSACTION_NOT_FOUND"));
      }
      const unknown = await rpc(gateway.url, "debug_getRawHeader", ["0xffffff"]);
      expect(unknown.error.data).to.deep.equal(errorData("BLOCK_NOT_FOUND"));
    });

    it("passes requests through unchanged", async () => {
      for (const [method, params] of [
        ["eth_chainId", []],
        ["eth_getBlockByNumber", ["0x1", true]],
        ["eth_getBalance", [user.address, "latest"]],
        ["eth_call", [{ to: employee, data: "0x" }, "latest"]],
        ["eth_getBalance", ["nonsense"]],
        ["eth_estimateGas", [{ from: user.address, to: employee, value: "0x1" }]],
      ] as const) {
        const direct = await rpc(lockstep.l1.url, method, [...params]);
        expect(await rpc(gateway.url, method, [...params]), method).to.deep.equal(direct);
      }
      // Nodes have codes of their own for that.
      expect((await rpc(gateway.url, "no_such_method")).error.code).to.equal(-32601);
    });

    it("answers malformed requests with what is wrong", async () => {
      expect((await post(gateway.url, "{")).error.code).to.equal(-32700);
      expect((await post(gateway.url, "[]")).error.code).to.equal(-32600);
      expect((await post(gateway.url, "{}")).error.message).to.contain("jsonrpc");
      expect((await post(gateway.url, "[1]"))[0].error.code).to.equal(-32600);
      expect((await rpc(gateway.url, "eth_sendRawTransaction", ["0x123"])).error.code).to.equal(-32602);
      const wrong = await rpc(gateway.url, "eth_sendRawTransaction", ["0x1234"]);
      expect(wrong.error).to.deep.include({ code: -32000, data: errorData("MALFORMED_TRANSACTION") });
      expect((await rpc(gateway.url, "__proto__")).error).to.not.equal(undefined);
      expect((await rpc(gateway.url, "toString")).error).to.not.equal(undefined);
      const batch = [1, 2].map((id) => ({ jsonrpc: "2.0", id, method: "eth_chainId" }));
      expect(await post(gateway.url, JSON.stringify(batch))).to.have.length(2);
    });

    it("refuses a reverting transaction with its revert data", async () => {
      const { l1 } = lockstep;
      const raw = await user.signTransaction({
        chainId: 31337,
        type: "eip1559",
        nonce: await l1.reader.getTransactionCount({ address: user.address }),
        gas: 1_000_000n,
        maxFeePerGas: 10_000_000_000n,
        to: lockstep.ledgerProxy,
        data: encodeFunctionData({ abi: ledgerAbi, functionName: "transfer", args: [0n, employee, 99n] }),
      });
      const { error } = await rpc(gateway.url, "eth_sendRawTransaction", [raw]);
      expect(error.code).to.equal(3);
      const [available, amount] = AbiCoder.defaultAbiCoder().decode(
        ["uint256", "uint256"],
        `0x${error.data.slice(10)}`,
      );
      expect([available, amount]).to.deep.equal([0n, 99n]);
    });
  });

  describe("ledger gateway", () => {
    it("serves accounts, views and L2 transactions", async () => {
      const account = await LedgerAccount.fromSeed(`0x${"09".repeat(32)}`);
      const { writer, reader } = clientsOf(gateway.url);
      const hash = await writer(user).writeContract({
        address: lockstep.ledgerProxy,
        abi: ledgerAbi,
        functionName: "transfer",
        args: [lockstep.ledger, account.address, 90n],
        value: 90n,
      });
      await reader.waitForTransactionReceipt({ hash });
      const ledger = createPublicClient({ transport: http(ledgerGateway.url) });
      expect(await ledger.getChainId()).to.equal(421);
      expect(await ledger.getBalance({ address: account.address })).to.equal(90n);
      const balanceOf = { functionName: "balanceOf", args: [lockstep.ledger, account.address] } as const;
      const viewed = await ledger.readContract({ address: LEDGER, abi: ledgerAbi, ...balanceOf });
      expect(viewed).to.equal(90n);
      const domain = { l1ChainId: 31337n, manager: lockstep.rollups, rollup: lockstep.ledger };
      const payment = { domain, nonce: 0n, deadline: 1n << 40n, chain: lockstep.ledger, amount: 30n };
      const data: Hex = account.signTransfer({ ...payment, to: employee });
      const { result: id } = await rpc(ledgerGateway.url, "eth_sendRawTransaction", [data]);
      await builder.idle();
      const { result: receipt } = await rpc(ledgerGateway.url, "eth_getTransactionReceipt", [id]);
      expect(receipt.status).to.equal("0x1");
      const onL1 = await lockstep.l1.reader.getTransactionReceipt({
        hash: receipt.lockstep.l1TransactionHash,
      });
      expect(onL1.to?.toLowerCase()).to.equal(lockstep.rollups.toLowerCase());
      expect(await ledger.getTransactionCount({ address: account.address })).to.equal(1);
      const paid = await rpc(ledgerGateway.url, "lockstep_getAccount", [toHex(lockstep.ledger), employee]);
      expect(paid.result).to.deep.equal({ balance: "0x1e", nonce: "0x0" });
      expect((await rpc(ledgerGateway.url, "eth_mining")).error.code).to.equal(-32601);
      const { number, hash: head, parentHash } = await reader.getBlock();
      const call = { to: LEDGER, data: "0x" };
      for (const [method, ...params] of [
        ["eth_getBalance", account.address],
        ["eth_getTransactionCount", account.address],
        ["eth_call", { ...call, data: encodeFunctionData({ abi: ledgerAbi, ...balanceOf }) }],
      ] as const) {
        const at = async (block?: unknown) => await rpc(ledgerGateway.url, method, [...params, block]);
        const now = (await at()).result;
        expect(now, method).to.match(/^0x/);
        for (const block of [
          null,
          "latest",
          "pending",
          "safe",
          "finalized",
          toHex(number),
          head,
          { blockNumber: toHex(number) },
          { blockHash: head, requireCanonical: true },
        ])
          expect((await at(block)).result, `${method} ${JSON.stringify(block)}`).to.equal(now);
        for (const [block, code] of [
          ["earliest", "HISTORICAL_STATE"],
          [toHex(number - 1n), "HISTORICAL_STATE"],
          [parentHash, "HISTORICAL_STATE"],
          [{ blockNumber: "0x0" }, "HISTORICAL_STATE"],
          [{ blockHash: parentHash }, "HISTORICAL_STATE"],
          [toHex(number + 1n), "BLOCK_NOT_FOUND"],
          ["0x00", "INVALID_PARAMS"],
          ["newest", "INVALID_PARAMS"],
          [7, "INVALID_PARAMS"],
          [{}, "INVALID_PARAMS"],
        ] as const)
          expect((await at(block)).error.data, `${method} ${JSON.stringify(block)}`).to.deep.equal(
            errorData(code),
          );
      }
      const replay = await rpc(ledgerGateway.url, "eth_sendRawTransaction", [data]);
      expect(replay.error.data).to.deep.equal(errorData("INVALID_L2_TRANSACTION"));
    });
  });
});
