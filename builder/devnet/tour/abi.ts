import { parseAbi } from "viem";

/** What proxies are made with: `Rollups` on L1, the system contract on a rollup. */
export const managerAbi = parseAbi([
  "function createProxy(address original, uint64 rollup) returns (address)",
  "function proxyOf(address original, uint64 rollup) view returns (address)",
]);

/** ABIs of the contracts in `contracts/examples`, as a dApp's front end would carry them. */
export const piggyBankAbi = parseAbi([
  "constructor(address ledger)",
  "function save() payable returns (uint256 balance)",
]);

export const payrollAbi = parseAbi([
  "constructor(address ledger)",
  "struct Salary { uint256 chain; address employee; uint256 amount; }",
  "event Paid(uint256 salaries, uint256 receipt, uint256 left)",
  "event Refused(bytes reason)",
  "function payday(Salary[] salaries, address desk, uint256 invoice, uint256 invoiceAmount) payable returns (uint256 receipt)",
  "function overdraw(Salary salary) returns (uint256 available)",
  "function sendToClosedDesk(address desk, uint256 amount)",
]);

export const invoiceDeskAbi = parseAbi([
  "event InvoicePaid(uint256 indexed invoice, address indexed payer, uint256 amount)",
  "function paid(uint256 invoice) view returns (uint256)",
  "function receipts() view returns (uint256)",
]);

export const closedDeskAbi = parseAbi(["error NotAccepting(address from, uint256 amount)"]);

export const counterAbi = parseAbi([
  "event Incremented(address indexed by, uint256 count)",
  "function count() view returns (uint256)",
  "function increment() returns (uint256 newCount)",
]);

export const counterCallerAbi = parseAbi([
  "constructor(address counter)",
  "function lastResult() view returns (uint256)",
  "function bump() returns (uint256 result)",
]);
