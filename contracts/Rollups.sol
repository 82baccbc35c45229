// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ExecutionPlanner} from "./ExecutionPlanner.sol";
import {
    BatchPlan,
    IExecutionPlanner,
    PlannedProof,
    TransactionPlan,
    VisitedRollup
} from "./interfaces/IExecutionPlanner.sol";
import {IProofSystem} from "./interfaces/IProofSystem.sol";
import {IRollups} from "./interfaces/IRollups.sol";
import {Batch, ChainId} from "./interfaces/Actions.sol";
import {ExecutionTable, NO_TABLE, Table} from "./table/ExecutionTable.sol";
import {Player} from "./play/Player.sol";
import {Steps} from "./table/Steps.sol";

/// @title Lockstep's contract on L1
/// @notice See {IRollups}. This part takes batches: check everything, have it proven, and only then change
/// anything.
contract Rollups is Player {
    /// @inheritdoc IRollups
    uint256 public immutable MAX_BATCH_AGE;

    /// @inheritdoc IRollups
    IExecutionPlanner public immutable PLANNER = new ExecutionPlanner();

    /// @param maxBatchAge Seconds by which a batch may be older than the block it is posted in.
    constructor(uint256 maxBatchAge) {
        MAX_BATCH_AGE = maxBatchAge;
    }

    /// @inheritdoc IRollups
    function postBatch(Batch calldata batch) external whenIdle {
        // Read by the planner alone.
        batch;
        _isPosting = true;
        bytes32 id = keccak256(msg.data);
        BatchPlan memory plan = PLANNER.plan(msg.data);
        _checkTimestamp(plan.timestamp);
        _checkRollups(plan.rollups);
        _verify(plan.proofs);
        Table table = _store(plan, id);
        _emitPosted(id, plan.timestamp, plan.rollups);
        for (uint256 i = 0; i < plan.transactions.length; i++) {
            _run(plan.transactions[i], id, uint32(i), table);
        }
        _isPosting = false;
    }

    /// @inheritdoc IRollups
    function prepareTables(uint32 first, uint32 count) external {
        ExecutionTable.prepare(first, count);
    }

    // ------------------------------------------------------------------------------------------------ checks

    function _checkTimestamp(uint64 timestamp) private view {
        if (timestamp > block.timestamp) revert TimestampInFuture(timestamp, block.timestamp);
        if (block.timestamp - timestamp > MAX_BATCH_AGE) {
            revert BatchTooOld(timestamp, block.timestamp - MAX_BATCH_AGE);
        }
    }

    function _checkRollups(VisitedRollup[] memory rollups) private view {
        for (uint256 i = 0; i < rollups.length; i++) {
            ChainId rollup = rollups[i].rollup;
            _requireKnown(rollup);
            if (rollups[i].movesValue && _states[rollup].nativeToken) revert NativeTokenRollup(rollup);
        }
    }

    /// Each proof system judges all its statements at once.
    function _verify(PlannedProof[] memory proofs) private view {
        uint256 count = proofs.length;
        IProofSystem[] memory systems = new IProofSystem[](count);
        for (uint256 i = 0; i < count; i++) {
            PlannedProof memory proof = proofs[i];
            if (!isVerificationKey(proof.rollup, proof.verificationKey)) {
                revert UnknownVerificationKey(proof.rollup, proof.verificationKey);
            }
            systems[i] = _states[proof.rollup].proofSystem;
        }
        for (uint256 i = 0; i < count; i++) {
            IProofSystem system = systems[i];
            if (address(system) == address(0)) continue;
            bytes[] memory chosen = new bytes[](count - i);
            uint256 used = 0;
            for (uint256 j = i; j < count; j++) {
                if (systems[j] != system) continue;
                systems[j] = IProofSystem(address(0));
                chosen[used++] = proofs[j].statement;
            }
            // Without code, a call always succeeds.
            if (address(system).code.length == 0) revert ProofSystemWithoutCode(address(system));
            (bool success, bytes memory reason) = address(system).staticcall(_verification(chosen, used));
            if (!success) _revertWith(reason);
        }
    }

    /// Calldata of {IProofSystem.verify}: `abi.encodeCall(verify, (statements))`, of which the parts are
    /// encoded already.
    function _verification(
        bytes[] memory statements,
        uint256 count
    ) private pure returns (bytes memory data) {
        uint256 size = 4 + 32 * (2 + count);
        for (uint256 i = 0; i < count; i++) size += statements[i].length;
        data = new bytes(size);
        bytes32 selector = IProofSystem.verify.selector;
        uint256 at;
        assembly ("memory-safe") {
            mstore(add(data, 32), selector)
            mstore(add(data, 36), 32)
            mstore(add(data, 68), count)
            at := add(data, 100)
        }
        // Offsets of the statements, counted from the first offset, and the statements after them.
        uint256 offset = 32 * count;
        for (uint256 i = 0; i < count; i++) {
            bytes memory statement = statements[i];
            assembly ("memory-safe") {
                mstore(add(at, mul(32, i)), offset)
                mcopy(add(at, offset), add(statement, 32), mload(statement))
            }
            offset += statement.length;
        }
    }

    // ----------------------------------------------------------------------------------------------- effects

    /// Stores what is played later and makes it findable in this block.
    function _store(BatchPlan memory plan, bytes32 id) private returns (Table table) {
        if (plan.consumable > MAX_EXECUTIONS) revert TooManyExecutions(plan.consumable, MAX_EXECUTIONS);
        if (plan.table.length == 0) return NO_TABLE;
        Latest memory latest = _latest;
        if (latest.blockNumber != block.number || latest.end == 0)
            latest = Latest(uint64(block.number), 0, 1);
        table = Table.wrap(latest.end);
        Table end = ExecutionTable.store(table, Table.wrap(latest.table), id, plan.table);
        _latest = Latest(latest.blockNumber, latest.end, uint32(Table.unwrap(end)));
        // Where a look-up calls L1, no contract can be created; and no static call does anything that has to
        // be undone.
        for (uint256 i = 0; i < plan.proxies.length; i += 28) {
            address original = address(uint160(Steps.read(plan.proxies, i, 20)));
            _ensureProxy(original, ChainId.wrap(uint64(Steps.read(plan.proxies, i + 20, 8))));
        }
    }

    /// Tells followers what was posted: who is concerned, and where no transaction's own input shows it, all
    /// of it.
    function _emitPosted(bytes32 id, uint64 timestamp, VisitedRollup[] memory rollups) private {
        // An account with code may be an EOA that has delegated to some (EIP-7702), whose transaction calls
        // itself.
        // solhint-disable-next-line avoid-tx-origin
        if (msg.sender != tx.origin || msg.sender.code.length != 0) emit BatchData(id, msg.data);
        emit BatchPosted(id, timestamp);
        for (uint256 i = 0; i < rollups.length; i++) emit RollupVisited(rollups[i].rollup, id);
    }

    /// Takes an L2 transaction's turn. It depends on nothing but its own roots: it is passed over if those
    /// have moved.
    function _run(TransactionPlan memory plan, bytes32 id, uint32 index, Table table) private {
        (uint256 at, ChainId rollup) = _checkRoots(plan.opening, 0);
        if (at == 0) {
            emit ExecutionSkipped(id, index, rollup);
            return;
        }
        if (plan.failed) {
            emit ExecutionFailed(id, index, plan.reason);
            return;
        }
        try this.runTransaction(plan.opening, at, table, plan.next) {
            emit ExecutionConsumed(id, index, 0);
        } catch (bytes memory reason) {
            if (!_isContradiction(reason)) _bubble(reason, index);
            emit ExecutionFailed(id, index, reason);
        }
    }

    /// Plays an L2 transaction in a frame that can be undone. Called by this contract only.
    /// @param opening Roots that do hold, and the first step.
    /// @param at Where in it the first step's effects begin.
    /// @param next Offset in `table` of the second step, if there is one.
    function runTransaction(bytes memory opening, uint256 at, Table table, uint256 next) external onlySelf {
        _play(RecordReader(table, opening, at, 0, 0, next));
        assert(!_cursor.isOpen());
    }

    /// Whether a transaction failed because chains are not as its list says. All else, lack of gas above all,
    /// is the submitter's doing, who must not be able to make a transaction fail.
    function _isContradiction(bytes memory reason) private pure returns (bool) {
        bytes4 selector = bytes4(reason);
        return
            selector == UnexpectedAction.selector ||
            selector == InsufficientRollupBalance.selector ||
            selector == ReturnDataTooLarge.selector;
    }

    function _bubble(bytes memory reason, uint256 index) private pure {
        if (reason.length == 0) revert TransactionOutOfGas(index);
        _revertWith(reason);
    }
}
