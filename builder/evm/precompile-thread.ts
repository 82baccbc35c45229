import { createEVM, type EVMError, NobleBN254 } from "@ethereumjs/evm";
import { rulesOf } from "./rules.ts";

export interface PrecompileTask {
  /** As an EVM names it among its precompiles: 40 digits. */
  readonly name: string;
  readonly data: Uint8Array;
  readonly gasLimit: bigint;
}

export interface PrecompileAnswer {
  readonly gasUsed: bigint;
  readonly returnValue: Uint8Array;
  /** In the EVM's words, if it failed. */
  readonly error: EVMError["error"] | undefined;
}

// Of the rules that chains differ in, no precompile here knows any.
const common = rulesOf(1);
const evm = await createEVM({ common, bn254: new NobleBN254() });

/** What a precompile answers, in a thread of its own. */
export default async function runPrecompile({
  name,
  data,
  gasLimit,
}: PrecompileTask): Promise<PrecompileAnswer> {
  const precompile = evm.precompiles.get(name);
  if (precompile === undefined) throw new TypeError(`${name} is no precompile`);
  const given = { data, gasLimit, common, _EVM: evm };
  const { executionGasUsed, returnValue, exceptionError } = await precompile(given);
  return { gasUsed: executionGasUsed, returnValue, error: exceptionError?.error };
}
