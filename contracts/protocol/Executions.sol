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
    isBare,
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
import {CanonicalBatch} from "./CanonicalBatch.sol";
import {Entry} from "./ExecutionTable.sol";
import {BEGINS_VISIT, BINDS_GAS, Frame, newFrame, ON_STATIC_PATH, STATIC_FRAME} from "./Frame.sol";
import {Statements} from "./Statements.sol";
import {Steps} from "./Steps.sol";
import {StepWriter} from "./StepWriter.sol";
import {Fork, INITIAL_ROOT, LocatedVisit, Path, Span, Standing, Track, Walk, Walks, Window} from "./Walk.sol";

/// @title From a list of actions to steps
/// @notice Checks that a list is an execution (docs/spec.md section 1), finds its visits, and sums up, for every stretch
/// between two actions of L1's, what changes in roots and balances. One walk along the list, which goes back where the
/// list does: at an undoing to where the call was made, at a RESUME to the turn of L1 that has another alternative.
/// @dev Numbers here count what calldata holds, or are sums of Ether of which each part has 128 bits: arithmetic needs no
/// checks, which is worth a fifth of the gas.
library Executions {
    using CanonicalBatch for *;
    using DynamicBufferLib for DynamicBufferLib.DynamicBuffer;
    using Walks for Walk;

    uint256 private constant NOBODY = type(uint256).max;

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
        uint256 count = execution.actionsOf().length;
        walk.index = index;
        Walks.clear(walk.path);
        walk.trackCount = walk.visitCount = walk.endings = walk.forks = walk.marked = 0;
        walk.recordCount = walk.size = 0;
        walk.returnsAt = Walks.NEVER;
        walk.isOver = walk.isUndoing = walk.hasExpected = walk.hasAlternative = false;
        unchecked {
            walk.frames = new uint256[](count);
            walk.nodes = new uint256[](2 * count + 1);
        }
        walk.records = Walks.newRecords(count);
        // Each rollup has a visit of its own, at least.
        walk.tracks = Walks.newTracks(execution.visitsOf().length);
        _walk(walk, execution, entry);
        _finish(walk, execution);
        bool isTransaction = entry.isTransaction;
        if (!isTransaction) entry.key = triggerKey(entry.key, walk.tracks[0].firstRoot);
        entry.roots = StepWriter.roots(walk, isTransaction ? 0 : 1);
        entry.records = walk.records;
        // What fails has no effect when it is a transaction, so it is not played.
        if (isTransaction && entry.failed) return entry;
        entry.recordCount = walk.recordCount;
        entry.size = walk.size;
    }

    function _walk(Walk memory walk, Execution calldata execution, Entry memory entry) private pure {
        unchecked {
            Action[] calldata actions = execution.actionsOf();
            uint256 count = actions.length;
            uint256 nextMark = 0;
            uint256 markedAt = _markedAt(execution, 0);
            ChainId control = L1;
            walk.canEnd = false;
            for (uint256 i = 0; i < count; i++) {
                if (i == walk.returnsAt) {
                    _goBack(walk, execution, i);
                    control = L1;
                }
                if (walk.isOver) revert IRollups.ActionsAfterEnd(walk.index, i);
                Action calldata action = actions.actionAt(i);
                uint256 kind = action.kind;
                ChainId from = action.from;
                ChainId to = action.to;
                if (from != control || to == control) revert IRollups.BrokenChain(walk.index, i);
                control = to;
                if (walk.isUndoing || kind > L2TX) _checkUndoing(walk, action, i);
                if ((i == 0) != (kind == L2TX) && !(i == 0 && kind == CALL)) {
                    revert IRollups.BadTrigger(walk.index, i);
                }
                if (i == markedAt) {
                    _mark(walk, execution, nextMark, i);
                    markedAt = _markedAt(execution, ++nextMark);
                }
                walk.canEnd = false;
                if (kind == RESULT) {
                    if (!isBare(action)) revert IRollups.NotCanonical(walk.index, i);
                    _leave(walk, execution, action, i, from, to, entry);
                } else if (kind < REVERT) {
                    if (i == 0) {
                        entry.isTransaction = kind == L2TX;
                        entry.isStatic = action.isStatic;
                        if (kind == CALL) entry.key = hashGivenAction(action);
                    }
                    bool isForm = kind == CALL || isBare(action);
                    if (action.failed || !isForm) revert IRollups.NotCanonical(walk.index, i);
                    _enter(walk, action, i, from, to);
                } else if (kind == REVERT) {
                    _revert(walk, execution, action, i);
                } else {
                    _note(walk, walk.tracks[walk.find(to)], 2 * i + 2, Statements.wordCountOf(action));
                }
                walk.path.last = i;
            }
            if (nextMark != execution.marksOf().length) revert IRollups.BadMark(walk.index, nextMark);
        }
    }

    /// The list is over: its last path has ended, and no other is left.
    function _finish(Walk memory walk, Execution calldata execution) private pure {
        bool isFinished = walk.canEnd && walk.forks == 0 && walk.endings != 0;
        if (!isFinished) revert IRollups.Unfinished(walk.index);
        _checkMarked(walk);
        if (walk.path.frame != 0) {
            Standing[] memory nothing;
            _abandon(walk, execution, nothing, NOBODY, NOBODY);
        }
        uint256 made = walk.visitCount;
        if (made != execution.visitsOf().length) revert IRollups.VisitNotMade(walk.index, made);
        unchecked {
            walk.firstVisit += made;
        }
    }

    /// Where a mark stands; nowhere if there are no more.
    function _markedAt(Execution calldata execution, uint256 number) private pure returns (uint256) {
        Mark[] calldata marks = execution.marksOf();
        return number < marks.length ? marks[number].at : Walks.NEVER;
    }

    /// A REVERT is answered at once, and nothing else is.
    function _checkUndoing(Walk memory walk, Action calldata action, uint256 at) private pure {
        uint8 kind = action.kind;
        bool isAnswer = kind == REVERT_CONTINUE;
        if (isAnswer != walk.isUndoing || (isAnswer && action.to != walk.undoing)) {
            revert IRollups.RevertNotContinued(walk.index, at);
        }
        walk.isUndoing = kind == REVERT;
        if (kind <= L2TX) return;
        if (kind > REVERT_CONTINUE) revert IRollups.UnsupportedKind(walk.index, at, kind);
        bool isCanonical = isBare(action) && !action.failed && action.dataOf().length == (isAnswer ? 0 : 4);
        if (!isCanonical || (!isAnswer && action.to != L1)) revert IRollups.NotCanonical(walk.index, at);
    }

    // ------------------------------------------------------------------------------------------------------------ paths

    /// Takes note of a mark, which stands at the action that comes now.
    function _mark(Walk memory walk, Execution calldata execution, uint256 number, uint256 at) private pure {
        Mark calldata mark = execution.marksOf()[number];
        uint8 kind = mark.kind;
        uint256 to = mark.to;
        Action calldata action = execution.actionsOf().actionAt(at);
        bool isGood;
        if (kind == RESUME) {
            // L1 has no choice but to answer a REVERT, and what triggers the execution is no turn in it.
            isGood =
                at != 0 &&
                action.from == L1 &&
                action.kind != REVERT_CONTINUE &&
                to > at &&
                to < execution.actionsOf().length &&
                to < walk.returnsAt;
        } else if (kind == SPAN) {
            // Each undoing is an action of its own, so a greater count is never used: it would only be long to announce.
            isGood = action.kind == CALL && action.from != L1 && !action.isStatic && to != 0;
            isGood = isGood && to < execution.actionsOf().length;
        }
        if (!isGood) revert IRollups.BadMark(walk.index, number);
        if (kind == SPAN) {
            _announce(walk, number, at, to);
            return;
        }
        walk.hasAlternative = true;
        walk.returnsAt = to;
        walk.forks = Walks.placeOf(
            Fork({
                below: walk.forks,
                to: to,
                record: walk.recordCount,
                start: walk.size,
                path: Walks.copyOf(walk.path),
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
        walk.returnsAt = fork.below == 0 ? Walks.NEVER : Walks.toFork(fork.below).to;
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
            Track memory track = walk.tracks[i];
            if (!track.standing.isOpen || i == knowing || i == alsoKnowing) continue;
            if (track.standing.newest != Walks.standingOf(before, i).newest) {
                _locate(walk, execution, track, true);
            }
        }
    }

    // ---------------------------------------------------------------------------------------------- calls and results

    function _enter(
        Walk memory walk,
        Action calldata action,
        uint256 at,
        ChainId from,
        ChainId to
    ) private pure {
        unchecked {
            Path memory path = walk.path;
            bool isStatic = action.isStatic;
            uint128 value = action.value;
            uint256 words = Statements.wordCountOf(action);
            uint256 flags = isStatic ? STATIC_FRAME | (from == L1 ? ON_STATIC_PATH : 0) : 0;
            if (at != 0) flags |= _checkInner(walk, action, at, isStatic);
            else if (action.kind == L2TX) flags |= BINDS_GAS;
            // What L1 calls for itself has all that L1 gives it. Reading the field also makes sure that it is clean.
            if (action.gas != 0 && from == L1) revert IRollups.NotCanonical(walk.index, at);
            if (!isStatic) path.liveCalls++;
            if (from != L1) {
                _note(walk, walk.tracks[walk.find(from)], 2 * at + 1, words);
            } else if (at != 0) {
                _expect(walk, action);
            }
            if (to != L1) {
                uint256 number = walk.find(to);
                if (number == walk.trackCount) _meet(walk, to);
                Track memory track = walk.tracks[number];
                Standing memory standing = track.standing;
                if (!standing.isOpen) {
                    standing.isOpen = true;
                    standing.newest = 0;
                    flags |= BEGINS_VISIT;
                }
                _note(walk, track, 2 * at + 2, words);
            }
            walk.setFrame(at, newFrame(from, to, path.frame, path.liveCalls, path.spans, path.calls, flags));
            path.frame = at + 1;
            path.calls = 0;
            if (value != 0) {
                if (isStatic) revert IRollups.StaticViolation(walk.index, at);
                if (from != L1) _take(walk.tracks[walk.find(from)], value);
                if (to != L1) _give(walk.tracks[walk.find(to)], value);
            }
            if (to == L1) _closeWithCall(walk, action, flags);
        }
    }

    /// Checks a call that another one contains.
    /// @return flags Of its frame, as far as it has them from the one around it.
    function _checkInner(
        Walk memory walk,
        Action calldata action,
        uint256 at,
        bool isStatic
    ) private pure returns (uint256 flags) {
        unchecked {
            Frame parent = walk.frameAt(walk.path.frame - 1);
            if (parent.isStaticFrame() && !isStatic) revert IRollups.StaticViolation(walk.index, at);
            if (parent.isOnStaticPath()) {
                // L1 has stored no cursor, so what it calls then is found as if nothing had been called before.
                if (action.from == L1) revert IRollups.StaticNotPlayable(walk.index, at);
                flags = ON_STATIC_PATH;
            }
            if (action.to == L1) {
                if (action.target == walk.manager) revert IRollups.CallToManager(walk.index, at);
                // Else whoever submits the batch would choose how much the callee gets.
                if (parent.bindsGas() && action.gas == 0) revert IRollups.GasNotBound(walk.index, at);
            } else if (parent.bindsGas()) {
                flags |= BINDS_GAS;
            }
        }
    }

    /// @param flags Of the call's frame.
    function _closeWithCall(Walk memory walk, Action calldata action, uint256 flags) private pure {
        unchecked {
            Path memory path = walk.path;
            bool isQuiet = flags & ON_STATIC_PATH != 0;
            if (flags & STATIC_FRAME != 0) walk.proxies.p(abi.encodePacked(action.sender, action.from));
            uint256 height = path.spans == 0 ? 0 : Walks.toSpan(path.spans).height;
            if (height == path.framed || flags & STATIC_FRAME != 0) {
                StepWriter.closeWithCall(walk, action, isQuiet, 0);
                return;
            }
            StepWriter.closeWithCall(walk, action, isQuiet, height - path.framed);
            path.windows = Walks.placeOf(Window(path.windows, path.framed, walk.standings()));
            path.framed = height;
        }
    }

    function _leave(
        Walk memory walk,
        Execution calldata execution,
        Action calldata action,
        uint256 at,
        ChainId from,
        ChainId to,
        Entry memory entry
    ) private pure {
        unchecked {
            Path memory path = walk.path;
            uint256 call = path.frame - 1;
            Frame frame = walk.frameAt(call);
            if (to != frame.fromOf()) revert IRollups.ResultNotNested(walk.index, at);
            bool failed = action.failed;
            uint256 words = Statements.wordCountOf(action);
            uint256 callee = NOBODY;
            uint256 caller = NOBODY;
            if (from != L1) {
                callee = walk.find(from);
                _note(walk, walk.tracks[callee], 2 * at + 1, words);
            } else {
                _expect(walk, action);
                // Only what was undone on L1 lies between.
                if (failed && path.last != call) revert IRollups.NotUndone(walk.index, at);
            }
            if (to != L1) {
                caller = walk.find(to);
                _note(walk, walk.tracks[caller], 2 * at + 2, words);
            }
            path.frame = frame.parentOf();
            path.calls = frame.orderOf() + 1;
            if (frame.beginsVisit()) {
                Track memory track = walk.tracks[callee];
                track.standing.root = _locate(walk, execution, track, failed || frame.isStaticFrame());
                track.standing.isOpen = false;
            }
            if (to == L1) {
                _answer(walk, execution, action, at, frame);
                if (path.frame == 0) _noteEnding(walk, entry, at, failed);
            } else if (failed) {
                if (from != L1 && path.liveCalls != frame.liveCallsOf()) {
                    _undo(walk, execution, _spanOf(walk, call, at), callee, caller);
                } else {
                    _giveBack(walk, execution.actionsOf().actionAt(call), callee, caller);
                }
            }
        }
    }

    /// The trigger is answered.
    function _noteEnding(Walk memory walk, Entry memory entry, uint256 at, bool failed) private pure {
        if (entry.isTransaction && walk.endings != 1) revert IRollups.SecondEnding(walk.index, at);
        entry.ending = at;
        entry.failed = failed;
    }

    /// Of a call that failed nothing but its value has to be undone.
    function _giveBack(Walk memory walk, Action calldata call, uint256 callee, uint256 caller) private pure {
        uint128 value = call.value;
        if (value == 0) return;
        _give(walk.tracks[caller], value);
        if (callee != NOBODY) _take(walk.tracks[callee], value);
    }

    /// A RESULT for L1.
    function _answer(
        Walk memory walk,
        Execution calldata execution,
        Action calldata action,
        uint256 at,
        Frame frame
    ) private pure {
        unchecked {
            Path memory path = walk.path;
            // The frames that L1 opened since have ended with it.
            path.spans = frame.spansOf();
            if (path.framed != 0) {
                _dropWindows(path, path.spans == 0 ? 0 : Walks.toSpan(path.spans).height);
            }
            bool isEnding = path.frame == 0;
            bool isOver = isEnding || action.failed || frame.isStaticFrame();
            walk.canEnd = true;
            walk.isOver = isOver;
            uint256 flags = isEnding ? Steps.IS_LAST : 0;
            if (!isOver) {
                uint256 next = at + 1;
                if (next == walk.returnsAt || next == execution.actionsOf().length) flags |= Steps.IS_DEAD;
            }
            uint256 ending = isEnding ? walk.endings++ : 0;
            StepWriter.closeWithResult(walk, action, frame.isOnStaticPath(), flags, ending);
        }
    }

    // --------------------------------------------------------------------------------------------------------- undoings

    /// As many undoings go back to the call that comes now, on some path. The newest span is used first.
    function _announce(Walk memory walk, uint256 number, uint256 at, uint256 count) private pure {
        Path memory path = walk.path;
        Standing[] memory before = walk.standings();
        uint256 height = path.spans == 0 ? 0 : Walks.toSpan(path.spans).height;
        for (uint256 i = 0; i < count; i++) {
            path.spans = Walks.placeOf(
                Span({
                    below: path.spans,
                    height: ++height,
                    frame: path.frame,
                    order: path.calls,
                    at: at,
                    before: before,
                    spare: i == 0 ? number + 1 : 0,
                    earlier: i == 0 ? walk.marked : 0
                })
            );
            if (i == 0) walk.marked = path.spans;
        }
    }

    /// Frames that nothing reverts would leave an L1 call less gas, to the liking of whoever posts the list.
    function _checkMarked(Walk memory walk) private pure {
        uint256 place = walk.marked;
        while (place != 0) {
            Span memory span = Walks.toSpan(place);
            if (span.spare != 0) revert IRollups.BadMark(walk.index, span.spare - 1);
            place = span.earlier;
        }
    }

    /// A frame of a rollup reverts while the rollup goes on.
    function _revert(
        Walk memory walk,
        Execution calldata execution,
        Action calldata action,
        uint256 at
    ) private pure {
        uint256 order = uint32(bytes4(action.dataOf()));
        uint256 place = walk.path.spans;
        while (place != 0) {
            Span memory span = Walks.toSpan(place);
            if (span.frame == walk.path.frame && span.order == order) break;
            place = span.below;
        }
        if (place == 0) revert IRollups.SpanRequired(walk.index, at);
        ChainId rollup = action.from;
        uint256 track = walk.find(rollup);
        walk.undoing = rollup;
        _undo(walk, execution, Walks.toSpan(place), track, NOBODY);
        _note(walk, walk.tracks[track], 2 * at + 1, Statements.wordCountOf(action));
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
        span.spare = 0;
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
    /// @param words How many the action takes in a statement.
    function _note(Walk memory walk, Track memory track, uint256 node, uint256 words) private pure {
        unchecked {
            Standing memory standing = track.standing;
            uint256 newest = standing.newest;
            uint256[] memory nodes = walk.nodes;
            uint256 counts = (Walks.wordAt(nodes, newest) >> 32) + 1 + (words << 32);
            Walks.setWord(nodes, node, (counts << 32) | newest);
            standing.newest = node;
        }
    }

    function _give(Track memory track, uint128 value) private pure {
        unchecked {
            track.standing.balance += int256(uint256(value));
        }
        track.movesValue = true;
    }

    function _take(Track memory track, uint128 value) private pure {
        unchecked {
            track.standing.balance -= int256(uint256(value));
        }
        track.movesValue = true;
        _checkLack(track.standing);
    }

    /// To be called whenever a rollup's balance gets less.
    function _checkLack(Standing memory standing) private pure {
        unchecked {
            int256 lack = standing.l1Balance - standing.balance;
            if (lack > standing.lack) standing.lack = lack;
        }
    }

    // ----------------------------------------------------------------------------------------------------------- visits

    /// A rollup is visited for the first time.
    function _meet(Walk memory walk, ChainId rollup) private pure {
        unchecked {
            uint256 track = walk.trackCount++;
            if (track == walk.tracks.length) revert IRollups.VisitMismatch(walk.index, track);
            walk.tracks[track] = Track(rollup, INITIAL_ROOT, false, Walks.initial());
        }
    }

    /// The open visit of a rollup ends here: it must be the next one that was given.
    /// @param keepsRoot Its root must not change.
    /// @return rootAfter Where it leads.
    function _locate(
        Walk memory walk,
        Execution calldata execution,
        Track memory track,
        bool keepsRoot
    ) private pure returns (StateRoot rootAfter) {
        unchecked {
            uint256 number = walk.visitCount++;
            Visit[] calldata visits = execution.visitsOf();
            ChainId rollup = track.rollup;
            if (number >= visits.length) revert IRollups.VisitMismatch(walk.index, number);
            Visit calldata visit = visits[number];
            if (visit.rollup != rollup) revert IRollups.VisitMismatch(walk.index, number);
            StateRoot rootBefore = visit.rootBefore;
            rootAfter = visit.rootAfter;
            _checkRoot(rootBefore);
            _checkRoot(rootAfter);
            StateRoot root = Walks.rootOf(track, track.standing.root);
            if (root == INITIAL_ROOT) track.firstRoot = rootBefore;
            else if (root != rootBefore) revert IRollups.VisitsNotChained(walk.index, number);
            if (keepsRoot && rootAfter != rootBefore) revert IRollups.RootMustNotChange(walk.index, number);
            walk.visits[walk.firstVisit + number] = LocatedVisit(
                rollup,
                rootBefore,
                rootAfter,
                walk.index,
                track.standing.newest,
                walk.nodes,
                false
            );
        }
    }

    function _checkRoot(StateRoot root) private pure {
        if (uint256(StateRoot.unwrap(root)) >= FIELD_MODULUS) revert IRollups.RootOutOfField(root);
    }
}
