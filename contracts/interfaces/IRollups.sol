// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {Batch, ChainId, StateRoot} from "./Actions.sol";
import {ICrossChainManager} from "./ICrossChainManager.sol";
import {IExecutionPlanner} from "./IExecutionPlanner.sol";
import {IProofSystem} from "./IProofSystem.sol";

/// What a new rollup is given.
/// @param owner May replace keys and hand over ownership; zero makes the rollup immutable.
/// @param proofSystem Judges the rollup's proofs.
/// @param verificationKeys One key for each circuit instance.
/// @param genesisRoot First root, below the BN254 scalar field's order.
/// @param nativeToken The rollup has a token of its own: no Ether crosses its border.
/// @param verificationDelay Seconds for which a replacement of the proof system and the keys is announced
/// before it can be applied: the time in which users can leave. It never changes.
struct Registration {
    address owner;
    IProofSystem proofSystem;
    bytes32[] verificationKeys;
    StateRoot genesisRoot;
    bool nativeToken;
    uint32 verificationDelay;
}

/// What is known of a rollup.
/// @param root Current root; while the rollup waits in an outgoing call, an in-flight marker that is no root.
/// @param etherBalance Wei held for the rollup.
struct Rollup {
    address owner;
    IProofSystem proofSystem;
    StateRoot root;
    uint128 etherBalance;
    bool nativeToken;
    uint32 verificationDelay;
}

/// What a rollup's owner has begun.
/// @param owner Who can accept the rollup; zero if it is not offered.
/// @param verification `keccak256(abi.encode(proofSystem, verificationKeys))` of what may replace them; zero
/// if nothing.
/// @param applicableAt From when on, seconds.
struct Pending {
    address owner;
    bytes32 verification;
    uint64 applicableAt;
}

/// @title Lockstep on L1: rollups, batches, and calls across
/// @notice A batch brings executions (trees of actions between L1 and rollups) with proofs. An execution that
/// an L1 call triggers is consumed by that call, in the block of the batch: the contract walks along the
/// tree, makes the L1 calls in it, and reverts as soon as L1 does anything else than the tree says.
/// docs/spec.md is normative.
///
/// Hazards for callers:
///  - a call through a proxy for which nothing was posted reverts with {ExecutionNotFound} or, inside an
///    execution, {UnexpectedAction}: a block builder can make it so. A contract that catches reverts of
///    proxies must not take these for the remote contract's own, or others choose what it does: the library
///    `CrossChain` tells them apart;
///  - the root of a rollup that waits in an outgoing call is not its last root: see {Rollup}.
///
/// Assumptions about each rollup's proof system: see {IProofSystem}. About L1: blocks have strictly
/// increasing numbers, transient storage is undone by reverts.
interface IRollups is ICrossChainManager {
    // ------------------------------------------------------------------------------------------------ events

    event RollupRegistered(
        ChainId indexed rollup,
        address indexed owner,
        IProofSystem proofSystem,
        bytes32[] verificationKeys,
        StateRoot genesisRoot,
        bool nativeToken,
        uint32 verificationDelay
    );
    event OwnershipOffered(ChainId indexed rollup, address indexed owner, address indexed newOwner);
    event OwnershipTransferred(ChainId indexed rollup, address indexed oldOwner, address indexed newOwner);
    /// @param applicableAt From when on it can be applied, seconds.
    event VerificationProposed(
        ChainId indexed rollup,
        IProofSystem proofSystem,
        bytes32[] verificationKeys,
        uint64 applicableAt
    );
    event VerificationCancelled(ChainId indexed rollup);
    event VerificationReplaced(ChainId indexed rollup, IProofSystem proofSystem, bytes32[] verificationKeys);
    /// Stands in front of {BatchPosted} if {postBatch} was not called by a transaction from an account
    /// without code: otherwise that transaction's input is the calldata.
    /// @param data Calldata of {postBatch}.
    event BatchData(bytes32 indexed batch, bytes data);
    /// @param batch `keccak256` of the calldata of {postBatch}. The same one can be posted again, even in one
    /// block: what it holds is played only while the rollups are at its roots.
    event BatchPosted(bytes32 indexed batch, uint64 timestamp);
    /// Follows {BatchPosted}, once for each rollup that the batch visits.
    event RollupVisited(ChainId indexed rollup, bytes32 indexed batch);
    /// An execution took effect: its trigger was called and answered, or it is an L2 transaction, or several,
    /// of which those did whose RESULTs are not failed.
    /// @param execution Index in the batch.
    /// @param ending Which of the list's answers to the trigger it was, counted in the order of the list.
    event ExecutionConsumed(bytes32 indexed batch, uint32 execution, uint32 ending);
    /// An L2 transaction was passed over, for a rollup that it visits is at another root than it was proven
    /// for.
    /// @param rollup The first such rollup.
    event ExecutionSkipped(bytes32 indexed batch, uint32 execution, ChainId rollup);
    /// An L2 transaction had no effect: rollups are proven to answer that it fails, or L1 did not go as its
    /// list says.
    /// @param reason THE SUBMITTER'S WORD, not to be relied on. It is proven that the rollups answer so from
    /// the batch's roots and time, if they answer; but who posts chooses when, what L1 is like then, and
    /// whether to post the list at all: that a transaction failed here does not mean that it would not
    /// succeed.
    event ExecutionFailed(bytes32 indexed batch, uint32 execution, bytes reason);
    event RootChanged(ChainId indexed rollup, StateRoot rootBefore, StateRoot rootAfter);

