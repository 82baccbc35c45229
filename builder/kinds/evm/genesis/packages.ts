import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { bytesToHex, type Hex, parseTransaction } from "viem";
import { z } from "zod";
import { bundled } from "../../../places/places.ts";

/*
 * Where the code of predeploys comes from: npm packages of exact versions. Some of the files are not what the
 * package means to export. What is read is checked against hashes that are known (predeploys.ts), so that
 * another version is noticed. `npm run pack` puts these files into the package that users install.
 */

const hex = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]+$/)]);
const resolver = createRequire(import.meta.url);

function fileOf(packageName: string, file: string): string {
  const brought = bundled(packageName, file);
  if (brought !== undefined && existsSync(brought)) return brought;
  return path.join(path.dirname(resolver.resolve(`${packageName}/package.json`)), file);
}

async function readJson(packageName: string, file: string): Promise<unknown> {
  return JSON.parse(await readFile(fileOf(packageName, file), "utf8"));
}

async function load(packageName: string, file: string): Promise<unknown> {
  return await import(pathToFileURL(fileOf(packageName, file)).href);
}

/** Data of a transaction that deploys: the init code. */
function initCodeOf(transaction: Hex): Hex {
  const { data } = parseTransaction(transaction);
  if (data === undefined) throw new TypeError("the transaction deploys nothing");
  return data;
}

const factoryDeployment = z.object({ transaction: hex });

/** Safe's factory is the deterministic CREATE2 deployer, byte for byte, with an owner that can fund it. */
export async function create2DeployerInit(): Promise<Hex> {
  const deployment = await readJson("@safe-global/safe-singleton-factory", "artifacts/1/deployment.json");
  return initCodeOf(factoryDeployment.parse(deployment).transaction);
}

const createX = z.object({ presignedTx: hex });

/** What Ignition's strategy "create2" sends where CreateX is missing. */
export async function createXInit(): Promise<Hex> {
  const file = "dist/src/internal/execution/strategy/createx-artifact.js";
  return initCodeOf(createX.parse(await load("@nomicfoundation/ignition-core", file)).presignedTx);
}

const viemContracts = z.object({ multicall3Bytecode: hex });

/** viem's own build of the contract: the functions of the one on mainnet, other bytes. */
export async function multicall3Init(): Promise<Hex> {
  return viemContracts.parse(await load("viem", "_esm/constants/contracts.js")).multicall3Bytecode;
}

/** Under Permit2's address the package has the init code, under the others' the code. */
export async function predeployBytes(address: string): Promise<Hex> {
  return bytesToHex(await readFile(fileOf("hardhat-predeploy", `bin/${address}.bytecode`)));
}

const artefact = z.object({ bytecode: hex });

export async function entryPoint06Init(): Promise<Hex> {
  const file = "artifacts/EntryPoint.json";
  return artefact.parse(await readJson("@account-abstraction/contracts-v06", file)).bytecode;
}
