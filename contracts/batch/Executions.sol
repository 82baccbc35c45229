// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {DynamicBufferLib} from "solady/src/utils/DynamicBufferLib.sol";
import {IRollups} from "../interfaces/IRollups.sol";
import {
    Action,
    CALL,
    ChainId,
    Execution,
    hashGivenAction,
    L1,
    L2TX,
    Mark,
    RESULT,
    RESUME,
    REVERT,
    SPAN,
    StateRoot
} from "../interfaces/Actions.sol";
import {CanonicalBatch, ExecutionRef} from "./CanonicalBatch.sol";
import {Effects} from "./Effects.sol";
import {Entry} from "../table/ExecutionTable.sol";
import {BEGINS_VISIT, Frame, ON_STATIC_PATH, STATIC_FRAME} from "./Frame.sol";
import {Grammar} from "./Grammar.sol";
import {Statements} from "./Statements.sol";
import {StepWriter} from "./StepWriter.sol";
import {Visits} from "./Visits.sol";
import {
    Course,
    Fork,
    ForkRef,
    Forks,
    Nest,
    NO_TRACK,
    Span,
    SpanRef,
    Standing,
    Standings,
    Track,
    Tracks,
    Walk,
    Walks
} from "./Walk.sol";

/// @title From a list of actions to steps
/// @notice Checks that a list is an execution (docs/spec.md section 1), finds its visits, and sums up, for
/// every stretch between two actions of L1's, what changes in roots and balances. One walk along the list,
/// which goes back where the list does: at an undoing to where the call was made, at a RESUME to the turn of
/// L1 that has another alternative.
///
/// {Grammar} says which action may come, {Visits} to whose visits it belongs, {Effects} what becomes of Ether
/// and of what is undone, {StepWriter} writes it down for L1. What they do for each action is put together
/// here, and what is to be gone back to, which concerns all of them.
/// @dev Numbers here count what calldata holds, or are sums of Ether of which each part has 128 bits:
/// arithmetic needs no checks, which is worth a fifth of the gas.
library Executions {
    using CanonicalBatch for *;
    using DynamicBufferLib for DynamicBufferLib.DynamicBuffer;

    /// What an L1 call is found by: the CALL's hash and the root of the rollup it wakes.
    function triggerKey(bytes32 actionHash, StateRoot root) internal pure returns (bytes32 key) {
        assembly ("memory-safe") {
            mstore(0, actionHash)
            mstore(32, root)
            key := keccak256(0, 64)
        }
    }

    /// Checks a list, finds its visits and plans its steps.
    /// @param index Index of the execution in the batch.
    /// @return entry What to store of it.
    function follow(
        Walk memory walk,
        Execution calldata execution,
        uint256 index
    ) internal pure returns (Entry memory entry) {
        begin(walk, execution.refTo(), index);
        Mark[] calldata marks = execution.marksOf();
        uint256 nextMark = 0;
        uint256 markedAt = Grammar.markedAt(marks, 0);
        uint256 count = walk.course.count;
        // Goes from one to the next: the compiler would look up its offset wherever it is used.
        Action calldata action = execution.actionsOf().firstOf();
        for (uint256 i = 0; i < count;) {
            bool isMarked = i == markedAt;
            take(walk, action, i, isMarked ? nextMark : Grammar.NEVER, entry);
            action = action.nextOf();
            unchecked {
                if (isMarked) markedAt = Grammar.markedAt(marks, ++nextMark);
                i++;
            }
        }
        if (nextMark != marks.length) revert IRollups.BadMark(index, nextMark);
        finish(walk, entry);
    }

    function begin(Walk memory walk, ExecutionRef execution, uint256 index) internal pure {
        uint256 count = execution.get().actionsOf().length;
        Grammar.begin(walk.course, execution, index, count);
        Visits.begin(walk.visits, walk.tracks, execution, index, count);
        Effects.begin(walk.nest);
        StepWriter.begin(walk.steps, count);
        walk.forks = ForkRef.wrap(0);
        walk.marked = SpanRef.wrap(0);
    }

    /// Takes the action that comes next.
    /// @param mark Number of the mark that stands at it; {Grammar.NEVER} if none does.
    function take(
        Walk memory walk,
        Action calldata action,
        uint256 at,
        uint256 mark,
        Entry memory entry
    ) internal pure {
        Course memory course = walk.course;
        if (at == course.returnsAt) _goBack(walk, at);
        ChainId from = action.fromOf();
        ChainId to = action.toOf();
        Grammar.next(course, action, at, from, to);
        if (mark != Grammar.NEVER) _mark(walk, action, mark, at);
        uint256 kind = action.kindOf();
        if (kind == RESULT) {
            _leave(walk, action, at, from, to, entry);
        } else if (kind < REVERT) {
            if (at == 0) {
                entry.isTransaction = kind == L2TX;
                entry.isStatic = action.isStaticCall();
                if (kind == CALL) entry.key = hashGivenAction(action);
            }
            _enter(walk, action, at, from, to);
        } else if (kind == REVERT) {
            _revert(walk, action, at, from);
        } else {
            Track memory track = walk.tracks.list[Standings.find(walk.tracks, to)];
            Visits.noteReceiver(walk.visits, track, at, Statements.wordCountsOf(action));
        }
        course.path.last = at;
    }

    /// The list is over: its last path has ended, and no other is left.
    function finish(Walk memory walk, Entry memory entry) internal pure {
        Course memory course = walk.course;
        uint256 index = course.index;
        bool isFinished = course.canEnd && walk.forks.isNone() && course.endings != 0;
        if (!isFinished) revert IRollups.Unfinished(index);
        Effects.checkMarked(walk.marked, index);
        if (course.path.frame != 0) {
            Standing[] memory nothing;
            Visits.abandon(walk.visits, walk.tracks, nothing, NO_TRACK, NO_TRACK);
        }
        Visits.finish(walk.visits);
        bool isTransaction = course.isTransaction;
        if (!isTransaction) entry.key = triggerKey(entry.key, walk.tracks.list[0].firstRoot);
        entry.roots = StepWriter.roots(walk.tracks, isTransaction ? 0 : 1);
        entry.records = walk.steps.records;
        // What fails has no effect when it is a transaction, so it is not played.
        if (isTransaction && entry.failed) return;
        entry.recordCount = walk.steps.recordCount;
        entry.size = walk.steps.size;
    }

    // ------------------------------------------------------------------------------------------------- paths

    /// Takes note of a mark, which stands at the action that comes now.
    function _mark(Walk memory walk, Action calldata action, uint256 number, uint256 at) private pure {
        Course memory course = walk.course;
        Mark calldata mark = course.execution.get().marksOf()[number];
        uint8 kind = mark.kind;
        uint256 to = mark.to;
        if (kind == SPAN && Grammar.takesSpan(course, action, to)) {
            walk.marked = Effects.announce(walk.nest, walk.tracks, course.path, walk.marked, number, at, to);
            return;
        }
        if (kind != RESUME || !Grammar.takesResume(course, action, at, to)) {
            revert IRollups.BadMark(course.index, number);
        }
        course.returnsAt = to;
        walk.steps.hasAlternative = true;
        Nest memory nest = walk.nest;
        walk.forks = Forks.refTo(
            Fork({
                below: walk.forks,
                to: to,
                record: walk.steps.recordCount,
                start: walk.steps.size,
                path: Walks.copyOf(course.path),
                nest: Nest(nest.spans, nest.windows, nest.framed),
                standings: Standings.copies(walk.tracks)
            })
        );
    }

    /// Ends the path before `at`, and goes on from the turn of L1 that the newest RESUME has seen.
    function _goBack(Walk memory walk, uint256 at) private pure {
        Course memory course = walk.course;
        if (!course.canEnd) revert IRollups.PathNotEnded(course.index, at);
        Fork memory fork = walk.forks.get();
        Standing[] memory standings = fork.standings;
        Visits.abandon(walk.visits, walk.tracks, standings, NO_TRACK, NO_TRACK);
        StepWriter.link(walk.steps, fork);
        Grammar.goBack(course, fork);
        walk.nest = fork.nest;
        Standings.restore(walk.tracks, standings);
        walk.forks = fork.below;
    }

    // ------------------------------------------------------------------------------------- calls and results

    function _enter(
        Walk memory walk,
        Action calldata action,
        uint256 at,
        ChainId from,
        ChainId to
    ) private pure {
        bool isStatic = action.isStaticCall();
        bool isTransaction = action.kindOf() == L2TX;
        uint256 flags = Grammar.enter(walk.course, action, at, from, isStatic);
        uint256 words = Statements.wordCountsOf(action);
        uint128 value = action.valueOf();
        Tracks memory tracks = walk.tracks;
        if (from != L1) {
            Track memory caller = tracks.list[Standings.find(tracks, from)];
            Visits.noteGiver(walk.visits, caller, at, words);
            if (value != 0) Effects.debit(caller, value);
        } else if (at != 0 && !isTransaction) {
            StepWriter.expect(walk.steps, action);
        }
        if (to != L1) {
            (uint256 callee, bool begins) = Visits.enter(walk.visits, tracks, to, at, words);
            // The transactions of a joint execution are one visit, which the last of them ends.
            if (begins || isTransaction) flags |= BEGINS_VISIT;
            if (value != 0) Effects.credit(tracks.list[callee], value);
        }
        Grammar.open(walk.course, at, from, to, walk.nest.spans, flags);
        if (to == L1) _callL1(walk, action, flags);
    }

    /// @param flags Of the call's frame.
    function _callL1(Walk memory walk, Action calldata action, uint256 flags) private pure {
        bool omitsEffects = flags & ON_STATIC_PATH != 0;
        if (flags & STATIC_FRAME != 0) walk.proxies.p(abi.encodePacked(action.senderOf(), action.fromOf()));
        Nest memory nest = walk.nest;
        uint256 frames = flags & STATIC_FRAME == 0 ? Effects.enterL1(nest) : 0;
        StepWriter.closeWithCall(walk.steps, walk.tracks, action, omitsEffects, frames);
        if (frames != 0) Effects.openFrames(nest, walk.tracks, frames);
    }

    function _leave(
        Walk memory walk,
        Action calldata action,
        uint256 at,
        ChainId from,
        ChainId to,
        Entry memory entry
    ) private pure {
        Course memory course = walk.course;
        Tracks memory tracks = walk.tracks;
        (uint256 call, Frame frame) = Grammar.leave(course, action, at, from, to);
        bool failed = action.hasFailed();
        bool goesOn = Grammar.goesOn(course, action, at);
        uint256 words = Statements.wordCountsOf(action);
        uint256 callee = NO_TRACK;
        uint256 caller = NO_TRACK;
        if (from != L1) {
            callee = Standings.find(tracks, from);
            Visits.noteGiver(walk.visits, tracks.list[callee], at, words);
        } else {
            StepWriter.expect(walk.steps, action);
        }
        if (to != L1) {
            caller = Standings.find(tracks, to);
            Visits.noteReceiver(walk.visits, tracks.list[caller], at, words);
        }
        if (goesOn) {
            if (!failed) course.hasEffect = true;
            return;
        }
        if (frame.beginsVisit()) {
            bool keepsRoot = (failed && !course.hasEffect) || frame.isStaticFrame();
            Visits.close(walk.visits, tracks.list[callee], keepsRoot);
        }
        if (to == L1) {
            _answerL1(walk, action, at, failed, frame, entry);
        } else if (failed) {
            if (from != L1 && course.path.liveCalls != frame.liveCallsOf()) {
                _undo(walk, Effects.spanAt(walk.nest, call), at, callee, caller);
            } else {
                Action calldata given = course.execution.get().actionsOf().actionAt(call);
                Effects.refund(tracks, given.valueOf(), callee, caller);
            }
        }
    }

    /// A RESULT for L1.
    function _answerL1(
        Walk memory walk,
        Action calldata action,
        uint256 at,
        bool failed,
        Frame frame,
        Entry memory entry
    ) private pure {
        Course memory course = walk.course;
        Effects.answerL1(walk.nest, frame);
        uint256 ending = course.endings;
        (bool isEnding, bool isDead) = Grammar.answer(course, failed, at, frame);
        if (isEnding) {
            entry.ending = at;
            entry.failed = failed && !course.hasEffect;
        } else {
            ending = 0;
        }
        bool omitsEffects = frame.isOnStaticPath();
        StepWriter.closeWithResult(walk.steps, walk.tracks, action, omitsEffects, isEnding, isDead, ending);
    }

    // ---------------------------------------------------------------------------------------------- undoings

    /// A frame of a rollup reverts while the rollup goes on.
    function _revert(Walk memory walk, Action calldata action, uint256 at, ChainId rollup) private pure {
        uint256 order = uint32(bytes4(action.dataOf()));
        uint256 number = Standings.find(walk.tracks, rollup);
        SpanRef span = Effects.spanOfCall(walk.nest, walk.course.path, order);
        _undo(walk, span, at, number, NO_TRACK);
        Track memory track = walk.tracks.list[number];
        Visits.noteGiver(walk.visits, track, at, Statements.wordCountsOf(action));
    }

    /// Undoes what happened since just before the span's call.
    /// @param aware The rollups that know of it, like `alsoAware`. The others forget.
    function _undo(Walk memory walk, SpanRef ref, uint256 at, uint256 aware, uint256 alsoAware) private pure {
        if (ref.isNone()) revert IRollups.SpanRequired(walk.course.index, at);
        Span memory span = ref.get();
        Visits.abandon(walk.visits, walk.tracks, span.before, aware, alsoAware);
        uint256 frames = Effects.framesSince(walk.nest, span);
        if (frames != 0) StepWriter.closeWithUndoing(walk.steps, walk.tracks, frames);
        Effects.undo(walk.nest, walk.tracks, span, aware, alsoAware);
    }
}