    // -------------------------------------------------------------------------------------- errors: registry

    /// Thrown when no rollup has this id.
    error UnknownRollup(ChainId rollup);
    /// Thrown when the caller is not the rollup's owner.
    error NotOwner(ChainId rollup, address caller);
    /// Thrown when a rollup is accepted by an account to which its owner has not offered it.
    error NotOfferedTo(ChainId rollup, address caller);
    /// Thrown when a proof system and keys are applied that were not proposed last.
    error NotProposed(ChainId rollup);
    /// Thrown when a proposal is applied too soon.
    error ProposalTooNew(ChainId rollup, uint256 applicableAt);
    /// Thrown when a rollup would have no verification key.
    error NoVerificationKey();
    /// Thrown when a proof system has no code, and so would accept everything.
    error ProofSystemWithoutCode(address proofSystem);
    /// Thrown when a proof system does not say that it takes a statement's data in words of 31 or 32 bytes.
    error UnknownStatementForm(address proofSystem);
    /// Thrown when a root is not below the BN254 scalar field's order.
    error RootOutOfField(StateRoot root);
    /// Thrown while an execution is open or a batch is being posted.
    error Busy();

    // ----------------------------------------------------------------------------------------- errors: batch

    /// Thrown when calldata of {postBatch} is not byte for byte what `abi.encodeCall` gives for the batch.
    /// @param at Offset, from the selector's first byte, of the word or the struct that is not as it should
    /// be.
    error NotCanonicalCalldata(uint256 at);
    /// Thrown when a batch holds no execution.
    error EmptyBatch();
    /// Thrown when a batch is from the future.
    error TimestampInFuture(uint64 timestamp, uint256 blockTimestamp);
    /// Thrown when a batch is older than `MAX_BATCH_AGE`.
    error BatchTooOld(uint64 timestamp, uint256 oldest);
    /// Thrown when the transaction carries fewer blobs than the batch is bound to.
    error MissingBlob(uint256 index);
    /// Thrown when an L2 transaction comes after a call in a batch.
    error TransactionAfterCall(uint256 execution);
    /// Thrown when a batch holds more executions than can be told apart.
    error TooManyExecutions(uint256 count, uint256 limit);
    /// Thrown when the batch's table would be larger than tables may be.
    error TableTooLarge(uint256 size);
    /// Thrown when Ether would cross the border of a rollup with a token of its own.
    error NativeTokenRollup(ChainId rollup);

    // ---------------------------------------------------------------------------------- errors: proofs given

    /// Thrown when a proof is under a key that is not the rollup's.
    error UnknownVerificationKey(ChainId rollup, bytes32 verificationKey);
    /// Thrown when a proof covers nothing.
    error ProofWithoutVisits(uint256 proof);
    /// Thrown when a proof names a visit that the batch does not have, or not in ascending order.
    error BadVisitIndex(uint256 proof, uint256 visit);
    /// Thrown when a proof's first visit comes before that of the proof before it.
    error ProofsNotInOrder(uint256 proof);
    /// Thrown when a proof covers a visit of another rollup.
    error VisitOfOtherRollup(uint256 proof, uint256 visit);
    /// Thrown when two proofs cover the same visit.
    error VisitCoveredTwice(uint256 proof, uint256 visit);
    /// Thrown when no proof covers a visit.
    error VisitNotCovered(uint256 visit);

