import { parseAbi } from "viem";

/**
 * ABIs of the contracts, written out so that the builder needs no compiled artefacts; a test holds them equal
 * to what the compiler says. `ChainId` is a `uint64`, `StateRoot` a `bytes32`.
 */

const structs = [
  "struct Action { uint8 kind; uint64 from; uint64 to; address sender; address target; uint128 value; bool failed; bool isStatic; uint32 gas; bytes data; }",
  "struct Visit { uint64 rollup; bytes32 rootBefore; bytes32 rootAfter; }",
  "struct Mark { uint8 kind; uint32 at; uint32 to; }",
  "struct Execution { Action[] actions; Visit[] visits; Mark[] marks; }",
  "struct RollupProof { uint64 rollup; bytes32 verificationKey; uint32[] visits; bytes proof; }",
  "struct Batch { uint64 timestamp; uint8 blobCount; Execution[] executions; RollupProof[] proofs; }",
  "struct Registration { address owner; address proofSystem; bytes32[] verificationKeys; bytes32 genesisRoot; bool nativeToken; uint32 verificationDelay; }",
  "struct Rollup { address owner; address proofSystem; bytes32 root; uint128 etherBalance; bool nativeToken; uint32 verificationDelay; }",
  "struct Pending { address owner; bytes32 verification; uint64 applicableAt; }",
] as const;

/** `contracts/Rollups.sol`; documented in `contracts/interfaces/IRollups.sol`. */
export const rollupsAbi = parseAbi([
  ...structs,
  "constructor(uint256 maxBatchAge)",

  "event RollupRegistered(uint64 indexed rollup, address indexed owner, address proofSystem, bytes32[] verificationKeys, bytes32 genesisRoot, bool nativeToken, uint32 verificationDelay)",
  "event OwnershipOffered(uint64 indexed rollup, address indexed owner, address indexed newOwner)",
  "event OwnershipTransferred(uint64 indexed rollup, address indexed oldOwner, address indexed newOwner)",
  "event VerificationProposed(uint64 indexed rollup, address proofSystem, bytes32[] verificationKeys, uint64 applicableAt)",
  "event VerificationCancelled(uint64 indexed rollup)",
  "event VerificationReplaced(uint64 indexed rollup, address proofSystem, bytes32[] verificationKeys)",
  "event ProxyCreated(address indexed proxy, address indexed original, uint64 indexed rollup)",
  "event BatchData(bytes32 indexed batch, bytes data)",
  "event BatchPosted(bytes32 indexed batch, uint64 timestamp)",
  "event RollupVisited(uint64 indexed rollup, bytes32 indexed batch)",
  "event ExecutionConsumed(bytes32 indexed batch, uint32 execution, uint32 ending)",
  "event ExecutionSkipped(bytes32 indexed batch, uint32 execution, uint64 rollup)",
  "event ExecutionFailed(bytes32 indexed batch, uint32 execution, bytes reason)",
  "event RootChanged(uint64 indexed rollup, bytes32 rootBefore, bytes32 rootAfter)",

  "error UnknownRollup(uint64 rollup)",
  "error NotOwner(uint64 rollup, address caller)",
  "error NotOfferedTo(uint64 rollup, address caller)",
  "error NotProposed(uint64 rollup)",
  "error ProposalTooNew(uint64 rollup, uint256 applicableAt)",
  "error NoVerificationKey()",
  "error ProofSystemWithoutCode(address proofSystem)",
  "error RootOutOfField(bytes32 root)",
  "error Busy()",

  "error NotCanonicalCalldata(uint256 at)",
  "error EmptyBatch()",
  "error TimestampInFuture(uint64 timestamp, uint256 blockTimestamp)",
  "error BatchTooOld(uint64 timestamp, uint256 oldest)",
  "error MissingBlob(uint256 index)",
  "error TransactionAfterCall(uint256 execution)",
  "error TooManyExecutions(uint256 count, uint256 limit)",
  "error TableTooLarge(uint256 size)",
  "error NativeTokenRollup(uint64 rollup)",

  "error UnknownVerificationKey(uint64 rollup, bytes32 verificationKey)",
  "error ProofWithoutVisits(uint256 proof)",
  "error BadVisitIndex(uint256 proof, uint256 visit)",
  "error ProofsNotInOrder(uint256 proof)",
  "error VisitOfOtherRollup(uint256 proof, uint256 visit)",
  "error VisitCoveredTwice(uint256 proof, uint256 visit)",
  "error VisitNotCovered(uint256 visit)",

  "error UnsupportedKind(uint256 execution, uint256 action, uint8 kind)",
  "error NotCanonical(uint256 execution, uint256 action)",
  "error BadTrigger(uint256 execution, uint256 action)",
  "error BrokenChain(uint256 execution, uint256 action)",
  "error ResultNotNested(uint256 execution, uint256 action)",
  "error NotUndone(uint256 execution, uint256 action)",
  "error RevertNotContinued(uint256 execution, uint256 action)",
  "error BadMark(uint256 execution, uint256 mark)",
  "error ActionsAfterEnd(uint256 execution, uint256 action)",
  "error PathNotEnded(uint256 execution, uint256 action)",
  "error Unfinished(uint256 execution)",
  "error SecondEnding(uint256 execution, uint256 action)",
  "error StaticViolation(uint256 execution, uint256 action)",
  "error StaticNotPlayable(uint256 execution, uint256 action)",
  "error SpanRequired(uint256 execution, uint256 action)",
  "error CallToManager(uint256 execution, uint256 action)",
  "error GasNotBound(uint256 execution, uint256 action)",
  "error VisitMismatch(uint256 execution, uint256 visit)",
  "error VisitNotMade(uint256 execution, uint256 visit)",
  "error VisitsNotChained(uint256 execution, uint256 visit)",
  "error RootMustNotChange(uint256 execution, uint256 visit)",
  "error TooManyRollups(uint256 count)",

  "error NotProxy(address caller)",
  "error OnlySelf(address caller)",
  "error ExecutionNotFound(bytes32 actionHash)",
  "error RemoteError(bytes data)",
  "error UnexpectedAction(bytes32 expected, bytes32 actual)",
  "error InsufficientRollupBalance(uint64 rollup, uint256 balance, uint256 value)",
  "error ValueTooLarge(uint256 value)",
  "error ReturnDataTooLarge(uint256 size)",
  "error InsufficientCallGas(uint256 available, uint256 required)",
  "error InsufficientProbeGas(uint256 available, uint256 required)",
  "error TransactionOutOfGas(uint256 execution)",
  "error SpanUndone(uint256 frames, uint256 next)",

  "function MAX_BATCH_AGE() view returns (uint256)",
  "function PLANNER() view returns (address)",
  "function register(Registration registration) returns (uint64 rollup)",
  "function transferOwnership(uint64 rollup, address newOwner)",
  "function acceptOwnership(uint64 rollup)",
  "function proposeVerification(uint64 rollup, address proofSystem, bytes32[] verificationKeys)",
  "function cancelVerification(uint64 rollup)",
  "function applyVerification(uint64 rollup, address proofSystem, bytes32[] verificationKeys)",
  "function pendingOf(uint64 rollup) view returns (Pending)",
  "function rollupCount() view returns (uint64)",
  "function rollupOf(uint64 rollup) view returns (Rollup)",
  "function isVerificationKey(uint64 rollup, bytes32 verificationKey) view returns (bool)",
  "function proxyOf(address original, uint64 rollup) view returns (address)",
  "function createProxy(address original, uint64 rollup) returns (address)",
  "function passOn(address original, uint64 rollup)",
  "function relay(uint64 rollup, address original, address sender, bytes data) payable",
  "function postBatch(Batch batch)",
  "function prepareTables(uint32 first, uint32 count)",
  // Called by the contract itself only.
  "struct RecordReader { uint256 table; bytes record; uint256 at; uint256 flags; uint256 count; uint256 next; }",
  "struct Answer { bool failed; bytes data; uint256 ending; }",
  "function runTransaction(bytes opening, uint256 at, uint256 table, uint256 next)",
  "function playFramed(RecordReader reader) returns (Answer)",
  "function probeStatic()",
]);

