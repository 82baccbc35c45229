/*
 * Runs in a browser, bundled with viem. `check.json` says what to try; what came of it goes back to the
 * server that the page is from.
 */
/* global fetch, WebSocket */
import { createPublicClient, createWalletClient, defineChain, http, webSocket } from "viem";

const { gateways, account } = await (await fetch("/check.json")).json();
const other = "0x00000000000000000000000000000000000ffee1";

async function chainAt(url, transport) {
  const id = Number(BigInt(await transport({ chain: undefined }).request({ method: "eth_chainId" })));
  const nativeCurrency = { name: "Ether", symbol: "ETH", decimals: 18 };
  return defineChain({ id, name: url, nativeCurrency, rpcUrls: { default: { http: [url] } } });
}

/** Reads, has the gateway sign, and waits: as a page without a wallet does on a devnet. */
async function useOf(url, transport) {
  const chain = await chainAt(url, transport);
  const reader = createPublicClient({ chain, transport, pollingInterval: 100, cacheTime: 0 });
  const writer = createWalletClient({ chain, transport });
  const before = await reader.getBalance({ address: other });
  const hash = await writer.sendTransaction({ account, to: other, value: 1n });
  const { status } = await reader.waitForTransactionReceipt({ hash });
  const isReceived = (await reader.getBalance({ address: other })) > before;
  return { chainId: chain.id, status, isReceived };
}

/** The next block, told over a subscription, when a transaction makes one. */
async function blockTold(url) {
  const transport = webSocket(url.replace("http", "ws"));
  const chain = await chainAt(url, transport);
  const reader = createPublicClient({ chain, transport });
  const told = new Promise((resolve, reject) => {
    reader.watchBlockNumber({ onBlockNumber: resolve, onError: reject });
  });
  await reader.getBlockNumber();
  const writer = createWalletClient({ chain, transport });
  await writer.sendTransaction({ account, to: other, value: 1n });
  return typeof (await told);
}

const SIGNING = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "eth_sendTransaction",
  params: [{ from: account, to: other, value: "0x1" }],
});

/** What a form could send without asking: no answer can be read, and nothing may come of it. */
async function sendAsForm(url) {
  const { type } = await fetch(url, { method: "POST", mode: "no-cors", body: SIGNING });
  return type;
}

async function sendAsJson(url) {
  const headers = { "content-type": "application/json" };
  return await (await fetch(url, { method: "POST", headers, body: SIGNING })).json();
}

async function read(url) {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
  return (await (await fetch(url, { method: "POST", headers, body })).json()).result;
}

function openSocket(url) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url.replace("http", "ws"));
    socket.addEventListener("open", () => resolve("open"));
    socket.addEventListener("error", () => resolve("refused"));
  });
}

async function tried(what) {
  try {
    return await what();
  } catch (error) {
    return `${error.name}: ${error.message}`.slice(0, 300);
  }
}

const report = [];
for (const url of gateways)
  report.push({
    read: await tried(() => read(url)),
    socket: await tried(() => openSocket(url)),
    form: await tried(() => sendAsForm(url)),
    json: await tried(() => sendAsJson(url)),
    http: await tried(() => useOf(url, http(url, { retryCount: 0 }))),
    webSocket: await tried(() =>
      useOf(url, webSocket(url.replace("http", "ws"), { retryCount: 0, reconnect: false })),
    ),
    subscription: await tried(() => blockTold(url)),
  });
await fetch("/report", { method: "POST", body: JSON.stringify(report) });