    // ----------------------------------------------------------------- errors: lists that are not executions

    /// Thrown when an action's kind is none that there is.
    error UnsupportedKind(uint256 execution, uint256 action, uint8 kind);
    /// Thrown when a field that the action's kind does not use is set, or a REVERT's index is not 4 bytes
    /// long.
    error NotCanonical(uint256 execution, uint256 action);
    /// Thrown when the first action is not a CALL from L1 or an L2TX, or a later one is an L2TX inside of a
    /// call or of an execution that a CALL began.
    error BadTrigger(uint256 execution, uint256 action);
    /// Thrown when a transaction shares an execution with one of another rollup, or with anything but
    /// transactions and their RESULTs.
    error NotJoint(uint256 execution, uint256 action);
    /// Thrown when an action does not come from the chain that has control, or goes where it comes from.
    error BrokenChain(uint256 execution, uint256 action);
    /// Thrown when a RESULT does not answer the innermost open call.
    error ResultNotNested(uint256 execution, uint256 action);
    /// Thrown when a RESULT says that an L1 call failed, though its path goes through calls made in it: L1
    /// undid those.
    error NotUndone(uint256 execution, uint256 action);
    /// Thrown when a REVERT is not followed by its REVERT_CONTINUE, or a REVERT_CONTINUE follows something
    /// else.
    error RevertNotContinued(uint256 execution, uint256 action);
    /// Thrown when a mark is of no kind that there is, out of order, beyond the list, not nested, or does not
    /// stand where its kind belongs: a SPAN at a call of a rollup that is not static, a RESUME at a turn of
    /// L1. Also when a SPAN announces more undoings than go back to its call on any one path.
    error BadMark(uint256 execution, uint256 mark);
    /// Thrown when actions that no RESUME leads to follow the end of a path.
    error ActionsAfterEnd(uint256 execution, uint256 action);
    /// Thrown when a RESUME leads to this action while the path before it has not come to a RESULT for L1.
    error PathNotEnded(uint256 execution, uint256 action);
    /// Thrown when the list ends inside a path, before a RESUME was reached, or without any answer to the
    /// trigger.
    error Unfinished(uint256 execution);
    /// Thrown when an L2 transaction has two endings.
    error SecondEnding(uint256 execution, uint256 action);
    /// Thrown when a call inside a static call is not static, or a static call carries value.
    error StaticViolation(uint256 execution, uint256 action);
    /// Thrown when L1 makes a call inside a static call of its own: L1 looks up the inner one by itself.
    error StaticNotPlayable(uint256 execution, uint256 action);
    /// Thrown when an undoing goes back to a call for which no SPAN announces it, or no more of them.
    error SpanRequired(uint256 execution, uint256 action);
    /// Thrown when a rollup asks L1 to call this contract, where its proxy could speak for any address.
    error CallToManager(uint256 execution, uint256 action);
    /// Thrown when an L2 transaction makes a call to L1 that leaves open how much gas the callee gets.
    error GasNotBound(uint256 execution, uint256 action);
    /// Thrown when the visit that ends or is abandoned next is not the one given, or none is given.
    error VisitMismatch(uint256 execution, uint256 visit);
    /// Thrown when more visits are given than the actions make.
    error VisitNotMade(uint256 execution, uint256 visit);
    /// Thrown when a visit does not start from the root at which its path finds the rollup.
    error VisitsNotChained(uint256 execution, uint256 visit);
    /// Thrown when a visit that failed, is static or was abandoned changes its root.
    error RootMustNotChange(uint256 execution, uint256 visit);
    /// Thrown when more rollups change in one step than can be told apart.
    error TooManyRollups(uint256 count);

    // ----------------------------------------------------------------------------------- errors: consumption

