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
import {Draft, Drafts, NOBODY, Point, Stand} from "./Draft.sol";
import {Puppet, Script, Step} from "./Puppet.sol";
import {Ending, isNative, Place, placeOf, rollupAt, ROLLUPS, Scene, Trait, Trigger} from "./Scene.sol";

/// @title Random executions
/// @notice Draws what chains do, writes the list of it and the scripts by which puppets do L1's part.
abstract contract Playwright {
    using Drafts for Draft;

    /// Where L1 is inside an execution.
    /// @param isStatic Nothing may be changed.
    /// @param isLookUp Inside a static call that L1 made: L1 makes no further calls to rollups there.
    /// @param isBound Inside an L2 transaction, with no call to L1 between: calls to L1 say how much gas they
    /// get.
    struct Setting {
        Puppet puppet;
        bool isStatic;
        bool isLookUp;
        bool isBound;
        uint256 depth;
    }

    /// A call that an operation has made and that is not undone.
    struct Live {
        uint256 at;
        uint256 order;
        Stand[] before;
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
    /// More than any puppet's course takes.
    uint32 private constant OUTGOING_GAS = 10_000_000;
    /// No further calls are made after so many actions.
    uint256 private constant MAX_ACTIONS = 22;

    IRollups internal _rollups;
    Puppet[2] internal _puppets;
    uint256 private _written;

    /// Contracts on each rollup, which have proxies on L1.
    function _remote(uint256 number) internal pure returns (address) {
        return address(uint160(0x1001 + number));
    }

    /// Draws an execution that finds the rollups as in `before`, and has the puppets learn their scripts.
    /// @param origin Of a scene with the same trigger; 0: none.
    function _write(
        uint256 seed,
        uint256 origin,
        Trigger trigger,
        Place[] memory before,
        Puppet caller
    ) internal returns (Scene memory scene) {
        // No two are the same.
        seed = uint256(keccak256(abi.encode(seed, ++_written)));
        scene.origin = origin == 0 ? seed : origin;
        Draft memory draft = Drafts.start(seed, scene.origin, before);
        scene.trigger = trigger;
        scene.before = before;
        Ending memory ending;
        (scene.step, ending) = _course(draft, trigger, caller);
        bool isForked = trigger == Trigger.CALL && draft.forks != 0;
        scene.endings = new Ending[](isForked ? 2 : 1);
        scene.endings[0] = ending;
        if (isForked) {
            Draft memory other = Drafts.start(seed, scene.origin, before);
            other.mood = 1;
            other.forkChoice = draft.forkChoice;
            other.forkAction = draft.forkAction;
            // In the list, the other course comes after the first.
            for (uint256 i = 0; i < ROLLUPS; i++) other.met[i] = draft.met[i];
            other.metCount = draft.metCount;
            (, scene.endings[1]) = _course(other, trigger, caller);
            draft.join(other);
        }
        scene.execution = draft.executionOf();
        scene.scripts = new uint256[](draft.scriptCount);
        for (uint256 i = 0; i < draft.scriptCount; i++) scene.scripts[i] = draft.scripts[i];
    }

    // ----------------------------------------------------------------------------------------------- courses

    /// Acts it out once.
    function _course(
        Draft memory draft,
        Trigger trigger,
        Puppet caller
    ) private returns (Step memory step, Ending memory ending) {
        Stand[] memory stands = Drafts.copyOf(draft.now.stands);
        ending.failed = draft.chance(12);
        if (trigger == Trigger.TRANSACTION) {
            Action memory action = Drafts.plain(L2TX, L1, rollupAt(draft.below(ROLLUPS)), _data(draft));
            ending.answer = _enter(draft, action, Setting(caller, false, false, true, 0), ending.failed);
        } else {
            bool isStatic = trigger == Trigger.LOOK_UP;
            step = _callProxy(draft, Setting(caller, isStatic, isStatic, false, 0), isStatic, ending.failed);
            ending.answer = step.answer;
        }
        ending.traits = draft.traits;
        if (!ending.failed) stands = draft.now.stands;
        ending.places = new Place[](ROLLUPS);
        for (uint256 i = 0; i < ROLLUPS; i++) ending.places[i] = Place(stands[i].root, stands[i].balance);
    }

    // -------------------------------------------------------------------------------------------- on rollups

    /// A rollup is called, and answers.
    function _enter(
        Draft memory draft,
        Action memory action,
        Setting memory setting,
        bool fails
    ) private returns (bytes memory answer) {
        bool wakes = draft.add(action);
        _pay(draft, action.from, action.to, action.value);
        answer = _operate(draft, action.to, setting);
        draft.add(Drafts.result(action.to, action.from, fails, answer));
        if (!wakes) return answer;
        StateRoot root = draft.now.stands[placeOf(action.to)].root;
        // A transaction that succeeds moves its rollup's root, as every kind's must: it could be replayed
        // otherwise.
        bool isKept = fails || action.isStatic || (action.kind != L2TX && draft.chance(30));
        draft.close(placeOf(action.to), isKept ? root : StateRoot.wrap(bytes32(draft.word() >> 8)));
    }

    /// What a rollup does when it was called, up to its answer.
    function _operate(
        Draft memory draft,
        ChainId rollup,
        Setting memory setting
    ) private returns (bytes memory) {
        Operation memory operation;
        operation.rollup = rollup;
        operation.self = _remote(draft.below(REMOTES + 1));
        operation.live = new Live[](MAX_CALLS);
        for (uint256 left = _callsAt(draft, setting.depth); left > 0; left--) {
            if (operation.liveCount != 0 && draft.chance(25)) _revert(draft, operation);
            else _call(draft, operation, setting);
        }
        return _data(draft);
    }

    function _callsAt(Draft memory draft, uint256 depth) private pure returns (uint256) {
        return depth < MAX_DEPTH && draft.actionCount < MAX_ACTIONS ? draft.below(MAX_CALLS + 1) : 0;
    }

    /// A frame that made a call, and maybe more, reverts.
    function _revert(Draft memory draft, Operation memory operation) private pure {
        operation.liveCount = draft.below(operation.liveCount);
        draft.note(Trait.REVERT);
        Live memory made = operation.live[operation.liveCount];
        ChainId rollup = operation.rollup;
        draft.undo(made.at, made.before, placeOf(rollup), NOBODY);
        draft.add(Drafts.plain(REVERT, rollup, L1, abi.encodePacked(uint32(made.order))));
        draft.add(Drafts.plain(REVERT_CONTINUE, L1, rollup, ""));
    }

    /// A rollup calls another chain.
    function _call(Draft memory draft, Operation memory operation, Setting memory setting) private {
        Setting memory inner = Setting(
            _puppets[draft.below(2)],
            setting.isStatic || draft.chance(15),
            setting.isLookUp,
            setting.isBound,
            setting.depth + 1
        );
        Live memory made = Live(draft.actionCount, operation.order++, Drafts.copyOf(draft.now.stands));
        Action memory action;
        action.from = operation.rollup;
        action.sender = operation.self;
        action.isStatic = inner.isStatic;
        if (inner.isBound) action.gas = OUTGOING_GAS;
        bool failed = draft.chance(60) ? _callL1(draft, action, inner) : _callAcross(draft, action, inner);
        if (inner.isStatic) return;
        // What failed is undone already; that may be undone once more.
        if (!failed || draft.chance(20)) operation.live[operation.liveCount++] = made;
    }

    /// A rollup calls another one.
    /// @param action Its caller is given.
    function _callAcross(
        Draft memory draft,
        Action memory action,
        Setting memory inner
    ) private returns (bool fails) {
        uint256 from = placeOf(action.from);
        action.to = rollupAt((from + 1 + draft.below(ROLLUPS - 1)) % ROLLUPS);
        fails = draft.chance(25);
        action.target = _remote(draft.below(REMOTES));
        action.value = _valueFor(draft, action);
        action.data = _data(draft);
        Point memory before = draft.here();
        uint256 at = draft.actionCount;
        _enter(draft, action, inner, fails);
        if (!fails) return fails;
        uint256 calls = draft.now.liveCalls - before.liveCalls;
        draft.note(Trait.FAILURE_INSIDE);
        if (calls > (action.isStatic ? 0 : 1)) {
            draft.note(Trait.UNDOING_FAILURE);
            draft.undo(at, before.stands, from, placeOf(action.to));
        } else {
            _pay(draft, action.to, action.from, action.value);
        }
    }

    /// A rollup calls L1: a puppet, or the proxy of another rollup's contract.
    /// @param action Its caller is given.
    function _callL1(
        Draft memory draft,
        Action memory action,
        Setting memory inner
    ) private returns (bool fails) {
        inner.isBound = false;
        fails = draft.chance(30);
        bool isProxy = !inner.isLookUp && draft.chance(12);
        bytes memory answer;
        if (isProxy) {
            answer = _callProxyFor(draft, action, inner, fails);
        } else {
            action.value = _valueFor(draft, action);
            uint256 number = _script(draft);
            action.target = address(inner.puppet);
            action.data = abi.encodePacked(number, _data(draft));
            draft.add(action);
            _pay(draft, action.from, L1, action.value);
            answer = _perform(draft, number, inner, fails);
        }
        draft.add(Drafts.result(L1, action.from, fails, answer));
        if (action.isStatic) draft.note(Trait.STATIC_CALL_OUT);
        if (!fails) return fails;
        draft.note(Trait.FAILURE_ON_L1);
        _pay(draft, L1, action.from, action.value);
    }

    /// On L1, the caller's proxy calls another proxy: what that stands for is called by it.
    function _callProxyFor(
        Draft memory draft,
        Action memory action,
        Setting memory inner,
        bool fails
    ) private returns (bytes memory) {
        draft.note(Trait.CALL_TO_PROXY);
        Action memory relayed;
        relayed.to = rollupAt(draft.below(ROLLUPS));
        relayed.sender = _rollups.proxyOf(action.sender, action.from);
        relayed.target = _remote(draft.below(REMOTES));
        relayed.isStatic = action.isStatic;
        if (!isNative(relayed.to)) relayed.value = action.value = _valueFor(draft, action);
        relayed.data = action.data = _data(draft);
        action.target = _rollups.proxyOf(relayed.target, relayed.to);
        draft.add(action);
        _pay(draft, action.from, L1, action.value);
        return _enterFromL1(draft, relayed, inner, fails);
    }

    // ------------------------------------------------------------------------------------------------- on L1

    /// What a puppet does, from when it is called to its answer.
    function _perform(
        Draft memory draft,
        uint256 number,
        Setting memory setting,
        bool fails
    ) private returns (bytes memory answer) {
        Point memory start = draft.here();
        if (fails) draft.undone++;
        Step[] memory steps = new Step[](draft.below(4));
        for (uint256 i = 0; i < steps.length; i++) {
            draft.offerFork();
            steps[i] = _step(draft, setting);
        }
        draft.offerFork();
        answer = _answer(draft, fails);
        if (fails) {
            draft.undone--;
            draft.goBack(start);
        }
        setting.puppet.program(number, draft.mood, Script(steps, fails, answer));
    }

    function _step(Draft memory draft, Setting memory setting) private returns (Step memory) {
        uint256 kind = draft.below(100);
        bool mayCall = setting.depth < MAX_DEPTH && draft.actionCount < MAX_ACTIONS;
        if (mayCall && !setting.isLookUp && kind < 55) {
            bool isStatic = setting.isStatic || kind < 10;
            return _callProxy(draft, setting, isStatic, draft.chance(25));
        }
        if (mayCall && kind < 80) return _frame(draft, setting);
        return _errand(draft, setting);
    }

    /// A puppet calls itself, mostly to undo it all.
    function _frame(Draft memory draft, Setting memory setting) private returns (Step memory step) {
        uint256 number = _script(draft);
        bool fails = draft.chance(75);
        uint256 before = draft.actionCount;
        step.target = address(setting.puppet);
        step.data = abi.encode(number);
        step.success = !fails;
        Setting memory inner = Setting(
            setting.puppet,
            setting.isStatic,
            setting.isLookUp,
            false,
            setting.depth + 1
        );
        step.answer = _perform(draft, number, inner, fails);
        if (fails && draft.actionCount != before) draft.note(Trait.UNDONE_FRAME);
    }

    /// A puppet calls a proxy.
    function _callProxy(
        Draft memory draft,
        Setting memory setting,
        bool isStatic,
        bool fails
    ) private returns (Step memory step) {
        Action memory action;
        action.to = rollupAt(draft.below(ROLLUPS));
        action.sender = address(setting.puppet);
        action.target = _remote(draft.below(REMOTES));
        action.isStatic = isStatic;
        if (!isStatic && !isNative(action.to) && draft.chance(50))
            action.value = uint128(1 + draft.below(1000));
        action.data = _data(draft);
        Setting memory inner = Setting(setting.puppet, isStatic, isStatic, false, setting.depth + 1);
        step.target = _rollups.proxyOf(action.target, action.to);
        step.value = action.value;
        step.data = action.data;
        step.isStatic = isStatic;
        step.success = !fails;
        step.answer = _enterFromL1(draft, action, inner, fails);
    }

    /// L1 calls a rollup, which answers. A failure undoes it, and where L1 is does not move by a static call.
    function _enterFromL1(
        Draft memory draft,
        Action memory action,
        Setting memory inner,
        bool fails
    ) private returns (bytes memory answer) {
        // What triggers the execution undoes nothing in it.
        bool undoes = draft.actionCount != 0 && (fails || action.isStatic);
        // A static call from L1 is a look-up.
        inner.isLookUp = action.isStatic;
        Point memory before = draft.here();
        if (undoes) draft.undone++;
        answer = _enter(draft, action, inner, fails);
        if (!undoes) return answer;
        draft.note(action.isStatic ? Trait.LOOK_UP_INSIDE : Trait.FAILURE_INSIDE);
        draft.undone--;
        draft.goBack(before);
    }

    /// Something that concerns no rollup, or must be refused.
    function _errand(Draft memory draft, Setting memory setting) private view returns (Step memory step) {
        draft.note(Trait.ERRAND);
        step.target = address(_rollups);
        step.gas = 300_000;
        // Where L1 looks up, no execution is open.
        uint256 kind = draft.below(setting.isLookUp ? 5 : 8);
        if (kind == 0) {
            step.target = address(setting.puppet);
            step.data = abi.encodeCall(Puppet.write, ());
            step.success = !setting.isStatic;
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
            step.answer = abi.encodeWithSelector(ICrossChainManager.NotProxy.selector, setting.puppet);
        } else if (kind == 3) {
            step.data = abi.encodeWithSignature("runTransaction(bytes,uint256,uint256,uint256)", "", 0, 0, 0);
            step.answer = abi.encodeWithSelector(IRollups.OnlySelf.selector, setting.puppet);
        } else if (kind == 4) {
            Player.Turn memory turn;
            step.data = abi.encodeCall(Player.playFramed, (turn));
            step.answer = abi.encodeWithSelector(IRollups.OnlySelf.selector, setting.puppet);
        } else if (kind == 5) {
            Batch memory batch;
            step.data = abi.encodeCall(IRollups.postBatch, (batch));
            step.answer = abi.encodeWithSelector(IRollups.Busy.selector);
        } else {
            // Calls that no posted execution contains.
            step.target = _rollups.proxyOf(_remote(draft.below(REMOTES)), rollupAt(draft.below(ROLLUPS)));
            step.data = _data(draft);
            step.isStatic = kind == 6;
            step.anyAnswer = true;
        }
    }

    /// Reverts unless the Ether is there that rollups are said to have. Puppets look in the middle of
    /// executions.
    function checkBacked() external view virtual;

    // ------------------------------------------------------------------------------------------------ values

    /// What the sender has, at most. Its value decides about nothing else.
    function _valueFor(Draft memory draft, Action memory action) private pure returns (uint128) {
        bool isNone = action.isStatic || isNative(action.from) || (action.to != L1 && isNative(action.to));
        if (isNone || draft.chance(50)) return 0;
        return uint128(draft.below(draft.now.stands[placeOf(action.from)].balance + 1));
    }

    function _pay(Draft memory draft, ChainId from, ChainId to, uint256 value) private pure {
        if (value == 0) return;
        draft.note(
            from == L1
                ? Trait.VALUE_IN
                : to == L1
                    ? Trait.VALUE_OUT
                    : Trait.VALUE_ACROSS
        );
        if (from != L1) draft.now.stands[placeOf(from)].balance -= value;
        if (to != L1) draft.now.stands[placeOf(to)].balance += value;
    }

    /// Data that nothing else has.
    function _data(Draft memory draft) private pure returns (bytes memory data) {
        data = abi.encodePacked(uint64(draft.word()), new bytes(draft.below(40)));
    }

    /// What a puppet answers. Failures without data are what running out of gas looks like. Two courses must
    /// part, so only one has them. (Rollups have none: the test machine puts words of its own into a revert
    /// without data, and unlike puppets the manager does not prevent it.)
    function _answer(Draft memory draft, bool fails) private pure returns (bytes memory) {
        bool isSilent = draft.chance(25) && !draft.hasParted();
        return fails && isSilent ? bytes("") : _data(draft);
    }

    function _script(Draft memory draft) private pure returns (uint256 number) {
        number = draft.word();
        draft.scripts[draft.scriptCount++] = number;
    }
}
