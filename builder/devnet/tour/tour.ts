import {
  type Address,
  decodeErrorResult,
  encodeErrorResult,
  type Hex,
  parseAbi,
  parseEther,
  parseEventLogs,
  type TransactionReceipt,
} from "viem";
import { LEDGER, ledgerAbi } from "../../kinds/ledger/abi.ts";
import { LedgerAccount } from "../../kinds/ledger/client.ts";
import { chainId, L1 } from "../../protocol/ids.ts";
import type { DevnetDescription } from "../../node/deployment/description.ts";
import { closedDeskAbi, invoiceDeskAbi, payrollAbi } from "./abi.ts";
import type { TourListener } from "./tour-listener.ts";
import type { Checks } from "./checks.ts";
import { type Dapp, openDapp } from "./dapp.ts";
import { type LedgerClient, openLedger } from "./ledger-client.ts";
import { runSolidityTour } from "./solidity-tour.ts";

/** What a dApp needs of `Rollups`. */
const rollupsAbi = parseAbi([
  "struct Rollup { address owner; address proofSystem; bytes32 root; uint128 etherBalance; bool nativeToken; uint32 verificationDelay; }",
  "function createProxy(address original, uint64 rollup) returns (address)",
  "function proxyOf(address original, uint64 rollup) view returns (address)",
  "function rollupOf(uint64 rollup) view returns (Rollup)",
]);

/** Wei. 10 come in; Alice and Bob are paid inside the ledger, the invoice on L1, and 1 is left. */
const DEPOSIT = parseEther("10");
const ALICE_SALARY = parseEther("3");
const BOB_SALARY = parseEther("2");
const INVOICE_AMOUNT = parseEther("4");
const LEFT = DEPOSIT - ALICE_SALARY - BOB_SALARY - INVOICE_AMOUNT;
const OVERDRAFT = parseEther("50");
const REJECTED = parseEther("0.5");
const BOB_PAYS_ALICE = parseEther("0.75");
const INVOICE = 2026n;

/** Everything the steps of the tour share. */
interface Cast {
  readonly devnet: DevnetDescription;
  readonly dapp: Dapp;
  readonly checks: Checks;
  readonly ledgerId: bigint;
  readonly ledger: LedgerClient;
  /** The ledger's proxy on L1: what Solidity calls. */
  readonly proxy: Address;
  readonly payroll: Address;
  readonly invoiceDesk: Address;
  readonly closedDesk: Address;
  /** An employee with an account on L1. */
  readonly alice: Address;
  /** An employee without one: a key of the ledger's own. */
  readonly bob: LedgerAccount;
}

/**
 * The tour: an L1 contract pays salaries on a rollup in one transaction; what can go wrong, caught; Solidity
 * on a rollup.
 */
export async function runTour(
  devnet: DevnetDescription,
  checks: Checks,
  listener: TourListener,
): Promise<void> {
  const describe = (line: string): void => {
    listener.describe(line);
  };
  describe("Deploying Payroll, InvoiceDesk and ClosedDesk on L1");
  const cast = await assemble(devnet, checks);
  const onL1 = { chain: L1 };
  listener.named({ ...onL1, address: cast.payroll, name: "Payroll", abi: payrollAbi });
  listener.named({ ...onL1, address: cast.invoiceDesk, name: "InvoiceDesk", abi: invoiceDeskAbi });
  listener.named({ ...onL1, address: cast.closedDesk, name: "ClosedDesk", abi: closedDeskAbi });
  listener.named({ ...onL1, address: cast.alice, name: "Alice" });
  listener.named({ chain: cast.ledgerId, address: cast.bob.address, name: "Bob" });

  describe("Payday: deposit, read, two salaries and an invoice, in one L1 transaction");
  await listener.transaction((await payday(cast)).transactionHash);

  describe("An overdrawn transfer, caught by the contract");
  await listener.transaction((await overdraw(cast)).transactionHash);

  describe("A payment to a contract that rejects Ether, caught by the contract");
  await listener.transaction((await rejectedPayment(cast)).transactionHash);

  describe("Bob, who has no L1 key, signs a transaction for the ledger");
  await listener.transaction(await bobPaysAlice(cast));

  await runSolidityTour(devnet, checks, listener);
}

