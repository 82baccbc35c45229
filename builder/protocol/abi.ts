//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////
// BusProofSystem
//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////

export const busProofSystemAbi = [
  {
    type: "constructor",
    inputs: [{ name: "proxyInitCode", internalType: "bytes", type: "bytes" }],
    stateMutability: "nonpayable",
  },
  {
    type: "error",
    inputs: [{ name: "statement", internalType: "uint256", type: "uint256" }],
    name: "BusNotBalanced",
  },
  {
    type: "error",
    inputs: [{ name: "chainId", internalType: "uint256", type: "uint256" }],
    name: "DevelopmentKeySet",
  },
  {
    type: "error",
    inputs: [
      { name: "statement", internalType: "uint256", type: "uint256" },
      { name: "proof", internalType: "uint256", type: "uint256" },
    ],
    name: "InputOutOfField",
  },
  { type: "error", inputs: [], name: "InvalidProof" },
  {
    type: "error",
    inputs: [{ name: "length", internalType: "uint256", type: "uint256" }],
    name: "KeySetLength",
  },
  { type: "error", inputs: [], name: "NotAStatement" },
  { type: "error", inputs: [], name: "NotCode" },
  { type: "error", inputs: [], name: "OpeningNotOnCurve" },
  {
    type: "error",
    inputs: [{ name: "offset", internalType: "uint256", type: "uint256" }],
    name: "PointNotOnCurve",
  },
  {
    type: "error",
    inputs: [{ name: "precompile", internalType: "uint256", type: "uint256" }],
    name: "PrecompileFailed",
  },
  {
    type: "error",
    inputs: [{ name: "precompile", internalType: "uint256", type: "uint256" }],
    name: "PrecompileMissing",
  },
  {
    type: "error",
    inputs: [{ name: "precompile", internalType: "uint256", type: "uint256" }],
    name: "PrecompileStarved",
  },
  {
    type: "error",
    inputs: [
      { name: "statement", internalType: "uint256", type: "uint256" },
      { name: "length", internalType: "uint256", type: "uint256" },
    ],
    name: "ProofLength",
  },
  {
    type: "error",
    inputs: [
      { name: "statement", internalType: "uint256", type: "uint256" },
      { name: "proof", internalType: "uint256", type: "uint256" },
    ],
    name: "ProofNotOnCurve",
  },
  {
    type: "error",
    inputs: [{ name: "statement", internalType: "uint256", type: "uint256" }],
    name: "QuestionsLength",
  },
  {
    type: "error",
    inputs: [{ name: "offset", internalType: "uint256", type: "uint256" }],
    name: "SecretNotOwn",
  },
  {
    type: "error",
    inputs: [
      { name: "statement", internalType: "uint256", type: "uint256" },
      { name: "slot", internalType: "uint256", type: "uint256" },
    ],
    name: "SlotNotOpened",
  },
  {
    type: "error",
    inputs: [{ name: "statement", internalType: "uint256", type: "uint256" }],
    name: "SlotsNotAscending",
  },
  {
    type: "error",
    inputs: [{ name: "slots", internalType: "uint256", type: "uint256" }],
    name: "TooManySlots",
  },
  {
    type: "error",
    inputs: [
      { name: "statement", internalType: "uint256", type: "uint256" },
      { name: "codeHash", internalType: "bytes32", type: "bytes32" },
    ],
    name: "UnknownCode",
  },
  {
    type: "error",
    inputs: [
      { name: "statement", internalType: "uint256", type: "uint256" },
      { name: "proof", internalType: "uint256", type: "uint256" },
      { name: "key", internalType: "uint256", type: "uint256" },
    ],
    name: "UnknownKey",
  },
  {
    type: "error",
    inputs: [{ name: "set", internalType: "bytes32", type: "bytes32" }],
    name: "UnknownKeySet",
  },
  { type: "error", inputs: [], name: "UnknownProxyLayout" },
  {
    type: "error",
    inputs: [{ name: "precompile", internalType: "uint256", type: "uint256" }],
    name: "UnsupportedPrecompile",
  },
  { type: "error", inputs: [], name: "WrongCommitment" },
  {
    type: "event",
    anonymous: false,
    inputs: [
      { name: "tau", internalType: "bytes32", type: "bytes32", indexed: true },
      {
        name: "codeHash",
        internalType: "bytes32",
        type: "bytes32",
        indexed: true,
      },
    ],
    name: "CodeRegistered",
  },
  {
    type: "event",
    anonymous: false,
    inputs: [
      { name: "set", internalType: "bytes32", type: "bytes32", indexed: true },
      {
        name: "pointer",
        internalType: "address",
        type: "address",
        indexed: false,
      },
      {
        name: "keys",
        internalType: "uint256",
        type: "uint256",
        indexed: false,
      },
      {
        name: "isDevelopment",
        internalType: "bool",
        type: "bool",
        indexed: false,
      },
    ],
    name: "KeySetRegistered",
  },
  {
    type: "function",
    inputs: [],
    name: "dataWordBytes",
    outputs: [{ name: "", internalType: "uint256", type: "uint256" }],
    stateMutability: "pure",
  },
  {
    type: "function",
    inputs: [
      { name: "tau", internalType: "bytes32", type: "bytes32" },
      { name: "codeHash", internalType: "bytes32", type: "bytes32" },
    ],
    name: "isCodeRegistered",
    outputs: [{ name: "", internalType: "bool", type: "bool" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [{ name: "set", internalType: "bytes32", type: "bytes32" }],
    name: "isDevelopmentKeySet",
    outputs: [{ name: "", internalType: "bool", type: "bool" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [{ name: "set", internalType: "bytes32", type: "bytes32" }],
    name: "isRegistered",
    outputs: [{ name: "", internalType: "bool", type: "bool" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [
      { name: "tau", internalType: "uint256[4]", type: "uint256[4]" },
      { name: "code", internalType: "bytes", type: "bytes" },
      { name: "commitment", internalType: "uint256[2]", type: "uint256[2]" },
      { name: "opening", internalType: "uint256[2]", type: "uint256[2]" },
    ],
    name: "registerCode",
    outputs: [{ name: "codeHash", internalType: "bytes32", type: "bytes32" }],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [{ name: "keySet", internalType: "bytes", type: "bytes" }],
    name: "registerKeySet",
    outputs: [{ name: "set", internalType: "bytes32", type: "bytes32" }],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [
      {
        name: "statements",
        internalType: "struct Statement[]",
        type: "tuple[]",
        components: [
          { name: "verificationKey", internalType: "bytes32", type: "bytes32" },
          { name: "words", internalType: "uint256[]", type: "uint256[]" },
          { name: "proof", internalType: "bytes", type: "bytes" },
        ],
      },
    ],
    name: "verify",
    outputs: [],
    stateMutability: "view",
  },
] as const;

//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////
// CrossChainManager
//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////

export const crossChainManagerAbi = [
  {
    type: "error",
    inputs: [{ name: "caller", internalType: "address", type: "address" }],
    name: "NotProxy",
  },
  {
    type: "error",
    inputs: [{ name: "rollup", internalType: "ChainId", type: "uint64" }],
    name: "OwnChain",
  },
  {
    type: "event",
    anonymous: false,
    inputs: [
      {
        name: "proxy",
        internalType: "address",
        type: "address",
        indexed: true,
      },
      {
        name: "original",
        internalType: "address",
        type: "address",
        indexed: true,
      },
      {
        name: "rollup",
        internalType: "ChainId",
        type: "uint64",
        indexed: true,
      },
    ],
    name: "ProxyCreated",
  },
  {
    type: "function",
    inputs: [
      { name: "original", internalType: "address", type: "address" },
      { name: "rollup", internalType: "ChainId", type: "uint64" },
    ],
    name: "createProxy",
    outputs: [{ name: "", internalType: "address", type: "address" }],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [
      { name: "original", internalType: "address", type: "address" },
      { name: "rollup", internalType: "ChainId", type: "uint64" },
    ],
    name: "passOn",
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [
      { name: "original", internalType: "address", type: "address" },
      { name: "rollup", internalType: "ChainId", type: "uint64" },
    ],
    name: "proxyOf",
    outputs: [{ name: "", internalType: "address", type: "address" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [
      { name: "rollup", internalType: "ChainId", type: "uint64" },
      { name: "original", internalType: "address", type: "address" },
      { name: "", internalType: "address", type: "address" },
      { name: "", internalType: "bytes", type: "bytes" },
    ],
    name: "relay",
    outputs: [],
    stateMutability: "payable",
  },
] as const;

//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////
// CrossChainProxy
//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////

export const crossChainProxyAbi = [
  {
    type: "constructor",
    inputs: [
      { name: "original", internalType: "address", type: "address" },
      { name: "rollup", internalType: "ChainId", type: "uint64" },
    ],
    stateMutability: "nonpayable",
  },
  { type: "fallback", stateMutability: "payable" },
] as const;

//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////
// Groth16ProofSystem
//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////

export const groth16ProofSystemAbi = [
  { type: "constructor", inputs: [], stateMutability: "nonpayable" },
  {
    type: "error",
    inputs: [
      { name: "statement", internalType: "uint256", type: "uint256" },
      { name: "commitment", internalType: "uint256", type: "uint256" },
    ],
    name: "CommitmentOutOfField",
  },
  {
    type: "error",
    inputs: [{ name: "chainId", internalType: "uint256", type: "uint256" }],
    name: "DevelopmentKey",
  },
  { type: "error", inputs: [], name: "InvalidProof" },
  {
    type: "error",
    inputs: [{ name: "length", internalType: "uint256", type: "uint256" }],
    name: "KeyLength",
  },
  {
    type: "error",
    inputs: [{ name: "offset", internalType: "uint256", type: "uint256" }],
    name: "PointNotOnCurve",
  },
  {
    type: "error",
    inputs: [{ name: "precompile", internalType: "uint256", type: "uint256" }],
    name: "PrecompileFailed",
  },
  {
    type: "error",
    inputs: [
      { name: "statement", internalType: "uint256", type: "uint256" },
      { name: "length", internalType: "uint256", type: "uint256" },
    ],
    name: "ProofLength",
  },
  {
    type: "error",
    inputs: [{ name: "statement", internalType: "uint256", type: "uint256" }],
    name: "ProofNotOnCurve",
  },
  { type: "error", inputs: [], name: "UnfinishedSetup" },
  {
    type: "error",
    inputs: [{ name: "keyHash", internalType: "bytes32", type: "bytes32" }],
    name: "UnknownKey",
  },
  {
    type: "error",
    inputs: [
      { name: "index", internalType: "uint256", type: "uint256" },
      { name: "word", internalType: "uint256", type: "uint256" },
    ],
    name: "WordOutOfField",
  },
  {
    type: "event",
    anonymous: false,
    inputs: [
      {
        name: "keyHash",
        internalType: "bytes32",
        type: "bytes32",
        indexed: true,
      },
      {
        name: "pointer",
        internalType: "address",
        type: "address",
        indexed: false,
      },
      {
        name: "isDevelopment",
        internalType: "bool",
        type: "bool",
        indexed: false,
      },
    ],
    name: "KeyRegistered",
  },
  {
    type: "function",
    inputs: [],
    name: "dataWordBytes",
    outputs: [{ name: "", internalType: "uint256", type: "uint256" }],
    stateMutability: "pure",
  },
  {
    type: "function",
    inputs: [{ name: "keyHash", internalType: "bytes32", type: "bytes32" }],
    name: "isDevelopmentKey",
    outputs: [{ name: "", internalType: "bool", type: "bool" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [{ name: "keyHash", internalType: "bytes32", type: "bytes32" }],
    name: "isRegistered",
    outputs: [{ name: "", internalType: "bool", type: "bool" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [{ name: "key", internalType: "bytes", type: "bytes" }],
    name: "registerKey",
    outputs: [{ name: "keyHash", internalType: "bytes32", type: "bytes32" }],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [
      {
        name: "statements",
        internalType: "struct Statement[]",
        type: "tuple[]",
        components: [
          { name: "verificationKey", internalType: "bytes32", type: "bytes32" },
          { name: "words", internalType: "uint256[]", type: "uint256[]" },
          { name: "proof", internalType: "bytes", type: "bytes" },
        ],
      },
    ],
    name: "verify",
    outputs: [],
    stateMutability: "view",
  },
] as const;

//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////
// Rollups
//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////

export const rollupsAbi = [
  {
    type: "constructor",
    inputs: [{ name: "maxBatchAge", internalType: "uint256", type: "uint256" }],
    stateMutability: "nonpayable",
  },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "action", internalType: "uint256", type: "uint256" },
    ],
    name: "ActionsAfterEnd",
  },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "mark", internalType: "uint256", type: "uint256" },
    ],
    name: "BadMark",
  },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "action", internalType: "uint256", type: "uint256" },
    ],
    name: "BadTrigger",
  },
  {
    type: "error",
    inputs: [
      { name: "proof", internalType: "uint256", type: "uint256" },
      { name: "visit", internalType: "uint256", type: "uint256" },
    ],
    name: "BadVisitIndex",
  },
  {
    type: "error",
    inputs: [
      { name: "timestamp", internalType: "uint64", type: "uint64" },
      { name: "oldest", internalType: "uint256", type: "uint256" },
    ],
    name: "BatchTooOld",
  },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "action", internalType: "uint256", type: "uint256" },
    ],
    name: "BrokenChain",
  },
  { type: "error", inputs: [], name: "Busy" },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "action", internalType: "uint256", type: "uint256" },
    ],
    name: "CallToManager",
  },
  { type: "error", inputs: [], name: "EmptyBatch" },
  {
    type: "error",
    inputs: [{ name: "actionHash", internalType: "bytes32", type: "bytes32" }],
    name: "ExecutionNotFound",
  },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "action", internalType: "uint256", type: "uint256" },
    ],
    name: "GasNotBound",
  },
  {
    type: "error",
    inputs: [
      { name: "available", internalType: "uint256", type: "uint256" },
      { name: "required", internalType: "uint256", type: "uint256" },
    ],
    name: "InsufficientCallGas",
  },
  {
    type: "error",
    inputs: [
      { name: "available", internalType: "uint256", type: "uint256" },
      { name: "required", internalType: "uint256", type: "uint256" },
    ],
    name: "InsufficientProbeGas",
  },
  {
    type: "error",
    inputs: [
      { name: "rollup", internalType: "ChainId", type: "uint64" },
      { name: "balance", internalType: "uint256", type: "uint256" },
      { name: "value", internalType: "uint256", type: "uint256" },
    ],
    name: "InsufficientRollupBalance",
  },
  {
    type: "error",
    inputs: [{ name: "index", internalType: "uint256", type: "uint256" }],
    name: "MissingBlob",
  },
  {
    type: "error",
    inputs: [{ name: "rollup", internalType: "ChainId", type: "uint64" }],
    name: "NativeTokenRollup",
  },
  { type: "error", inputs: [], name: "NoVerificationKey" },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "action", internalType: "uint256", type: "uint256" },
    ],
    name: "NotCanonical",
  },
  {
    type: "error",
    inputs: [{ name: "at", internalType: "uint256", type: "uint256" }],
    name: "NotCanonicalCalldata",
  },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "action", internalType: "uint256", type: "uint256" },
    ],
    name: "NotJoint",
  },
  {
    type: "error",
    inputs: [
      { name: "rollup", internalType: "ChainId", type: "uint64" },
      { name: "caller", internalType: "address", type: "address" },
    ],
    name: "NotOfferedTo",
  },
  {
    type: "error",
    inputs: [
      { name: "rollup", internalType: "ChainId", type: "uint64" },
      { name: "caller", internalType: "address", type: "address" },
    ],
    name: "NotOwner",
  },
  {
    type: "error",
    inputs: [{ name: "rollup", internalType: "ChainId", type: "uint64" }],
    name: "NotProposed",
  },
  {
    type: "error",
    inputs: [{ name: "caller", internalType: "address", type: "address" }],
    name: "NotProxy",
  },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "action", internalType: "uint256", type: "uint256" },
    ],
    name: "NotUndone",
  },
  {
    type: "error",
    inputs: [{ name: "caller", internalType: "address", type: "address" }],
    name: "OnlySelf",
  },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "action", internalType: "uint256", type: "uint256" },
    ],
    name: "PathNotEnded",
  },
  {
    type: "error",
    inputs: [{ name: "proofSystem", internalType: "address", type: "address" }],
    name: "ProofSystemWithoutCode",
  },
  {
    type: "error",
    inputs: [{ name: "proof", internalType: "uint256", type: "uint256" }],
    name: "ProofWithoutVisits",
  },
  {
    type: "error",
    inputs: [{ name: "proof", internalType: "uint256", type: "uint256" }],
    name: "ProofsNotInOrder",
  },
  {
    type: "error",
    inputs: [
      { name: "rollup", internalType: "ChainId", type: "uint64" },
      { name: "applicableAt", internalType: "uint256", type: "uint256" },
    ],
    name: "ProposalTooNew",
  },
  {
    type: "error",
    inputs: [{ name: "data", internalType: "bytes", type: "bytes" }],
    name: "RemoteError",
  },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "action", internalType: "uint256", type: "uint256" },
    ],
    name: "ResultNotNested",
  },
  {
    type: "error",
    inputs: [{ name: "size", internalType: "uint256", type: "uint256" }],
    name: "ReturnDataTooLarge",
  },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "action", internalType: "uint256", type: "uint256" },
    ],
    name: "RevertNotContinued",
  },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "visit", internalType: "uint256", type: "uint256" },
    ],
    name: "RootMustNotChange",
  },
  {
    type: "error",
    inputs: [{ name: "root", internalType: "StateRoot", type: "bytes32" }],
    name: "RootOutOfField",
  },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "action", internalType: "uint256", type: "uint256" },
    ],
    name: "SecondEnding",
  },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "action", internalType: "uint256", type: "uint256" },
    ],
    name: "SpanRequired",
  },
  {
    type: "error",
    inputs: [
      { name: "frames", internalType: "uint256", type: "uint256" },
      { name: "next", internalType: "uint256", type: "uint256" },
    ],
    name: "SpanUndone",
  },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "action", internalType: "uint256", type: "uint256" },
    ],
    name: "StaticNotPlayable",
  },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "action", internalType: "uint256", type: "uint256" },
    ],
    name: "StaticViolation",
  },
  {
    type: "error",
    inputs: [{ name: "size", internalType: "uint256", type: "uint256" }],
    name: "TableTooLarge",
  },
  {
    type: "error",
    inputs: [
      { name: "timestamp", internalType: "uint64", type: "uint64" },
      { name: "blockTimestamp", internalType: "uint256", type: "uint256" },
    ],
    name: "TimestampInFuture",
  },
  {
    type: "error",
    inputs: [
      { name: "count", internalType: "uint256", type: "uint256" },
      { name: "limit", internalType: "uint256", type: "uint256" },
    ],
    name: "TooManyExecutions",
  },
  {
    type: "error",
    inputs: [{ name: "count", internalType: "uint256", type: "uint256" }],
    name: "TooManyRollups",
  },
  {
    type: "error",
    inputs: [{ name: "execution", internalType: "uint256", type: "uint256" }],
    name: "TransactionAfterCall",
  },
  {
    type: "error",
    inputs: [{ name: "execution", internalType: "uint256", type: "uint256" }],
    name: "TransactionOutOfGas",
  },
  {
    type: "error",
    inputs: [
      { name: "expected", internalType: "bytes32", type: "bytes32" },
      { name: "actual", internalType: "bytes32", type: "bytes32" },
    ],
    name: "UnexpectedAction",
  },
  {
    type: "error",
    inputs: [{ name: "execution", internalType: "uint256", type: "uint256" }],
    name: "Unfinished",
  },
  {
    type: "error",
    inputs: [{ name: "rollup", internalType: "ChainId", type: "uint64" }],
    name: "UnknownRollup",
  },
  {
    type: "error",
    inputs: [{ name: "proofSystem", internalType: "address", type: "address" }],
    name: "UnknownStatementForm",
  },
  {
    type: "error",
    inputs: [
      { name: "rollup", internalType: "ChainId", type: "uint64" },
      { name: "verificationKey", internalType: "bytes32", type: "bytes32" },
    ],
    name: "UnknownVerificationKey",
  },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "action", internalType: "uint256", type: "uint256" },
      { name: "kind", internalType: "uint8", type: "uint8" },
    ],
    name: "UnsupportedKind",
  },
  {
    type: "error",
    inputs: [{ name: "value", internalType: "uint256", type: "uint256" }],
    name: "ValueTooLarge",
  },
  {
    type: "error",
    inputs: [
      { name: "proof", internalType: "uint256", type: "uint256" },
      { name: "visit", internalType: "uint256", type: "uint256" },
    ],
    name: "VisitCoveredTwice",
  },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "visit", internalType: "uint256", type: "uint256" },
    ],
    name: "VisitMismatch",
  },
  {
    type: "error",
    inputs: [{ name: "visit", internalType: "uint256", type: "uint256" }],
    name: "VisitNotCovered",
  },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "visit", internalType: "uint256", type: "uint256" },
    ],
    name: "VisitNotMade",
  },
  {
    type: "error",
    inputs: [
      { name: "proof", internalType: "uint256", type: "uint256" },
      { name: "visit", internalType: "uint256", type: "uint256" },
    ],
    name: "VisitOfOtherRollup",
  },
  {
    type: "error",
    inputs: [
      { name: "execution", internalType: "uint256", type: "uint256" },
      { name: "visit", internalType: "uint256", type: "uint256" },
    ],
    name: "VisitsNotChained",
  },
  {
    type: "event",
    anonymous: false,
    inputs: [
      {
        name: "batch",
        internalType: "bytes32",
        type: "bytes32",
        indexed: true,
      },
      { name: "data", internalType: "bytes", type: "bytes", indexed: false },
    ],
    name: "BatchData",
  },
  {
    type: "event",
    anonymous: false,
    inputs: [
      {
        name: "batch",
        internalType: "bytes32",
        type: "bytes32",
        indexed: true,
      },
      {
        name: "timestamp",
        internalType: "uint64",
        type: "uint64",
        indexed: false,
      },
    ],
    name: "BatchPosted",
  },
  {
    type: "event",
    anonymous: false,
    inputs: [
      {
        name: "batch",
        internalType: "bytes32",
        type: "bytes32",
        indexed: true,
      },
      {
        name: "execution",
        internalType: "uint32",
        type: "uint32",
        indexed: false,
      },
      {
        name: "ending",
        internalType: "uint32",
        type: "uint32",
        indexed: false,
      },
    ],
    name: "ExecutionConsumed",
  },
  {
    type: "event",
    anonymous: false,
    inputs: [
      {
        name: "batch",
        internalType: "bytes32",
        type: "bytes32",
        indexed: true,
      },
      {
        name: "execution",
        internalType: "uint32",
        type: "uint32",
        indexed: false,
      },
      { name: "reason", internalType: "bytes", type: "bytes", indexed: false },
    ],
    name: "ExecutionFailed",
  },
  {
    type: "event",
    anonymous: false,
    inputs: [
      {
        name: "batch",
        internalType: "bytes32",
        type: "bytes32",
        indexed: true,
      },
      {
        name: "execution",
        internalType: "uint32",
        type: "uint32",
        indexed: false,
      },
      {
        name: "rollup",
        internalType: "ChainId",
        type: "uint64",
        indexed: false,
      },
    ],
    name: "ExecutionSkipped",
  },
  {
    type: "event",
    anonymous: false,
    inputs: [
      {
        name: "rollup",
        internalType: "ChainId",
        type: "uint64",
        indexed: true,
      },
      {
        name: "owner",
        internalType: "address",
        type: "address",
        indexed: true,
      },
      {
        name: "newOwner",
        internalType: "address",
        type: "address",
        indexed: true,
      },
    ],
    name: "OwnershipOffered",
  },
  {
    type: "event",
    anonymous: false,
    inputs: [
      {
        name: "rollup",
        internalType: "ChainId",
        type: "uint64",
        indexed: true,
      },
      {
        name: "oldOwner",
        internalType: "address",
        type: "address",
        indexed: true,
      },
      {
        name: "newOwner",
        internalType: "address",
        type: "address",
        indexed: true,
      },
    ],
    name: "OwnershipTransferred",
  },
  {
    type: "event",
    anonymous: false,
    inputs: [
      {
        name: "proxy",
        internalType: "address",
        type: "address",
        indexed: true,
      },
      {
        name: "original",
        internalType: "address",
        type: "address",
        indexed: true,
      },
      {
        name: "rollup",
        internalType: "ChainId",
        type: "uint64",
        indexed: true,
      },
    ],
    name: "ProxyCreated",
  },
  {
    type: "event",
    anonymous: false,
    inputs: [
      {
        name: "rollup",
        internalType: "ChainId",
        type: "uint64",
        indexed: true,
      },
      {
        name: "owner",
        internalType: "address",
        type: "address",
        indexed: true,
      },
      {
        name: "proofSystem",
        internalType: "contract IProofSystem",
        type: "address",
        indexed: false,
      },
      {
        name: "verificationKeys",
        internalType: "bytes32[]",
        type: "bytes32[]",
        indexed: false,
      },
      {
        name: "genesisRoot",
        internalType: "StateRoot",
        type: "bytes32",
        indexed: false,
      },
      {
        name: "nativeToken",
        internalType: "bool",
        type: "bool",
        indexed: false,
      },
      {
        name: "verificationDelay",
        internalType: "uint32",
        type: "uint32",
        indexed: false,
      },
    ],
    name: "RollupRegistered",
  },
  {
    type: "event",
    anonymous: false,
    inputs: [
      {
        name: "rollup",
        internalType: "ChainId",
        type: "uint64",
        indexed: true,
      },
      {
        name: "batch",
        internalType: "bytes32",
        type: "bytes32",
        indexed: true,
      },
    ],
    name: "RollupVisited",
  },
  {
    type: "event",
    anonymous: false,
    inputs: [
      {
        name: "rollup",
        internalType: "ChainId",
        type: "uint64",
        indexed: true,
      },
      {
        name: "rootBefore",
        internalType: "StateRoot",
        type: "bytes32",
        indexed: false,
      },
      {
        name: "rootAfter",
        internalType: "StateRoot",
        type: "bytes32",
        indexed: false,
      },
    ],
    name: "RootChanged",
  },
  {
    type: "event",
    anonymous: false,
    inputs: [
      {
        name: "rollup",
        internalType: "ChainId",
        type: "uint64",
        indexed: true,
      },
    ],
    name: "VerificationCancelled",
  },
  {
    type: "event",
    anonymous: false,
    inputs: [
      {
        name: "rollup",
        internalType: "ChainId",
        type: "uint64",
        indexed: true,
      },
      {
        name: "proofSystem",
        internalType: "contract IProofSystem",
        type: "address",
        indexed: false,
      },
      {
        name: "verificationKeys",
        internalType: "bytes32[]",
        type: "bytes32[]",
        indexed: false,
      },
      {
        name: "applicableAt",
        internalType: "uint64",
        type: "uint64",
        indexed: false,
      },
    ],
    name: "VerificationProposed",
  },
  {
    type: "event",
    anonymous: false,
    inputs: [
      {
        name: "rollup",
        internalType: "ChainId",
        type: "uint64",
        indexed: true,
      },
      {
        name: "proofSystem",
        internalType: "contract IProofSystem",
        type: "address",
        indexed: false,
      },
      {
        name: "verificationKeys",
        internalType: "bytes32[]",
        type: "bytes32[]",
        indexed: false,
      },
    ],
    name: "VerificationReplaced",
  },
  {
    type: "function",
    inputs: [],
    name: "MAX_BATCH_AGE",
    outputs: [{ name: "", internalType: "uint256", type: "uint256" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [],
    name: "PLANNER",
    outputs: [{ name: "", internalType: "contract IExecutionPlanner", type: "address" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [{ name: "rollup", internalType: "ChainId", type: "uint64" }],
    name: "acceptOwnership",
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [
      { name: "rollup", internalType: "ChainId", type: "uint64" },
      {
        name: "proofSystem",
        internalType: "contract IProofSystem",
        type: "address",
      },
      {
        name: "verificationKeys",
        internalType: "bytes32[]",
        type: "bytes32[]",
      },
    ],
    name: "applyVerification",
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [{ name: "rollup", internalType: "ChainId", type: "uint64" }],
    name: "cancelVerification",
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [
      { name: "original", internalType: "address", type: "address" },
      { name: "rollup", internalType: "ChainId", type: "uint64" },
    ],
    name: "createProxy",
    outputs: [{ name: "", internalType: "address", type: "address" }],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [{ name: "rollup", internalType: "ChainId", type: "uint64" }],
    name: "dataWordBytesOf",
    outputs: [{ name: "", internalType: "uint256", type: "uint256" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [
      { name: "rollup", internalType: "ChainId", type: "uint64" },
      { name: "verificationKey", internalType: "bytes32", type: "bytes32" },
    ],
    name: "isVerificationKey",
    outputs: [{ name: "", internalType: "bool", type: "bool" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [
      { name: "original", internalType: "address", type: "address" },
      { name: "rollup", internalType: "ChainId", type: "uint64" },
    ],
    name: "passOn",
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [{ name: "rollup", internalType: "ChainId", type: "uint64" }],
    name: "pendingOf",
    outputs: [
      {
        name: "",
        internalType: "struct Pending",
        type: "tuple",
        components: [
          { name: "owner", internalType: "address", type: "address" },
          { name: "verification", internalType: "bytes32", type: "bytes32" },
          { name: "applicableAt", internalType: "uint64", type: "uint64" },
        ],
      },
    ],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [
      {
        name: "reader",
        internalType: "struct Player.RecordReader",
        type: "tuple",
        components: [
          { name: "table", internalType: "Table", type: "uint256" },
          { name: "record", internalType: "bytes", type: "bytes" },
          { name: "at", internalType: "uint256", type: "uint256" },
          { name: "flags", internalType: "uint256", type: "uint256" },
          { name: "count", internalType: "uint256", type: "uint256" },
          { name: "next", internalType: "uint256", type: "uint256" },
        ],
      },
    ],
    name: "playFramed",
    outputs: [
      {
        name: "",
        internalType: "struct Player.Answer",
        type: "tuple",
        components: [
          { name: "failed", internalType: "bool", type: "bool" },
          { name: "data", internalType: "bytes", type: "bytes" },
          { name: "ending", internalType: "uint256", type: "uint256" },
        ],
      },
    ],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [
      {
        name: "batch",
        internalType: "struct Batch",
        type: "tuple",
        components: [
          { name: "timestamp", internalType: "uint64", type: "uint64" },
          { name: "blobCount", internalType: "uint8", type: "uint8" },
          {
            name: "executions",
            internalType: "struct Execution[]",
            type: "tuple[]",
            components: [
              {
                name: "actions",
                internalType: "struct Action[]",
                type: "tuple[]",
                components: [
                  { name: "kind", internalType: "uint8", type: "uint8" },
                  { name: "from", internalType: "ChainId", type: "uint64" },
                  { name: "to", internalType: "ChainId", type: "uint64" },
                  { name: "sender", internalType: "address", type: "address" },
                  { name: "target", internalType: "address", type: "address" },
                  { name: "value", internalType: "uint128", type: "uint128" },
                  { name: "failed", internalType: "bool", type: "bool" },
                  { name: "isStatic", internalType: "bool", type: "bool" },
                  { name: "gas", internalType: "uint32", type: "uint32" },
                  { name: "data", internalType: "bytes", type: "bytes" },
                ],
              },
              {
                name: "visits",
                internalType: "struct Visit[]",
                type: "tuple[]",
                components: [
                  { name: "rollup", internalType: "ChainId", type: "uint64" },
                  {
                    name: "rootBefore",
                    internalType: "StateRoot",
                    type: "bytes32",
                  },
                  {
                    name: "rootAfter",
                    internalType: "StateRoot",
                    type: "bytes32",
                  },
                ],
              },
              {
                name: "marks",
                internalType: "struct Mark[]",
                type: "tuple[]",
                components: [
                  { name: "kind", internalType: "uint8", type: "uint8" },
                  { name: "at", internalType: "uint32", type: "uint32" },
                  { name: "to", internalType: "uint32", type: "uint32" },
                ],
              },
            ],
          },
          {
            name: "proofs",
            internalType: "struct RollupProof[]",
            type: "tuple[]",
            components: [
              { name: "rollup", internalType: "ChainId", type: "uint64" },
              {
                name: "verificationKey",
                internalType: "bytes32",
                type: "bytes32",
              },
              { name: "visits", internalType: "uint32[]", type: "uint32[]" },
              { name: "proof", internalType: "bytes", type: "bytes" },
            ],
          },
        ],
      },
    ],
    name: "postBatch",
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [
      { name: "first", internalType: "uint32", type: "uint32" },
      { name: "count", internalType: "uint32", type: "uint32" },
    ],
    name: "prepareTables",
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [],
    name: "probeStatic",
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [
      { name: "rollup", internalType: "ChainId", type: "uint64" },
      {
        name: "proofSystem",
        internalType: "contract IProofSystem",
        type: "address",
      },
      {
        name: "verificationKeys",
        internalType: "bytes32[]",
        type: "bytes32[]",
      },
    ],
    name: "proposeVerification",
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [
      { name: "original", internalType: "address", type: "address" },
      { name: "rollup", internalType: "ChainId", type: "uint64" },
    ],
    name: "proxyOf",
    outputs: [{ name: "", internalType: "address", type: "address" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [
      {
        name: "registration",
        internalType: "struct Registration",
        type: "tuple",
        components: [
          { name: "owner", internalType: "address", type: "address" },
          {
            name: "proofSystem",
            internalType: "contract IProofSystem",
            type: "address",
          },
          {
            name: "verificationKeys",
            internalType: "bytes32[]",
            type: "bytes32[]",
          },
          { name: "genesisRoot", internalType: "StateRoot", type: "bytes32" },
          { name: "nativeToken", internalType: "bool", type: "bool" },
          { name: "verificationDelay", internalType: "uint32", type: "uint32" },
        ],
      },
    ],
    name: "register",
    outputs: [{ name: "rollup", internalType: "ChainId", type: "uint64" }],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [
      { name: "rollup", internalType: "ChainId", type: "uint64" },
      { name: "original", internalType: "address", type: "address" },
      { name: "sender", internalType: "address", type: "address" },
      { name: "data", internalType: "bytes", type: "bytes" },
    ],
    name: "relay",
    outputs: [],
    stateMutability: "payable",
  },
  {
    type: "function",
    inputs: [],
    name: "rollupCount",
    outputs: [{ name: "", internalType: "uint64", type: "uint64" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [{ name: "rollup", internalType: "ChainId", type: "uint64" }],
    name: "rollupOf",
    outputs: [
      {
        name: "",
        internalType: "struct Rollup",
        type: "tuple",
        components: [
          { name: "owner", internalType: "address", type: "address" },
          {
            name: "proofSystem",
            internalType: "contract IProofSystem",
            type: "address",
          },
          { name: "root", internalType: "StateRoot", type: "bytes32" },
          { name: "etherBalance", internalType: "uint128", type: "uint128" },
          { name: "nativeToken", internalType: "bool", type: "bool" },
          { name: "verificationDelay", internalType: "uint32", type: "uint32" },
        ],
      },
    ],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [
      { name: "opening", internalType: "bytes", type: "bytes" },
      { name: "at", internalType: "uint256", type: "uint256" },
      { name: "table", internalType: "Table", type: "uint256" },
      { name: "next", internalType: "uint256", type: "uint256" },
    ],
    name: "runTransaction",
    outputs: [],
    stateMutability: "nonpayable",
  },
  {
    type: "function",
    inputs: [
      { name: "rollup", internalType: "ChainId", type: "uint64" },
      { name: "newOwner", internalType: "address", type: "address" },
    ],
    name: "transferOwnership",
    outputs: [],
    stateMutability: "nonpayable",
  },
] as const;

//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////
// UnprovenProofSystem
//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////

export const unprovenProofSystemAbi = [
  { type: "constructor", inputs: [], stateMutability: "nonpayable" },
  {
    type: "error",
    inputs: [{ name: "chainId", internalType: "uint256", type: "uint256" }],
    name: "NotALocalChain",
  },
  {
    type: "error",
    inputs: [
      { name: "statement", internalType: "uint256", type: "uint256" },
      { name: "verificationKey", internalType: "bytes32", type: "bytes32" },
    ],
    name: "NotTheUnprovenKey",
  },
  {
    type: "error",
    inputs: [
      { name: "statement", internalType: "uint256", type: "uint256" },
      { name: "digest", internalType: "bytes32", type: "bytes32" },
    ],
    name: "WordsDiffer",
  },
  {
    type: "function",
    inputs: [],
    name: "TEST_KEY",
    outputs: [{ name: "", internalType: "bytes32", type: "bytes32" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [],
    name: "UNPROVEN_KEY",
    outputs: [{ name: "", internalType: "bytes32", type: "bytes32" }],
    stateMutability: "view",
  },
  {
    type: "function",
    inputs: [],
    name: "dataWordBytes",
    outputs: [{ name: "", internalType: "uint256", type: "uint256" }],
    stateMutability: "pure",
  },
  {
    type: "function",
    inputs: [
      {
        name: "statements",
        internalType: "struct Statement[]",
        type: "tuple[]",
        components: [
          { name: "verificationKey", internalType: "bytes32", type: "bytes32" },
          { name: "words", internalType: "uint256[]", type: "uint256[]" },
          { name: "proof", internalType: "bytes", type: "bytes" },
        ],
      },
    ],
    name: "verify",
    outputs: [],
    stateMutability: "view",
  },
] as const;
