import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import * as snarkjs from "snarkjs";
import solc from "solc";
import type { Hex } from "viem";
import { z } from "zod";
import hre from "hardhat";

const NAME = "Groth16Verifier";
const TEMPLATE = fileURLToPath(
  new URL(
    "../templates/verifier_groth16.sol.ejs",
    `file://${createRequire(import.meta.url).resolve("snarkjs")}`,
  ),
);

const compilation = z.object({
  contracts: z.object({
    [NAME]: z.object({ [NAME]: z.object({ evm: z.object({ bytecode: z.object({ object: z.string() }) }) }) }),
  }),
});

/**
 * Bytecode of the verifier contract that snarkjs exports for a key, compiled as this project's own contracts
 * are.
 * @param zkey content of the `.zkey` file.
 */
export async function snarkjsVerifier(zkey: Uint8Array): Promise<Hex> {
  const template = await readFile(TEMPLATE, "utf8");
  const content: unknown = await snarkjs.zKey.exportSolidityVerifier(
    { type: "mem", data: zkey },
    { groth16: template },
  );
  await globalThis.curve_bn128?.terminate();
  const { settings } = hre.config.solidity.profiles.default?.compilers[0] ?? {};
  const input = {
    language: "Solidity",
    sources: { [NAME]: { content } },
    settings: { ...settings, outputSelection: { "*": { "*": ["evm.bytecode.object"] } } },
  };
  const answer: unknown = solc.compile(JSON.stringify(input));
  const output = compilation.parse(JSON.parse(String(answer)));
  return `0x${output.contracts[NAME][NAME].evm.bytecode.object}`;
}
