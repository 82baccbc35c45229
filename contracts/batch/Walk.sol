// SPDX-License-Identifier: MIT
// Solidity wants what is used for a type everywhere beside the type.
/* solhint-disable one-contract-per-file */
pragma solidity 0.8.30;

import {DynamicBufferLib} from "solady/src/utils/DynamicBufferLib.sol";
import {ChainId, StateRoot} from "../interfaces/Actions.sol";
import {ExecutionRef} from "./CanonicalBatch.sol";

// What a path has behind it is kept in lists that are only ever added to, so that going back is taking an
// older place. Solidity has no recursive structs in memory, so a reference is a number: the struct's place, 0
// for none. Each kind of struct has a type of reference of its own.

type SpanRef is uint256;
type WindowRef is uint256;
type ForkRef is uint256;

using Spans for SpanRef global;
using Windows for WindowRef global;
using Forks for ForkRef global;

/// A visit, found in its execution's list.
/// @param newest Its last action, as a node of `nodes`: see {VisitLog}.
/// @param isCovered A proof of the batch is for it.
struct LocatedVisit {
    ChainId rollup;
    StateRoot rootBefore;
    StateRoot rootAfter;
    uint256 execution;
    uint256 newest;
    uint256[] nodes;
    bool isCovered;
}

/// Where one rollup is, on the path that the walk is on.
/// @param root Where its last visit starts or, when over, ends; {INITIAL_ROOT} before.
/// @param isOpen In a visit.
/// @param newest Newest action of its visit.
/// @param balance Wei gained since the execution began.
/// @param l1Root `root`, `isOpen` and `balance` as L1 has them, which was told last when the step began.
/// @param shortfall The most wei that it was short of in the step, had it begun with none.
struct Standing {
    StateRoot root;
    bool isOpen;
    uint256 newest;
    int256 balance;
    StateRoot l1Root;
    bool l1IsOpen;
    int256 l1Balance;
    int256 shortfall;
}

/// One rollup of the execution.
/// @param firstRoot Where the execution finds it; {INITIAL_ROOT} until one of its visits has told.
/// @param movesValue Whether Ether crosses its border.
struct Track {
    ChainId rollup;
    StateRoot firstRoot;
    bool movesValue;
    Standing standing;
}

/// The rollups of the execution, in the order in which the list first visits them.
struct Tracks {
    Track[] list;
    uint256 count;
}

/// One undoing that goes back to a call, on some path.
/// @param below The span announced before it on the path.
/// @param height How many spans the path has, up to this one.
/// @param frame The frame that makes the call.
/// @param order How many calls that frame has made before.
/// @param at Index of the call in the list.
/// @param before Where the rollups were just before the call.
/// @param spare Of the lowest span of a mark: 1 + number of the mark, until a path has used all its spans; 0
/// then, and of all others.
/// @param earlier Of the same: that of the mark before.
struct Span {
    SpanRef below;
    uint256 height;
    uint256 frame;
    uint256 order;
    uint256 at;
    Standing[] before;
    uint256 spare;
    SpanRef earlier;
}

/// Frames that L1 opens at once, in which it makes a call. One belongs to each span of the path that had
/// none.
/// @param below The frames opened before these.
/// @param base How many frames were open.
/// @param before Where the rollups were on L1 when they were opened.
struct Window {
    WindowRef below;
    uint256 base;
    Standing[] before;
}

/// Where a path is in the nest of calls.
/// @param frame 1 + index of the innermost open CALL; 0 if none is.
/// @param calls How many calls that frame has made, undone ones included.
/// @param liveCalls How many calls that are not static were made in all, undone ones included.
/// @param last Index of its last action.
struct Path {
    uint256 frame;
    uint256 calls;
    uint256 liveCalls;
    uint256 last;
}

/// What can be undone on a path, and how L1 would do it.
/// @param spans The newest span.
/// @param windows The newest window.
/// @param framed How many spans have a frame of L1: the lowest ones.
struct Nest {
    SpanRef spans;
    WindowRef windows;
    uint256 framed;
}

/// A turn of L1 to which the list comes back.
/// @param below The one that was met before and is still to be come back to.
/// @param to Index of the action that comes then.
/// @param record Number, in the step log, of the record of the alternative before.
/// @param start Where that record starts, counted from the first step's end.
struct Fork {
    ForkRef below;
    uint256 to;
    uint256 record;
    uint256 start;
    Path path;
    Nest nest;
    Standing[] standings;
}

/// What {Grammar} knows of a list.
/// @param manager `Rollups`, which must not be called for a rollup.
/// @param execution What is walked over.
/// @param index Of the execution in the batch.
/// @param count How many actions there are.
/// @param control The chain that the next action comes from.
/// @param frames {Frame}s by index of the CALL.
/// @param endings How many RESULTs have answered the trigger.
/// @param transactions How many L2TXs the list has had: several in a joint execution.
/// @param rollup The one that the trigger calls.
/// @param hasEffect A RESULT that another L2TX follows was not failed.
/// @param returnsAt Index of the action at which the list comes back to its newest fork; no index if there is
/// none.
/// @param canEnd The path may end here.
/// @param isOver The path has ended.
/// @param isUndoing The last action was the REVERT of `undoing`.
struct Course {
    address manager;
    ExecutionRef execution;
    uint256 index;
    uint256 count;
    ChainId control;
    Path path;
    uint256[] frames;
    uint256 endings;
    uint256 transactions;
    ChainId rollup;
    bool hasEffect;
    uint256 returnsAt;
    bool isTransaction;
    bool canEnd;
    bool isOver;
    bool isUndoing;
    ChainId undoing;
}

