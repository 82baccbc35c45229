import { readFileSync } from "node:fs";
import path from "node:path";
import {
  type Address,
  concatHex,
  encodeAbiParameters,
  getCreate2Address,
  type Hex,
  hexToBytes,
  keccak256,
  numberToHex,
} from "viem";
import { z } from "zod";
import { SYSTEM_ADDRESS } from "../../../circuits/evm/addresses.ts";
import { lowerCase } from "../../protocol/address.ts";
import type { ChainId } from "../../protocol/ids.ts";

/** As Hardhat writes it when it compiles `contracts/proxy/CrossChainProxy.sol`. */
const ARTEFACT = path.resolve(
  import.meta.dirname,
  "../../../artifacts/contracts/proxy/CrossChainProxy.sol/CrossChainProxy.json",
);
const SYSTEM = numberToHex(SYSTEM_ADDRESS, { size: 20 });
const SALT = numberToHex(0n, { size: 32 });
const WORD_BYTES = 32;

const hex = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]+$/)]);
const references = z.array(z.object({ start: z.number(), length: z.literal(WORD_BYTES) }));
const artefact = z.object({
  bytecode: hex,
  deployedBytecode: hex,
  immutableReferences: z.record(z.string(), references),
});

/** A proxy on an EVM rollup. */
export interface RollupProxy {
  /** In lower case. */
  readonly address: Address;
  /** Of the proxy once it is created. */
  readonly codeHash: Hex;
}

let compiled: RollupProxies | undefined;

/**
 * The proxies of EVM rollups, which the system contract creates: `contracts/proofs/bus/CallerProxies.sol`.
 */
export class RollupProxies {
  /** Without the constructor's arguments. */
  readonly initCode: Hex;
  readonly #runtimeCode: Uint8Array;
  /** Places of manager, original and rollup in the runtime code. */
  readonly #places: readonly (readonly number[])[];

  private constructor({ bytecode, deployedBytecode, immutableReferences }: z.infer<typeof artefact>) {
    this.initCode = bytecode;
    this.#runtimeCode = hexToBytes(deployedBytecode);
    // The compiler numbers them in the order of their declarations.
    this.#places = Object.entries(immutableReferences)
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, places]) => places.map(({ start }) => start));
  }

  /** Reads what Hardhat compiled, once. */
  static read(): RollupProxies {
    compiled ??= new RollupProxies(artefact.parse(JSON.parse(readFileSync(ARTEFACT, "utf8"))));
    return compiled;
  }

  /** The proxy that stands for `original` on `chain`. */
  of(original: Address, chain: ChainId): RollupProxy {
    const parameters = [{ type: "address" }, { type: "uint64" }] as const;
    const bytecode = concatHex([this.initCode, encodeAbiParameters(parameters, [original, chain])]);
    const code = this.#runtimeCode.slice();
    for (const [at, value] of [SYSTEM_ADDRESS, BigInt(original), chain].entries())
      for (const place of this.#places[at] ?? [])
        code.set(hexToBytes(numberToHex(value, { size: 32 })), place);
    return {
      address: lowerCase(getCreate2Address({ from: SYSTEM, salt: SALT, bytecode })),
      codeHash: keccak256(code),
    };
  }
}
