// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {DynamicBufferLib} from "solady/src/utils/DynamicBufferLib.sol";
import {ChainId, StateRoot} from "./Actions.sol";
import {Frame} from "./Frame.sol";

/// A visit, found in its execution's list.
/// @param newest Its last action, as a node of `nodes`: see {Walk}.
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
/// @param lack The most wei that it was short of in the step, had it begun with none.
struct Standing {
    StateRoot root;
    bool isOpen;
    uint256 newest;
    int256 balance;
    StateRoot l1Root;
    bool l1IsOpen;
    int256 l1Balance;
    int256 lack;
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

/// One undoing that may go back to a call.
/// @param below The span announced before it on the path; a place in memory, 0 for none.
/// @param height How many spans the path has, up to this one.
/// @param frame The frame that makes the call.
/// @param order How many calls that frame has made before.
/// @param at Index of the call in the list.
/// @param before Where the rollups were just before the call.
/// @param spare Of the lowest span of a mark: 1 + number of the mark, until a path has used all its spans; 0 then, and of
/// all others.
/// @param earlier Of the same: that of the mark before; a place in memory, 0 for none.
struct Span {
    uint256 below;
    uint256 height;
    uint256 frame;
    uint256 order;
    uint256 at;
    Standing[] before;
    uint256 spare;
    uint256 earlier;
}

/// Frames that L1 opens at once, in which it makes a call. One belongs to each span of the path that had none.
/// @param below The frames opened before these; a place in memory, 0 for none.
/// @param base How many frames were open.
/// @param before Where the rollups were on L1 when they were opened.
struct Window {
    uint256 below;
    uint256 base;
    Standing[] before;
}

/// What else, besides {Standing}, makes up a path. `windows` are newest first, like `spans`.
/// @param frame 1 + index of the innermost open CALL; 0 if none is.
/// @param calls How many calls that frame has made, undone ones included.
/// @param liveCalls How many calls that are not static were made in all, undone ones included.
/// @param framed How many spans have a frame of L1: the lowest ones.
/// @param last Index of its last action.
struct Path {
    uint256 frame;
    uint256 calls;
    uint256 liveCalls;
    uint256 spans;
    uint256 framed;
    uint256 windows;
    uint256 last;
}

/// A turn of L1 to which the list comes back.
/// @param below The one that was met before and is still to be come back to; a place in memory, 0 for none.
/// @param to Index of the action that comes then.
/// @param record Number, in the walk's `records`, of that of the alternative before.
/// @param start Where that record starts, counted from the first step's end.
struct Fork {
    uint256 below;
    uint256 to;
    uint256 record;
    uint256 start;
    Path path;
    Standing[] standings;
}

/// State of the walk over one list, and over those of a batch one after the other.
/// @param manager `Rollups`, which nobody may call on behalf of a rollup.
/// @param visits The batch's; an execution's are put there from `firstVisit` on.
/// @param proxies `original(20) rollup(8)` of each static call to L1.
/// @param index Of the execution in the batch.
/// @param frames {Frame}s by index of the CALL.
/// @param nodes Actions of visits: that of the rollup which gives up control in `actions[i]` has number 2i + 1, that of the
/// one which receives it 2i + 2. Bits 0-31 the visit's action before, 0 for none; 32-63 how many actions the visit has up
/// to this; 64- how many words they take in a statement.
/// @param forks The newest turn that is to be come back to; a place in memory, 0 for none.
/// @param marked Lowest span of the SPAN that was met last; a place in memory, 0 for none.
/// @param returnsAt Index of the action at which it is; no index if there is none.
/// @param canEnd The path may end here.
/// @param isOver The path has ended.
/// @param isUndoing The last action was the REVERT of `undoing`.
/// @param hasExpected The step begins with an action of L1's, whose hash is `expected`.
/// @param hasAlternative The step's record is followed by another of its turn.
/// @param records The steps so far, of which the first is without the frame of a record.
/// @param size Bytes of all but the first.
struct Walk {
    address manager;
    LocatedVisit[] visits;
    uint256 firstVisit;
    DynamicBufferLib.DynamicBuffer proxies;
    uint256 index;
    Path path;
    Track[] tracks;
    uint256 trackCount;
    uint256[] frames;
    uint256[] nodes;
    uint256 visitCount;
    uint256 endings;
    uint256 forks;
    uint256 marked;
    uint256 returnsAt;
    bool canEnd;
    bool isOver;
    bool isUndoing;
    ChainId undoing;
    bool hasExpected;
    bytes32 expected;
    bool hasAlternative;
    bytes[] records;
    uint256 recordCount;
    uint256 size;
}

// Stands for the root at which the execution finds a rollup, as long as no visit has told it. No root is that great.
StateRoot constant INITIAL_ROOT = StateRoot.wrap(bytes32(type(uint256).max));

/// @title Going back to where a path has been
/// @notice What a path has behind it is kept in lists that are only ever added to, so that going back is taking an older
/// place. Solidity has no recursive structs in memory, so a place is a number.
library Walks {
    uint256 internal constant NEVER = type(uint256).max;

    function initial() internal pure returns (Standing memory standing) {
        standing.root = standing.l1Root = INITIAL_ROOT;
    }

    /// A root, told.
    function rootOf(Track memory track, StateRoot root) internal pure returns (StateRoot) {
        return root == INITIAL_ROOT ? track.firstRoot : root;
    }

    /// Copies of where all rollups are.
    function standings(Walk memory walk) internal pure returns (Standing[] memory copies) {
        uint256 count = walk.trackCount;
        copies = new Standing[](count);
        for (uint256 i = 0; i < count; i++) {
            Standing memory one = walk.tracks[i].standing;
            Standing memory copy = copies[i];
            assembly ("memory-safe") {
                mcopy(copy, one, 0x100)
            }
        }
    }

    /// Where the rollup was; it was not met yet if it has no place in the copies.
    function standingOf(Standing[] memory copies, uint256 track) internal pure returns (Standing memory) {
        return track < copies.length ? copies[track] : initial();
    }

    /// The rollup's place among the tracks; just after the last one if it has none.
    function find(Walk memory walk, ChainId rollup) internal pure returns (uint256 at) {
        uint256 count = walk.trackCount;
        while (at < count && walk.tracks[at].rollup != rollup) at++;
    }

    function clear(Path memory path) internal pure {
        path.frame = path.calls = path.liveCalls = path.spans = path.framed = path.windows = path.last = 0;
    }

    function copyOf(Path memory path) internal pure returns (Path memory copy) {
        assembly ("memory-safe") {
            mcopy(copy, path, 0xe0)
        }
    }

    // What the walk looks up by a number of its own is looked up without checks.

    function frameAt(Walk memory walk, uint256 call) internal pure returns (Frame) {
        return Frame.wrap(wordAt(walk.frames, call));
    }

    function setFrame(Walk memory walk, uint256 call, Frame frame) internal pure {
        setWord(walk.frames, call, Frame.unwrap(frame));
    }

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

    /// Arrays whose places hold nothing yet, where Solidity would allocate what they can hold.
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

    function toSpan(uint256 place) internal pure returns (Span memory span) {
        assembly ("memory-safe") {
            span := place
        }
    }

    function placeOf(Span memory span) internal pure returns (uint256 place) {
        assembly ("memory-safe") {
            place := span
        }
    }

    function toWindow(uint256 place) internal pure returns (Window memory window) {
        assembly ("memory-safe") {
            window := place
        }
    }

    function placeOf(Window memory window) internal pure returns (uint256 place) {
        assembly ("memory-safe") {
            place := window
        }
    }

    function toFork(uint256 place) internal pure returns (Fork memory fork) {
        assembly ("memory-safe") {
            fork := place
        }
    }

    function placeOf(Fork memory fork) internal pure returns (uint256 place) {
        assembly ("memory-safe") {
            place := fork
        }
    }
}
