/** A part whose size is kept in `circuits/constraints.json`, at the parameters that the ledger uses. */
export interface CountedPart {
  readonly file: string;
  readonly template: string;
  readonly params: readonly number[];
  /** Too slow to compile for every test run; checked in full depth. */
  readonly slow?: true;
}

export const COUNTED_PARTS: readonly CountedPart[] = [
  { file: "lib/equality.circom", template: "EqualsZero", params: [] },
  { file: "lib/equality.circom", template: "Equals", params: [] },
  { file: "lib/at_least.circom", template: "AtLeastUnchecked", params: [128] },
  { file: "lib/at_least.circom", template: "AtLeast", params: [64] },
  { file: "lib/bytes.circom", template: "AssertBytes", params: [256] },
  { file: "lib/word_flags.circom", template: "WordFlags", params: [11] },
  { file: "lib/prefix_words.circom", template: "PrefixWords", params: [256] },
  { file: "lib/action_data.circom", template: "ActionData", params: [256] },
  { file: "lib/action_data.circom", template: "ActionData", params: [424] },
  { file: "lib/action_data.circom", template: "ActionData", params: [600] },
  { file: "lib/hash.circom", template: "Hash", params: [2] },
  { file: "lib/hash.circom", template: "Hash", params: [3] },
  { file: "lib/hash.circom", template: "Hash", params: [4] },
  { file: "lib/hash.circom", template: "Hash", params: [16] },
  { file: "lib/commitment.circom", template: "Commitment", params: [75] },
  { file: "lib/evaluation.circom", template: "Evaluation", params: [75] },
  { file: "lib/state_root.circom", template: "StateRoot", params: [] },
  { file: "lib/tree_leaf.circom", template: "LeafHash", params: [] },
  { file: "lib/tree_level.circom", template: "TreeLevelPair", params: [] },
  { file: "lib/tree_path.circom", template: "TreePathPair", params: [16], slow: true },
  { file: "lib/tree_lookup.circom", template: "TreeLookup", params: [224] },
  { file: "lib/tree_write.circom", template: "TreeWrite", params: [16], slow: true },
  { file: "lib/signature.circom", template: "Signature", params: [] },
  { file: "ledger/account_value.circom", template: "AccountValue", params: [] },
  { file: "ledger/call_data.circom", template: "LedgerCallData", params: [] },
  { file: "ledger/signed_transaction.circom", template: "SignedTransaction", params: [], slow: true },
  { file: "ledger/operation_output.circom", template: "OperationOutput", params: [] },
  { file: "ledger/forwarded_data.circom", template: "ForwardedData", params: [] },
  { file: "ledger/result_step.circom", template: "ResultStep", params: [] },
  { file: "ledger/operation.circom", template: "LedgerOperation", params: [], slow: true },
];

export function partName({ template, params }: CountedPart): string {
  return params.length === 0 ? template : `${template}(${params.join(", ")})`;
}
