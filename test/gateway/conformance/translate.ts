import { numberToHex } from "viem";
import type { ConformanceSetup } from "./setup.ts";

/** Head of the recorded chain. */
const RECORDED_HEAD = 54;
const RECORDED_TIME = 540;
/** Blocks up to here are there on every chain. */
const COMMON_BLOCKS = 6;

/** What a recorded request is turned into on our chain. */
export interface Translation {
  readonly chains: ConformanceSetup;
  readonly head: { readonly number: number; readonly timestamp: number };
}

/** Recorded accounts, blocks and transactions, by what they are on our chain. */
function names({ chains }: Translation): ReadonlyMap<string, string> {
  const { transactions } = chains;
  return new Map([
    ["0x7dcd17433742f4c0ca53122ab541d0ba67fc27df", chains.logging],
    ["0x0ee3ab1371c93e7c0c281cc0c2107cdebc8b1930", chains.reverting],
    ["0x17e7eedce4ac02ef114a7ed9fe6e2f33feba1667", chains.picky],
    ["0x9344b07175800259691961298ca11c824e65032d", chains.environment],
    ["0xeda8645ba6948855e3b3cd596bbb07596d59c603", chains.delegated],
    ["0x0c2c51a0990aee1d73c1228de158688341557508", chains.rich],
    ["0x14e46043e63d0e3cdcf2530519f4cfaf35058cb2", chains.rich],
    ["0x0300100f529a704d19736a8714837adbc934db7f", chains.rich],
    ["0x44fd89d504659cd58f48f4796b77a7e7012cf296a2409afa2f6c3cb99b5b3d99", chains.genesisHash],
    ["0xd226371d0b1551adb03fb52b71f08e3e11247fe9b1af994768af8cdaa8e7dcd7", chains.latestHash],
    ["0x695ad02907c9e13ab7c69963f723fa46ac13cd5e2314f61eab2cb2f07b946faa", transactions.accessList],
    ["0x205405746564cbcf1dd53fb5ac92c7622d3792d82f03c59d9baddf2443d91864", transactions.dynamicFee],
    // Rollups and development nodes have no blob transactions to show.
    ["0x4bb6fa064c302d27ea9ac821e061bcc336b8fa40de77f01e116c6461d47e7ac1", transactions.dynamicFee],
    ["0xc1d605c6612a5fe84dc95810030bfe5b1d327652b381bc695e28f50d13b2b09e", transactions.create],
    ["0x3fbac8b19b59077cd29bbacc3815d73577b45a4d976cae80b04c98c793684c07", transactions.legacy],
    ["0x99f7e58af4dd2735931a3262705fbe57ea2fcc79497668f74309cdeaf37cc223", transactions.setCode],
  ]);
}

/** Hashes that are meant to be no block's and no transaction's. */
const NOBODYS = /^0x0{56}(0{8}|deadbeef|0{7}1)$/;
/** Where a method takes a block. */
const BLOCK_PARAMETER: Readonly<Record<string, number>> = {
  debug_getRawBlock: 0,
  debug_getRawHeader: 0,
  debug_getRawReceipts: 0,
  debug_traceBlockByNumber: 0,
  eth_feeHistory: 1,
  eth_getBalance: 1,
  eth_getBlockByNumber: 0,
  eth_getBlockReceipts: 0,
  eth_getBlockTransactionCountByNumber: 0,
  eth_getTransactionByBlockNumberAndIndex: 0,
  eth_simulateV1: 1,
};
const BLOCK_FIELDS = new Set(["fromBlock", "toBlock", "number"]);
const BLOCK_HASH_METHODS = /ByHash$|ByBlockHash|BlockReceipts|^eth_get(Balance|Proof)$/;

/** The request as our chain would be asked it. */
export function translated(
  method: string,
  params: readonly unknown[],
  translation: Translation,
): readonly unknown[] {
  const known = names(translation);
  const { head, chains } = translation;
  const block = (text: string): string => {
    if (!/^0x[0-9a-f]{1,8}$/.test(text)) return text;
    const number = Number(text);
    if (number <= COMMON_BLOCKS) return text;
    return numberToHex(Math.max(1, head.number + number - RECORDED_HEAD));
  };
  const walk = (value: unknown, key: string | number): unknown => {
    if (Array.isArray(value)) return value.map((each, index) => walk(each, index));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [known.get(name) ?? name, walk(inner, name)]),
      );
    if (typeof value !== "string") return value;
    if (BLOCK_FIELDS.has(String(key))) return block(value);
    if (key === "time") return numberToHex(head.timestamp + Number(value) - RECORDED_TIME);
    const isHash = value.length === 66 && !NOBODYS.test(value);
    if (key === "blockHash" && isHash) return chains.logBlockHash;
    const mapped = known.get(value);
    if (mapped !== undefined) return mapped;
    return isHash && typeof key === "number" && BLOCK_HASH_METHODS.test(method) ? chains.blockHash : value;
  };
  return params.map((value, index) =>
    typeof value === "string" && BLOCK_PARAMETER[method] === index
      ? walkBlock(value, index)
      : walk(value, index),
  );

  function walkBlock(value: string, index: number): unknown {
    return value.length === 66 ? walk(value, index) : block(value);
  }
}
