// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRollups} from "../../interfaces/IRollups.sol";
import {Batch, Execution} from "../../interfaces/Actions.sol";
import {Batches} from "./Batches.sol";
import {IMachine, MACHINE} from "./IMachine.sol";
import {Whim} from "./Puppet.sol";
import {Place, ROLLUPS, samePlaces, Scene, Trigger} from "./Scene.sol";
import {Stage} from "./Stage.sol";

/// @title Account of what was posted and consumed
/// @notice Posts batches and triggers executions, and compares what comes of it with what was foreseen.
abstract contract Books is Stage {
    /// An execution that was posted in this block.
    /// @param triggerHash Hash of the call that triggers it.
    /// @param content Hash of its list.
    /// @param before Hash of the places where it finds the rollups.
    /// @param scene The {Scene}, without its list.
    struct Cue {
        bytes32 batch;
        uint32 index;
        Trigger trigger;
        uint8 caller;
        bool isConsumed;
        bytes32 triggerHash;
        bytes32 content;
        bytes32 before;
        bytes scene;
    }

    /// What was read from logs about one execution.
    struct Fate {
        bool isConsumed;
        bool isSkipped;
        bytes32 batch;
        uint32 index;
        uint32 ending;
    }

    uint256 private constant MAX_CUES = 24;
    uint256 private constant BLOCK_TIME = 12;

    Cue[] internal _cues;
    /// Calldata of the batch that was posted last.
    bytes internal _lastBatch;
    uint64 private _lastTimestamp;
    /// Consumed executions, in all blocks.
    mapping(bytes32 batch => mapping(uint32 index => bool)) private _isConsumed;

    // ----------------------------------------------------------------------------------------------- posting

    function _nextBlock() internal {
        _checkAll();
        MACHINE.roll(block.number + 1);
        MACHINE.warp(block.timestamp + BLOCK_TIME);
        delete _cues;
    }

    /// A batch that can be posted in this block, or in the next one if this is full.
    function _batch(Scene[] memory scenes) internal returns (Batch memory) {
        uint64 oldest = uint64(block.timestamp - MAX_BATCH_AGE / 2);
        uint64 timestamp = _lastTimestamp < oldest ? oldest : _lastTimestamp + 1;
        if (timestamp > block.timestamp || _cues.length >= MAX_CUES) _nextBlock();
        Execution[] memory executions = new Execution[](scenes.length);
        for (uint256 i = 0; i < scenes.length; i++) executions[i] = scenes[i].execution;
        return Batches.batchOf(executions, timestamp, _keys, abi.encode(_notaries[0].PROOF()));
    }

    /// Posts a batch, which must be accepted, and compares what becomes of its transactions.
    /// @param callers By scene: which puppet makes the call.
    /// @param isCertain L1 does what the transactions say.
    function _post(
        Scene[] memory scenes,
        uint8[] memory callers,
        Batch memory batch,
        bool isCertain
    ) internal {
        Place[] memory at = _places();
        bytes memory message = abi.encodeCall(IRollups.postBatch, (batch));
        _checkWalk(message);
        MACHINE.recordLogs();
        (bool success, bytes memory reason) = address(_rollups).call(message);
        if (!success) _bubble(reason);
        _did("posted");
        Fate[] memory fates = _fates();
        bytes32 id = keccak256(message);
        _lastBatch = message;
        _lastTimestamp = batch.timestamp;
        uint256 next = 0;
        for (uint256 i = 0; i < scenes.length; i++) {
            if (scenes[i].trigger != Trigger.TRANSACTION) {
                _addCue(id, i, scenes[i], callers[i]);
                continue;
            }
            Fate memory fate = fates[next++];
            require(fate.batch == id && fate.index == i, "a transaction's fate is another's");
            bool mustBe = samePlaces(at, scenes[i].before);
            require(!fate.isSkipped || !mustBe, "a transaction was passed over for nothing");
            mustBe = mustBe && isCertain;
            bool isForeseen = fate.isConsumed == !scenes[i].endings[0].failed;
            require(isForeseen || !mustBe, "a transaction's fate is not as foreseen");
            if (!fate.isConsumed) {
                _did(mustBe ? "transaction failed" : "transaction contradicted");
                continue;
            }
            _did("transaction done");
            _didTraits(scenes[i].endings[0].traits);
            _consume(fate);
            at = _applied(scenes[i], 0, at);
        }
        require(next == fates.length, "more was done than transactions");
        require(samePlaces(_places(), at), "a batch does not lead where it should");
    }

    /// Between any two actions of a batch everything holds that its walk counts on.
    function _checkWalk(bytes memory message) private {
        (uint256 opened, uint256 undone, uint256 compared) = _harness.check(message, address(_rollups));
        require(compared != 0, "no step was compared");
        if (opened != 0) _did("frames opened");
        if (undone != 0) _did("frames reverted");
    }

    function _addCue(bytes32 batch, uint256 index, Scene memory scene, uint8 caller) private {
        Cue storage cue = _cues.push();
        cue.batch = batch;
        cue.index = uint32(index);
        cue.trigger = scene.trigger;
        cue.caller = caller;
        cue.triggerHash = keccak256(abi.encode(scene.execution.actions[0]));
        cue.content = keccak256(abi.encode(scene.execution));
        cue.before = keccak256(abi.encode(scene.before));
        Execution memory execution = scene.execution;
        delete scene.execution;
        cue.scene = abi.encode(scene);
        scene.execution = execution;
    }

    // ----------------------------------------------------------------------------------------------- playing

    /// Triggers a call's execution, or tries to, and compares what comes of it.
    /// @param mood Of the puppets.
    /// @param gas Given to the call; 0: all.
    /// @return success Whether the call succeeded.
    function _play(
        Cue memory cue,
        uint256 mood,
        uint256 script,
        Whim whim,
        uint256 gas
    ) internal returns (bool success) {
        Scene memory scene = abi.decode(cue.scene, (Scene));
        if (mood >= scene.endings.length) mood = 0;
        Place[] memory before = _places();
        bool mustBe = gas == 0 && whim <= Whim.RELUCTANT && _isReady(cue, before);
        _direct(mood, script, whim);
        scene.step.gas = gas;
        bytes memory answer;
        MACHINE.recordLogs();
        (success, answer) = _puppets[cue.caller].act(scene.step);
        Fate[] memory fates = _fates();
        _direct(0, 0, Whim.NONE);
        if (mustBe) {
            if (success == scene.endings[mood].failed)
                _fail("an execution does not come out as foreseen", answer);
            if (success) require(fates[0].ending == mood, "an execution took another course");
            else _requireSame(answer, scene.endings[mood].answer);
            _did(
                !success
                    ? "failed as foreseen"
                    : mood == 0
                        ? "consumed"
                        : "consumed on another course"
            );
        }
        if (success) {
            require(fates.length == 1, "not one execution for one call");
            _checkConsumed(cue, fates[0], before, answer);
            return success;
        }
        require(samePlaces(before, _places()), "a call that failed changed something");
        if (_left(cue) != 0 || _rivals(cue) != 0) return success;
        // Nothing is there to be found. With little gas, L1 may not get as far as to say so.
        bool isStarved =
            gas != 0 && (answer.length == 0 || bytes4(answer) == IRollups.InsufficientProbeGas.selector);
        if (!isStarved && bytes4(answer) != IRollups.ExecutionNotFound.selector) _fail("not a miss", answer);
    }

    /// A call was answered with an execution: that of the cue, of a twin, or of a rival.
    /// @param before Where the rollups were.
    function _checkConsumed(
        Cue memory cue,
        Fate memory fate,
        Place[] memory before,
        bytes memory answer
    ) private {
        _consume(fate);
        Cue storage found = _cueOf(fate);
        require(found.triggerHash == cue.triggerHash, "another call's execution was consumed");
        if (found.content != cue.content) _did("rival consumed");
        found.isConsumed = true;
        Scene memory scene = abi.decode(found.scene, (Scene));
        _didTraits(scene.endings[fate.ending].traits);
        _requireSame(answer, scene.endings[fate.ending].answer);
        Place[] memory later = _applied(scene, fate.ending, before);
        require(samePlaces(_places(), later), "an execution does not lead where it should");
    }

    function _requireSame(bytes memory answer, bytes memory foreseen) internal pure {
        if (keccak256(answer) != keccak256(foreseen)) _fail("an answer is not as foreseen", answer);
    }

    function _direct(uint256 mood, uint256 script, Whim whim) internal {
        for (uint256 i = 0; i < _puppets.length; i++) _puppets[i].direct(mood, script, whim);
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
    function _isReady(Cue memory cue, Place[] memory places) internal view returns (bool) {
        return keccak256(abi.encode(places)) == cue.before && _left(cue) != 0 && _rivals(cue) == 0;
    }

    /// How often an execution can still be consumed in this block: the same list may have been posted twice.
    function _left(Cue memory cue) internal view returns (uint256 count) {
        for (uint256 i = 0; i < _cues.length; i++) {
            if (_cues[i].content == cue.content && !_cues[i].isConsumed) count++;
        }
    }

    /// How many other executions the same call may come to, at other roots.
    function _rivals(Cue memory cue) private view returns (uint256 count) {
        for (uint256 i = 0; i < _cues.length; i++) {
            Cue storage other = _cues[i];
            if (other.triggerHash == cue.triggerHash && other.content != cue.content && !other.isConsumed)
                count++;
        }
    }

    function _cueOf(Fate memory fate) private view returns (Cue storage) {
        for (uint256 i = 0; i < _cues.length; i++) {
            if (_cues[i].batch == fate.batch && _cues[i].index == fate.index) return _cues[i];
        }
        revert("an execution of another block was consumed");
    }

    /// Where the rollups are after an execution. Those which it changes it must have found as foreseen.
    function _applied(
        Scene memory scene,
        uint256 ending,
        Place[] memory at
    ) internal pure returns (Place[] memory later) {
        later = new Place[](ROLLUPS);
        for (uint256 i = 0; i < ROLLUPS; i++) {
            Place memory before = scene.before[i];
            Place memory then = scene.endings[ending].places[i];
            bool isKept = then.root == before.root;
            require(isKept || at[i].root == before.root, "an execution was built on a stale root");
            later[i].root = isKept ? at[i].root : then.root;
            later[i].balance = at[i].balance + then.balance - before.balance;
        }
    }

    // -------------------------------------------------------------------------------------------------- logs

    /// What became of executions, in the order of events. Only for what was not undone.
    function _fates() internal returns (Fate[] memory fates) {
        IMachine.Log[] memory logs = MACHINE.getRecordedLogs();
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
