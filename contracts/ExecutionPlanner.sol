// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {DynamicBufferLib} from "solady/src/utils/DynamicBufferLib.sol";
import {
    BatchPlan,
    IExecutionPlanner,
    TransactionPlan,
    VisitedRollup
} from "./interfaces/IExecutionPlanner.sol";
import {IRollups} from "./interfaces/IRollups.sol";
import {Batch, Execution, RollupProof} from "./protocol/Actions.sol";
import {Executions, Plan} from "./protocol/Executions.sol";
import {ExecutionTable} from "./protocol/ExecutionTable.sol";
import {Statements} from "./protocol/Statements.sol";
import {LocatedVisit, Track} from "./protocol/Walk.sol";

/// @title Reads batches for `Rollups`
/// @notice See {IExecutionPlanner}.
contract ExecutionPlanner is IExecutionPlanner {
    using DynamicBufferLib for DynamicBufferLib.DynamicBuffer;

    /// Indices of executions must fit two bytes.
    uint256 private constant MAX_BATCH_EXECUTIONS = type(uint16).max;

    /// @inheritdoc IExecutionPlanner
    function plan(
        bytes calldata message,
        address previous,
        uint256 ordinal,
        bytes32 id
    ) external view returns (BatchPlan memory result) {
        Batch calldata batch;
        // The batch is the message's only argument, after the selector: an offset, then what Solidity will look into
        // with the same care as into an argument of its own.
        assembly ("memory-safe") {
            let start := add(message.offset, 4)
            batch := add(start, calldataload(start))
        }
        (Plan[] memory plans, LocatedVisit[] memory visits) = _planExecutions(batch);
        _checkCoverage(batch.proofs, visits);
        result.rollups = _rollups(plans, visits.length);
        uint256 blobs = _blobs(batch.blobCount);
        result.words = new bytes[](batch.proofs.length);
        for (uint256 i = 0; i < batch.proofs.length; i++) {
            result.words[i] = Statements.wordsOf(batch, batch.proofs[i], visits, msg.sender, blobs);
        }
        uint256[] memory offsets;
        (result.table, offsets) = ExecutionTable.encode(plans, id, previous, ordinal);
        _splitKinds(plans, offsets, result);
    }

    function _planExecutions(
        Batch calldata batch
    ) private view returns (Plan[] memory plans, LocatedVisit[] memory visits) {
        uint256 count = batch.executions.length;
        if (count == 0) revert IRollups.EmptyBatch();
        if (count > MAX_BATCH_EXECUTIONS) revert IRollups.TooManyExecutions(count, MAX_BATCH_EXECUTIONS);
        uint256 visitCount = 0;
        for (uint256 i = 0; i < count; i++) visitCount += batch.executions[i].visits.length;
        plans = new Plan[](count);
        visits = new LocatedVisit[](visitCount);
        uint256 firstVisit = 0;
        for (uint256 i = 0; i < count; i++) {
            Execution calldata execution = batch.executions[i];
            plans[i] = Executions.plan(execution, i, msg.sender, visits, firstVisit);
            firstVisit += execution.visits.length;
            if (i != 0 && plans[i].isTransaction && !plans[i - 1].isTransaction)
                revert IRollups.TransactionAfterCall(i);
        }
    }

    /// Each visit is proven once, by a proof of its own rollup.
    function _checkCoverage(RollupProof[] calldata proofs, LocatedVisit[] memory visits) private pure {
        bool[] memory isCovered = new bool[](visits.length);
        for (uint256 i = 0; i < proofs.length; i++) {
            RollupProof calldata proof = proofs[i];
            if (proof.visits.length == 0) revert IRollups.ProofWithoutVisits(i);
            for (uint256 j = 0; j < proof.visits.length; j++) {
                uint256 visit = proof.visits[j];
                if (visit >= visits.length || (j != 0 && visit <= proof.visits[j - 1]))
                    revert IRollups.BadVisitIndex(i, visit);
                if (visits[visit].rollup != proof.rollup) revert IRollups.VisitOfOtherRollup(i, visit);
                if (isCovered[visit]) revert IRollups.VisitCoveredTwice(i, visit);
                isCovered[visit] = true;
            }
        }
        for (uint256 i = 0; i < visits.length; i++) if (!isCovered[i]) revert IRollups.VisitNotCovered(i);
    }

    /// @param limit There are at most so many.
    function _rollups(
        Plan[] memory plans,
        uint256 limit
    ) private pure returns (VisitedRollup[] memory rollups) {
        rollups = new VisitedRollup[](limit);
        uint256 count = 0;
        for (uint256 i = 0; i < plans.length; i++) {
            Track[] memory tracks = plans[i].tracks;
            for (uint256 j = 0; j < tracks.length; j++) {
                Track memory track = tracks[j];
                uint256 at = 0;
                while (at < count && rollups[at].rollup != track.rollup) at++;
                if (at == count) {
                    count++;
                    rollups[at].rollup = track.rollup;
                    rollups[at].firstRoot = track.firstRoot;
                }
                if (track.movesValue) rollups[at].movesValue = true;
            }
        }
        // Cuts the array to what is used.
        assembly ("memory-safe") {
            mstore(rollups, count)
        }
    }

    /// More blobs may be attached than the batch is bound to: the transaction may do other things too.
    function _blobs(uint256 count) private view returns (uint256) {
        bytes32[] memory hashes = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) {
            hashes[i] = blobhash(i);
            if (hashes[i] == 0) revert IRollups.MissingBlob(i);
        }
        return Statements.blobsWord(hashes);
    }

    /// What is to be done with transactions, calls and look-ups.
    function _splitKinds(
        Plan[] memory plans,
        uint256[] memory offsets,
        BatchPlan memory result
    ) private pure {
        uint256 transactions = 0;
        while (transactions < plans.length && plans[transactions].isTransaction) transactions++;
        result.transactions = new TransactionPlan[](transactions);
        DynamicBufferLib.DynamicBuffer memory proxies;
        for (uint256 i = 0; i < plans.length; i++) {
            Plan memory one = plans[i];
            if (one.isTransaction) {
                result.transactions[i] = TransactionPlan(one.opening, offsets[i], one.ending);
            } else if (!one.isStatic) {
                result.consumable++;
            }
            proxies.p(one.proxies);
        }
        result.proxies = proxies.data;
    }
}
