import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(import.meta.url);

async function read(file) {
  const { abi, bytecode: code } = JSON.parse(await readFile(require.resolve(file), "utf8"));
  const bytecode = code.startsWith("0x") ? code : `0x${code}`;
  return { contractName: path.basename(file, ".json"), sourceName: file, abi, bytecode, linkReferences: {} };
}

/** What packages bring along, compiled as their authors did. */
export const V2Factory = await read("@uniswap/v2-core/build/UniswapV2Factory.json");
export const V2Pair = await read("@uniswap/v2-core/build/UniswapV2Pair.json");
export const V3Factory = await read(
  "@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json",
);
export const V3Pool = await read("@uniswap/v3-core/artifacts/contracts/UniswapV3Pool.sol/UniswapV3Pool.json");
const SAFE = "@safe-global/safe-contracts/build/artifacts/contracts";
export const Safe = await read(`${SAFE}/Safe.sol/Safe.json`);
export const SafeProxyFactory = await read(`${SAFE}/proxies/SafeProxyFactory.sol/SafeProxyFactory.json`);
export const EntryPoint = await read("@account-abstraction/contracts/artifacts/EntryPoint.json");
