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
    hashGivenAction,
    L1,
    L2TX,
    Mark,
    RESULT,
    RESUME,
    REVERT,
    REVERT_CONTINUE,
    SPAN,
    StateRoot,
    Visit
} from "./Actions.sol";
import {BEGINS_VISIT, Frame, newFrame, ON_STATIC_PATH, STATIC_FRAME} from "./Frame.sol";
import {Statements} from "./Statements.sol";
import {Steps} from "./Steps.sol";
import {StepWriter} from "./StepWriter.sol";
import {Fork, INITIAL_ROOT, LocatedVisit, Path, Span, Standing, Track, Walk, Walks, Window} from "./Walk.sol";

/// An execution as L1 will play it.
/// @param isTransaction Triggered by an L2 transaction instead of an L1 call.
/// @param isStatic Triggered by a static call.
/// @param ending Index of the RESULT that answers the trigger, the last one if there are several.
/// @param failed That RESULT is failed.
/// @param triggerKey What finds it: {Executions.triggerKey}. Zero for transactions.
/// @param opening Roots that must hold and the first step, in the encoding of {Steps}.
/// @param rest The steps after the first.
/// @param proxies `original(20) rollup(8)` each: proxies that static calls of L1's make calls from.
/// @param tracks The rollups that it visits.
struct Plan {
    bool isTransaction;
    bool isStatic;
    uint256 ending;
    bool failed;
    bytes32 triggerKey;
    bytes opening;
    bytes rest;
    bytes proxies;
    Track[] tracks;
}

