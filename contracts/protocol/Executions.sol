// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {DynamicBufferLib} from "solady/src/utils/DynamicBufferLib.sol";
import {IRollups} from "../interfaces/IRollups.sol";
import {
    Action,
    CALL,
    ChainId,
    Execution,
    FIELD_MODULUS,
    hashAction,
    L1,
    L2TX,
    RESULT,
    StateRoot,
    Visit
} from "./Actions.sol";
import {LocatedVisit} from "./Statements.sol";
import {Steps} from "./Steps.sol";

/// An execution as L1 will play it.
/// @param isTransaction Triggered by an L2 transaction instead of an L1 call.
/// @param isStatic Triggered by a static call.
/// @param failed Its last RESULT is failed: nothing it did remains.
/// @param triggerKey What finds it: {Executions.triggerKey}. Zero for transactions.
/// @param opening Roots that must hold and the first step, in the encoding of {Steps}.
/// @param rest The steps after the first.
struct Plan {
    bool isTransaction;
    bool isStatic;
    bool failed;
    bytes32 triggerKey;
    bytes opening;
    bytes rest;
}

/// @title From a list of actions to steps
/// @notice Checks that a list is an execution (docs/spec.md section 1), finds its visits, and sums up, for every stretch
/// between two actions of L1's, what changes in roots and balances.
library Executions {
    using DynamicBufferLib for DynamicBufferLib.DynamicBuffer;

    /// A call that waits for its RESULT.
    /// @param hasCalls Calls were made inside it.
    /// @param hasLiveCalls Calls that are not static were made inside it.
    /// @param visit 1 + index in the execution of the visit that it began; 0 if it began none.
    struct Frame {
        ChainId from;
        ChainId to;
        uint128 value;
        bool isStatic;
        bool hasCalls;
        bool hasLiveCalls;
        uint256 visit;
    }

    /// What happens to one rollup, in the execution and in the step that is being built.
    /// @param firstRoot Where its first visit starts.
    /// @param root Where its last visit starts or, when over, ends.
    /// @param stepRoot `root` when the step began, as L1 knows it then.
    /// @param isOpen In a visit.
    /// @param wasOpen In a visit when the step began.
    /// @param net Wei gained in the step.
    /// @param lack The most wei that it was short of in the step, had it begun with none.
    struct Track {
        ChainId rollup;
        StateRoot firstRoot;
        StateRoot root;
        StateRoot stepRoot;
        bool isOpen;
        bool wasOpen;
        int256 net;
        int256 lack;
    }

    /// State of the walk over one list.
    struct Walk {
        uint256 index;
        Frame[] frames;
        uint256 depth;
        Track[] tracks;
        uint256 trackCount;
        LocatedVisit[] visits;
        uint256 firstVisit;
        uint256 visitCount;
        DynamicBufferLib.DynamicBuffer rest;
        bytes firstStep;
        bytes32 expected;
    }

    /// What an L1 call is found by: the CALL's hash and the root of the rollup it wakes.
    function triggerKey(bytes32 actionHash, StateRoot root) internal pure returns (bytes32) {
        return keccak256(abi.encode(actionHash, root));
    }

    /// Checks a list and plans it.
    /// @param index Index of the execution in the batch.
    /// @param visits The batch's visits; those of this execution are put there, from `firstVisit`.
    function plan(
        Execution memory execution,
        uint256 index,
        LocatedVisit[] memory visits,
        uint256 firstVisit
    ) internal view returns (Plan memory result) {
        if (execution.marks.length != 0) revert IRollups.MarksNotSupported(index);
        Walk memory walk;
        walk.index = index;
        walk.frames = new Frame[](execution.actions.length);
        walk.tracks = new Track[](execution.visits.length);
        walk.visits = visits;
        walk.firstVisit = firstVisit;
        _walk(walk, execution, result);
        if (walk.visitCount != execution.visits.length) revert IRollups.VisitNotMade(index, walk.visitCount);
        result.opening = bytes.concat(_roots(walk, result.isTransaction), walk.firstStep);
        result.rest = walk.rest.data;
        uint256 size = result.opening.length + result.rest.length;
        if (size > Steps.MAX_TABLE_BYTES) revert IRollups.TableTooLarge(size);
    }

    function _walk(Walk memory walk, Execution memory execution, Plan memory result) private view {
        uint256 count = execution.actions.length;
        ChainId control = L1;
        for (uint256 i = 0; i < count; i++) {
            Action memory action = execution.actions[i];
            if (i != 0 && walk.depth == 0) revert IRollups.ActionsAfterEnd(walk.index, i);
            if (action.from != control || action.to == control) revert IRollups.BrokenChain(walk.index, i);
            control = action.to;
            _checkForm(walk.index, i, action);
            if (action.kind == (i == 0 ? RESULT : L2TX)) revert IRollups.BadTrigger(walk.index, i);
            if (i == 0) {
                result.isTransaction = action.kind == L2TX;
                result.isStatic = action.isStatic;
            } else if (action.from == L1) {
                walk.expected = hashAction(action);
            }
            if (action.kind == RESULT) {
                _leave(walk, execution, i);
            } else {
                _enter(walk, execution, i);
            }
            if (control == L1) _closeStep(walk, action);
        }
        if (count == 0 || walk.depth != 0) revert IRollups.Unfinished(walk.index);
        result.failed = execution.actions[count - 1].failed;
        if (!result.isTransaction) {
            result.triggerKey = triggerKey(hashAction(execution.actions[0]), execution.visits[0].rootBefore);
        }
    }

    /// Fields that the kind does not use are zero.
    function _checkForm(uint256 index, uint256 at, Action memory action) private pure {
        uint8 kind = action.kind;
        if (kind > L2TX) revert IRollups.UnsupportedKind(index, at, kind);
        if (kind == CALL) {
            if (action.failed) revert IRollups.NotCanonical(index, at);
            return;
        }
        if (
            action.sender != address(0) ||
            action.target != address(0) ||
            action.value != 0 ||
            action.isStatic ||
            (kind == L2TX && action.failed)
        ) revert IRollups.NotCanonical(index, at);
    }

    // ---------------------------------------------------------------------------------------------- calls and results

    function _enter(Walk memory walk, Execution memory execution, uint256 at) private view {
        Action memory action = execution.actions[at];
        if (action.isStatic && action.value != 0) revert IRollups.StaticViolation(walk.index, at);
        if (at != 0) _checkNested(walk, action, at);
        Frame memory frame = Frame(action.from, action.to, action.value, action.isStatic, false, false, 0);
        walk.frames[walk.depth++] = frame;
        if (action.to != L1) {
            uint256 track = _find(walk, action.to);
            bool isAwake = track < walk.trackCount && walk.tracks[track].isOpen;
            if (!isAwake) frame.visit = _beginVisit(walk, execution, at, track);
        }
        if (action.value != 0) _move(walk, action.from, action.to, action.value);
    }

    function _checkNested(Walk memory walk, Action memory action, uint256 at) private view {
        Frame memory parent = walk.frames[walk.depth - 1];
        if (parent.isStatic && !action.isStatic) revert IRollups.StaticViolation(walk.index, at);
        // A static frame on L1 cannot move the cursor, so what happens inside is no part of the list.
        if (action.from == L1 ? action.isStatic : (action.to == L1 && walk.frames[0].isStatic)) {
            revert IRollups.StaticNotPlayable(walk.index, at);
        }
        if (action.to == L1 && action.target == address(this)) revert IRollups.CallToManager(walk.index, at);
        parent.hasCalls = true;
        if (!action.isStatic) parent.hasLiveCalls = true;
    }

    function _leave(Walk memory walk, Execution memory execution, uint256 at) private pure {
        Action memory action = execution.actions[at];
        Frame memory frame = walk.frames[--walk.depth];
        if (action.to != frame.from) revert IRollups.ResultNotNested(walk.index, at);
        // What the outermost call did is undone as a whole, by reverting on L1. Of an inner one only its value comes back.
        if (action.failed && walk.depth != 0) {
            // L1 frames that fail take the cursor back with them; other live calls inside would have to be unwound.
            bool touchesL1 = frame.from == L1 || (frame.to == L1 && frame.hasCalls);
            if (touchesL1 || frame.hasLiveCalls) revert IRollups.SpanRequired(walk.index, at);
            if (frame.value != 0) _move(walk, frame.to, frame.from, frame.value);
        }
        if (frame.visit != 0) _endVisit(walk, frame, at, action.failed);
    }

    // --------------------------------------------------------------------------------------------------------- visits

    /// @param trackAt The rollup's place among the tracks; just after the last one if it has none yet.
    /// @return 1 + index of the visit in the execution.
    function _beginVisit(
        Walk memory walk,
        Execution memory execution,
        uint256 at,
        uint256 trackAt
    ) private pure returns (uint256) {
        ChainId rollup = execution.actions[at].to;
        uint256 number = walk.visitCount++;
        if (number >= execution.visits.length) revert IRollups.VisitMismatch(walk.index, at);
        Visit memory visit = execution.visits[number];
        if (visit.rollup != rollup) revert IRollups.VisitMismatch(walk.index, at);
        _checkRoot(visit.rootBefore);
        _checkRoot(visit.rootAfter);

        Track memory track = walk.tracks[trackAt];
        if (trackAt == walk.trackCount) {
            walk.trackCount++;
            track.rollup = rollup;
            track.firstRoot = track.root = track.stepRoot = visit.rootBefore;
        } else if (track.root != visit.rootBefore) {
            revert IRollups.VisitsNotChained(walk.index, number);
        }
        track.isOpen = true;

        LocatedVisit memory located = walk.visits[walk.firstVisit + number];
        located.rollup = rollup;
        located.rootBefore = visit.rootBefore;
        located.rootAfter = visit.rootAfter;
        located.execution = walk.index;
        located.first = at;
        return number + 1;
    }

    function _endVisit(Walk memory walk, Frame memory frame, uint256 at, bool failed) private pure {
        uint256 number = frame.visit - 1;
        LocatedVisit memory visit = walk.visits[walk.firstVisit + number];
        if ((failed || frame.isStatic) && visit.rootAfter != visit.rootBefore) {
            revert IRollups.RootMustNotChange(walk.index, number);
        }
        visit.last = at;
        Track memory track = walk.tracks[_find(walk, frame.to)];
        track.isOpen = false;
        track.root = visit.rootAfter;
    }

    function _checkRoot(StateRoot root) private pure {
        if (uint256(StateRoot.unwrap(root)) >= FIELD_MODULUS) revert IRollups.RootOutOfField(root);
    }

    /// @return at The rollup's place among the tracks; just after the last one if it has none.
    function _find(Walk memory walk, ChainId rollup) private pure returns (uint256 at) {
        while (at < walk.trackCount && walk.tracks[at].rollup != rollup) at++;
    }

    /// Wei goes from one chain to another; L1's own Ether is not accounted.
    function _move(Walk memory walk, ChainId from, ChainId to, uint128 value) private pure {
        int256 amount = int256(uint256(value));
        if (from != L1) {
            Track memory payer = walk.tracks[_find(walk, from)];
            payer.net -= amount;
            if (-payer.net > payer.lack) payer.lack = -payer.net;
            _markValue(walk, from);
        }
        if (to != L1) {
            walk.tracks[_find(walk, to)].net += amount;
            _markValue(walk, to);
        }
    }

    /// Marks the rollup's latest visit, which is the open one: a rollup without an open visit moves nothing.
    function _markValue(Walk memory walk, ChainId rollup) private pure {
        uint256 at = walk.firstVisit + walk.visitCount - 1;
        while (walk.visits[at].rollup != rollup) at--;
        walk.visits[at].movesValue = true;
    }

    // ---------------------------------------------------------------------------------------------------------- steps

    /// Roots that must hold before the execution starts. That of the rollup which a call wakes is in the key already.
    function _roots(Walk memory walk, bool isTransaction) private pure returns (bytes memory) {
        uint256 first = isTransaction ? 0 : 1;
        DynamicBufferLib.DynamicBuffer memory roots;
        roots.p(Steps.rootCount(walk.trackCount - first));
        for (uint256 i = first; i < walk.trackCount; i++) {
            roots.p(Steps.root(walk.tracks[i].rollup, walk.tracks[i].firstRoot));
        }
        return roots.data;
    }

    /// Ends the step with an action addressed to L1 and starts the next one.
    function _closeStep(Walk memory walk, Action memory next) private pure {
        uint256 count = 0;
        DynamicBufferLib.DynamicBuffer memory effects;
        for (uint256 i = 0; i < walk.trackCount; i++) {
            Track memory track = walk.tracks[i];
            bytes memory effect = Steps.effect(
                track.rollup,
                track.root != track.stepRoot,
                track.root,
                track.isOpen != track.wasOpen,
                uint256(track.lack),
                uint256(track.net + track.lack)
            );
            if (effect.length != 0) {
                effects.p(effect);
                count++;
            }
            track.stepRoot = track.root;
            track.wasOpen = track.isOpen;
            track.net = track.lack = 0;
        }
        bytes memory body = bytes.concat(
            Steps.effectCount(count),
            effects.data,
            Steps.next(next, walk.depth == 0)
        );
        if (walk.firstStep.length == 0) {
            walk.firstStep = body;
        } else {
            walk.rest.p(Steps.record(bytes.concat(walk.expected, body)));
        }
    }
}
