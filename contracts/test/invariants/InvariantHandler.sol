// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRollups} from "../../interfaces/IRollups.sol";
import {Batch} from "../../interfaces/Actions.sol";
import {Mutation, BatchMutations, nameOfMutation} from "./BatchMutations.sol";
import {vm} from "./IVm.sol";
import {ScriptedActor, Step, Deviation} from "./ScriptedActor.sol";
import {RollupSnapshot, ROLLUPS, sameSnapshots, GeneratedExecution, Trigger} from "./GeneratedExecution.sol";
import {InvariantAccounting} from "./InvariantAccounting.sol";

/// @title Handler: what builders and users of L1 do
/// @notice The functions that the fuzzer calls. None of them may revert; the outcome of each is counted.
abstract contract InvariantHandler is InvariantAccounting {
    using BatchMutations for Batch;

    /// How many executions are tried until a mutation applies to one.
    uint256 private constant MUTATE_ATTEMPTS = 30;

    modifier inOneTransaction() {
        _;
        _checkAll();
    }

    // ---------------------------------------------------------------------------------------------- building

    /// A batch of some executions: transactions, calls that build on each other or exclude each other,
    /// look-ups.
    function post(uint256 seed) external inOneTransaction {
        _postRandom(seed, Trigger.TRANSACTION);
    }

    /// The same batch once more, now or later, if it is not too old by then. A transaction that L1
    /// contradicted or passed over has changed nothing, so it may still take effect; what was consumed is not
    /// consumed again.
    function repostBatch(uint256 seed) external inOneTransaction {
        if (_lastBatch.length == 0 || _drawFrom(seed, "fresh") % 2 == 0) {
            _postRandom(_drawFrom(seed, "post"), Trigger.TRANSACTION);
        }
        if (seed % 2 == 0) _nextBlock();
        RollupSnapshot[] memory before = _snapshots();
        vm.recordLogs();
        (bool success, ) = address(_rollups).call(_lastBatch);
        if (_consumeAll(_fates()) != 0) _count("transaction done by a reposted batch");
        else
            require(
                sameSnapshots(before, _snapshots()),
                "a batch of which nothing was consumed changed something"
            );
        _count(success ? "batch reposted" : "batch refused when reposted");
        // What was posted before may find other roots now.
        _nextBlock();
    }

    /// A batch that must not be accepted.
    function postMutated(uint256 seed) external inOneTransaction {
        uint256 draw = _drawFrom(seed, "mutation");
        Mutation mutation = Mutation(draw % (uint256(type(Mutation).max) + 1));
        GeneratedExecution[] memory generated = new GeneratedExecution[](1);
        Batch memory batch;
        bool isMutated;
        for (uint256 i = 0; !isMutated; i++) {
            Trigger trigger = Trigger(((draw >> 16) + i) % (uint256(type(Trigger).max) + 1));
            generated[0] = _generate(seed, 0, trigger, _snapshots(), _actors[0]);
            batch = _batch(generated);
            if (i == MUTATE_ATTEMPTS) mutation = Mutation.OF_THE_FUTURE;
            isMutated = batch.mutate(mutation, draw >> 8, address(_rollups));
        }
        _mustRefuse(abi.encodeCall(IRollups.postBatch, (batch)));
        _count(nameOfMutation(mutation));
    }

    /// A batch with little gas: all of it is posted, or nothing is.
    function postWithLittleGas(uint256 seed) external inOneTransaction {
        RollupSnapshot[] memory before = _snapshots();
        GeneratedExecution[] memory generated = new GeneratedExecution[](1);
        generated[0] = _generate(seed, 0, Trigger.TRANSACTION, before, _actors[0]);
        bytes memory message = abi.encodeCall(IRollups.postBatch, (_batch(generated)));
        uint256 given = 100_000 + (_drawFrom(seed, "gas") % 1_500_000);
        bytes memory undone = abi.encodeCall(
            ScriptedActor.callAndRevert,
            (Step(address(_rollups), 0, message, false, given, true, "", true))
        );
        (, bytes memory reason) = address(_actors[0]).call(undone);
        _count(_successOf(reason) ? "batch had enough gas" : "batch ran out of gas");
        require(sameSnapshots(before, _snapshots()), "a batch that was undone changed something");
    }

    // ----------------------------------------------------------------------------------------------- playing

    /// A posted call, sometimes after making it in a frame that is undone.
    function makeCall(uint256 seed) external inOneTransaction {
        PostedExecution memory posted = _pickPosted(seed, Trigger.CALL);
        if (_drawFrom(seed, "undone first") % 2 == 0)
            _callAndRevert(posted, _drawFrom(seed, "first variant") % 2);
        _play(posted, _drawFrom(seed, "variant") % 2, 0, Deviation.NONE, 0);
    }

    /// A posted call, but one of the L1 contracts deviates from its script.
    function makeCallWithDeviation(uint256 seed) external inOneTransaction {
        PostedExecution memory posted = _pickPosted(seed, Trigger.CALL);
        GeneratedExecution memory generated = abi.decode(posted.generated, (GeneratedExecution));
        uint256 script =
            generated.scripts.length == 0
                ? 0
                : generated.scripts[_drawFrom(seed, "script") % generated.scripts.length];
        Deviation deviation = Deviation(1 + (_drawFrom(seed, "deviation") % uint256(type(Deviation).max)));
        bool success = _play(posted, _drawFrom(seed, "variant") % 2, script, deviation, 0);
        if (script != 0) _count(success ? "deviation did not matter" : "deviation was refused");
    }

    /// A posted call with little gas.
    function makeCallWithLittleGas(uint256 seed) external inOneTransaction {
        PostedExecution memory posted = _pickPosted(seed, Trigger.CALL);
        uint256 given = 30_000 + (_drawFrom(seed, "gas") % 600_000);
        bool success = _play(posted, 0, 0, Deviation.NONE, given);
        _count(success ? "call had enough gas" : "call ran out of gas");
    }

    /// A posted call, and the same again, with or without another batch between them.
    function repeatCall(uint256 seed) external inOneTransaction {
        PostedExecution memory posted = _pickPosted(seed, Trigger.CALL);
        RollupSnapshot[] memory before = _snapshots();
        if (!_play(posted, 0, 0, Deviation.NONE, 0)) return;
        // What is posted later in the block must not bring it back.
        uint256 blockNumber = block.number;
        bool hasMore = _drawFrom(seed, "more") % 2 == 0;
        if (hasMore) _postRandom(_drawFrom(seed, "post"), Trigger.LOOK_UP);
        hasMore = hasMore && block.number == blockNumber;
        bool hasTwin = _unconsumed(posted) != 0;
        bool success = _play(posted, 0, 0, Deviation.NONE, 0);
        if (hasTwin) _count(success ? "twin consumed" : "twin not found");
        else if (!_sameRoots(before, _snapshots())) _count("refused again at other roots");
        else _count(hasMore ? "refused again after another batch" : "refused again at the same roots");
    }

    /// A posted call, after another batch has moved some of the rollups.
    function makeCallAfterOtherBatch(uint256 seed) external inOneTransaction {
        PostedExecution memory posted = _pickPosted(seed, Trigger.CALL);
        _postRandom(_drawFrom(seed, "post"), Trigger.TRANSACTION);
        bool success = _play(posted, 0, 0, Deviation.NONE, 0);
        _count(success ? "call answered after another batch" : "call refused after another batch");
    }

    /// Calls of the block before.
    function makeCallInNextBlock(uint256 seed) external inOneTransaction {
        PostedExecution memory posted = _pickPosted(seed, Trigger.CALL);
        _nextBlock();
        require(!_play(posted, 0, 0, Deviation.NONE, 0), "a call of another block was answered");
        _count("call missed in the next block");
    }

    /// A posted static call.
    function lookUp(uint256 seed) external inOneTransaction {
        PostedExecution memory posted = _pickPosted(seed, Trigger.LOOK_UP);
        GeneratedExecution memory generated = abi.decode(posted.generated, (GeneratedExecution));
        Step memory call = generated.step;
        bool isReady = _isReady(posted, _snapshots());
        bytes32 before = _stateHash();
        vm.recordLogs();
        (bool success, bytes memory answer) = _actors[posted.caller].execute(call);
        require(vm.getRecordedLogs().length == 0, "a static call left an event");
        require(_stateHash() == before, "a static call changed something");
        if (isReady) {
            if (success == generated.endings[0].failed)
                _fail("a look-up does not come out as expected", answer);
            _requireSame(answer, generated.endings[0].answer);
            _count(success ? "looked up" : "looked up a failure");
        }
        // The same call, not static, is another: it was not posted, however little gas it has.
        call.isStatic = false;
        call.gas = _drawFrom(seed, "gas") % 2 == 0 ? 0 : 2_000 + (_drawFrom(seed, "gas") % 60_000);
        (success, ) = _actors[posted.caller].execute(call);
        require(!success, "a call passed for a look-up");
        require(_stateHash() == before, "a call that was not posted changed something");
        _count("call did not pass for a look-up");
    }

    /// Gives `Rollups` Ether that no rollup owns.
    function donateEther(uint256 seed) external inOneTransaction {
        uint256 value = seed % 1000;
        vm.deal(address(_rollups), address(_rollups).balance + value);
        _donated += value;
        _count("Ether donated");
    }

    // ---------------------------------------------------------------------------------------------- choosing

    function _drawFrom(uint256 seed, string memory what) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, what)));
    }

    /// A call or look-up that was posted in this block: mostly one that can be made now.
    function _pickPosted(uint256 seed, Trigger trigger) private returns (PostedExecution memory) {
        bool mayBeAny = _drawFrom(seed, "any") % 6 == 0;
        // Calls that fail change nothing, and would be made again and again.
        if (_drawFrom(seed, "more") % 3 == 0) _postRandom(_drawFrom(seed, "post"), trigger);
        for (uint256 attempt = 0; true; attempt++) {
            RollupSnapshot[] memory snapshots = _snapshots();
            uint256 count = _posted.length;
            uint256 first = count == 0 ? 0 : _drawFrom(seed, "first") % count;
            for (uint256 i = 0; i < count; i++) {
                PostedExecution storage posted = _posted[(first + i) % count];
                if (posted.trigger != trigger) continue;
                if (mayBeAny || attempt == 3 || _isReady(posted, snapshots)) return posted;
            }
            _postRandom(_drawFrom(_drawFrom(seed, "again"), "post"), trigger);
        }
        revert("unreachable");
    }

    /// @param last Kind of the last execution.
    function _postRandom(uint256 seed, Trigger last) private {
        uint256 count = 1 + (_drawFrom(seed, "count") % 3);
        bool isTwin = last == Trigger.CALL && _drawFrom(seed, "twin") % 4 == 0;
        GeneratedExecution[] memory generated = new GeneratedExecution[](isTwin ? count + 1 : count);
        uint8[] memory callers = new uint8[](generated.length);
        RollupSnapshot[] memory snapshots = _snapshots();
        uint256 transactions = _drawFrom(seed, "transactions") % 3;
        for (uint256 i = 0; i < count; i++) {
            uint256 draw = _drawFrom(seed, "execution") >> (8 * i);
            Trigger trigger =
                i < transactions
                    ? Trigger.TRANSACTION
                    : _drawFrom(draw, "trigger") % 4 == 0
                        ? Trigger.LOOK_UP
                        : Trigger.CALL;
            if (i + 1 == count || last == Trigger.TRANSACTION) trigger = last;
            bool isRival = i != 0 && generated[i - 1].trigger == trigger && _drawFrom(draw, "rival") % 3 == 0;
            callers[i] = isRival ? callers[i - 1] : uint8(_drawFrom(draw, "caller") % 2);
            generated[i] = _generate(
                draw,
                isRival ? generated[i - 1].triggerSeed : 0,
                trigger,
                snapshots,
                _actors[callers[i]]
            );
            // The next one builds on it, or excludes it.
            if (trigger == Trigger.TRANSACTION || _drawFrom(draw, "chain") % 3 == 0)
                snapshots = generated[i].endings[0].snapshots;
        }
        if (isTwin) (generated[count], callers[count]) = (generated[count - 1], callers[count - 1]);
        Batch memory batch = _batch(generated);
        if (_drawFrom(seed, "undone") % 4 == 0) _postAndRevert(batch);
        Deviation deviation =
            last == Trigger.TRANSACTION
                ? Deviation(_drawFrom(seed, "deviation") % uint256(type(Deviation).max))
                : Deviation.NONE;
        uint256[] memory scripts = generated[0].scripts;
        if (scripts.length != 0)
            _configureActors(0, scripts[_drawFrom(seed, "script") % scripts.length], deviation);
        _post(generated, callers, batch, deviation <= Deviation.UNDO_AND_REPEAT);
        _configureActors(0, 0, Deviation.NONE);
    }

    // ---------------------------------------------------------------------------------- what must not matter

    /// Makes the call in a frame that is undone.
    function _callAndRevert(PostedExecution memory posted, uint256 variant) private {
        GeneratedExecution memory generated = abi.decode(posted.generated, (GeneratedExecution));
        RollupSnapshot[] memory before = _snapshots();
        _configureActors(variant, 0, Deviation.NONE);
        (, bytes memory reason) = address(_actors[posted.caller]).call(
            abi.encodeCall(ScriptedActor.callAndRevert, (generated.step))
        );
        _configureActors(0, 0, Deviation.NONE);
        if (_successOf(reason)) _count("call made and undone");
        require(sameSnapshots(before, _snapshots()), "what was undone changed something");
    }

    /// Posts the batch in a frame that is undone.
    function _postAndRevert(Batch memory batch) private {
        RollupSnapshot[] memory before = _snapshots();
        bytes memory message = abi.encodeCall(IRollups.postBatch, (batch));
        Step memory step = Step(address(_rollups), 0, message, false, 0, true, "", true);
        (, bytes memory reason) = address(_actors[0]).call(
            abi.encodeCall(ScriptedActor.callAndRevert, (step))
        );
        require(_successOf(reason), "a batch was not accepted when it was to be undone");
        require(sameSnapshots(before, _snapshots()), "a batch that was undone changed something");
        _count("batch posted and undone");
    }

    /// @param reason {ScriptedActor.Undone}.
    function _successOf(bytes memory reason) private pure returns (bool success) {
        require(bytes4(reason) == ScriptedActor.Undone.selector, "not undone");
        assembly ("memory-safe") {
            success := mload(add(reason, 36))
        }
    }

    function _sameRoots(RollupSnapshot[] memory a, RollupSnapshot[] memory b) private pure returns (bool) {
        for (uint256 i = 0; i < ROLLUPS; i++) if (a[i].root != b[i].root) return false;
        return true;
    }

    // ---------------------------------------------------------------------------------------------- mutating

    function _mustRefuse(bytes memory message) private {
        bytes32 before = _stateHash();
        (bool success, ) = address(_rollups).call(message);
        require(!success, "a batch was accepted that must not be");
        require(_stateHash() == before, "a batch that was refused changed something");
    }
}
