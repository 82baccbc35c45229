// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ChainId, Execution, StateRoot} from "../../interfaces/Actions.sol";
import {Step} from "./ScriptedActor.sol";

// Rollups that there are: ids from 1. The last one has a token of its own.
uint256 constant ROLLUPS = 3;

/// Root and Ether of one rollup.
struct RollupSnapshot {
    StateRoot root;
    uint256 balance;
}

/// What triggers an execution.
enum Trigger {
    TRANSACTION,
    CALL,
    LOOK_UP
}

/// What may occur in an execution.
enum Trait {
    VALUE_IN,
    VALUE_OUT,
    VALUE_ACROSS,
    RE_ENTRY,
    STATIC_CALL_OUT,
    LOOK_UP_INSIDE,
    FAILURE_INSIDE,
    FAILURE_ON_L1,
    UNDOING_FAILURE,
    UNDONE_FRAME,
    REVERT,
    CALL_TO_PROXY,
    OTHER_CALL,
    JOINT
}

/// What an execution comes to.
/// @param traits Bits by {Trait}.
/// @param snapshots The rollups afterwards.
struct Ending {
    bool failed;
    bytes answer;
    RollupSnapshot[] snapshots;
    uint256 traits;
}

/// A random execution with what it takes on L1 to happen.
/// @param triggerSeed Its trigger is drawn from it: executions of the same one have the same trigger.
/// @param step By which L1 triggers it, unless an L2 transaction does.
/// @param before Where it finds the rollups.
/// @param endings By variant.
/// @param scripts Numbers of the scripts that actors follow in it.
struct GeneratedExecution {
    uint256 triggerSeed;
    Trigger trigger;
    Execution execution;
    Step step;
    RollupSnapshot[] before;
    Ending[] endings;
    uint256[] scripts;
}

/// @return The rollup's index in arrays with one entry for each rollup.
function indexOf(ChainId rollup) pure returns (uint256) {
    return ChainId.unwrap(rollup) - 1;
}

/// @return The id of the rollup with this index.
function rollupAt(uint256 index) pure returns (ChainId) {
    return ChainId.wrap(uint64(index + 1));
}

function nameOf(Trait trait) pure returns (string memory) {
    return
        [
            "value in",
            "value out",
            "value across",
            "re-entry",
            "static call out",
            "look-up inside",
            "failure inside",
            "failure on L1",
            "undoing failure",
            "undone frame",
            "REVERT",
            "call to a proxy",
            "other call",
            "joint transactions"
        ][uint256(trait)];
}

function isNative(ChainId rollup) pure returns (bool) {
    return ChainId.unwrap(rollup) == ROLLUPS;
}

function sameSnapshots(RollupSnapshot[] memory a, RollupSnapshot[] memory b) pure returns (bool) {
    return keccak256(abi.encode(a)) == keccak256(abi.encode(b));
}
