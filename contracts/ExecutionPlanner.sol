// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {
    BatchPlan,
    IExecutionPlanner,
    PlannedProof,
    TransactionPlan,
    VisitedRollup
} from "./interfaces/IExecutionPlanner.sol";
import {IRollups} from "./interfaces/IRollups.sol";
import {Batch, ChainId, Execution, RollupProof} from "./interfaces/Actions.sol";
import {CanonicalBatch} from "./batch/CanonicalBatch.sol";
import {Executions} from "./batch/Executions.sol";
import {Entry, ExecutionTable} from "./table/ExecutionTable.sol";
import {Statements} from "./batch/Statements.sol";
import {LocatedVisit, Track, Tracks, Walk, Walks} from "./batch/Walk.sol";

/// @title Reads batches for `Rollups`
/// @notice See {IExecutionPlanner}.
contract ExecutionPlanner is IExecutionPlanner {
    using CanonicalBatch for *;

    /// Indices of executions must fit two bytes.
    uint256 private constant MAX_BATCH_EXECUTIONS = type(uint16).max;

    /// @inheritdoc IExecutionPlanner
    function plan(bytes calldata message) external view returns (BatchPlan memory result) {
        Batch calldata batch = CanonicalBatch.read(message);
        result.timestamp = batch.timestamp;
        Walk memory walk;
        walk.course.manager = msg.sender;
        Entry[] memory entries = _planExecutions(walk, batch, result);
        _checkCoverage(batch.proofs, walk.visits.located);
        result.proofs = _planProofs(batch, walk.visits.located);
        result.table = ExecutionTable.encode(entries);
        for (uint256 i = 0; i < result.transactions.length; i++) {
            result.transactions[i].next = entries[i].offset;
        }
        result.proxies = walk.proxies.data;
    }

    function _planProofs(
        Batch calldata batch,
        LocatedVisit[] memory visits
    ) private view returns (PlannedProof[] memory planned) {
        uint256 blobs = _blobs(batch.blobCount);
        RollupProof[] calldata proofs = batch.proofs;
        planned = new PlannedProof[](proofs.length);
        for (uint256 i = 0; i < proofs.length; i++) {
            RollupProof calldata proof = proofs[i];
            uint256 bytesPerWord = IRollups(msg.sender).dataWordBytesOf(proof.rollup);
            planned[i] = PlannedProof(
                proof.rollup,
                proof.verificationKey,
                Statements.encode(batch, proof, visits, msg.sender, blobs, bytesPerWord)
            );
        }
    }

    /// Follows all lists.
    function _planExecutions(
        Walk memory walk,
        Batch calldata batch,
        BatchPlan memory result
    ) private pure returns (Entry[] memory entries) {
        unchecked {
            Execution[] calldata executions = batch.executionsOf();
            uint256 count = executions.length;
            if (count == 0) revert IRollups.EmptyBatch();
            if (count > MAX_BATCH_EXECUTIONS) {
                revert IRollups.TooManyExecutions(count, MAX_BATCH_EXECUTIONS);
            }
            // Each visit takes three words of calldata, unless arrays share some, for which there is no need.
            uint256 limit = msg.data.length / 96;
            LocatedVisit[] memory visits = Walks.newVisits(limit);
            walk.visits.located = visits;
            result.rollups = _placesForRollups(limit);
            entries = _placesForEntries(count);
            uint256 rollupCount = 0;
            uint256 transactions = 0;
            for (uint256 i = 0; i < count; i++) {
                Entry memory entry = Executions.follow(walk, executions.executionAt(i), i);
                entries[i] = entry;
                rollupCount = _addRollups(result.rollups, rollupCount, walk.tracks);
                if (!entry.isTransaction) {
                    if (!entry.isStatic) result.consumable++;
                    continue;
                }
                if (i != transactions) revert IRollups.TransactionAfterCall(i);
                transactions++;
            }
            _addTransactions(result, executions, entries, transactions);
            VisitedRollup[] memory rollups = result.rollups;
            uint256 visitCount = walk.visits.first;
            // Cuts the arrays to what is used.
            assembly ("memory-safe") {
                mstore(rollups, rollupCount)
                mstore(visits, visitCount)
            }
        }
    }

    function _addTransactions(
        BatchPlan memory result,
        Execution[] calldata executions,
        Entry[] memory entries,
        uint256 count
    ) private pure {
        if (count == 0) return;
        result.transactions = new TransactionPlan[](count);
        for (uint256 i = 0; i < count; i++) {
            Entry memory entry = entries[i];
            TransactionPlan memory transaction = result.transactions[i];
            transaction.opening = bytes.concat(entry.roots, entry.records[0]);
            if (!entry.failed) continue;
            transaction.failed = true;
            transaction.reason = executions.executionAt(i).actionsOf().actionAt(entry.ending).dataOf();
        }
    }

    /// Adds the rollups that the walk has met, each once in the batch.
    function _addRollups(
        VisitedRollup[] memory rollups,
        uint256 count,
        Tracks memory tracks
    ) private pure returns (uint256) {
        unchecked {
            for (uint256 i = 0; i < tracks.count; i++) {
                Track memory track = tracks.list[i];
                ChainId rollup = track.rollup;
                uint256 at = 0;
                while (at < count && rollups[at].rollup != rollup) at++;
                if (at == count) rollups[count++] = VisitedRollup(rollup, false);
                if (track.movesValue) rollups[at].movesValue = true;
            }
            return count;
        }
    }

    function _placesForRollups(uint256 count) private pure returns (VisitedRollup[] memory rollups) {
        uint256[] memory places = new uint256[](count);
        assembly ("memory-safe") {
            rollups := places
        }
    }

    function _placesForEntries(uint256 count) private pure returns (Entry[] memory entries) {
        uint256[] memory places = new uint256[](count);
        assembly ("memory-safe") {
            entries := places
        }
    }

    /// Each visit is proven once, by a proof of its own rollup. Proofs come in the order of their first
    /// visits.
    function _checkCoverage(RollupProof[] calldata proofs, LocatedVisit[] memory visits) private pure {
        unchecked {
            uint256 covered = 0;
            // First visit of the proof before.
            uint256 earlier = 0;
            for (uint256 i = 0; i < proofs.length; i++) {
                RollupProof calldata proof = proofs[i];
                ChainId rollup = proof.rollup;
                uint32[] calldata chosen = proof.visits;
                if (chosen.length == 0) revert IRollups.ProofWithoutVisits(i);
                // One more than the last one.
                uint256 least = 0;
                for (uint256 j = 0; j < chosen.length; j++) {
                    uint256 number = chosen[j];
                    if (number >= visits.length || number < least) revert IRollups.BadVisitIndex(i, number);
                    least = number + 1;
                    LocatedVisit memory visit = visits[number];
                    if (visit.rollup != rollup) revert IRollups.VisitOfOtherRollup(i, number);
                    if (visit.isCovered) revert IRollups.VisitCoveredTwice(i, number);
                    visit.isCovered = true;
                }
                if (chosen[0] < earlier) revert IRollups.ProofsNotInOrder(i);
                earlier = chosen[0];
                covered += chosen.length;
            }
            if (covered == visits.length) return;
            uint256 missing = 0;
            while (visits[missing].isCovered) missing++;
            revert IRollups.VisitNotCovered(missing);
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
}
