// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRollups} from "../interfaces/IRollups.sol";
import {Frame} from "./Frame.sol";
import {
    Nest,
    NO_TRACK,
    Path,
    Span,
    SpanRef,
    Spans,
    Standing,
    Standings,
    Track,
    Tracks,
    Window,
    WindowRef,
    Windows
} from "./Walk.sol";

/// @title Ether, and what undoings make of it and of roots
/// @notice Keeps, on the path, what rollups have gained, which undoings may still go back to which call, and
/// in how many frames L1 would be, so that an undoing there is the revert of a frame.
/// @dev Invariants, which `contracts/test/invariants/WalkHarness.sol` checks:
///
/// - `nest.framed` equals the height of `nest.spans` whenever L1 code runs that may change something: each
///   undoing that can still come has its frame. {enterL1} opens those that are missing, {answerL1} counts
///   those that have ended.
/// - When a step ends, `l1Root`, `l1IsOpen` and `l1Balance` of each rollup are what L1 has when it has played
///   the step; after an undoing they are what it had when the lowest frame that is reverted was opened.
/// - A rollup gives only what is held for it: `shortfall` is the most by which a rollup's balance fell below
///   L1's in the step, and L1 takes it, checked, before it adds anything. So the sum of balances never
///   exceeds what L1 holds.
library Effects {
    function begin(Nest memory nest) internal pure {
        nest.spans = SpanRef.wrap(0);
        nest.windows = WindowRef.wrap(0);
        nest.framed = 0;
    }

    // ------------------------------------------------------------------------------------------------- Ether

    function credit(Track memory track, uint128 value) internal pure {
        unchecked {
            track.standing.balance += int256(uint256(value));
        }
        track.movesValue = true;
    }

    function debit(Track memory track, uint128 value) internal pure {
        unchecked {
            track.standing.balance -= int256(uint256(value));
        }
        track.movesValue = true;
        _noteShortfall(track.standing);
    }

    /// Of a call that failed nothing but its value has to be undone.
    /// @param callee Number of the rollup that got it; none if L1 did.
    function refund(Tracks memory tracks, uint128 value, uint256 callee, uint256 caller) internal pure {
        if (value == 0) return;
        credit(tracks.list[caller], value);
        if (callee != NO_TRACK) debit(tracks.list[callee], value);
    }

    /// To be called whenever a rollup's balance gets less.
    function _noteShortfall(Standing memory standing) private pure {
        unchecked {
            int256 shortfall = standing.l1Balance - standing.balance;
            if (shortfall > standing.shortfall) standing.shortfall = shortfall;
        }
    }

    // ------------------------------------------------------------------------------------------ frames of L1

    /// How many spans the path has.
    function heightOf(Nest memory nest) internal pure returns (uint256) {
        return nest.spans.isNone() ? 0 : nest.spans.get().height;
    }

    /// L1 is called, by a call that may change something.
    /// @return frames How many it has to open for that.
    function enterL1(Nest memory nest) internal pure returns (uint256 frames) {
        unchecked {
            return heightOf(nest) - nest.framed;
        }
    }

    /// They are opened, when L1 has been told how rollups are.
    function openFrames(Nest memory nest, Tracks memory tracks, uint256 frames) internal pure {
        nest.windows = Windows.refTo(Window(nest.windows, nest.framed, Standings.copies(tracks)));
        unchecked {
            nest.framed += frames;
        }
    }

    /// What waited on L1 goes on: the frames opened since have ended with it.
    function answerL1(Nest memory nest, Frame frame) internal pure {
        nest.spans = frame.spansOf();
        if (nest.framed != 0) _dropWindows(nest, heightOf(nest));
    }

    /// Forgets the frames of L1 above a height.
    /// @return before Where the rollups were on L1 when the lowest of them was opened.
    function _dropWindows(Nest memory nest, uint256 height) private pure returns (Standing[] memory before) {
        while (nest.framed > height) {
            Window memory window = nest.windows.get();
            before = window.before;
            if (window.base < height) {
                nest.framed = height;
            } else {
                nest.framed = window.base;
                nest.windows = window.below;
            }
        }
    }

    // ---------------------------------------------------------------------------------------------- undoings

    /// As many undoings go back to the call that comes now, on some path. The newest span is used first.
    /// @param marked Lowest span of the mark before.
    /// @param number Of the mark.
    /// @return Lowest span of the mark.
    function announce(
        Nest memory nest,
        Tracks memory tracks,
        Path memory path,
        SpanRef marked,
        uint256 number,
        uint256 at,
        uint256 count
    ) internal pure returns (SpanRef) {
        Standing[] memory before = Standings.copies(tracks);
        uint256 height = heightOf(nest);
        for (uint256 i = 0; i < count; i++) {
            bool isLowest = i == 0;
            nest.spans = Spans.refTo(
                Span({
                    below: nest.spans,
                    height: ++height,
                    frame: path.frame,
                    order: path.calls,
                    at: at,
                    before: before,
                    spare: isLowest ? number + 1 : 0,
                    earlier: isLowest ? marked : SpanRef.wrap(0)
                })
            );
            if (isLowest) marked = nest.spans;
        }
        return marked;
    }

    /// Frames that nothing reverts would leave an L1 call less gas, as the submitter likes.
    function checkMarked(SpanRef marked, uint256 index) internal pure {
        while (!marked.isNone()) {
            Span memory span = marked.get();
            if (span.spare != 0) revert IRollups.BadMark(index, span.spare - 1);
            marked = span.earlier;
        }
    }

    /// The newest span of the call with this number among those of the frame which the path is in.
    function spanOfCall(
        Nest memory nest,
        Path memory path,
        uint256 order
    ) internal pure returns (SpanRef ref) {
        for (ref = nest.spans; !ref.isNone(); ref = ref.get().below) {
            Span memory span = ref.get();
            if (span.frame == path.frame && span.order == order) break;
        }
    }

    /// The newest span of a call.
    /// @param call Its index.
    function spanAt(Nest memory nest, uint256 call) internal pure returns (SpanRef ref) {
        for (ref = nest.spans; !ref.isNone(); ref = ref.get().below) if (ref.get().at == call) break;
    }

    /// How many frames L1 reverts for an undoing; none if it was not called since.
    function framesSince(Nest memory nest, Span memory span) internal pure returns (uint256) {
        unchecked {
            return span.height > nest.framed ? 0 : nest.framed - span.height + 1;
        }
    }

    /// Undoes what happened since just before the span's call.
    /// @param aware The rollups that know of it, like `alsoAware`. The others forget.
    function undo(
        Nest memory nest,
        Tracks memory tracks,
        Span memory span,
        uint256 aware,
        uint256 alsoAware
    ) internal pure {
        bool isOnL1 = framesSince(nest, span) != 0;
        Standing[] memory onL1;
        if (isOnL1) onL1 = _dropWindows(nest, span.height - 1);
        nest.spans = span.below;
        span.spare = 0;
        for (uint256 i = 0; i < tracks.count; i++) {
            Standing memory standing = tracks.list[i].standing;
            Standing memory before = Standings.at(span.before, i);
            standing.root = before.root;
            standing.balance = before.balance;
            if (i != aware && i != alsoAware) standing.newest = before.newest;
            if (isOnL1) {
                Standing memory then = Standings.at(onL1, i);
                standing.l1Root = then.l1Root;
                standing.l1IsOpen = then.l1IsOpen;
                standing.l1Balance = then.l1Balance;
                standing.shortfall = 0;
            }
            // What it got is taken from it.
            _noteShortfall(standing);
        }
    }
}
