// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRollups} from "../../interfaces/IRollups.sol";
import {Batch, Execution} from "../../interfaces/Actions.sol";
import {Batches} from "./Batches.sol";
import {IVm, vm} from "./IVm.sol";
import {Deviation} from "./ScriptedActor.sol";
import {RollupSnapshot, ROLLUPS, sameSnapshots, GeneratedExecution, Trigger} from "./GeneratedExecution.sol";
import {InvariantSetup} from "./InvariantSetup.sol";

/// @title Account of what was posted and consumed
/// @notice Posts batches and triggers executions, and compares the outcome with the expected one.
abstract contract InvariantAccounting is InvariantSetup {
    /// An execution that was posted in this block.
    /// @param triggerHash Hash of the call that triggers it.
    /// @param content Hash of its list.
    /// @param before Hash of the {RollupSnapshot}s that it was generated for.
    /// @param generated The {GeneratedExecution}, without its list.
    struct PostedExecution {
        bytes32 batch;
        uint32 index;
        Trigger trigger;
        uint8 caller;
        bool isConsumed;
        bytes32 triggerHash;
        bytes32 content;
        bytes32 before;
        bytes generated;
    }

    /// What was read from logs about one execution.
    struct Fate {
        bool isConsumed;
        bool isSkipped;
        bytes32 batch;
        uint32 index;
        uint32 ending;
    }

    uint256 private constant MAX_POSTED = 24;
    uint256 private constant BLOCK_TIME = 12;

    PostedExecution[] internal _posted;
    /// Calldata of the batch that was posted last.
    bytes internal _lastBatch;
    uint64 private _lastTimestamp;
    /// Consumed executions, in all blocks.
    mapping(bytes32 batch => mapping(uint32 index => bool)) private _isConsumed;

    // ----------------------------------------------------------------------------------------------- posting

    function _nextBlock() internal {
        _checkAll();
        vm.roll(block.number + 1);
        vm.warp(block.timestamp + BLOCK_TIME);
        delete _posted;
    }

    /// A batch that can be posted in this block, or in the next one if this is full.
    function _batch(GeneratedExecution[] memory generated) internal returns (Batch memory) {
        uint64 oldest = uint64(block.timestamp - MAX_BATCH_AGE / 2);
        uint64 timestamp = _lastTimestamp < oldest ? oldest : _lastTimestamp + 1;
        if (timestamp > block.timestamp || _posted.length >= MAX_POSTED) _nextBlock();
        Execution[] memory executions = new Execution[](generated.length);
        for (uint256 i = 0; i < generated.length; i++) executions[i] = generated[i].execution;
        return Batches.batchOf(executions, timestamp, _keys, abi.encode(_proofSystems[0].PROOF()));
    }

    /// Posts a batch, which must be accepted, and compares what becomes of its transactions.
    /// @param callers For each execution: which actor makes the call.
    /// @param isCertain L1 does what the transactions say.
    function _post(
        GeneratedExecution[] memory generated,
        uint8[] memory callers,
        Batch memory batch,
        bool isCertain
    ) internal {
        RollupSnapshot[] memory at = _snapshots();
        bytes memory message = abi.encodeCall(IRollups.postBatch, (batch));
        _checkWalk(message);
        vm.recordLogs();
        (bool success, bytes memory reason) = address(_rollups).call(message);
        if (!success) _bubble(reason);
        _count("posted");
        Fate[] memory fates = _fates();
        bytes32 id = keccak256(message);
        _lastBatch = message;
        _lastTimestamp = batch.timestamp;
        uint256 next = 0;
        for (uint256 i = 0; i < generated.length; i++) {
            if (generated[i].trigger != Trigger.TRANSACTION) {
                _addPosted(id, i, generated[i], callers[i]);
                continue;
            }
            Fate memory fate = fates[next++];
            require(fate.batch == id && fate.index == i, "a transaction's fate is another's");
            bool mustBe = sameSnapshots(at, generated[i].before);
            require(!fate.isSkipped || !mustBe, "a transaction was passed over for nothing");
            mustBe = mustBe && isCertain;
            bool isForeseen = fate.isConsumed == !generated[i].endings[0].failed;
            require(isForeseen || !mustBe, "a transaction's fate is not as expected");
            if (!fate.isConsumed) {
                _count(mustBe ? "transaction failed" : "transaction contradicted");
                continue;
            }
            _count("transaction done");
            _countTraits(generated[i].endings[0].traits);
            _consume(fate);
            at = _applied(generated[i], 0, at);
        }
        require(next == fates.length, "more was done than transactions");
        require(sameSnapshots(_snapshots(), at), "a batch does not lead where it should");
    }

    /// Between any two actions of a batch everything holds that its walk counts on.
    function _checkWalk(bytes memory message) private {
        (uint256 opened, uint256 undone, uint256 compared) = _harness.check(message, address(_rollups));
        require(compared != 0, "no step was compared");
        if (opened != 0) _count("frames opened");
        if (undone != 0) _count("frames reverted");
    }

    function _addPosted(
        bytes32 batch,
        uint256 index,
        GeneratedExecution memory generated,
        uint8 caller
    ) private {
        PostedExecution storage posted = _posted.push();
        posted.batch = batch;
        posted.index = uint32(index);
        posted.trigger = generated.trigger;
        posted.caller = caller;
        posted.triggerHash = keccak256(abi.encode(generated.execution.actions[0]));
        posted.content = keccak256(abi.encode(generated.execution));
        posted.before = keccak256(abi.encode(generated.before));
        Execution memory execution = generated.execution;
        delete generated.execution;
        posted.generated = abi.encode(generated);
        generated.execution = execution;
    }

    // ----------------------------------------------------------------------------------------------- playing

    /// Triggers a call's execution, or tries to, and compares what comes of it.
    /// @param variant Which variant the actors follow.
    /// @param gas Given to the call; 0: all.
    /// @return success Whether the call succeeded.
    function _play(
        PostedExecution memory posted,
        uint256 variant,
        uint256 script,
        Deviation deviation,
        uint256 gas
    ) internal returns (bool success) {
        GeneratedExecution memory generated = abi.decode(posted.generated, (GeneratedExecution));
        if (variant >= generated.endings.length) variant = 0;
        RollupSnapshot[] memory before = _snapshots();
        bool mustBe = gas == 0 && deviation <= Deviation.UNDO_AND_REPEAT && _isReady(posted, before);
        _configureActors(variant, script, deviation);
        generated.step.gas = gas;
        bytes memory answer;
        vm.recordLogs();
        (success, answer) = _actors[posted.caller].execute(generated.step);
        Fate[] memory fates = _fates();
        _configureActors(0, 0, Deviation.NONE);
        if (mustBe) {
            if (success == generated.endings[variant].failed)
                _fail("an execution does not come out as expected", answer);
            if (success) require(fates[0].ending == variant, "an execution took another branch");
            else _requireSame(answer, generated.endings[variant].answer);
            _count(
                !success
                    ? "failed as expected"
                    : variant == 0
                        ? "consumed"
                        : "consumed on another branch"
            );
        }
        if (success) {
            require(fates.length == 1, "not one execution for one call");
            _checkConsumed(posted, fates[0], before, answer);
            return success;
        }
        require(sameSnapshots(before, _snapshots()), "a call that failed changed something");
        if (_unconsumed(posted) != 0 || _rivals(posted) != 0) return success;
        // Nothing is there to be found. With little gas, L1 may not get as far as to say so.
        bool isStarved =
            gas != 0 && (answer.length == 0 || bytes4(answer) == IRollups.InsufficientProbeGas.selector);
        if (!isStarved && bytes4(answer) != IRollups.ExecutionNotFound.selector) _fail("not a miss", answer);
    }

    /// A call was answered with an execution: the one given, the same one posted twice, or a rival.
    /// @param before Where the rollups were.
    function _checkConsumed(
        PostedExecution memory posted,
        Fate memory fate,
        RollupSnapshot[] memory before,
        bytes memory answer
    ) private {
        _consume(fate);
        PostedExecution storage found = _postedOf(fate);
        require(found.triggerHash == posted.triggerHash, "another call's execution was consumed");
        if (found.content != posted.content) _count("rival consumed");
        found.isConsumed = true;
        GeneratedExecution memory generated = abi.decode(found.generated, (GeneratedExecution));
        _countTraits(generated.endings[fate.ending].traits);
        _requireSame(answer, generated.endings[fate.ending].answer);
        RollupSnapshot[] memory later = _applied(generated, fate.ending, before);
        require(sameSnapshots(_snapshots(), later), "an execution does not lead where it should");
    }

    function _requireSame(bytes memory answer, bytes memory expected) internal pure {
        if (keccak256(answer) != keccak256(expected)) _fail("an answer is not as expected", answer);
    }

    function _configureActors(uint256 variant, uint256 script, Deviation deviation) internal {
        for (uint256 i = 0; i < _actors.length; i++) _actors[i].configure(variant, script, deviation);
    }

    /// @return count How many of the executions were consumed.
    function _consumeAll(Fate[] memory fates) internal returns (uint256 count) {
        for (uint256 i = 0; i < fates.length; i++) {
            if (!fates[i].isConsumed) continue;
            _consume(fates[i]);
            count++;
        }
    }

    function _consume(Fate memory fate) private {
        require(!_isConsumed[fate.batch][fate.index], "an execution was consumed twice");
        _isConsumed[fate.batch][fate.index] = true;
    }

    /// Whether the call must come to this execution now.
    function _isReady(
        PostedExecution memory posted,
        RollupSnapshot[] memory snapshots
    ) internal view returns (bool) {
        return
            keccak256(abi.encode(snapshots)) == posted.before &&
            _unconsumed(posted) != 0 &&
            _rivals(posted) == 0;
    }

    /// How often an execution can still be consumed in this block: the same list may have been posted twice.
    function _unconsumed(PostedExecution memory posted) internal view returns (uint256 count) {
        for (uint256 i = 0; i < _posted.length; i++) {
            if (_posted[i].content == posted.content && !_posted[i].isConsumed) count++;
        }
    }

    /// How many other executions the same call may come to, at other roots.
    function _rivals(PostedExecution memory posted) private view returns (uint256 count) {
        for (uint256 i = 0; i < _posted.length; i++) {
            PostedExecution storage other = _posted[i];
            if (
                other.triggerHash == posted.triggerHash &&
                other.content != posted.content &&
                !other.isConsumed
            ) count++;
        }
    }

    function _postedOf(Fate memory fate) private view returns (PostedExecution storage) {
        for (uint256 i = 0; i < _posted.length; i++) {
            if (_posted[i].batch == fate.batch && _posted[i].index == fate.index) return _posted[i];
        }
        revert("an execution of another block was consumed");
    }

    /// Where the rollups are after an execution. Those which it changes it must have found as expected.
    function _applied(
        GeneratedExecution memory generated,
        uint256 ending,
        RollupSnapshot[] memory at
    ) internal pure returns (RollupSnapshot[] memory later) {
        later = new RollupSnapshot[](ROLLUPS);
        for (uint256 i = 0; i < ROLLUPS; i++) {
            RollupSnapshot memory before = generated.before[i];
            RollupSnapshot memory then = generated.endings[ending].snapshots[i];
            bool isKept = then.root == before.root;
            require(isKept || at[i].root == before.root, "an execution was built on a stale root");
            later[i].root = isKept ? at[i].root : then.root;
            later[i].balance = at[i].balance + then.balance - before.balance;
        }
    }

    // -------------------------------------------------------------------------------------------------- logs

    /// What became of executions, in the order of events. Only for what was not undone.
    function _fates() internal returns (Fate[] memory fates) {
        IVm.Log[] memory logs = vm.getRecordedLogs();
        fates = new Fate[](logs.length);
        uint256 count = 0;
        for (uint256 i = 0; i < logs.length; i++) {
            if (logs[i].emitter != address(_rollups)) continue;
            bytes32 topic = logs[i].topics[0];
            if (topic == IRollups.ExecutionConsumed.selector) {
                (uint32 index, uint32 ending) = abi.decode(logs[i].data, (uint32, uint32));
                fates[count++] = Fate(true, false, logs[i].topics[1], index, ending);
            } else if (topic == IRollups.ExecutionFailed.selector) {
                (uint32 index, ) = abi.decode(logs[i].data, (uint32, bytes));
                fates[count++] = Fate(false, false, logs[i].topics[1], index, 0);
            } else if (topic == IRollups.ExecutionSkipped.selector) {
                (uint32 index, ) = abi.decode(logs[i].data, (uint32, uint64));
                fates[count++] = Fate(false, true, logs[i].topics[1], index, 0);
            }
        }
        // Cuts the array to what is used.
        assembly ("memory-safe") {
            mstore(fates, count)
        }
    }

    /// Fails the test, and says what was answered.
    function _fail(string memory reason, bytes memory answer) internal pure {
        bytes memory text = new bytes(2 * answer.length);
        for (uint256 i = 0; i < answer.length; i++) {
            text[2 * i] = bytes16("0123456789abcdef")[uint8(answer[i]) >> 4];
            text[2 * i + 1] = bytes16("0123456789abcdef")[uint8(answer[i]) & 15];
        }
        revert(string.concat(reason, ": 0x", string(text)));
    }

    function _bubble(bytes memory reason) internal pure {
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }
}
