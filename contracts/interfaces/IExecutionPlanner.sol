// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ChainId} from "../protocol/Actions.sol";

/// An L2 transaction, as `Rollups` will run it.
/// @param opening Roots that must hold and the first step, in the encoding of {Steps}.
/// @param next Offset of the second step in the table, if there is one.
/// @param ending Index of the RESULT that answers it.
struct TransactionPlan {
    bytes opening;
    uint256 next;
    uint256 ending;
}

/// A rollup that a batch visits.
/// @param movesValue Whether Ether crosses its border.
struct VisitedRollup {
    ChainId rollup;
    bool movesValue;
}

/// What a batch comes to.
/// @param table Contents of the table, see {ExecutionTable.encode}; empty if there is nothing to store.
/// @param consumable How many executions can be consumed.
/// @param transactions The L2 transactions, which come first in the batch.
/// @param rollups Each rollup that is visited, once.
/// @param statements Of each proof, as `abi.encode` gives a {Statement}, but for the offset in front.
/// @param proxies `original(20) rollup(8)` each: proxies that look-ups will make calls from, when none can be created.
struct BatchPlan {
    bytes table;
    uint256 consumable;
    TransactionPlan[] transactions;
    VisitedRollup[] rollups;
    bytes[] statements;
    bytes proxies;
}

/// @title Reads batches for `Rollups`
/// @notice A part of `Rollups` that needs no state, in a contract of its own since all of it does not fit one: it checks that
/// the lists of a batch are executions, that proofs cover all visits, and plans what L1 will play. Reverts with errors of
/// {IRollups}.
interface IExecutionPlanner {
    /// @notice Reads a batch on behalf of the caller, which is the manager.
    /// @param message Calldata of `postBatch`.
    function plan(bytes calldata message) external view returns (BatchPlan memory);
}
