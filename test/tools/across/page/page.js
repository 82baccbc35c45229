/*
 * A dApp's page, bundled with viem, without a wallet: the gateways sign. `check.json` says where a contract is
 * that calls a counter of another chain; what the page sees goes back to the server that it is from.
 */
/* global fetch */
import { createPublicClient, createWalletClient, http, parseAbi, webSocket } from "viem";

const abi = parseAbi([
  "event Incremented(address indexed by, uint256 count)",
  "function count() view returns (uint256)",
  "function bump() returns (uint256)",
  "function lastResult() view returns (uint256)",
]);

async function across({ near, far, account, caller, counter }) {
  const transport = http(near);
  const reader = createPublicClient({ transport, pollingInterval: 100, cacheTime: 0 });
  const writer = createWalletClient({ transport });
  const there = createPublicClient({ transport: webSocket(far.replace("http", "ws")) });
  const told = new Promise((resolve, reject) => {
    const onLogs = ([log]) => resolve(String(log.args.count));
    there.watchContractEvent({ address: counter, abi, eventName: "Incremented", onLogs, onError: reject });
  });
  const before = await there.readContract({ address: counter, abi, functionName: "count" });
  const call = { address: caller, abi, functionName: "bump", account };
  const { result } = await reader.simulateContract(call);
  const hash = await writer.writeContract({ ...call, chain: null });
  const { status } = await reader.waitForTransactionReceipt({ hash });
  const kept = await reader.readContract({ address: caller, abi, functionName: "lastResult" });
  return { before: String(before), played: String(result), status, kept: String(kept), told: await told };
}

const report = [];
for (const check of await (await fetch("/check.json")).json())
  report.push(await across(check).catch((error) => ({ error: `${error.name}: ${error.message}` })));
await fetch("/report", { method: "POST", body: JSON.stringify(report) });
