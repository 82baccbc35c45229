// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {ChainId} from "./Actions.sol";

/// An L2 transaction, or several that are one execution, as `Rollups` will run it.
/// @param opening Roots that must hold and the first step, in the encoding of {Steps}.
/// @param next Offset of the second step in the table, if there is one.
/// @param failed The RESULT that answers it is failed, or all of them are: it has no effect and is not run.
/// @param reason The data of that RESULT, or of the last one, then.
struct TransactionPlan {
    bytes opening;
    uint256 next;
    bool failed;
    bytes reason;
}

/// A rollup that a batch visits.
/// @param movesValue Whether Ether crosses its border.
struct VisitedRollup {
    ChainId rollup;
    bool movesValue;
}

/// A proof of the batch.
/// @param verificationKey Name of the key that it is under.
/// @param statement What it is for, with the proof: as `abi.encode` gives a {Statement}, but for the offset
/// in front.
struct PlannedProof {
    ChainId rollup;
    bytes32 verificationKey;
    bytes statement;
}

/// What a batch comes to: all that `Rollups` knows of it.
/// @param timestamp Block time of its visits.
/// @param table Contents of the table, see {ExecutionTable.encode}; empty if there is nothing to store.
/// @param consumable How many executions can be consumed.
/// @param transactions The L2 transactions, which come first in the batch.
/// @param rollups Each rollup that is visited, once.
/// @param proofs In the order of the batch, which is that of their first visits.
/// @param proxies `original(20) rollup(8)` each: proxies that static calls to L1 are made from.
struct BatchPlan {
    uint64 timestamp;
    bytes table;
    uint256 consumable;
    TransactionPlan[] transactions;
    VisitedRollup[] rollups;
    PlannedProof[] proofs;
    bytes proxies;
}

/// @title Reads batches for `Rollups`
/// @notice A part of `Rollups` that needs no state, in a contract of its own since all of it does not fit
/// one. It alone decodes batches: it checks that calldata has the one form that {CanonicalBatch} allows, that
/// the lists of a batch are executions, that proofs cover all visits, and plans what L1 will play. Reverts
/// with errors of {IRollups}.
interface IExecutionPlanner {
    /// @notice Reads a batch on behalf of the caller, which is the manager.
    /// @param message Calldata of `postBatch`.
    function plan(bytes calldata message) external view returns (BatchPlan memory);
}