/// What {Visits} knows.
/// @param located The batch's; an execution's are put there from `first` on.
/// @param execution It gives the visits.
/// @param index Of the execution in the batch.
/// @param count How many of the execution's have ended or were abandoned.
/// @param nodes Actions of visits: that of the rollup which gives up control in `actions[i]` has number 2i +
/// 1, that of the one which receives it 2i + 2. Bits 0-31 the visit's action before, 0 for none; 32-63 how
/// many actions the visit has up to this; 64- how many words they take in a statement, see
/// {Statements.wordCountsOf}.
struct VisitLog {
    LocatedVisit[] located;
    uint256 first;
    ExecutionRef execution;
    uint256 index;
    uint256 count;
    uint256[] nodes;
}

/// What {StepWriter} has written, and knows of the step that comes next.
/// @param hasExpected The step begins with an action of L1's, whose hash is `expected`.
/// @param hasAlternative The step's record is followed by another of its turn.
/// @param records The steps so far, of which the first is without the frame of a record.
/// @param size Bytes of all but the first.
struct StepLog {
    bool hasExpected;
    bytes32 expected;
    bool hasAlternative;
    bytes[] records;
    uint256 recordCount;
    uint256 size;
}

/// State of the walk over one list, and over those of a batch one after the other.
/// @param marked Lowest span of the SPAN that was met last.
/// @param forks The newest turn that is to be come back to.
/// @param proxies `original(20) rollup(8)` of each static call to L1.
struct Walk {
    Course course;
    Tracks tracks;
    VisitLog visits;
    Nest nest;
    SpanRef marked;
    ForkRef forks;
    StepLog steps;
    DynamicBufferLib.DynamicBuffer proxies;
}

// Stands for the root at which the execution finds a rollup, as long as no visit has told it. No root is that
// great.
StateRoot constant INITIAL_ROOT = StateRoot.wrap(bytes32(type(uint256).max));

// No rollup, where a track's number may stand.
uint256 constant NO_TRACK = type(uint256).max;

library Spans {
    function isNone(SpanRef ref) internal pure returns (bool) {
        return SpanRef.unwrap(ref) == 0;
    }

    function get(SpanRef ref) internal pure returns (Span memory span) {
        assembly ("memory-safe") {
            span := ref
        }
    }

    function refTo(Span memory span) internal pure returns (SpanRef ref) {
        assembly ("memory-safe") {
            ref := span
        }
    }
}

library Windows {
    function get(WindowRef ref) internal pure returns (Window memory window) {
        assembly ("memory-safe") {
            window := ref
        }
    }

    function refTo(Window memory window) internal pure returns (WindowRef ref) {
        assembly ("memory-safe") {
            ref := window
        }
    }
}

library Forks {
    function isNone(ForkRef ref) internal pure returns (bool) {
        return ForkRef.unwrap(ref) == 0;
    }

    function get(ForkRef ref) internal pure returns (Fork memory fork) {
        assembly ("memory-safe") {
            fork := ref
        }
    }

    function refTo(Fork memory fork) internal pure returns (ForkRef ref) {
        assembly ("memory-safe") {
            ref := fork
        }
    }
}

/// @title Where rollups are, now and before
library Standings {
    function initial() internal pure returns (Standing memory standing) {
        standing.root = standing.l1Root = INITIAL_ROOT;
    }

    /// Copies of where all rollups are.
    function copies(Tracks memory tracks) internal pure returns (Standing[] memory all) {
        uint256 count = tracks.count;
        all = new Standing[](count);
        for (uint256 i = 0; i < count; i++) _copy(tracks.list[i].standing, all[i]);
    }

    /// Where the rollup was; it was not met yet if it has no place in the copies.
    function at(Standing[] memory all, uint256 track) internal pure returns (Standing memory) {
        return track < all.length ? all[track] : initial();
    }

    /// All rollups are where they were.
    function restore(Tracks memory tracks, Standing[] memory all) internal pure {
        for (uint256 i = 0; i < tracks.count; i++) tracks.list[i].standing = at(all, i);
    }

    /// A root, told.
    function rootOf(Track memory track, StateRoot root) internal pure returns (StateRoot) {
        return root == INITIAL_ROOT ? track.firstRoot : root;
    }

    /// The rollup's number among the tracks; just after the last one if it has none.
    function find(Tracks memory tracks, ChainId rollup) internal pure returns (uint256 track) {
        uint256 count = tracks.count;
        Track[] memory list = tracks.list;
        while (track < count && list[track].rollup != rollup) track++;
    }

    function _copy(Standing memory from, Standing memory to) private pure {
        assembly ("memory-safe") {
            mcopy(to, from, 0x100)
        }
    }
}

/// @title Arrays without checks
/// @notice For what the walk looks up by a number of its own, and arrays whose places hold nothing yet, where
/// Solidity would allocate what they can hold.
library Walks {
    function wordAt(uint256[] memory words, uint256 at) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(words, 32), shl(5, at)))
        }
    }

    function setWord(uint256[] memory words, uint256 at, uint256 word) internal pure {
        assembly ("memory-safe") {
            mstore(add(add(words, 32), shl(5, at)), word)
        }
    }

    function copyOf(Path memory path) internal pure returns (Path memory copy) {
        assembly ("memory-safe") {
            mcopy(copy, path, 0x80)
        }
    }

    function newTracks(uint256 count) internal pure returns (Track[] memory tracks) {
        uint256[] memory places = new uint256[](count);
        assembly ("memory-safe") {
            tracks := places
        }
    }

    function newRecords(uint256 count) internal pure returns (bytes[] memory records) {
        uint256[] memory places = new uint256[](count);
        assembly ("memory-safe") {
            records := places
        }
    }

    function newVisits(uint256 count) internal pure returns (LocatedVisit[] memory visits) {
        uint256[] memory places = new uint256[](count);
        assembly ("memory-safe") {
            visits := places
        }
    }
}
