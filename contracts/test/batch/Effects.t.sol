// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRollups} from "../../interfaces/IRollups.sol";
import {ChainId} from "../../interfaces/Actions.sol";
import {Effects} from "../../batch/Effects.sol";
import {Frame, newFrame} from "../../batch/Frame.sol";
import {
    INITIAL_ROOT,
    Nest,
    NO_TRACK,
    Path,
    SpanRef,
    Standing,
    Standings,
    Track,
    Tracks,
    Walks
} from "../../batch/Walk.sol";

/// @title Effects alone: Ether, spans and frames, without any list
contract EffectsTest {
    function testShortfallIsTheMostThatWasMissing() external pure {
        Tracks memory tracks = _tracks();
        Effects.debit(tracks.list[0], 5);
        Effects.credit(tracks.list[1], 5);
        Effects.debit(tracks.list[1], 3);
        Effects.credit(tracks.list[0], 9);
        Effects.debit(tracks.list[0], 1);
        require(tracks.list[0].standing.shortfall == 5, "another shortfall of the first");
        require(tracks.list[1].standing.shortfall == 0, "a shortfall of the second");
        require(tracks.list[0].standing.balance == 3 && tracks.list[1].standing.balance == 2, "other sums");
    }

    function testSumIsKept(uint128[8] calldata values) external pure {
        Tracks memory tracks = _tracks();
        int256 sum = 0;
        for (uint256 i = 0; i < values.length; i++) {
            Effects.debit(tracks.list[i % 2], values[i]);
            Effects.credit(tracks.list[1 - (i % 2)], values[i]);
            for (uint256 j = 0; j < 2; j++) {
                Standing memory standing = tracks.list[j].standing;
                require(standing.shortfall >= standing.l1Balance - standing.balance, "more than L1 asks for");
            }
            sum = tracks.list[0].standing.balance + tracks.list[1].standing.balance;
            require(sum == 0, "value between rollups changes the sum");
        }
    }

    function testUndoingRevertsFramesSinceItsCall() external pure {
        Tracks memory tracks = _tracks();
        Nest memory nest;
        Path memory path;
        Effects.begin(nest);
        path.frame = 1;
        // Two undoings of the first call, one of the second; then L1 is called.
        SpanRef marked = Effects.announce(nest, tracks, path, SpanRef.wrap(0), 0, 1, 2);
        path.calls = 1;
        Effects.debit(tracks.list[0], 4);
        marked = Effects.announce(nest, tracks, path, marked, 1, 3, 1);
        require(Effects.heightOf(nest) == 3 && Effects.enterL1(nest) == 3, "not three frames to open");
        _tell(tracks);
        Effects.openFrames(nest, tracks, 3);
        require(Effects.enterL1(nest) == 0, "a frame to open again");
        Effects.debit(tracks.list[0], 2);

        SpanRef second = Effects.spanOfCall(nest, path, 1);
        require(
            second.get().at == 3 && Effects.framesSince(nest, second.get()) == 1,
            "not the second call's"
        );
        Effects.undo(nest, tracks, second.get(), 0, NO_TRACK);
        require(tracks.list[0].standing.balance == -4 && nest.framed == 2, "not before the second call");

        SpanRef first = Effects.spanAt(nest, 1);
        require(Effects.framesSince(nest, first.get()) == 1, "the newest span comes first");
        Effects.undo(nest, tracks, first.get(), 0, NO_TRACK);
        require(tracks.list[0].standing.balance == 0 && nest.framed == 1, "not before the first call");
        // L1 has what it had when it opened the frame, and is told of the rest with the next step.
        require(tracks.list[0].standing.l1Balance == -4, "not what L1 had");
        require(Effects.spanOfCall(nest, path, 1).isNone(), "what was undone can be undone again");

        Effects.undo(nest, tracks, Effects.spanAt(nest, 1).get(), 0, NO_TRACK);
        require(nest.framed == 0 && nest.spans.isNone(), "frames are left");
        Effects.checkMarked(marked, 9);
    }

    function testSpareSpanIsRefused() external view {
        try this.announceTwoUseOne() {
            revert("taken");
        } catch (bytes memory reason) {
            bytes memory expected = abi.encodeWithSelector(IRollups.BadMark.selector, 9, 5);
            require(keccak256(reason) == keccak256(expected), "refused for something else");
        }
    }

    function announceTwoUseOne() external pure {
        Tracks memory tracks = _tracks();
        Nest memory nest;
        Path memory path;
        SpanRef marked = Effects.announce(nest, tracks, path, SpanRef.wrap(0), 5, 1, 2);
        Effects.undo(nest, tracks, nest.spans.get(), 0, NO_TRACK);
        Effects.checkMarked(marked, 9);
    }

    function testAnswerEndsFramesWithoutUndoing() external pure {
        Tracks memory tracks = _tracks();
        Nest memory nest;
        Path memory path;
        Effects.announce(nest, tracks, path, SpanRef.wrap(0), 0, 1, 1);
        Effects.openFrames(nest, tracks, Effects.enterL1(nest));
        Frame waiting = newFrame(ChainId.wrap(0), ChainId.wrap(1), 0, 0, nest.spans, 0, 0);
        Effects.announce(nest, tracks, path, SpanRef.wrap(0), 1, 5, 2);
        Effects.debit(tracks.list[0], 7);
        Effects.openFrames(nest, tracks, Effects.enterL1(nest));
        require(nest.framed == 3, "not all spans have frames");
        Effects.answerL1(nest, waiting);
        require(nest.framed == 1 && Effects.heightOf(nest) == 1, "frames are left");
        require(tracks.list[0].standing.balance == -7, "an answer undoes nothing");
    }

    /// L1 knows how rollups are.
    function _tell(Tracks memory tracks) private pure {
        for (uint256 i = 0; i < tracks.count; i++) {
            Standing memory standing = tracks.list[i].standing;
            (standing.l1Balance, standing.shortfall) = (standing.balance, 0);
        }
    }

    function _tracks() private pure returns (Tracks memory tracks) {
        tracks.list = Walks.newTracks(2);
        tracks.count = 2;
        for (uint64 i = 0; i < 2; i++)
            tracks.list[i] = Track(ChainId.wrap(i + 1), INITIAL_ROOT, false, Standings.initial());
    }
}