/// @title From a list of actions to steps
/// @notice Checks that a list is an execution (docs/spec.md section 1), finds its visits, and sums up, for every stretch
/// between two actions of L1's, what changes in roots and balances. One walk along the list, which goes back where the
/// list does: at an undoing to where the call was made, at a RESUME to the turn of L1 that has another alternative.
library Executions {
    using DynamicBufferLib for DynamicBufferLib.DynamicBuffer;
    using Walks for Walk;

    uint256 private constant NOBODY = type(uint256).max;

    /// What an L1 call is found by: the CALL's hash and the root of the rollup it wakes.
    function triggerKey(bytes32 actionHash, StateRoot root) internal pure returns (bytes32) {
        return keccak256(abi.encode(actionHash, root));
    }

    /// Checks a list and plans it.
    /// @param index Index of the execution in the batch.
    /// @param manager `Rollups`, which nobody may call on behalf of a rollup.
    /// @param visits The batch's visits; those of this execution are put there, from `firstVisit`.
    function plan(
        Execution calldata execution,
        uint256 index,
        address manager,
        LocatedVisit[] memory visits,
        uint256 firstVisit
    ) internal pure returns (Plan memory result) {
        Walk memory walk;
        uint256 count = execution.actions.length;
        walk.index = index;
        walk.manager = manager;
        walk.frames = new Frame[](count);
        walk.nodes = new uint256[](2 * count + 1);
        walk.tracks = _placesFor(execution.visits.length);
        walk.visits = visits;
        walk.firstVisit = firstVisit;
        _walk(walk, execution, result);
        if (walk.visitCount != execution.visits.length) revert IRollups.VisitNotMade(index, walk.visitCount);
        Track[] memory tracks = walk.tracks;
        uint256 trackCount = walk.trackCount;
        // Cuts the array to what is used.
        assembly ("memory-safe") {
            mstore(tracks, trackCount)
        }
        result.tracks = tracks;
        if (!result.isTransaction) {
            result.triggerKey = triggerKey(hashGivenAction(execution.actions[0]), tracks[0].firstRoot);
        }
        result.opening = bytes.concat(StepWriter.roots(tracks, result.isTransaction ? 0 : 1), walk.firstStep);
        result.rest = walk.rest.data;
        result.proxies = walk.proxies.data;
        uint256 size = result.opening.length + result.rest.length;
        if (size > Steps.MAX_TABLE_BYTES) revert IRollups.TableTooLarge(size);
    }

    /// An array whose places hold nothing yet, which Solidity would fill.
    function _placesFor(uint256 count) private pure returns (Track[] memory tracks) {
        uint256[] memory places = new uint256[](count);
        assembly ("memory-safe") {
            tracks := places
        }
    }

    function _walk(Walk memory walk, Execution calldata execution, Plan memory result) private pure {
        uint256 count = execution.actions.length;
        uint256 nextMark = 0;
        ChainId control = L1;
        for (uint256 i = 0; i < count; i++) {
            if (walk.forks != 0 && Walks.toFork(walk.forks).to == i) {
                _goBack(walk, execution, i);
                control = L1;
            }
            if (walk.isOver) revert IRollups.ActionsAfterEnd(walk.index, i);
            Action calldata action = execution.actions[i];
            uint8 kind = action.kind;
            ChainId from = action.from;
            ChainId to = action.to;
            if (from != control || to == control) revert IRollups.BrokenChain(walk.index, i);
            control = to;
            _checkForm(walk, i, action);
            if (i == 0) {
                if (kind != CALL && kind != L2TX) revert IRollups.BadTrigger(walk.index, i);
                result.isTransaction = kind == L2TX;
                result.isStatic = action.isStatic;
            } else if (kind == L2TX) {
                revert IRollups.BadTrigger(walk.index, i);
            }
            if (nextMark < execution.marks.length && execution.marks[nextMark].at == i) {
                _mark(walk, execution, nextMark, i);
                nextMark++;
            }
            walk.canEnd = false;
            if (kind == CALL || kind == L2TX) _enter(walk, execution, i);
            else if (kind == RESULT) _leave(walk, execution, i, result);
            else if (kind == REVERT) _revert(walk, execution, i);
            else _note(walk, walk.find(to), 2 * i + 2, action);
            walk.path.last = i;
        }
        if (!walk.canEnd || walk.forks != 0 || walk.endings == 0) revert IRollups.Unfinished(walk.index);
        if (nextMark != execution.marks.length) revert IRollups.BadMark(walk.index, nextMark);
        _abandon(walk, execution, new Standing[](0), NOBODY, NOBODY);
    }

    /// Fields that the kind does not use are zero, and a REVERT is answered at once.
    function _checkForm(Walk memory walk, uint256 at, Action calldata action) private pure {
        uint8 kind = action.kind;
        bool isAnswer = kind == REVERT_CONTINUE;
        if (isAnswer != walk.isUndoing || (isAnswer && action.to != walk.undoing)) {
            revert IRollups.RevertNotContinued(walk.index, at);
        }
        walk.isUndoing = kind == REVERT;
        if (kind == CALL) {
            if (action.failed) revert IRollups.NotCanonical(walk.index, at);
            return;
        }
        if (kind > REVERT_CONTINUE) revert IRollups.UnsupportedKind(walk.index, at, kind);
        bool isCanonical =
            action.sender == address(0) &&
                action.target == address(0) &&
                action.value == 0 &&
                !action.isStatic;
        if (kind != RESULT) isCanonical = isCanonical && !action.failed;
        if (kind == REVERT) isCanonical = isCanonical && action.to == L1 && action.data.length == 4;
        if (isAnswer) isCanonical = isCanonical && action.data.length == 0;
        if (!isCanonical) revert IRollups.NotCanonical(walk.index, at);
    }

    // ------------------------------------------------------------------------------------------------------------ paths

    /// Takes note of a mark, which stands at the action that comes now.
    function _mark(Walk memory walk, Execution calldata execution, uint256 number, uint256 at) private pure {
        Mark calldata mark = execution.marks[number];
        uint8 kind = mark.kind;
        uint256 to = mark.to;
        Action calldata action = execution.actions[at];
        bool isGood;
        if (kind == RESUME) {
            // L1 has no choice but to answer a REVERT, and what triggers the execution is no turn in it.
            isGood =
                at != 0 &&
                action.from == L1 &&
                action.kind != REVERT_CONTINUE &&
                to > at &&
                to < execution.actions.length &&
                (walk.forks == 0 || to < Walks.toFork(walk.forks).to);
        } else if (kind == SPAN) {
            isGood = action.kind == CALL && action.from != L1 && !action.isStatic && to != 0;
        }
        if (!isGood) revert IRollups.BadMark(walk.index, number);
        if (kind == SPAN) {
            _announce(walk, action, at, to);
            return;
        }
        Path memory path = walk.path;
        walk.hasAlternative = true;
        walk.forks = Walks.placeOf(
            Fork({
                below: walk.forks,
                to: to,
                record: walk.rest.length(),
                path: Path(
                    path.frame,
                    path.liveCalls,
                    path.spans,
                    path.framed,
                    path.windows,
                    path.last,
                    path.calls
                ),
                standings: walk.standings()
            })
        );
    }

    /// Ends the path before `at`, and goes on from the turn of L1 that the newest RESUME has seen.
    function _goBack(Walk memory walk, Execution calldata execution, uint256 at) private pure {
        if (!walk.canEnd) revert IRollups.PathNotEnded(walk.index, at);
        Fork memory fork = Walks.toFork(walk.forks);
        _abandon(walk, execution, fork.standings, NOBODY, NOBODY);
        StepWriter.link(walk, fork);
        walk.path = fork.path;
        for (uint256 i = 0; i < walk.trackCount; i++) {
            walk.tracks[i].standing = Walks.standingOf(fork.standings, i);
        }
        walk.forks = fork.below;
        walk.isOver = false;
    }

    /// Gives their visits, as far as they got, to rollups that lose actions by going back.
    /// @param before Where they go back to.
    /// @param knowing Rollups that lose none, like `alsoKnowing`.
    function _abandon(
        Walk memory walk,
        Execution calldata execution,
        Standing[] memory before,
        uint256 knowing,
        uint256 alsoKnowing
    ) private pure {
        for (uint256 i = 0; i < walk.trackCount; i++) {
            Standing memory standing = walk.tracks[i].standing;
            if (!standing.isOpen || i == knowing || i == alsoKnowing) continue;
            if (standing.newest != Walks.standingOf(before, i).newest) _locate(walk, execution, i, true);
        }
    }

    // ---------------------------------------------------------------------------------------------- calls and results

    function _enter(Walk memory walk, Execution calldata execution, uint256 at) private pure {
        Action calldata action = execution.actions[at];
        Path memory path = walk.path;
        uint256 flags = _checkCall(walk, action, at);
        if (!action.isStatic) path.liveCalls++;
        ChainId from = action.from;
        ChainId to = action.to;
        uint256 source = 0;
        uint256 destination = 0;
        if (from != L1) {
            source = walk.find(from);
            _note(walk, source, 2 * at + 1, action);
        } else if (at != 0) {
            _expect(walk, action);
        }
        if (to != L1) {
            destination = walk.find(to);
            if (destination == walk.trackCount) _meet(walk, to);
            Standing memory standing = walk.tracks[destination].standing;
            if (!standing.isOpen) {
                standing.isOpen = true;
                standing.newest = 0;
                flags |= BEGINS_VISIT;
            }
            _note(walk, destination, 2 * at + 2, action);
        }
        walk.frames[at] = newFrame(from, to, path.frame, path.liveCalls, path.spans, path.calls, flags);
        path.frame = at + 1;
        path.calls = 0;
        uint128 value = action.value;
        if (value != 0) {
            if (from != L1) _take(walk.tracks[source], value);
            if (to != L1) _give(walk.tracks[destination], value);
        }
        if (to == L1) _closeWithCall(walk, action);
    }

    /// @return flags Of the call's frame.
    function _checkCall(
        Walk memory walk,
        Action calldata action,
        uint256 at
    ) private pure returns (uint256 flags) {
        bool isStatic = action.isStatic;
        if (isStatic && action.value != 0) revert IRollups.StaticViolation(walk.index, at);
        if (isStatic) flags = STATIC_FRAME | (action.from == L1 ? ON_STATIC_PATH : 0);
        if (at == 0) return flags;
        Frame parent = walk.frames[walk.path.frame - 1];
        if (parent.isStaticFrame() && !isStatic) revert IRollups.StaticViolation(walk.index, at);
        if (parent.isOnStaticPath()) {
            // L1 has stored no cursor, so what it calls then is found as if nothing had been called before.
            if (action.from == L1) revert IRollups.StaticNotPlayable(walk.index, at);
            flags |= ON_STATIC_PATH;
        }
        if (action.to == L1 && action.target == walk.manager) revert IRollups.CallToManager(walk.index, at);
    }

    function _closeWithCall(Walk memory walk, Action calldata action) private pure {
        Path memory path = walk.path;
        bool isQuiet = walk.frames[path.frame - 1].isOnStaticPath();
        if (isQuiet) walk.proxies.p(abi.encodePacked(action.sender, action.from));
        uint256 height = path.spans == 0 ? 0 : Walks.toSpan(path.spans).height;
        if (action.isStatic || height == path.framed) {
            StepWriter.closeWithCall(walk, action, isQuiet, 0);
            return;
        }
        StepWriter.closeWithCall(walk, action, isQuiet, height - path.framed);
        path.windows = Walks.placeOf(Window(path.windows, path.framed, walk.standings()));
        path.framed = height;
    }

    function _leave(
        Walk memory walk,
        Execution calldata execution,
        uint256 at,
        Plan memory result
    ) private pure {
        Action calldata action = execution.actions[at];
        Path memory path = walk.path;
        uint256 call = path.frame - 1;
        Frame frame = walk.frames[call];
        ChainId from = action.from;
        ChainId to = action.to;
        if (to != frame.fromOf()) revert IRollups.ResultNotNested(walk.index, at);
        bool failed = action.failed;
        if (from == L1) {
            _expect(walk, action);
            // Only what was undone on L1 lies between.
            if (failed && path.last != call) revert IRollups.NotUndone(walk.index, at);
        }
        uint256 callee = from == L1 ? NOBODY : walk.find(from);
        uint256 caller = to == L1 ? NOBODY : walk.find(to);
        if (callee != NOBODY) _note(walk, callee, 2 * at + 1, action);
        if (caller != NOBODY) _note(walk, caller, 2 * at + 2, action);
        path.frame = frame.parentOf();
        path.calls = frame.orderOf() + 1;
        if (frame.beginsVisit()) {
            _locate(walk, execution, callee, failed || frame.isStaticFrame());
            Standing memory standing = walk.tracks[callee].standing;
            standing.isOpen = false;
            standing.root = execution.visits[walk.visitCount - 1].rootAfter;
        }
        if (to == L1) {
            _answer(walk, execution, at, frame);
            if (path.frame == 0) {
                if (result.isTransaction && walk.endings != 1) revert IRollups.SecondEnding(walk.index, at);
                result.ending = at;
                result.failed = failed;
            }
        } else if (failed) {
            if (from != L1 && path.liveCalls != frame.liveCallsOf()) {
                _undo(walk, execution, _spanOf(walk, call, at), callee, caller);
                return;
            }
            // Nothing but the call's value has to be undone.
            uint128 value = execution.actions[call].value;
            if (value == 0) return;
            _give(walk.tracks[caller], value);
            if (callee != NOBODY) _take(walk.tracks[callee], value);
        }
    }

    /// A RESULT for L1.
    function _answer(Walk memory walk, Execution calldata execution, uint256 at, Frame frame) private pure {
        Action calldata action = execution.actions[at];
        Path memory path = walk.path;
        // The frames that L1 opened since have ended with it.
        path.spans = frame.spansOf();
        _dropWindows(path, path.spans == 0 ? 0 : Walks.toSpan(path.spans).height);
        bool isEnding = path.frame == 0;
        walk.canEnd = true;
        walk.isOver = isEnding || action.failed || frame.isStaticFrame();
        uint256 flags = isEnding ? Steps.IS_LAST : 0;
        if (!walk.isOver) {
            uint256 next = at + 1;
            bool isEnd =
                walk.forks == 0 ? next == execution.actions.length : next == Walks.toFork(walk.forks).to;
            if (isEnd) flags |= Steps.IS_DEAD;
        }
        StepWriter.closeWithResult(
            walk,
            action,
            frame.isOnStaticPath(),
            flags,
            isEnding ? walk.endings++ : 0
        );
    }

    // --------------------------------------------------------------------------------------------------------- undoings

    /// As many undoings may go back to the call that comes now.
    function _announce(Walk memory walk, Action calldata action, uint256 at, uint256 count) private pure {
        Path memory path = walk.path;
        uint256 track = walk.find(action.from);
        uint256 order = path.calls;
        Standing[] memory before = walk.standings();
        uint256 height = path.spans == 0 ? 0 : Walks.toSpan(path.spans).height;
        for (uint256 i = 0; i < count; i++) {
            path.spans = Walks.placeOf(
                Span({
                    below: path.spans,
                    height: ++height,
                    track: track,
                    order: order,
                    frame: path.frame,
                    at: at,
                    before: before
                })
            );
        }
    }

    /// A frame of a rollup reverts while the rollup goes on.
    function _revert(Walk memory walk, Execution calldata execution, uint256 at) private pure {
        Action calldata action = execution.actions[at];
        uint256 track = walk.find(action.from);
        uint256 order = uint32(bytes4(action.data));
        uint256 place = walk.path.spans;
        while (place != 0) {
            Span memory span = Walks.toSpan(place);
            if (span.track == track && span.order == order && span.frame == walk.path.frame) break;
            place = span.below;
        }
        if (place == 0) revert IRollups.SpanRequired(walk.index, at);
        walk.undoing = action.from;
        _undo(walk, execution, Walks.toSpan(place), track, NOBODY);
        _note(walk, track, 2 * at + 1, action);
    }

    /// The newest span of a call.
    function _spanOf(Walk memory walk, uint256 call, uint256 at) private pure returns (Span memory) {
        uint256 place = walk.path.spans;
        while (place != 0) {
            Span memory span = Walks.toSpan(place);
            if (span.at == call) return span;
            place = span.below;
        }
        revert IRollups.SpanRequired(walk.index, at);
    }

    /// Undoes what happened since just before the span's call.
    /// @param knowing The rollups that know of it, like `alsoKnowing`. The others forget.
    function _undo(
        Walk memory walk,
        Execution calldata execution,
        Span memory span,
        uint256 knowing,
        uint256 alsoKnowing
    ) private pure {
        Path memory path = walk.path;
        _abandon(walk, execution, span.before, knowing, alsoKnowing);
        Standing[] memory onL1;
        bool isOnL1 = span.height <= path.framed;
        if (isOnL1) {
            StepWriter.closeWithUndoing(walk, path.framed - span.height + 1);
            onL1 = _dropWindows(path, span.height - 1);
        }
        path.spans = span.below;
        for (uint256 i = 0; i < walk.trackCount; i++) {
            Standing memory standing = walk.tracks[i].standing;
            Standing memory before = Walks.standingOf(span.before, i);
            standing.root = before.root;
            standing.balance = before.balance;
            if (i != knowing && i != alsoKnowing) standing.newest = before.newest;
            if (isOnL1) {
                Standing memory then = Walks.standingOf(onL1, i);
                standing.l1Root = then.l1Root;
                standing.l1IsOpen = then.l1IsOpen;
                standing.l1Balance = then.l1Balance;
                standing.lack = 0;
            }
            // What it got is taken from it.
            _checkLack(standing);
        }
    }

    /// Forgets the frames of L1 above a height.
    /// @return before Where the rollups were on L1 when the lowest of them was opened.
    function _dropWindows(Path memory path, uint256 height) private pure returns (Standing[] memory before) {
        while (path.framed > height) {
            Window memory window = Walks.toWindow(path.windows);
            before = window.before;
            if (window.base < height) {
                path.framed = height;
            } else {
                path.framed = window.base;
                path.windows = window.below;
            }
        }
    }

    // --------------------------------------------------------------------------------------------------- actions, Ether

    /// The step that begins is one that L1 begins with this action.
    function _expect(Walk memory walk, Action calldata action) private pure {
        walk.expected = hashGivenAction(action);
        walk.hasExpected = true;
    }

    /// Adds an action to the visit of a rollup.
    /// @param node See {Walk}.
    function _note(Walk memory walk, uint256 track, uint256 node, Action calldata action) private pure {
        Standing memory standing = walk.tracks[track].standing;
        uint256 newest = standing.newest;
        uint256 counts = (walk.nodes[newest] >> 32) + 1 + (Statements.wordCountOf(action) << 32);
        walk.nodes[node] = (counts << 32) | newest;
        standing.newest = node;
    }

    function _give(Track memory track, uint128 value) private pure {
        track.standing.balance += int256(uint256(value));
        track.movesValue = true;
    }

    function _take(Track memory track, uint128 value) private pure {
        track.standing.balance -= int256(uint256(value));
        track.movesValue = true;
        _checkLack(track.standing);
    }

    /// To be called whenever a rollup's balance gets less.
    function _checkLack(Standing memory standing) private pure {
        int256 lack = standing.l1Balance - standing.balance;
        if (lack > standing.lack) standing.lack = lack;
    }

    // ----------------------------------------------------------------------------------------------------------- visits

    /// A rollup is visited for the first time.
    function _meet(Walk memory walk, ChainId rollup) private pure {
        uint256 track = walk.trackCount++;
        // Each rollup has a visit of its own, at least.
        if (track == walk.tracks.length) revert IRollups.VisitMismatch(walk.index, track);
        walk.tracks[track] = Track(rollup, INITIAL_ROOT, false, Walks.initial());
    }

    /// The open visit of a rollup ends here: it must be the next one that was given.
    /// @param keepsRoot Its root must not change.
    function _locate(
        Walk memory walk,
        Execution calldata execution,
        uint256 at,
        bool keepsRoot
    ) private pure {
        Track memory track = walk.tracks[at];
        uint256 number = walk.visitCount++;
        if (number >= execution.visits.length) revert IRollups.VisitMismatch(walk.index, number);
        Visit calldata visit = execution.visits[number];
        if (visit.rollup != track.rollup) revert IRollups.VisitMismatch(walk.index, number);
        StateRoot rootBefore = visit.rootBefore;
        StateRoot rootAfter = visit.rootAfter;
        _checkRoot(rootBefore);
        _checkRoot(rootAfter);
        StateRoot root = Walks.rootOf(track, track.standing.root);
        if (root == INITIAL_ROOT) track.firstRoot = rootBefore;
        else if (root != rootBefore) revert IRollups.VisitsNotChained(walk.index, number);
        if (keepsRoot && rootAfter != rootBefore) revert IRollups.RootMustNotChange(walk.index, number);
        walk.visits[walk.firstVisit + number] = LocatedVisit(
            track.rollup,
            rootBefore,
            rootAfter,
            walk.index,
            track.standing.newest,
            walk.nodes
        );
    }

    function _checkRoot(StateRoot root) private pure {
        if (uint256(StateRoot.unwrap(root)) >= FIELD_MODULUS) revert IRollups.RootOutOfField(root);
    }
}