async function assemble(devnet: DevnetDescription, checks: Checks): Promise<Cast> {
  const description = devnet.rollups.find(({ kind }) => kind === "ledger");
  const alice = devnet.accounts[2]?.address;
  if (description === undefined || alice === undefined)
    throw new RangeError("the devnet lacks a ledger or accounts");
  const dapp = openDapp(devnet, 1);
  const ledgerId = BigInt(description.id);
  const rollups = { address: devnet.l1.rollups, abi: rollupsAbi } as const;
  await dapp.write({ ...rollups, functionName: "createProxy", args: [LEDGER, ledgerId] });
  const proxy = await dapp.publicClient.readContract({
    ...rollups,
    functionName: "proxyOf",
    args: [LEDGER, ledgerId],
  });
  return {
    devnet,
    dapp,
    checks,
    ledgerId,
    ledger: openLedger(description.gateway),
    proxy,
    payroll: await dapp.deploy("Payroll", [proxy]),
    invoiceDesk: await dapp.deploy("InvoiceDesk"),
    closedDesk: await dapp.deploy("ClosedDesk"),
    alice,
    bob: await LedgerAccount.generate(),
  };
}

async function payday(cast: Cast): Promise<TransactionReceipt> {
  const { dapp, checks, payroll, invoiceDesk, alice, bob, ledgerId } = cast;
  const rootBefore = (await rollup(cast)).root;
  const receipt = await dapp.write({
    address: payroll,
    abi: payrollAbi,
    functionName: "payday",
    args: [
      [
        { chain: L1, employee: alice, amount: ALICE_SALARY },
        { chain: ledgerId, employee: bob.address, amount: BOB_SALARY },
      ],
      invoiceDesk,
      INVOICE,
      INVOICE_AMOUNT,
    ],
    value: DEPOSIT,
  });
  const [paid] = parseEventLogs({ abi: payrollAbi, eventName: "Paid", logs: receipt.logs });
  checks.equal("Payroll saw two salaries paid and the desk's receipt", paid?.args, {
    salaries: 2n,
    receipt: 1n,
    left: LEFT,
  });
  const desk = { address: invoiceDesk, abi: invoiceDeskAbi } as const;
  checks.equal(
    "the desk on L1 says the invoice is paid",
    await dapp.publicClient.readContract({ ...desk, functionName: "paid", args: [INVOICE] }),
    INVOICE_AMOUNT,
  );
  checks.equal(
    "the desk holds the Ether",
    await dapp.publicClient.getBalance({ address: invoiceDesk }),
    INVOICE_AMOUNT,
  );
  checks.equal("the ledger's root on L1 has changed", (await rollup(cast)).root === rootBefore, false);
  await checkBalances(cast, { alice: ALICE_SALARY, bob: BOB_SALARY });
  return receipt;
}

async function overdraw(cast: Cast): Promise<TransactionReceipt> {
  const { dapp, checks, payroll, alice } = cast;
  const rootBefore = (await rollup(cast)).root;
  const receipt = await dapp.write({
    address: payroll,
    abi: payrollAbi,
    functionName: "overdraw",
    args: [{ chain: L1, employee: alice, amount: OVERDRAFT }],
  });
  const reason = refusalIn(receipt);
  checks.equal(
    "the contract caught the ledger's own error",
    reason === undefined ? undefined : decodeErrorResult({ abi: ledgerAbi, data: reason }).args,
    [LEFT, OVERDRAFT],
  );
  checks.equal("the ledger's root on L1 is the same", (await rollup(cast)).root, rootBefore);
  await checkBalances(cast, { alice: ALICE_SALARY, bob: BOB_SALARY });
  return receipt;
}

