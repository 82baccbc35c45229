/** The gateways that are asked. */
export type GatewayName = "L1" | "A";

/** Recorded cases that are answered otherwise on purpose. */
export interface CaseException {
  readonly cases: RegExp;
  readonly reason: string;
  /** Code of the error that is the answer. */
  readonly code: number | "a result";
}

const TESTING: CaseException = {
  cases: /^testing_/,
  reason: "blocks are not made on demand",
  code: -32601,
};

const EARLIER: CaseException = {
  cases: /^eth_simulateV1\/ethSimulate-empty-with-block-num-set-(firstblock|minusone)$/,
  reason: "all chains are simulated on L1's latest block: rollups keep no earlier state",
  code: -32000,
};

export const CASE_EXCEPTIONS: Readonly<Record<GatewayName, readonly CaseException[]>> = {
  A: [
    TESTING,
    EARLIER,
    {
      cases: /^eth_simulateV1\/ethSimulate-(gas-fees-and-value-error-38014|simple-no-funds)-with-validation/,
      reason: "a rollup has no base fee that a call could fall short of: what it lacks is funds",
      code: -38014,
    },
    {
      cases: /^eth_simulateV1\/ethSimulate-simple-send-from-contract-with-validation/,
      reason: "a rollup has no base fee that a call could fall short of",
      code: "a result",
    },
    {
      cases: /^eth_simulateV1\/ethSimulate-overflow-nonce$/,
      reason: "a rollup's state commits to nonces of 64 bits",
      code: -32000,
    },
    {
      cases: /^debug_getRaw(Block|Header)\/(?!get-invalid)/,
      reason: "a rollup's blocks are made of L1's data and have no encoding",
      code: -32000,
    },
    {
      cases: /^debug_trace(Transaction|BlockBy\w+)\/trace-(block-(with|return|storage)|contract|legacy)/,
      reason: "rollups are traced by frames, not step by step: the state before is not kept",
      code: -32000,
    },
    {
      cases: /^eth_getProof\//,
      reason: "a rollup's state is no Merkle Patricia trie; lockstep_getProof gives its own proofs",
      code: -32000,
    },
  ],
  L1: [
    TESTING,
    EARLIER,
    {
      cases: /^(debug_getRawBlockAccessList|eth_config|eth_capabilities)/,
      reason: "the node of these tests has no such method",
      code: -32601,
    },
  ],
};

const NO_SUCH_METHOD = "the node of these tests has no such method, and it is not made of others";

/** Methods of the specification that a gateway does not have, and why. */
export const METHOD_EXCEPTIONS: Readonly<Record<GatewayName, Readonly<Record<string, string>>>> = {
  A: {},
  L1: {
    debug_getBadBlocks: NO_SUCH_METHOD,
    debug_getRawBlockAccessList: NO_SUCH_METHOD,
    eth_capabilities: NO_SUCH_METHOD,
    eth_config: NO_SUCH_METHOD,
    eth_getBlockAccessList: NO_SUCH_METHOD,
  },
};
