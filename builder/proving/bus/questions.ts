import { concatHex, type Hex, numberToHex, toHex } from "viem";

/** An input of one of L1's precompiles. */
export interface PrecompileInput {
  /** The precompile's address. */
  readonly precompile: number;
  readonly input: Uint8Array;
}

/** What L1 is asked about a statement; it finds the answers by itself and sends them on the bus. */
export interface Questions {
  /** Of keccak256. */
  readonly preimages: readonly Uint8Array[];
  readonly inputs: readonly PrecompileInput[];
}

/** What L1 will find that a precompile makes of an input, as the EVM of Osaka does. */
export interface PrecompileAnswer extends PrecompileInput {
  /**
   * Gas that the call costs, without what the caller pays for calling: 0 where the input has a form that the
   * precompile refuses (`Precompiles.sol`).
   */
  readonly price: bigint;
  /** Nothing where the call fails. */
  readonly output?: Uint8Array;
}

/** Questions with their answers. */
export interface Answers extends Questions {
  readonly inputs: readonly PrecompileAnswer[];
}

export const NO_QUESTIONS: Answers = { preimages: [], inputs: [] };

/** As many as a run has at most. */
const MAX_RUN = 65_535;

/** Questions as `contracts/proofs/bus/Questions.sol` reads them; no bytes if there are none. */
export function encodeQuestions({ preimages, inputs }: Questions): Hex {
  if (preimages.length === 0 && inputs.length === 0) return "0x";
  const runs = runsOf(preimages);
  return concatHex([
    numberToHex(runs.length, { size: 2 }),
    ...runs.flatMap((run) => [
      numberToHex(run.length, { size: 2 }),
      numberToHex(run[0]?.length ?? 0, { size: 4 }),
      ...run.map((preimage) => toHex(preimage)),
    ]),
    numberToHex(inputs.length, { size: 2 }),
    ...inputs.flatMap(({ precompile, input }) => [
      numberToHex(precompile, { size: 2 }),
      numberToHex(input.length, { size: 4 }),
      toHex(input),
    ]),
  ]);
}

/** Preimages of one length that follow each other share what is said of them. */
function runsOf(preimages: readonly Uint8Array[]): Uint8Array[][] {
  const runs: Uint8Array[][] = [];
  for (const preimage of preimages) {
    const run = runs.at(-1);
    if (run?.[0]?.length === preimage.length && run.length < MAX_RUN) run.push(preimage);
    else runs.push([preimage]);
  }
  return runs;
}
