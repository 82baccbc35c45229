import { plainText } from "lockstep-client/words";
import type { Abis } from "../names/abis.ts";
import { decodeCall, decodeError, decodeResult, ether } from "../names/decode.ts";
import type { ProofProgress, SettledVisit } from "../chains/rpc-types.ts";
import type { Labels } from "./parts.ts";
import type { CrossingNode, FrameNode } from "./model.ts";

/** How the score calls what it shows. */
export interface LabelSources {
  readonly abis: Abis;
  /** An address in words, on the chain where it stands. */
  readonly address: (chain: number, address: string | undefined) => string;
  /** Of the transaction's batch, as far as the builder remembers. */
  readonly proofs: readonly ProofProgress[];
}

export function labelsOf({ abis, address, proofs }: LabelSources): Labels {
  const argumentsText = (node: FrameNode): string =>
    decodeCall(node.input, abis, (each) => address(node.chain, each))
      .arguments.map(({ name, text }) => (name === "" ? text : `${name} ${text}`))
      .join(", ");
  const functionText = (input: FrameNode["input"]): string => decodeCall(input, abis, (each) => each).name;
  const failureText = (node: FrameNode | CrossingNode, chain: number): string => {
    const told = decodeError(node.output, abis, (each) => address(chain, each));
    return told === "" ? (node.error ?? "") : told;
  };
  const outcome = (node: FrameNode | CrossingNode, chain: number): string => {
    if (node.error !== undefined) return `✗ ${failureText(node, chain)}`;
    const { item } = decodeCall(node.input, abis, (each) => each);
    const told = decodeResult(node.output, item, (each) => address(chain, each));
    return told === "" ? "" : `→ ${told}`;
  };
  return {
    frame: (node) => {
      const contract = address(node.chain, node.to);
      if (node.type.startsWith("CREATE")) return { title: `new ${contract}`, detail: "" };
      const called = functionText(node.input);
      const paid = node.value === 0n ? "" : ` · ${ether(node.value)}`;
      const title = called === "" ? `${contract}${paid}` : `${contract}.${called}`;
      return { title, detail: called === "" ? "" : `${argumentsText(node)}${paid}`.replace(/^ · /, "") };
    },
    result: (node) => outcome(node, node.chain),
    call: (node) => {
      const called = functionText(node.input);
      const paid = node.value === 0n ? "" : ether(node.value);
      return [called === "" && paid === "" ? "call" : called, paid].filter((part) => part !== "").join(" · ");
    },
    answer: (node) => outcome(node, node.destination).replace(/^→ /, ""),
    proof: (visit) => proofLines(visit, proofs),
  };
}

/** What proves a visit. Nothing is called proven that L1 did not verify. */
export function proofLines(
  { proven, rollup, outcome }: SettledVisit,
  proofs: readonly ProofProgress[],
): readonly string[] {
  const undone = outcome === "undone" ? " (undone)" : "";
  if (!proven) return [`UNPROVEN${undone}`];
  const proof = proofs.find((each) => each.rollup === rollup && each.proven);
  if (proof === undefined) return [`Groth16${undone}`];
  const { constraints, backend, milliseconds, about } = proof;
  const size =
    constraints === null ? (about ?? proof.circuit) : `${constraints.toLocaleString("en")} constraints`;
  const made = backend === null ? "proven before" : `${backend} ${seconds(milliseconds)}`;
  return [plainText(`Groth16 · ${size}${undone}`), plainText(made)];
}

export function seconds(milliseconds: number): string {
  return milliseconds < 1_000
    ? `${Math.round(milliseconds).toString()} ms`
    : `${(milliseconds / 1_000).toFixed(2)} s`;
}
