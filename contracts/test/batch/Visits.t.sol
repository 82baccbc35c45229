// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRollups} from "../../interfaces/IRollups.sol";
import {ChainId, Execution, StateRoot, Visit} from "../../interfaces/Actions.sol";
import {CanonicalBatch} from "../../batch/CanonicalBatch.sol";
import {Visits} from "../../batch/Visits.sol";
import {
    LocatedVisit,
    NO_TRACK,
    Standing,
    Standings,
    Track,
    Tracks,
    VisitLog,
    Walks
} from "../../batch/Walk.sol";

/// @title Visits alone: actions are numbers, and an execution has nothing but the visits that it gives
contract VisitsTest {
    ChainId private constant A = ChainId.wrap(1);
    ChainId private constant B = ChainId.wrap(2);

    Execution private _given;

    /// A is called (0), calls B (1), which answers (2); A forgets that, goes on with another call (3, 4) and
    /// answers (5).
    function forgetAndGoOn(Execution calldata given) external pure returns (LocatedVisit[] memory) {
        (VisitLog memory log, Tracks memory tracks) = _begin(given);
        Visits.enter(log, tracks, A, 0, 10);
        Track memory a = tracks.list[0];
        Standing[] memory before = Standings.copies(tracks);
        Visits.noteGiver(log, a, 1, 20);
        (, bool begins) = Visits.enter(log, tracks, B, 1, 20);
        Track memory b = tracks.list[1];
        require(begins, "no visit begins");
        Visits.noteGiver(log, b, 2, 30);
        Visits.close(log, b, false);
        Visits.noteReceiver(log, a, 2, 30);
        // The visit that is open and loses actions, and no other.
        Visits.abandon(log, tracks, before, NO_TRACK, NO_TRACK);
        Standings.restore(tracks, before);
        a = tracks.list[0];
        Visits.noteGiver(log, a, 3, 40);
        (, begins) = Visits.enter(log, tracks, B, 3, 40);
        b = tracks.list[1];
        require(begins, "the visit before was undone");
        Visits.noteGiver(log, b, 4, 50);
        Visits.close(log, b, true);
        Visits.noteReceiver(log, a, 4, 50);
        Visits.noteGiver(log, a, 5, 60);
        Visits.close(log, a, false);
        Visits.finish(log);
        LocatedVisit[] memory located = log.located;
        uint256 count = log.first;
        // Cuts the array to what is used.
        assembly ("memory-safe") {
            mstore(located, count)
        }
        return located;
    }

    function testVisitsHaveWhatWasNotForgotten() external {
        _give(B, 20, 21);
        _give(A, 10, 10);
        _give(B, 20, 20);
        _give(A, 10, 11);
        LocatedVisit[] memory located = this.forgetAndGoOn(_given);
        _has(located[0], 2, 50);
        // Abandoned: called, called out, got the answer.
        _has(located[1], 3, 60);
        _has(located[2], 2, 90);
        _has(located[3], 4, 160);
    }

    function testAbandonedVisitKeepsItsRoot() external {
        _give(B, 20, 21);
        _give(A, 10, 11);
        _isRefused(IRollups.RootMustNotChange.selector, 1);
    }

    function testRootsChainAlongThePath() external {
        _give(B, 20, 21);
        _give(A, 10, 10);
        _give(B, 21, 21);
        _isRefused(IRollups.VisitsNotChained.selector, 2);
    }

    function testVisitsComeAsTheyEnd() external {
        _give(A, 10, 10);
        _give(B, 20, 21);
        _isRefused(IRollups.VisitMismatch.selector, 0);
    }

    function testAllVisitsAreMade() external {
        _give(B, 20, 21);
        _give(A, 10, 10);
        _give(B, 20, 20);
        _give(A, 10, 11);
        _give(A, 11, 11);
        _isRefused(IRollups.VisitNotMade.selector, 4);
    }

    function _begin(
        Execution calldata given
    ) private pure returns (VisitLog memory log, Tracks memory tracks) {
        log.located = Walks.newVisits(8);
        Visits.begin(log, tracks, CanonicalBatch.refTo(given), 7, 6);
        require(given.actions.length == 0, "visits need no actions");
    }

    function _give(ChainId rollup, uint256 rootBefore, uint256 rootAfter) private {
        _given.visits.push(
            Visit(rollup, StateRoot.wrap(bytes32(rootBefore)), StateRoot.wrap(bytes32(rootAfter)))
        );
    }

    /// How many actions a visit has, and how many words they take.
    function _has(LocatedVisit memory visit, uint256 count, uint256 words) private pure {
        uint256 node = Walks.wordAt(visit.nodes, visit.newest);
        require(uint32(node >> 32) == count && node >> 64 == words, "other actions");
    }

    function _isRefused(bytes4 selector, uint256 visit) private view {
        try this.forgetAndGoOn(_given) {
            revert("taken");
        } catch (bytes memory reason) {
            bytes memory expected = abi.encodeWithSelector(selector, 7, visit);
            require(keccak256(reason) == keccak256(expected), "refused for something else");
        }
    }
}