/**
 * `contracts/proxy/CrossChainProxy.sol`: a fallback alone, so that none of the original's functions is
 * hidden.
 */
export const crossChainProxyAbi = parseAbi([
  "constructor(address original, uint64 rollup)",
  "fallback() external payable",
]);

/**
 * `contracts/l2/CrossChainManager.sol`, the system contract of `evm` rollups; documented in
 * `contracts/interfaces/ICrossChainManager.sol`.
 */
export const crossChainManagerAbi = parseAbi([
  "event ProxyCreated(address indexed proxy, address indexed original, uint64 indexed rollup)",
  "error NotProxy(address caller)",
  "error OwnChain(uint64 rollup)",
  "function proxyOf(address original, uint64 rollup) view returns (address)",
  "function createProxy(address original, uint64 rollup) returns (address)",
  "function passOn(address original, uint64 rollup)",
  "function relay(uint64 rollup, address original, address, bytes) payable",
]);

/**
 * `contracts/proofs/UnprovenProofSystem.sol`; documented in `contracts/interfaces/IUnprovenProofSystem.sol`.
 */
export const unprovenProofSystemAbi = parseAbi([
  "struct Statement { bytes32 verificationKey; uint256[] words; bytes proof; }",
  "constructor()",
  "error NotALocalChain(uint256 chainId)",
  "error NotTheUnprovenKey(uint256 statement, bytes32 verificationKey)",
  "error WordsDiffer(uint256 statement, bytes32 digest)",
  "function UNPROVEN_KEY() view returns (bytes32)",
  "function verify(Statement[] statements) view",
]);

/**
 * `contracts/proofs/Groth16ProofSystem.sol`; documented in `contracts/interfaces/IGroth16ProofSystem.sol`.
 */
export const groth16ProofSystemAbi = parseAbi([
  "struct Statement { bytes32 verificationKey; uint256[] words; bytes proof; }",
  "event KeyRegistered(bytes32 indexed keyHash, address pointer, bool isDevelopment)",
  "error KeyLength(uint256 length)",
  "error DevelopmentKey(uint256 chainId)",
  "error UnfinishedSetup()",
  "error PointNotOnCurve(uint256 offset)",
  "error UnknownKey(bytes32 keyHash)",
  "error ProofLength(uint256 statement, uint256 length)",
  "error CommitmentOutOfField(uint256 statement, uint256 commitment)",
  "error WordOutOfField(uint256 index, uint256 word)",
  "error ProofNotOnCurve(uint256 statement)",
  "error PrecompileFailed(uint256 precompile)",
  "error InvalidProof()",
  "function registerKey(bytes key) returns (bytes32 keyHash)",
  "function isRegistered(bytes32 keyHash) view returns (bool)",
  "function isDevelopmentKey(bytes32 keyHash) view returns (bool)",
  "function verify(Statement[] statements) view",
]);