async function rejectedPayment(cast: Cast): Promise<TransactionReceipt> {
  const { dapp, checks, payroll, closedDesk, proxy } = cast;
  const rootBefore = (await rollup(cast)).root;
  const receipt = await dapp.write({
    address: payroll,
    abi: payrollAbi,
    functionName: "sendToClosedDesk",
    args: [closedDesk, REJECTED],
  });
  checks.equal(
    "the desk's error came back through the ledger",
    refusalIn(receipt),
    encodeErrorResult({ abi: closedDeskAbi, errorName: "NotAccepting", args: [proxy, REJECTED] }),
  );
  checks.equal("the desk got nothing", await dapp.publicClient.getBalance({ address: closedDesk }), 0n);
  checks.equal("the ledger's root on L1 is the same", (await rollup(cast)).root, rootBefore);
  await checkBalances(cast, { alice: ALICE_SALARY, bob: BOB_SALARY });
  return receipt;
}

async function bobPaysAlice(cast: Cast): Promise<Hex> {
  const { dapp, checks, devnet, ledger, ledgerId, bob, alice } = cast;
  const { timestamp } = await dapp.publicClient.getBlock();
  const transaction = bob.signTransfer({
    domain: { l1ChainId: BigInt(devnet.l1.chainId), manager: devnet.l1.rollups, rollup: chainId(ledgerId) },
    nonce: await ledger.nonceOf(bob.address),
    deadline: timestamp + 3_600n,
    chain: L1,
    to: alice,
    amount: BOB_PAYS_ALICE,
  });
  const l1Transaction = await ledger.sendAndWait(transaction);
  checks.equal("Bob's nonce is used", await ledger.nonceOf(bob.address), 1n);
  checks.equal("the same transaction is refused", await ledger.refuses(transaction), true);
  await checkBalances(cast, { alice: ALICE_SALARY + BOB_PAYS_ALICE, bob: BOB_SALARY - BOB_PAYS_ALICE });
  return l1Transaction;
}

/** Reads balances through the proxy on L1, as any contract would, and compares the sums that L1 keeps. */
async function checkBalances(cast: Cast, expected: { alice: bigint; bob: bigint }): Promise<void> {
  const { checks, dapp, devnet, ledgerId, alice, bob, payroll } = cast;
  const balances = {
    alice: await balanceOf(cast, L1, alice),
    bob: await balanceOf(cast, ledgerId, bob.address),
    payroll: await balanceOf(cast, L1, payroll),
  };
  checks.equal("balances on the ledger, read through its proxy", balances, { ...expected, payroll: LEFT });
  const sum = balances.alice + balances.bob + balances.payroll;
  checks.equal("L1 holds exactly that Ether for the ledger", (await rollup(cast)).etherBalance, sum);
  const held = await Promise.all(devnet.rollups.map(({ id }) => rollup(cast, BigInt(id))));
  checks.equal(
    "and has it, with that of the other rollups",
    await dapp.publicClient.getBalance({ address: devnet.l1.rollups }),
    held.reduce((all, { etherBalance }) => all + etherBalance, 0n),
  );
}

function balanceOf({ dapp, proxy }: Cast, chain: bigint, who: Address): Promise<bigint> {
  return dapp.publicClient.readContract({
    address: proxy,
    abi: ledgerAbi,
    functionName: "balanceOf",
    args: [chain, who],
  });
}

function rollup(
  { dapp, devnet, ledgerId }: Cast,
  id = ledgerId,
): Promise<{ root: Hex; etherBalance: bigint }> {
  return dapp.publicClient.readContract({
    address: devnet.l1.rollups,
    abi: rollupsAbi,
    functionName: "rollupOf",
    args: [id],
  });
}

function refusalIn({ logs }: TransactionReceipt): Hex | undefined {
  return parseEventLogs({ abi: payrollAbi, eventName: "Refused", logs })[0]?.args.reason;
}
