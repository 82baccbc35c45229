// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IProofSystem, Statement} from "./interfaces/IProofSystem.sol";
import {IRollups} from "./interfaces/IRollups.sol";
import {Batch, ChainId, Execution, RollupProof, StateRoot} from "./protocol/Actions.sol";
import {Executions, Plan} from "./protocol/Executions.sol";
import {ExecutionTable} from "./protocol/ExecutionTable.sol";
import {Player} from "./protocol/Player.sol";
import {LocatedVisit, Statements} from "./protocol/Statements.sol";

/// @title Lockstep's contract on L1
/// @notice See {IRollups}. This part takes batches: check everything, have it proven, and only then change anything.
contract Rollups is Player {
    /// @inheritdoc IRollups
    uint256 public immutable MAX_BATCH_AGE;

    /// Indices of executions must fit two bytes.
    uint256 private constant MAX_BATCH_EXECUTIONS = type(uint16).max;

    /// @param maxBatchAge Seconds by which a batch may be older than the block it is posted in.
    constructor(uint256 maxBatchAge) {
        MAX_BATCH_AGE = maxBatchAge;
    }

    /// @inheritdoc IRollups
    function postBatch(Batch calldata batch) external whenIdle {
        _isPosting = true;
        _checkTimestamp(batch.timestamp);
        // Each field is read several times, which is cheaper from memory.
        Execution[] memory executions = batch.executions;
        (Plan[] memory plans, LocatedVisit[] memory visits) = _plan(executions);
        ChainId[] memory visited = _checkVisits(visits, batch.timestamp);
        _checkCoverage(batch.proofs, visits);
        _verify(batch, executions, visits);

        for (uint256 i = 0; i < visited.length; i++) _states[visited[i]].lastTimestamp = batch.timestamp;
        // A rollup's timestamps increase, so no two batches have the same calldata.
        bytes32 id = keccak256(msg.data);
        (address table, uint256[] memory offsets) = _store(plans, id);
        emit BatchPosted(id, batch.timestamp, table);
        for (uint256 i = 0; i < plans.length && plans[i].isTransaction; i++) {
            _run(executions[i], plans[i], id, uint32(i), table, offsets[i]);
        }
        _isPosting = false;
    }

    // ---------------------------------------------------------------------------------------------------------- checks

    function _checkTimestamp(uint64 timestamp) private view {
        if (timestamp > block.timestamp) revert TimestampInFuture(timestamp, block.timestamp);
        if (block.timestamp - timestamp > MAX_BATCH_AGE) {
            revert BatchTooOld(timestamp, block.timestamp - MAX_BATCH_AGE);
        }
    }

    function _plan(
        Execution[] memory executions
    ) private view returns (Plan[] memory plans, LocatedVisit[] memory visits) {
        uint256 count = executions.length;
        if (count == 0) revert EmptyBatch();
        if (count > MAX_BATCH_EXECUTIONS) revert TooManyExecutions(count, MAX_BATCH_EXECUTIONS);
        uint256 visitCount = 0;
        for (uint256 i = 0; i < count; i++) visitCount += executions[i].visits.length;
        plans = new Plan[](count);
        visits = new LocatedVisit[](visitCount);
        uint256 firstVisit = 0;
        for (uint256 i = 0; i < count; i++) {
            plans[i] = Executions.plan(executions[i], i, visits, firstVisit);
            firstVisit += executions[i].visits.length;
            if (i != 0 && plans[i].isTransaction && !plans[i - 1].isTransaction)
                revert TransactionAfterCall(i);
        }
    }

    /// @return visited Each rollup that the batch visits, once.
    function _checkVisits(
        LocatedVisit[] memory visits,
        uint64 timestamp
    ) private view returns (ChainId[] memory visited) {
        visited = new ChainId[](visits.length);
        uint256 count = 0;
        for (uint256 i = 0; i < visits.length; i++) {
            LocatedVisit memory visit = visits[i];
            State storage state = _states[visit.rollup];
            if (visit.movesValue && state.nativeToken) revert NativeTokenRollup(visit.rollup);
            uint256 at = 0;
            while (at < count && visited[at] != visit.rollup) at++;
            if (at < count) continue;
            visited[count++] = visit.rollup;
            _requireKnown(visit.rollup);
            if (timestamp <= state.lastTimestamp) {
                revert TimestampNotIncreasing(visit.rollup, timestamp, state.lastTimestamp);
            }
            if (visit.rootBefore != state.root) revert StaleRoot(visit.rollup, state.root, visit.rootBefore);
        }
        // Cuts the array to what is used.
        assembly ("memory-safe") {
            mstore(visited, count)
        }
    }

    /// Each visit is proven once, by a proof under a key of its own rollup.
    function _checkCoverage(RollupProof[] calldata proofs, LocatedVisit[] memory visits) private view {
        bool[] memory isCovered = new bool[](visits.length);
        for (uint256 i = 0; i < proofs.length; i++) {
            RollupProof calldata proof = proofs[i];
            if (!isVerificationKey(proof.rollup, proof.verificationKey)) {
                revert UnknownVerificationKey(proof.rollup, proof.verificationKey);
            }
            if (proof.visits.length == 0) revert ProofWithoutVisits(i);
            for (uint256 j = 0; j < proof.visits.length; j++) {
                uint256 visit = proof.visits[j];
                if (visit >= visits.length || (j != 0 && visit <= proof.visits[j - 1]))
                    revert BadVisitIndex(i, visit);
                if (visits[visit].rollup != proof.rollup) revert VisitOfOtherRollup(i, visit);
                if (isCovered[visit]) revert VisitCoveredTwice(i, visit);
                isCovered[visit] = true;
            }
        }
        for (uint256 i = 0; i < visits.length; i++) if (!isCovered[i]) revert VisitNotCovered(i);
    }

    // ----------------------------------------------------------------------------------------------------------- proofs

    /// Each proof system judges all its statements at once.
    function _verify(
        Batch calldata batch,
        Execution[] memory executions,
        LocatedVisit[] memory visits
    ) private view {
        uint256 blobs = _blobs(batch.blobCount);
        uint256 count = batch.proofs.length;
        IProofSystem[] memory systems = new IProofSystem[](count);
        for (uint256 i = 0; i < count; i++) systems[i] = _states[batch.proofs[i].rollup].proofSystem;
        for (uint256 i = 0; i < count; i++) {
            IProofSystem system = systems[i];
            if (address(system) == address(0)) continue;
            Statement[] memory statements = new Statement[](count - i);
            uint256 used = 0;
            for (uint256 j = i; j < count; j++) {
                if (systems[j] != system) continue;
                systems[j] = IProofSystem(address(0));
                statements[used++] = _statement(batch.timestamp, executions, batch.proofs[j], visits, blobs);
            }
            // Cuts the array to what is used.
            assembly ("memory-safe") {
                mstore(statements, used)
            }
            system.verify(statements);
        }
    }

    function _statement(
        uint64 timestamp,
        Execution[] memory executions,
        RollupProof calldata proof,
        LocatedVisit[] memory visits,
        uint256 blobs
    ) private view returns (Statement memory) {
        return
            Statement({
                verificationKey: proof.verificationKey,
                words: Statements.wordsOf(executions, visits, proof.visits, proof.rollup, timestamp, blobs),
                proof: proof.proof
            });
    }

    /// More blobs may be attached than the batch is bound to: the transaction may do other things too.
    function _blobs(uint256 count) private view returns (uint256) {
        bytes32[] memory hashes = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) {
            hashes[i] = blobhash(i);
            if (hashes[i] == 0) revert MissingBlob(i);
        }
        return Statements.blobsWord(hashes);
    }

    // ---------------------------------------------------------------------------------------------------------- effects

    /// Stores what is played later and makes it findable in this block.
    function _store(
        Plan[] memory plans,
        bytes32 id
    ) private returns (address table, uint256[] memory offsets) {
        uint256 calls = 0;
        for (uint256 i = 0; i < plans.length; i++) {
            if (!plans[i].isTransaction && !plans[i].isStatic) calls++;
        }
        Consumption memory consumption = _consumption;
        if (consumption.blockNumber != block.number) consumption = Consumption(uint56(block.number), 0, 0);
        uint256 posted = consumption.posted;
        if (posted + calls > MAX_EXECUTIONS) revert TooManyExecutions(posted + calls, MAX_EXECUTIONS);
        address previous = _latest.blockNumber == block.number ? _latest.table : address(0);
        (table, offsets) = ExecutionTable.store(plans, id, previous, posted);
        if (table == address(0)) return (table, offsets);
        consumption.posted = uint8(posted + calls);
        _consumption = consumption;
        _latest = Latest(table, uint64(block.number));
    }

    function _run(
        Execution memory execution,
        Plan memory plan,
        bytes32 id,
        uint32 index,
        address table,
        uint256 offset
    ) private {
        if (plan.failed) {
            emit ExecutionFailed(id, index, execution.actions[execution.actions.length - 1].data);
            return;
        }
        try this.runTransaction(plan.opening, table, offset) {
            emit ExecutionConsumed(id, index);
        } catch (bytes memory reason) {
            if (!_isContradiction(reason)) _bubble(reason, index);
            emit ExecutionFailed(id, index, reason);
        }
    }

    /// Plays an L2 transaction in a frame that can be undone. Called by this contract only.
    /// @param opening Roots that must hold, and the first step.
    /// @param offset Where in `table` the second step is, if there is one.
    function runTransaction(bytes memory opening, address table, uint256 offset) external {
        if (msg.sender != address(this)) revert OnlySelf(msg.sender);
        (uint256 at, ChainId rollup, StateRoot expected) = _checkRoots(opening, 0);
        if (at == 0) revert RootMismatch(rollup, _states[rollup].root, expected);
        _play(table, opening, at, offset, true);
        assert(!_cursor.isOpen());
    }

    /// Whether a transaction failed because chains are not as its list says. All else, lack of gas above all, is the
    /// submitter's doing, who must not be able to make a transaction fail.
    function _isContradiction(bytes memory reason) private pure returns (bool) {
        bytes4 selector = bytes4(reason);
        return
            selector == UnexpectedAction.selector ||
            selector == RootMismatch.selector ||
            selector == InsufficientRollupBalance.selector ||
            selector == ReturnDataTooLarge.selector;
    }

    function _bubble(bytes memory reason, uint256 index) private pure {
        if (reason.length == 0) revert TransactionOutOfGas(index);
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }
}