    /// Thrown when a contract's internal entry point is called from outside.
    error OnlySelf(address caller);
    /// Thrown when no execution was posted in this block for this call at the rollups' current roots: a miss.
    error ExecutionNotFound(bytes32 actionHash);
    /// Stands around the revert data of a remote contract that begins with the selector of one of this
    /// contract's own errors, so that no remote contract can pass off its failure as one of Lockstep's. What
    /// else it reverts with is passed on as it is.
    /// @param data What the remote contract has reverted with.
    error RemoteError(bytes data);
    /// Thrown when L1 does another thing than the open execution says.
    /// @param expected The first thing that it says; zero if L1 has to undo what it did.
    error UnexpectedAction(bytes32 expected, bytes32 actual);
    /// Thrown when a rollup would send more than is held for it.
    error InsufficientRollupBalance(ChainId rollup, uint256 balance, uint256 value);
    /// Thrown when more than 2^128 - 1 wei is sent.
    error ValueTooLarge(uint256 value);
    /// Thrown when an L1 contract answers with more data than an execution can hold.
    error ReturnDataTooLarge(uint256 size);
    /// Thrown when too little gas is left to give a callee on L1 exactly what the list says.
    error InsufficientCallGas(uint256 available, uint256 required);
    /// Thrown when too little gas is left to tell a static call from another.
    error InsufficientProbeGas(uint256 available, uint256 required);
    /// Thrown when an L2 transaction ran out of the gas that the submitter gave.
    error TransactionOutOfGas(uint256 execution);
    /// Reverts a frame that this contract opened around itself, in which a rollup undid what it had done.
    /// Never leaves it.
    /// @param frames How many frames have to be reverted, this one included.
    /// @param next Offset of the step that goes on after them.
    error SpanUndone(uint256 frames, uint256 next);

    // --------------------------------------------------------------------------------------------- constants

    /// @notice Seconds by which a batch may be older than the block it is posted in.
    function MAX_BATCH_AGE() external view returns (uint256);

    /// @notice Reads batches for this contract.
    function PLANNER() external view returns (IExecutionPlanner);

    // ---------------------------------------------------------------------------------------------- registry

    /// @notice Registers a rollup; ids count from 1.
    function register(Registration calldata registration) external returns (ChainId);

    /// @notice Offers a rollup to another owner, who has to {acceptOwnership}; an offer replaces the one
    /// before. To zero: nothing can ever be changed again, from now on.
    function transferOwnership(ChainId rollup, address newOwner) external;

    /// @notice Takes over a rollup that was offered to the caller. What was proposed for it stays proposed.
    function acceptOwnership(ChainId rollup) external;

    /// @notice Announces another proof system and other verification keys. A proposal replaces the one
    /// before.
    function proposeVerification(
        ChainId rollup,
        IProofSystem proofSystem,
        bytes32[] calldata verificationKeys
    ) external;

    /// @notice Takes back what was proposed.
    function cancelVerification(ChainId rollup) external;

    /// @notice Replaces a rollup's proof system and all its verification keys by what was proposed
    /// `verificationDelay` seconds ago.
    function applyVerification(
        ChainId rollup,
        IProofSystem proofSystem,
        bytes32[] calldata verificationKeys
    ) external;

    /// @notice How many rollups there are; the greatest id.
    function rollupCount() external view returns (uint64);

    /// @notice What is known of a rollup.
    function rollupOf(ChainId rollup) external view returns (Rollup memory);

    /// @notice What the rollup's owner has begun.
    function pendingOf(ChainId rollup) external view returns (Pending memory);

    /// @notice How many bytes of data a word of the rollup's statements has, as its proof system said when
    /// the rollup took it: 31 or 32. 31 also for a rollup that does not exist.
    function dataWordBytesOf(ChainId rollup) external view returns (uint256);

    /// @notice Whether proofs under this key count for the rollup.
    function isVerificationKey(ChainId rollup, bytes32 verificationKey) external view returns (bool);

    // ------------------------------------------------------------------------------------------------- batch

    /// @notice Checks a batch, runs its L2 transactions, and makes its calls consumable until the end of the
    /// block.
    /// @dev A batch is refused as a whole for what it is, never for where the rollups are: every execution of
    /// it stands alone. One whose rollups are not at its roots is passed over or not found; an L2 transaction
    /// that L1 contradicts has no effect. Any account may post, also again, or a part of another account's
    /// batch.
    function postBatch(Batch calldata batch) external;

    /// @notice Makes slots of storage ready for tables, so that the first batch that needs them does not pay
    /// for fresh ones: a table takes one for each 31 bytes, and two. All tables of a block count.
    /// @param first Number of the first slot; 1 is where each block's first table begins.
    function prepareTables(uint32 first, uint32 count) external;
}
