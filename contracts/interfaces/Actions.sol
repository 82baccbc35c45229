// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// A chain in Lockstep's own numbering: 0 is L1, every rollup is ≥ 1. Not an EVM chain id.
type ChainId is uint64;

/// A commitment to the whole state of a rollup: an element of the BN254 scalar field.
type StateRoot is bytes32;

using {sameChain as ==, otherChain as !=} for ChainId global;
using {sameRoot as ==, otherRoot as !=} for StateRoot global;

function sameChain(ChainId a, ChainId b) pure returns (bool) {
    return ChainId.unwrap(a) == ChainId.unwrap(b);
}

function otherChain(ChainId a, ChainId b) pure returns (bool) {
    return ChainId.unwrap(a) != ChainId.unwrap(b);
}

function sameRoot(StateRoot a, StateRoot b) pure returns (bool) {
    return StateRoot.unwrap(a) == StateRoot.unwrap(b);
}

function otherRoot(StateRoot a, StateRoot b) pure returns (bool) {
    return StateRoot.unwrap(a) != StateRoot.unwrap(b);
}

// L1 in Lockstep's numbering.
ChainId constant L1 = ChainId.wrap(0);

// Order of the BN254 scalar field: roots, statement words and public inputs are below it.
uint256 constant FIELD_MODULUS =
    21888242871839275222246405745257275088548364400416034343698204186575808495617;

// Kinds of action. Plain numbers, not an enum: an unknown kind is then refused by name instead of with a
// panic.
uint8 constant CALL = 0;
uint8 constant RESULT = 1;
uint8 constant L2TX = 2;
uint8 constant REVERT = 3;
uint8 constant REVERT_CONTINUE = 4;

// Kinds of mark.
uint8 constant SPAN = 0;
uint8 constant RESUME = 1;

/// One transfer of control between two chains. Canonical forms: docs/spec.md section 1.
/// @param kind {CALL}, {RESULT}, {L2TX}, {REVERT}, {REVERT_CONTINUE}.
/// @param from The chain that gives up control.
/// @param to The chain that receives it.
/// @param sender Caller, on `from`.
/// @param target Callee, on `to`.
/// @param value Wei that moves with the action.
/// @param failed For a RESULT: the callee reverted.
/// @param isStatic For a CALL: neither side may change anything.
/// @param gas For a CALL of a rollup: gas that L1 gives to a callee of its own, in this call or inside it; 0
/// for what L1 has.
/// @param data Calldata, return or revert data, a signed transaction, or how far a REVERT goes back.
struct Action {
    uint8 kind;
    ChainId from;
    ChainId to;
    address sender;
    address target;
    uint128 value;
    bool failed;
    bool isStatic;
    uint32 gas;
    bytes data;
}

/// What one rollup does in one execution, from the action that wakes it while idle to the RESULT that makes
/// it idle, or to where the execution goes back beyond it.
struct Visit {
    ChainId rollup;
    StateRoot rootBefore;
    StateRoot rootAfter;
}

/// A note on an execution's list.
/// @param kind {SPAN}: `to` undoings go back to `actions[at]`, a call of a rollup, on the path on which most
/// do. {RESUME}: L1 undid what it did from `actions[at]` on; what it did instead is from `actions[to]` on.
struct Mark {
    uint8 kind;
    uint32 at;
    uint32 to;
}

/// Everything that one trigger causes: a tree, depth first, whose branches are at turns of L1. docs/spec.md
/// section 1.
/// @param visits In the order in which they end or are abandoned.
struct Execution {
    Action[] actions;
    Visit[] visits;
    Mark[] marks;
}

/// A proof of some visits of one rollup.
/// @param visits Indices into the batch's visits (those of its executions, concatenated), strictly ascending.
struct RollupProof {
    ChainId rollup;
    bytes32 verificationKey;
    uint32[] visits;
    bytes proof;
}

/// What a builder posts.
/// @param timestamp Block time of every visit in the batch, seconds.
/// @param blobCount How many of the transaction's blobs, from the first, the proofs are bound to.
struct Batch {
    uint64 timestamp;
    uint8 blobCount;
    Execution[] executions;
    RollupProof[] proofs;
}

/// Whether the fields that only a CALL uses are zero: sender, target, value, isStatic and gas.
function isBare(Action calldata action) pure returns (bool bare) {
    assembly ("memory-safe") {
        let who := or(calldataload(add(action, 0x60)), calldataload(add(action, 0x80)))
        let what := or(calldataload(add(action, 0xa0)), calldataload(add(action, 0xe0)))
        bare := iszero(or(or(who, what), calldataload(add(action, 0x100))))
    }
}

// Actions are compared by `keccak256(abi.encode(action))`. The functions below put that encoding together
// where its parts are at hand already: offset of the action, nine words of fields, offset, length and bytes
// of the data, padding.

/// Hash of an action in calldata, whatever offset and padding its data has there. The caller makes sure that
/// all fields were read, since Solidity refuses unclean ones when they are.
function hashGivenAction(Action calldata action) pure returns (bytes32 digest) {
    bytes calldata data = action.data;
    assembly ("memory-safe") {
        let start := mload(0x40)
        mstore(start, 0x20)
        calldatacopy(add(start, 0x20), action, 0x120)
        mstore(add(start, 0x140), 0x140)
        mstore(add(start, 0x160), data.length)
        mstore(add(add(start, 0x180), data.length), 0)
        calldatacopy(add(start, 0x180), data.offset, data.length)
        digest := keccak256(start, add(0x180, and(add(data.length, 31), not(31))))
    }
}

/// Hash of a CALL from L1.
function hashCallFromL1(
    ChainId to,
    address sender,
    address target,
    uint256 value,
    bool isStatic,
    bytes calldata data
) pure returns (bytes32 digest) {
    assembly ("memory-safe") {
        let start := mload(0x40)
        mstore(start, 0x20)
        mstore(add(start, 0x20), CALL)
        mstore(add(start, 0x40), 0)
        mstore(add(start, 0x60), to)
        mstore(add(start, 0x80), sender)
        mstore(add(start, 0xa0), target)
        mstore(add(start, 0xc0), value)
        mstore(add(start, 0xe0), 0)
        mstore(add(start, 0x100), isStatic)
        mstore(add(start, 0x120), 0)
        mstore(add(start, 0x140), 0x140)
        mstore(add(start, 0x160), data.length)
        mstore(add(add(start, 0x180), data.length), 0)
        calldatacopy(add(start, 0x180), data.offset, data.length)
        digest := keccak256(start, add(0x180, and(add(data.length, 31), not(31))))
    }
}

/// Hash of the RESULT that L1 gives to a rollup: what the call just made has returned or reverted with.
function hashResultOfL1(ChainId to, bool failed) pure returns (bytes32 digest) {
    assembly ("memory-safe") {
        let start := mload(0x40)
        mstore(start, 0x20)
        mstore(add(start, 0x20), RESULT)
        mstore(add(start, 0x40), 0)
        mstore(add(start, 0x60), to)
        mstore(add(start, 0x80), 0)
        mstore(add(start, 0xa0), 0)
        mstore(add(start, 0xc0), 0)
        mstore(add(start, 0xe0), failed)
        mstore(add(start, 0x100), 0)
        mstore(add(start, 0x120), 0)
        mstore(add(start, 0x140), 0x140)
        mstore(add(start, 0x160), returndatasize())
        mstore(add(add(start, 0x180), returndatasize()), 0)
        returndatacopy(add(start, 0x180), 0, returndatasize())
        digest := keccak256(start, add(0x180, and(add(returndatasize(), 31), not(31))))
    }
}
