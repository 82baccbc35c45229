// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICrossChainManager} from "../../interfaces/ICrossChainManager.sol";
import {IRollups} from "../../interfaces/IRollups.sol";
import {
    Action,
    Batch,
    ChainId,
    L1,
    L2TX,
    REVERT,
    REVERT_CONTINUE,
    StateRoot
} from "../../interfaces/Actions.sol";
import {Player} from "../../play/Player.sol";
import {GeneratorState, GeneratorLib, NO_ROLLUP, Point, RollupProgress} from "./GeneratorState.sol";
import {ScriptedActor, Script, Step} from "./ScriptedActor.sol";
import {
    Ending,
    isNative,
    RollupSnapshot,
    indexOf,
    rollupAt,
    ROLLUPS,
    GeneratedExecution,
    Trait,
    Trigger
} from "./GeneratedExecution.sol";

/// @title Random executions
/// @notice Draws what each chain does. Writes the execution, and the scripts by which actors do L1's part.
abstract contract ExecutionGenerator {
    using GeneratorLib for GeneratorState;

    /// Where L1 is inside an execution.
    /// @param isStatic Nothing may be changed.
    /// @param isLookUp Inside a static call that L1 made: L1 makes no further calls to rollups there.
    /// @param isBound Inside an L2 transaction, with no call to L1 between: calls to L1 say how much gas they
    /// get.
    struct CallContext {
        ScriptedActor actor;
        bool isStatic;
        bool isLookUp;
        bool isBound;
        uint256 depth;
    }

    /// A call that an operation has made and that is not undone.
    struct Live {
        uint256 at;
        uint256 order;
        RollupProgress[] before;
    }

    /// What a rollup does in answer to one call.
    /// @param live The calls of it that are not static and not undone.
    /// @param order How many calls it has made.
    struct Operation {
        ChainId rollup;
        address self;
        Live[] live;
        uint256 liveCount;
        uint256 order;
    }

    uint256 internal constant REMOTES = 2;

    uint256 private constant MAX_DEPTH = 4;
    uint256 private constant MAX_CALLS = 3;
    /// More than any script takes.
    uint32 private constant OUTGOING_GAS = 10_000_000;
    /// No further calls are made after so many actions.
    uint256 private constant MAX_ACTIONS = 22;

    IRollups internal _rollups;
    ScriptedActor[2] internal _actors;
    uint256 private _generatedCount;

    /// Contracts on each rollup, which have proxies on L1.
    function _remote(uint256 number) internal pure returns (address) {
        return address(uint160(0x1001 + number));
    }

    /// Draws an execution that finds the rollups as in `before`, and gives the actors their scripts.
    /// @param triggerSeed Of an execution with the same trigger; 0: none.
    function _generate(
        uint256 seed,
        uint256 triggerSeed,
        Trigger trigger,
        RollupSnapshot[] memory before,
        ScriptedActor caller
    ) internal returns (GeneratedExecution memory generated) {
        // No two are the same.
        seed = uint256(keccak256(abi.encode(seed, ++_generatedCount)));
        generated.triggerSeed = triggerSeed == 0 ? seed : triggerSeed;
        GeneratorState memory state = GeneratorLib.start(seed, generated.triggerSeed, before);
        generated.trigger = trigger;
        generated.before = before;
        Ending memory ending;
        (generated.step, ending) = _generateVariant(state, trigger, caller);
        bool isBranched = trigger == Trigger.CALL && state.branchPoints != 0;
        generated.endings = new Ending[](isBranched ? 2 : 1);
        generated.endings[0] = ending;
        if (isBranched) {
            GeneratorState memory other = GeneratorLib.start(seed, generated.triggerSeed, before);
            other.variant = 1;
            other.branchDraw = state.branchDraw;
            other.branchAction = state.branchAction;
            // In the list, variant 1 comes after variant 0.
            for (uint256 i = 0; i < ROLLUPS; i++) other.met[i] = state.met[i];
            other.metCount = state.metCount;
            (, generated.endings[1]) = _generateVariant(other, trigger, caller);
            state.join(other);
        }
        generated.execution = state.executionOf();
        generated.scripts = new uint256[](state.scriptCount);
        for (uint256 i = 0; i < state.scriptCount; i++) generated.scripts[i] = state.scripts[i];
    }

    // ---------------------------------------------------------------------------------------------- variants

    /// Generates one variant.
    function _generateVariant(
        GeneratorState memory state,
        Trigger trigger,
        ScriptedActor caller
    ) private returns (Step memory step, Ending memory ending) {
        RollupProgress[] memory progress = GeneratorLib.copyOf(state.now.progress);
        ending.failed = state.chance(12);
        if (trigger == Trigger.TRANSACTION && state.chance(25)) {
            ending.answer = _transactions(state, ending.failed);
        } else if (trigger == Trigger.TRANSACTION) {
            Action memory action = GeneratorLib.plain(L2TX, L1, rollupAt(state.below(ROLLUPS)), _data(state));
            ending.answer = _enter(state, action, CallContext(caller, false, false, true, 0), ending.failed);
        } else {
            bool isStatic = trigger == Trigger.LOOK_UP;
            step = _callProxy(
                state,
                CallContext(caller, isStatic, isStatic, false, 0),
                isStatic,
                ending.failed
            );
            ending.answer = step.answer;
        }
        ending.traits = state.traits;
        if (!ending.failed) progress = state.now.progress;
        ending.snapshots = new RollupSnapshot[](ROLLUPS);
        for (uint256 i = 0; i < ROLLUPS; i++)
            ending.snapshots[i] = RollupSnapshot(progress[i].root, progress[i].balance);
    }

    /// Several transactions of a rollup, which cross no other border.
    /// @param fail All of them do; else one of them does not, at least.
    /// @return answer To the last one.
    function _transactions(
        GeneratorState memory state,
        bool fail
    ) private pure returns (bytes memory answer) {
        state.addTrait(Trait.JOINT);
        ChainId rollup = rollupAt(state.below(ROLLUPS));
        uint256 count = 2 + state.below(3);
        uint256 good = state.below(count);
        for (uint256 i = 0; i < count; i++) {
            state.add(GeneratorLib.plain(L2TX, L1, rollup, _data(state)));
            answer = _data(state);
            bool fails = fail || (i != good && state.chance(40));
            state.add(GeneratorLib.result(rollup, L1, fails, answer));
        }
        uint256 index = indexOf(rollup);
        state.close(
            index,
            fail ? state.now.progress[index].root : StateRoot.wrap(bytes32(state.word() >> 8))
        );
    }

    // -------------------------------------------------------------------------------------------- on rollups

    /// A rollup is called, and answers.
    function _enter(
        GeneratorState memory state,
        Action memory action,
        CallContext memory context,
        bool fails
    ) private returns (bytes memory answer) {
        bool wakes = state.add(action);
        _pay(state, action.from, action.to, action.value);
        answer = _operate(state, action.to, context);
        state.add(GeneratorLib.result(action.to, action.from, fails, answer));
        if (!wakes) return answer;
        StateRoot root = state.now.progress[indexOf(action.to)].root;
        // A transaction that succeeds moves its rollup's root, as every kind's must: it could be replayed
        // otherwise.
        bool isKept = fails || action.isStatic || (action.kind != L2TX && state.chance(30));
        state.close(indexOf(action.to), isKept ? root : StateRoot.wrap(bytes32(state.word() >> 8)));
    }

    /// What a rollup does when it was called, up to its answer.
    function _operate(
        GeneratorState memory state,
        ChainId rollup,
        CallContext memory context
    ) private returns (bytes memory) {
        Operation memory operation;
        operation.rollup = rollup;
        operation.self = _remote(state.below(REMOTES + 1));
        operation.live = new Live[](MAX_CALLS);
        for (uint256 left = _callsAt(state, context.depth); left > 0; left--) {
            if (operation.liveCount != 0 && state.chance(25)) _revert(state, operation);
            else _call(state, operation, context);
        }
        return _data(state);
    }

    function _callsAt(GeneratorState memory state, uint256 depth) private pure returns (uint256) {
        return depth < MAX_DEPTH && state.actionCount < MAX_ACTIONS ? state.below(MAX_CALLS + 1) : 0;
    }

    /// A frame that made a call, and maybe more, reverts.
    function _revert(GeneratorState memory state, Operation memory operation) private pure {
        operation.liveCount = state.below(operation.liveCount);
        state.addTrait(Trait.REVERT);
        Live memory made = operation.live[operation.liveCount];
        ChainId rollup = operation.rollup;
        state.undo(made.at, made.before, indexOf(rollup), NO_ROLLUP);
        state.add(GeneratorLib.plain(REVERT, rollup, L1, abi.encodePacked(uint32(made.order))));
        state.add(GeneratorLib.plain(REVERT_CONTINUE, L1, rollup, ""));
    }

    /// A rollup calls another chain.
    function _call(
        GeneratorState memory state,
        Operation memory operation,
        CallContext memory context
    ) private {
        CallContext memory inner = CallContext(
            _actors[state.below(2)],
            context.isStatic || state.chance(15),
            context.isLookUp,
            context.isBound,
            context.depth + 1
        );
        Live memory made = Live(
            state.actionCount,
            operation.order++,
            GeneratorLib.copyOf(state.now.progress)
        );
        Action memory action;
        action.from = operation.rollup;
        action.sender = operation.self;
        action.isStatic = inner.isStatic;
        if (inner.isBound) action.gas = OUTGOING_GAS;
        bool failed = state.chance(60) ? _callL1(state, action, inner) : _callAcross(state, action, inner);
        if (inner.isStatic) return;
        // What failed is undone already; that may be undone once more.
        if (!failed || state.chance(20)) operation.live[operation.liveCount++] = made;
    }

    /// A rollup calls another one.
    /// @param action Its caller is given.
    function _callAcross(
        GeneratorState memory state,
        Action memory action,
        CallContext memory inner
    ) private returns (bool fails) {
        uint256 from = indexOf(action.from);
        action.to = rollupAt((from + 1 + state.below(ROLLUPS - 1)) % ROLLUPS);
        fails = state.chance(25);
        action.target = _remote(state.below(REMOTES));
        action.value = _valueFor(state, action);
        action.data = _data(state);
        Point memory before = state.here();
        uint256 at = state.actionCount;
        _enter(state, action, inner, fails);
        if (!fails) return fails;
        uint256 calls = state.now.liveCalls - before.liveCalls;
        state.addTrait(Trait.FAILURE_INSIDE);
        if (calls > (action.isStatic ? 0 : 1)) {
            state.addTrait(Trait.UNDOING_FAILURE);
            state.undo(at, before.progress, from, indexOf(action.to));
        } else {
            _pay(state, action.to, action.from, action.value);
        }
    }

    /// A rollup calls L1: an actor, or the proxy of another rollup's contract.
    /// @param action Its caller is given.
    function _callL1(
        GeneratorState memory state,
        Action memory action,
        CallContext memory inner
    ) private returns (bool fails) {
        inner.isBound = false;
        fails = state.chance(30);
        bool isProxy = !inner.isLookUp && state.chance(12);
        bytes memory answer;
        if (isProxy) {
            answer = _callProxyFor(state, action, inner, fails);
        } else {
            action.value = _valueFor(state, action);
            uint256 number = _script(state);
            action.target = address(inner.actor);
            action.data = abi.encodePacked(number, _data(state));
            state.add(action);
            _pay(state, action.from, L1, action.value);
            answer = _runActor(state, number, inner, fails);
        }
        state.add(GeneratorLib.result(L1, action.from, fails, answer));
        if (action.isStatic) state.addTrait(Trait.STATIC_CALL_OUT);
        if (!fails) return fails;
        state.addTrait(Trait.FAILURE_ON_L1);
        _pay(state, L1, action.from, action.value);
    }

    /// On L1, the caller's proxy calls another proxy: what that progress for is called by it.
    function _callProxyFor(
        GeneratorState memory state,
        Action memory action,
        CallContext memory inner,
        bool fails
    ) private returns (bytes memory) {
        state.addTrait(Trait.CALL_TO_PROXY);
        Action memory relayed;
        relayed.to = rollupAt(state.below(ROLLUPS));
        relayed.sender = _rollups.proxyOf(action.sender, action.from);
        relayed.target = _remote(state.below(REMOTES));
        relayed.isStatic = action.isStatic;
        if (!isNative(relayed.to)) relayed.value = action.value = _valueFor(state, action);
        relayed.data = action.data = _data(state);
        action.target = _rollups.proxyOf(relayed.target, relayed.to);
        state.add(action);
        _pay(state, action.from, L1, action.value);
        return _enterFromL1(state, relayed, inner, fails);
    }

    // ------------------------------------------------------------------------------------------------- on L1

    /// What an actor does, from when it is called to its answer.
    function _runActor(
        GeneratorState memory state,
        uint256 number,
        CallContext memory context,
        bool fails
    ) private returns (bytes memory answer) {
        Point memory start = state.here();
        if (fails) state.undone++;
        Step[] memory steps = new Step[](state.below(4));
        for (uint256 i = 0; i < steps.length; i++) {
            state.offerBranch();
            steps[i] = _step(state, context);
        }
        state.offerBranch();
        answer = _answer(state, fails);
        if (fails) {
            state.undone--;
            state.goBack(start);
        }
        context.actor.setScript(number, state.variant, Script(steps, fails, answer));
    }

    function _step(GeneratorState memory state, CallContext memory context) private returns (Step memory) {
        uint256 kind = state.below(100);
        bool mayCall = context.depth < MAX_DEPTH && state.actionCount < MAX_ACTIONS;
        if (mayCall && !context.isLookUp && kind < 55) {
            bool isStatic = context.isStatic || kind < 10;
            return _callProxy(state, context, isStatic, state.chance(25));
        }
        if (mayCall && kind < 80) return _frame(state, context);
        return _otherCall(state, context);
    }

    /// An actor calls itself, mostly to undo it all.
    function _frame(
        GeneratorState memory state,
        CallContext memory context
    ) private returns (Step memory step) {
        uint256 number = _script(state);
        bool fails = state.chance(75);
        uint256 before = state.actionCount;
        step.target = address(context.actor);
        step.data = abi.encode(number);
        step.success = !fails;
        CallContext memory inner = CallContext(
            context.actor,
            context.isStatic,
            context.isLookUp,
            false,
            context.depth + 1
        );
        step.answer = _runActor(state, number, inner, fails);
        if (fails && state.actionCount != before) state.addTrait(Trait.UNDONE_FRAME);
    }

    /// An actor calls a proxy.
    function _callProxy(
        GeneratorState memory state,
        CallContext memory context,
        bool isStatic,
        bool fails
    ) private returns (Step memory step) {
        Action memory action;
        action.to = rollupAt(state.below(ROLLUPS));
        action.sender = address(context.actor);
        action.target = _remote(state.below(REMOTES));
        action.isStatic = isStatic;
        if (!isStatic && !isNative(action.to) && state.chance(50))
            action.value = uint128(1 + state.below(1000));
        action.data = _data(state);
        CallContext memory inner = CallContext(context.actor, isStatic, isStatic, false, context.depth + 1);
        step.target = _rollups.proxyOf(action.target, action.to);
        step.value = action.value;
        step.data = action.data;
        step.isStatic = isStatic;
        step.success = !fails;
        step.answer = _enterFromL1(state, action, inner, fails);
    }

    /// L1 calls a rollup, which answers. A failure undoes it, and where L1 is does not move by a static call.
    function _enterFromL1(
        GeneratorState memory state,
        Action memory action,
        CallContext memory inner,
        bool fails
    ) private returns (bytes memory answer) {
        // What triggers the execution undoes nothing in it.
        bool undoes = state.actionCount != 0 && (fails || action.isStatic);
        // A static call from L1 is a look-up.
        inner.isLookUp = action.isStatic;
        Point memory before = state.here();
        if (undoes) state.undone++;
        answer = _enter(state, action, inner, fails);
        if (!undoes) return answer;
        state.addTrait(action.isStatic ? Trait.LOOK_UP_INSIDE : Trait.FAILURE_INSIDE);
        state.undone--;
        state.goBack(before);
    }

    /// Something that concerns no rollup, or must be refused.
    function _otherCall(
        GeneratorState memory state,
        CallContext memory context
    ) private view returns (Step memory step) {
        state.addTrait(Trait.OTHER_CALL);
        step.target = address(_rollups);
        step.gas = 300_000;
        // Where L1 looks up, no execution is open.
        uint256 kind = state.below(context.isLookUp ? 5 : 8);
        if (kind == 0) {
            step.target = address(context.actor);
            step.data = abi.encodeCall(ScriptedActor.write, ());
            step.success = !context.isStatic;
            step.anyAnswer = true;
        } else if (kind == 1) {
            step.target = address(this);
            step.data = abi.encodeCall(this.checkBacked, ());
            step.isStatic = true;
            step.success = true;
        } else if (kind == 2) {
            step.data = abi.encodeCall(
                ICrossChainManager.relay,
                (rollupAt(0), _remote(0), address(this), "x")
            );
            step.answer = abi.encodeWithSelector(ICrossChainManager.NotProxy.selector, context.actor);
        } else if (kind == 3) {
            step.data = abi.encodeWithSignature("runTransaction(bytes,uint256,uint256,uint256)", "", 0, 0, 0);
            step.answer = abi.encodeWithSelector(IRollups.OnlySelf.selector, context.actor);
        } else if (kind == 4) {
            Player.RecordReader memory reader;
            step.data = abi.encodeCall(Player.playFramed, (reader));
            step.answer = abi.encodeWithSelector(IRollups.OnlySelf.selector, context.actor);
        } else if (kind == 5) {
            Batch memory batch;
            step.data = abi.encodeCall(IRollups.postBatch, (batch));
            step.answer = abi.encodeWithSelector(IRollups.Busy.selector);
        } else {
            // Calls that no posted execution contains.
            step.target = _rollups.proxyOf(_remote(state.below(REMOTES)), rollupAt(state.below(ROLLUPS)));
            step.data = _data(state);
            step.isStatic = kind == 6;
            step.anyAnswer = true;
        }
    }

    /// Reverts unless the Ether is there that rollups are said to have. Actors look in the middle of
    /// executions.
    function checkBacked() external view virtual;

    // ------------------------------------------------------------------------------------------------ values

    /// What the sender has, at most. Its value decides about nothing else.
    function _valueFor(GeneratorState memory state, Action memory action) private pure returns (uint128) {
        bool isNone = action.isStatic || isNative(action.from) || (action.to != L1 && isNative(action.to));
        if (isNone || state.chance(50)) return 0;
        return uint128(state.below(state.now.progress[indexOf(action.from)].balance + 1));
    }

    function _pay(GeneratorState memory state, ChainId from, ChainId to, uint256 value) private pure {
        if (value == 0) return;
        state.addTrait(
            from == L1
                ? Trait.VALUE_IN
                : to == L1
                    ? Trait.VALUE_OUT
                    : Trait.VALUE_ACROSS
        );
        if (from != L1) state.now.progress[indexOf(from)].balance -= value;
        if (to != L1) state.now.progress[indexOf(to)].balance += value;
    }

    /// Data that nothing else has.
    function _data(GeneratorState memory state) private pure returns (bytes memory data) {
        data = abi.encodePacked(uint64(state.word()), new bytes(state.below(40)));
    }

    /// What an actor answers. Failures without data are what running out of gas looks like. Two variants must
    /// differ, so only one has them. (Rollups have none: Hardhat puts words of its own into a revert without
    /// data, which actors prevent and the manager does not.)
    function _answer(GeneratorState memory state, bool fails) private pure returns (bytes memory) {
        bool isSilent = state.chance(25) && !state.hasBranched();
        return fails && isSilent ? bytes("") : _data(state);
    }

    function _script(GeneratorState memory state) private pure returns (uint256 number) {
        number = state.word();
        state.scripts[state.scriptCount++] = number;
    }
}
