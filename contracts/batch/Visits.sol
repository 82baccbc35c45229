// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRollups} from "../interfaces/IRollups.sol";
import {ChainId, Execution, FIELD_MODULUS, StateRoot, Visit} from "../interfaces/Actions.sol";
import {CanonicalBatch, ExecutionRef} from "./CanonicalBatch.sol";
import {INITIAL_ROOT, LocatedVisit, Standing, Standings, Track, Tracks, VisitLog, Walks} from "./Walk.sol";

/// @title Which actions belong to which visit
/// @notice Finds the visits of an execution in the order in which they end or are abandoned, holds the given
/// ones against them, and chains their roots along each path.
/// @dev A rollup's `newest` leads through `nodes` to all actions of its visit that it has not forgotten,
/// newest first. A node is written once, when its action comes, so what an older `newest` leads to stays.
library Visits {
    using CanonicalBatch for Execution;

    /// @param index Of the execution in the batch.
    /// @param actionCount How many actions it has.
    function begin(
        VisitLog memory log,
        Tracks memory tracks,
        ExecutionRef execution,
        uint256 index,
        uint256 actionCount
    ) internal pure {
        unchecked {
            log.execution = execution;
            log.index = index;
            log.count = 0;
            log.nodes = new uint256[](2 * actionCount + 1);
            // Each rollup has a visit of its own, at least.
            tracks.list = Walks.newTracks(execution.get().visitsOf().length);
            tracks.count = 0;
        }
    }

    /// A call reaches a rollup, which may be met for the first time.
    /// @param words How many the call takes in a statement.
    /// @return number Of the rollup.
    /// @return begins It was idle: a visit begins.
    function enter(
        VisitLog memory log,
        Tracks memory tracks,
        ChainId rollup,
        uint256 at,
        uint256 words
    ) internal pure returns (uint256 number, bool begins) {
        unchecked {
            number = Standings.find(tracks, rollup);
            if (number == tracks.count) {
                if (number == tracks.list.length) revert IRollups.VisitMismatch(log.index, number);
                tracks.count = number + 1;
                tracks.list[number] = Track(rollup, INITIAL_ROOT, false, Standings.initial());
            }
            Track memory track = tracks.list[number];
            Standing memory standing = track.standing;
            begins = !standing.isOpen;
            if (begins) {
                standing.isOpen = true;
                standing.newest = 0;
            }
            noteReceiver(log, track, at, words);
        }
    }

    /// The rollup gives up control with `actions[at]`.
    function noteGiver(VisitLog memory log, Track memory track, uint256 at, uint256 words) internal pure {
        unchecked {
            _note(log, track, 2 * at + 1, words);
        }
    }

    /// The rollup receives control with `actions[at]`.
    function noteReceiver(VisitLog memory log, Track memory track, uint256 at, uint256 words) internal pure {
        unchecked {
            _note(log, track, 2 * at + 2, words);
        }
    }

    /// Adds an action to the visit of a rollup.
    function _note(VisitLog memory log, Track memory track, uint256 node, uint256 words) private pure {
        unchecked {
            Standing memory standing = track.standing;
            uint256 newest = standing.newest;
            uint256[] memory nodes = log.nodes;
            uint256 counts = (Walks.wordAt(nodes, newest) >> 32) + 1 + (words << 32);
            Walks.setWord(nodes, node, (counts << 32) | newest);
            standing.newest = node;
        }
    }

    /// The visit of a rollup is over.
    /// @param keepsRoot Its root must not change.
    function close(VisitLog memory log, Track memory track, bool keepsRoot) internal pure {
        track.standing.root = _locate(log, track, keepsRoot);
        track.standing.isOpen = false;
    }

    /// Gives their visits, as far as they got, to rollups that lose actions by going back.
    /// @param before Where they go back to.
    /// @param aware Rollups that lose none, like `alsoAware`.
    function abandon(
        VisitLog memory log,
        Tracks memory tracks,
        Standing[] memory before,
        uint256 aware,
        uint256 alsoAware
    ) internal pure {
        for (uint256 i = 0; i < tracks.count; i++) {
            Track memory track = tracks.list[i];
            if (!track.standing.isOpen || i == aware || i == alsoAware) continue;
            if (track.standing.newest != Standings.at(before, i).newest) {
                _locate(log, track, true);
            }
        }
    }

    /// The open visit of a rollup ends here: it must be the next one that was given.
    /// @return rootAfter Where it leads.
    function _locate(
        VisitLog memory log,
        Track memory track,
        bool keepsRoot
    ) private pure returns (StateRoot rootAfter) {
        unchecked {
            uint256 number = log.count++;
            uint256 index = log.index;
            Visit[] calldata visits = log.execution.get().visitsOf();
            ChainId rollup = track.rollup;
            if (number >= visits.length) revert IRollups.VisitMismatch(index, number);
            Visit calldata visit = visits[number];
            if (visit.rollup != rollup) revert IRollups.VisitMismatch(index, number);
            StateRoot rootBefore = visit.rootBefore;
            rootAfter = visit.rootAfter;
            _checkRoot(rootBefore);
            _checkRoot(rootAfter);
            StateRoot root = Standings.rootOf(track, track.standing.root);
            if (root == INITIAL_ROOT) track.firstRoot = rootBefore;
            else if (root != rootBefore) revert IRollups.VisitsNotChained(index, number);
            if (keepsRoot && rootAfter != rootBefore) revert IRollups.RootMustNotChange(index, number);
            log.located[log.first + number] = LocatedVisit(
                rollup,
                rootBefore,
                rootAfter,
                index,
                track.standing.newest,
                log.nodes,
                false
            );
        }
    }

    /// All visits that were given were made.
    function finish(VisitLog memory log) internal pure {
        uint256 made = log.count;
        if (made != log.execution.get().visitsOf().length) revert IRollups.VisitNotMade(log.index, made);
        unchecked {
            log.first += made;
        }
    }

    function _checkRoot(StateRoot root) private pure {
        if (uint256(StateRoot.unwrap(root)) >= FIELD_MODULUS) revert IRollups.RootOutOfField(root);
    }
}
