import { expect } from "chai";
import hre from "hardhat";
import type { Abi } from "viem";
import {
  busProofSystemAbi,
  crossChainManagerAbi,
  crossChainProxyAbi,
  groth16ProofSystemAbi,
  rollupsAbi,
  unprovenProofSystemAbi,
} from "../../builder/protocol/abi.ts";
import { connect } from "./setup.ts";

interface Parameter {
  readonly type: string;
  readonly name?: string;
  readonly indexed?: boolean;
  readonly components?: readonly Parameter[];
}

interface Item {
  readonly type: string;
  readonly name?: string;
  readonly stateMutability?: string;
  readonly inputs?: readonly Parameter[];
  readonly outputs?: readonly Parameter[];
}

/** A parameter without what does not matter on the wire (the names of Solidity types, of results). */
function shape(parameter: Parameter): unknown {
  return {
    type: parameter.type,
    name: parameter.name ?? "",
    indexed: parameter.indexed ?? false,
    components: (parameter.components ?? []).map(shape),
  };
}

/** One line for each item, sorted. */
function canonical(abi: readonly Item[]): string[] {
  return abi
    .map((item) =>
      JSON.stringify({
        type: item.type,
        name: item.name ?? "",
        stateMutability: item.stateMutability ?? "",
        inputs: (item.inputs ?? []).map(shape),
        outputs: (item.outputs ?? []).map((output) => shape({ ...output, name: "" })),
      }),
    )
    .sort();
}

describe("ABIs written out for the builder", () => {
  const written: readonly (readonly [string, Abi])[] = [
    ["Rollups", rollupsAbi],
    ["CrossChainProxy", crossChainProxyAbi],
    ["CrossChainManager", crossChainManagerAbi],
    ["UnprovenProofSystem", unprovenProofSystemAbi],
    ["Groth16ProofSystem", groth16ProofSystemAbi],
    ["BusProofSystem", busProofSystemAbi],
  ];
  before(connect);
  for (const [name, abi] of written) {
    it(`are those of the compiled ${name}`, async () => {
      const artifact = await hre.artifacts.readArtifact(name);
      const compiled: Abi = artifact.abi;
      const [ours, theirs] = [canonical(abi), canonical(compiled)];
      expect(theirs.filter((item) => !ours.includes(item))).to.deep.equal([], "missing here");
      expect(ours.filter((item) => !theirs.includes(item))).to.deep.equal([], "not in the contract");
    });
  }
});
