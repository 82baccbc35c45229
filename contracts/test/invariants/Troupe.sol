// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRollups} from "../../interfaces/IRollups.sol";
import {Batch} from "../../interfaces/Actions.sol";
import {Flaw, Forgeries, nameOfFlaw} from "./Forgeries.sol";
import {MACHINE} from "./IMachine.sol";
import {Puppet, Step, Whim} from "./Puppet.sol";
import {Place, ROLLUPS, samePlaces, Scene, Trigger} from "./Scene.sol";
import {Books} from "./Books.sol";

/// @title What builders and users of L1 may come up with
/// @notice The functions that the fuzzer calls. None of them may revert; what each has come to is counted.
abstract contract Troupe is Books {
    using Forgeries for Batch;

    /// So many executions are looked through for one of which something wrong can be made.
    uint256 private constant FORGE_ATTEMPTS = 30;

    modifier inOneTransaction() {
        _;
        _checkAll();
    }

    // ---------------------------------------------------------------------------------------------- building

    /// A batch of some executions: transactions, calls that build on each other or exclude each other,
    /// look-ups.
    function post(uint256 seed) external inOneTransaction {
        _postSome(seed, Trigger.TRANSACTION);
    }

    /// The same batch once more, now or later, if it is not too old by then. A transaction that L1
    /// contradicted or passed over has changed nothing, so its turn may still come; what was consumed is not
    /// consumed again.
    function replay(uint256 seed) external inOneTransaction {
        if (_lastBatch.length == 0 || _draw(seed, "fresh") % 4 == 0) {
            _postSome(_draw(seed, "post"), Trigger.TRANSACTION);
        }
        if (seed % 2 == 0) _nextBlock();
        Place[] memory before = _places();
        MACHINE.recordLogs();
        (bool success, ) = address(_rollups).call(_lastBatch);
        if (_consumeAll(_fates()) != 0) _did("transaction done by a replay");
        else
            require(samePlaces(before, _places()), "a batch of which nothing was consumed changed something");
        _did(success ? "replayed" : "replay refused");
        // What can be played now is no longer what the cues say.
        _nextBlock();
    }

    /// A batch that must not be accepted.
    function forge(uint256 seed) external inOneTransaction {
        uint256 draw = _draw(seed, "flaw");
        Flaw flaw = Flaw(draw % (uint256(type(Flaw).max) + 1));
        Scene[] memory scenes = new Scene[](1);
        Batch memory batch;
        bool isSpoilt;
        for (uint256 i = 0; !isSpoilt; i++) {
            Trigger trigger = Trigger(((draw >> 16) + i) % (uint256(type(Trigger).max) + 1));
            scenes[0] = _write(seed, 0, trigger, _places(), _puppets[0]);
            batch = _batch(scenes);
            if (i == FORGE_ATTEMPTS) flaw = Flaw.OF_THE_FUTURE;
            isSpoilt = batch.spoil(flaw, draw >> 8, address(_rollups));
        }
        _mustRefuse(abi.encodeCall(IRollups.postBatch, (batch)));
        _did(nameOfFlaw(flaw));
    }

    /// A batch with little gas: all of it is posted, or nothing is.
    function skimp(uint256 seed) external inOneTransaction {
        Place[] memory before = _places();
        Scene[] memory scenes = new Scene[](1);
        scenes[0] = _write(seed, 0, Trigger.TRANSACTION, before, _puppets[0]);
        bytes memory message = abi.encodeCall(IRollups.postBatch, (_batch(scenes)));
        uint256 given = 100_000 + (_draw(seed, "gas") % 1_500_000);
        bytes memory undone = abi.encodeCall(
            Puppet.rehearse,
            (Step(address(_rollups), 0, message, false, given, true, "", true))
        );
        (, bytes memory reason) = address(_puppets[0]).call(undone);
        _did(_successOf(reason) ? "batch had enough gas" : "batch was starved");
        require(samePlaces(before, _places()), "a batch that was undone changed something");
    }

    // ----------------------------------------------------------------------------------------------- playing

    /// A posted call, after trying it in frames that are undone.
    function perform(uint256 seed) external inOneTransaction {
        Cue memory cue = _cue(seed, Trigger.CALL);
        if (_draw(seed, "rehearsals") % 2 == 0) _rehearse(cue, _draw(seed, "first mood") % 2);
        _play(cue, _draw(seed, "mood") % 2, 0, Whim.NONE, 0);
    }

    /// A posted call, but one of the L1 contracts follows a whim.
    function improvise(uint256 seed) external inOneTransaction {
        Cue memory cue = _cue(seed, Trigger.CALL);
        Scene memory scene = abi.decode(cue.scene, (Scene));
        uint256 script =
            scene.scripts.length == 0 ? 0 : scene.scripts[_draw(seed, "script") % scene.scripts.length];
        Whim whim = Whim(1 + (_draw(seed, "whim") % uint256(type(Whim).max)));
        bool success = _play(cue, _draw(seed, "mood") % 2, script, whim, 0);
        if (script != 0) _did(success ? "whim did not matter" : "whim was refused");
    }

    /// A posted call with little gas.
    function starve(uint256 seed) external inOneTransaction {
        Cue memory cue = _cue(seed, Trigger.CALL);
        uint256 given = 30_000 + (_draw(seed, "gas") % 600_000);
        bool success = _play(cue, 0, 0, Whim.NONE, given);
        _did(success ? "call had enough gas" : "call was starved");
    }

    /// A posted call, and the same again, with or without another batch between them.
    function insist(uint256 seed) external inOneTransaction {
        Cue memory cue = _cue(seed, Trigger.CALL);
        Place[] memory before = _places();
        if (!_play(cue, 0, 0, Whim.NONE, 0)) return;
        // What is posted later in the block must not bring it back.
        uint256 blockNumber = block.number;
        bool hasMore = _draw(seed, "more") % 2 == 0;
        if (hasMore) _postSome(_draw(seed, "post"), Trigger.LOOK_UP);
        hasMore = hasMore && block.number == blockNumber;
        bool hasTwin = _left(cue) != 0;
        bool success = _play(cue, 0, 0, Whim.NONE, 0);
        if (hasTwin) _did(success ? "twin consumed" : "twin not found");
        else if (!_sameRoots(before, _places())) _did("refused again at other roots");
        else _did(hasMore ? "refused again after another batch" : "refused again at the same roots");
    }

    /// A posted call, after another batch has moved some of the rollups.
    function overtake(uint256 seed) external inOneTransaction {
        Cue memory cue = _cue(seed, Trigger.CALL);
        _postSome(_draw(seed, "post"), Trigger.TRANSACTION);
        bool success = _play(cue, 0, 0, Whim.NONE, 0);
        _did(success ? "overtaken call answered" : "overtaken call refused");
    }

    /// Calls of the block before.
    function late(uint256 seed) external inOneTransaction {
        Cue memory cue = _cue(seed, Trigger.CALL);
        _nextBlock();
        require(!_play(cue, 0, 0, Whim.NONE, 0), "a call of another block was answered");
        _did("late call missed");
    }

    /// A posted static call.
    function lookUp(uint256 seed) external inOneTransaction {
        Cue memory cue = _cue(seed, Trigger.LOOK_UP);
        Scene memory scene = abi.decode(cue.scene, (Scene));
        Step memory call = scene.step;
        bool isReady = _isReady(cue, _places());
        bytes32 before = _everything();
        MACHINE.recordLogs();
        (bool success, bytes memory answer) = _puppets[cue.caller].act(call);
        require(MACHINE.getRecordedLogs().length == 0, "a static call left an event");
        require(_everything() == before, "a static call changed something");
        if (isReady) {
            if (success == scene.endings[0].failed) _fail("a look-up does not come out as foreseen", answer);
            _requireSame(answer, scene.endings[0].answer);
            _did(success ? "looked up" : "looked up a failure");
        }
        // The same call, not static, is another: it was not posted, however little gas it has.
        call.isStatic = false;
        call.gas = _draw(seed, "gas") % 2 == 0 ? 0 : 2_000 + (_draw(seed, "gas") % 60_000);
        (success, ) = _puppets[cue.caller].act(call);
        require(!success, "a call passed for a look-up");
        require(_everything() == before, "a call that nobody posted changed something");
        _did("call did not pass for a look-up");
    }

    /// Brings Ether that no rollup owns.
    function endow(uint256 seed) external inOneTransaction {
        uint256 value = seed % 1000;
        MACHINE.deal(address(_rollups), address(_rollups).balance + value);
        _given += value;
        _did("endowed");
    }

    // ---------------------------------------------------------------------------------------------- choosing

    function _draw(uint256 seed, string memory what) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, what)));
    }

    /// A call or look-up that was posted in this block: mostly one that can be made now.
    function _cue(uint256 seed, Trigger trigger) private returns (Cue memory) {
        bool mayBeAny = _draw(seed, "any") % 6 == 0;
        // Else those that fail, and so stay what they are, would be all that is ever made.
        if (_draw(seed, "more") % 3 == 0) _postSome(_draw(seed, "post"), trigger);
        for (uint256 attempt = 0; true; attempt++) {
            Place[] memory places = _places();
            uint256 count = _cues.length;
            uint256 first = count == 0 ? 0 : _draw(seed, "first") % count;
            for (uint256 i = 0; i < count; i++) {
                Cue storage cue = _cues[(first + i) % count];
                if (cue.trigger != trigger) continue;
                if (mayBeAny || attempt == 3 || _isReady(cue, places)) return cue;
            }
            _postSome(_draw(_draw(seed, "again"), "post"), trigger);
        }
        revert("unreachable");
    }

    /// @param last Kind of the last execution.
    function _postSome(uint256 seed, Trigger last) private {
        uint256 count = 1 + (_draw(seed, "count") % 3);
        bool isTwin = last == Trigger.CALL && _draw(seed, "twin") % 4 == 0;
        Scene[] memory scenes = new Scene[](isTwin ? count + 1 : count);
        uint8[] memory callers = new uint8[](scenes.length);
        Place[] memory places = _places();
        uint256 transactions = _draw(seed, "transactions") % 3;
        for (uint256 i = 0; i < count; i++) {
            uint256 draw = _draw(seed, "scene") >> (8 * i);
            Trigger trigger =
                i < transactions
                    ? Trigger.TRANSACTION
                    : _draw(draw, "trigger") % 4 == 0
                        ? Trigger.LOOK_UP
                        : Trigger.CALL;
            if (i + 1 == count || last == Trigger.TRANSACTION) trigger = last;
            bool isRival = i != 0 && scenes[i - 1].trigger == trigger && _draw(draw, "rival") % 3 == 0;
            callers[i] = isRival ? callers[i - 1] : uint8(_draw(draw, "caller") % 2);
            scenes[i] = _write(
                draw,
                isRival ? scenes[i - 1].origin : 0,
                trigger,
                places,
                _puppets[callers[i]]
            );
            // The next one builds on it, or excludes it.
            if (trigger == Trigger.TRANSACTION || _draw(draw, "chain") % 3 == 0)
                places = scenes[i].endings[0].places;
        }
        if (isTwin) (scenes[count], callers[count]) = (scenes[count - 1], callers[count - 1]);
        Batch memory batch = _batch(scenes);
        if (_draw(seed, "rehearse") % 4 == 0) _rehearseBatch(batch);
        Whim whim =
            last == Trigger.TRANSACTION ? Whim(_draw(seed, "whim") % uint256(type(Whim).max)) : Whim.NONE;
        uint256[] memory scripts = scenes[0].scripts;
        if (scripts.length != 0) _direct(0, scripts[_draw(seed, "script") % scripts.length], whim);
        _post(scenes, callers, batch, whim <= Whim.RELUCTANT);
        _direct(0, 0, Whim.NONE);
    }

    // ---------------------------------------------------------------------------------- what must not matter

    /// Makes the call in a frame that is undone.
    function _rehearse(Cue memory cue, uint256 mood) private {
        Scene memory scene = abi.decode(cue.scene, (Scene));
        Place[] memory before = _places();
        _direct(mood, 0, Whim.NONE);
        (, bytes memory reason) = address(_puppets[cue.caller]).call(
            abi.encodeCall(Puppet.rehearse, (scene.step))
        );
        _direct(0, 0, Whim.NONE);
        if (_successOf(reason)) _did("rehearsed");
        require(samePlaces(before, _places()), "what was undone changed something");
    }

    /// Posts the batch in a frame that is undone.
    function _rehearseBatch(Batch memory batch) private {
        Place[] memory before = _places();
        bytes memory message = abi.encodeCall(IRollups.postBatch, (batch));
        Step memory step = Step(address(_rollups), 0, message, false, 0, true, "", true);
        (, bytes memory reason) = address(_puppets[0]).call(abi.encodeCall(Puppet.rehearse, (step)));
        require(_successOf(reason), "a batch was not accepted when it was rehearsed");
        require(samePlaces(before, _places()), "a batch that was undone changed something");
        _did("batch rehearsed");
    }

    /// @param reason {Puppet.Rehearsed}.
    function _successOf(bytes memory reason) private pure returns (bool success) {
        require(bytes4(reason) == Puppet.Rehearsed.selector, "not rehearsed");
        assembly ("memory-safe") {
            success := mload(add(reason, 36))
        }
    }

    function _sameRoots(Place[] memory a, Place[] memory b) private pure returns (bool) {
        for (uint256 i = 0; i < ROLLUPS; i++) if (a[i].root != b[i].root) return false;
        return true;
    }

    // ----------------------------------------------------------------------------------------------- forging

    function _mustRefuse(bytes memory message) private {
        bytes32 before = _everything();
        (bool success, ) = address(_rollups).call(message);
        require(!success, "a batch was accepted that must not be");
        require(_everything() == before, "a batch that was refused changed something");
    }
}
