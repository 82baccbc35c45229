// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {
    Action,
    CALL,
    ChainId,
    Execution,
    L1,
    L2TX,
    Mark,
    RESULT,
    RESUME,
    REVERT_CONTINUE,
    SPAN,
    StateRoot,
    Visit
} from "../../interfaces/Actions.sol";
import {RollupSnapshot, indexOf, rollupAt, ROLLUPS, Trait} from "./GeneratedExecution.sol";

/// Where one rollup is on the path.
/// @param newest Newest action that it knows of in its visit: a number that no other action has.
/// @param root At which its visit began, or the last one ended.
struct RollupProgress {
    bool isOpen;
    uint256 newest;
    StateRoot root;
    uint256 balance;
}

/// A point on a path.
/// @param last 1 + index of the last action.
/// @param undoings By action: how often the path has gone back to it.
struct Point {
    uint256 last;
    uint256 liveCalls;
    RollupProgress[] progress;
    uint256[] undoings;
}

/// An execution that is being generated, and what the other variant needs.
/// @param triggerSeed The first draws are made with it: those of the trigger.
/// @param draws How many draws were made.
/// @param spans By action: how often undoings go back to it, on the path on which they do so most often.
/// @param resumes By action: the alternative of its turn that comes next; 0 if none does.
/// @param alternatives By 1 + index of the action that leads to a turn: 1 + index of its newest alternative.
/// @param met The rollups in the order in which they are first met.
/// @param now Where the path is.
/// @param reached Where the rollups were at `emitted`, if the path has gone back since.
/// @param emitted `last` just after the last action.
/// @param undone How many frames around will be undone.
/// @param branchDraw From this draw on, variant 1 is drawn; in variant 0, where that will begin.
/// @param branchAction Index of the first action after it.
/// @param branchTurn `last` at its turn.
/// @param branchVisits Visits that end before it.
/// @param branchPoints How many turns were candidates.
/// @param traits Bits by {Trait}.
struct GeneratorState {
    uint256 seed;
    uint256 triggerSeed;
    uint256 variant;
    uint256 draws;
    Action[] actions;
    uint256 actionCount;
    Visit[] visits;
    uint256 visitCount;
    uint256[] spans;
    uint256[] resumes;
    uint256[] alternatives;
    uint256[] met;
    uint256 metCount;
    Point now;
    RollupProgress[] reached;
    uint256 emitted;
    uint256 undone;
    uint256 branchDraw;
    uint256 branchAction;
    uint256 branchTurn;
    uint256 branchVisits;
    uint256 branchPoints;
    uint256[] scripts;
    uint256 scriptCount;
    uint256 traits;
}

// In place of the index of a rollup.
uint256 constant NO_ROLLUP = type(uint256).max;
uint256 constant NEVER = type(uint256).max;

/// @title Writes executions, action by action
/// @notice Follows the rules of docs/spec.md section 1 from what the chains do, without looking at the list:
/// which turn of L1 an action belongs to, which visits end or are abandoned, what the rollups have. The
/// planner reads it all from the list.
library GeneratorLib {
    /// Actions, visits, scripts at most.
    uint256 private constant ROOM = 128;
    /// So many draws make a trigger, at most.
    uint256 private constant TRIGGER_DRAWS = 7;

    function start(
        uint256 seed,
        uint256 triggerSeed,
        RollupSnapshot[] memory snapshots
    ) internal pure returns (GeneratorState memory state) {
        state.seed = seed;
        state.triggerSeed = triggerSeed;
        state.actions = new Action[](ROOM);
        state.visits = new Visit[](ROOM);
        state.spans = new uint256[](ROOM);
        state.resumes = new uint256[](ROOM);
        state.alternatives = new uint256[](ROOM);
        state.scripts = new uint256[](ROOM);
        state.met = new uint256[](ROLLUPS);
        state.now.progress = new RollupProgress[](ROLLUPS);
        state.now.undoings = new uint256[](ROOM);
        for (uint256 i = 0; i < ROLLUPS; i++) {
            state.now.progress[i] = RollupProgress(false, 0, snapshots[i].root, snapshots[i].balance);
        }
        state.branchDraw = NEVER;
        state.branchAction = NEVER;
    }

    // ----------------------------------------------------------------------------------------------- draws

    function below(GeneratorState memory state, uint256 limit) internal pure returns (uint256) {
        return word(state) % limit;
    }

    function chance(GeneratorState memory state, uint256 percent) internal pure returns (bool) {
        return below(state, 100) < percent;
    }

    /// The same word for the same draw of the same variant.
    function word(GeneratorState memory state) internal pure returns (uint256) {
        uint256 draw = state.draws++;
        uint256 seed = draw < TRIGGER_DRAWS ? state.triggerSeed : state.seed;
        return uint256(keccak256(abi.encode(seed, hasBranched(state), draw)));
    }

    /// Whether the latest draw is not that of variant 0.
    function hasBranched(GeneratorState memory state) internal pure returns (bool) {
        return state.variant != 0 && state.draws > state.branchDraw;
    }

    /// The path is at a turn of L1 at which variant 1 may branch off: one such turn is drawn, each as
    /// probable.
    function offerBranch(GeneratorState memory state) internal pure {
        if (state.undone != 0 || state.variant != 0) return;
        state.branchPoints++;
        if (
            uint256(keccak256(abi.encode(state.seed, "branchAt", state.branchPoints))) % state.branchPoints !=
            0
        ) return;
        state.branchDraw = state.draws;
        state.branchAction = state.actionCount;
        state.branchTurn = state.now.last;
    }

    function addTrait(GeneratorState memory state, Trait trait) internal pure {
        state.traits |= 1 << uint256(trait);
    }

    // ------------------------------------------------------------------------------------------------- paths

    function here(GeneratorState memory state) internal pure returns (Point memory) {
        return _copyOf(state, state.now);
    }

    /// What happened since `point` was undone on L1.
    function goBack(GeneratorState memory state, Point memory point) internal pure {
        if (state.now.last == state.emitted) state.reached = state.now.progress;
        state.now = _copyOf(state, point);
    }

    function _copyOf(GeneratorState memory state, Point memory point) private pure returns (Point memory) {
        uint256[] memory undoings = new uint256[](ROOM);
        for (uint256 i = 0; i < state.actionCount; i++) undoings[i] = point.undoings[i];
        return Point(point.last, point.liveCalls, copyOf(point.progress), undoings);
    }

    /// The next action.
    /// @return wakes Whether it begins a visit.
    function add(GeneratorState memory state, Action memory action) internal pure returns (bool wakes) {
        Point memory now_ = state.now;
        uint256 index = state.actionCount;
        if (now_.last != state.emitted) _abandon(state, state.reached, now_.progress, NO_ROLLUP, NO_ROLLUP);
        if (index == state.branchAction) state.branchVisits = state.visitCount;
        if (action.from == L1 && action.kind != REVERT_CONTINUE) {
            uint256 before = state.alternatives[now_.last];
            if (before != 0) state.resumes[before - 1] = index;
            state.alternatives[now_.last] = index + 1;
        }
        bool enters = action.kind == CALL || action.kind == L2TX;
        if (enters && !action.isStatic) now_.liveCalls++;
        if (action.from != L1) now_.progress[indexOf(action.from)].newest = 2 * index + 1;
        if (action.to != L1) {
            RollupProgress memory rollup = now_.progress[indexOf(action.to)];
            wakes = !rollup.isOpen;
            if (wakes) _addMet(state, indexOf(action.to));
            else if (enters) addTrait(state, Trait.RE_ENTRY);
            rollup.isOpen = true;
            rollup.newest = 2 * index + 2;
        }
        state.actions[index] = action;
        state.actionCount = state.emitted = now_.last = index + 1;
    }

    /// The rollup's visit ends.
    function close(GeneratorState memory state, uint256 index, StateRoot rootAfter) internal pure {
        RollupProgress memory rollup = state.now.progress[index];
        _addVisit(state, index, rollup.root, rootAfter);
        rollup.isOpen = false;
        rollup.root = rootAfter;
    }

    /// Rollups undo what happened since they were as in `before`.
    /// @param at Index of the call that they go back to.
    /// @param aware The rollups that know of it.
    function undo(
        GeneratorState memory state,
        uint256 at,
        RollupProgress[] memory before,
        uint256 aware,
        uint256 alsoAware
    ) internal pure {
        uint256 count = ++state.now.undoings[at];
        if (count > state.spans[at]) state.spans[at] = count;
        RollupProgress[] memory progress = state.now.progress;
        _abandon(state, progress, before, aware, alsoAware);
        for (uint256 i = 0; i < ROLLUPS; i++) {
            progress[i].root = before[i].root;
            progress[i].balance = before[i].balance;
            if (i != aware && i != alsoAware) progress[i].newest = before[i].newest;
        }
    }

    function copyOf(RollupProgress[] memory progress) internal pure returns (RollupProgress[] memory copies) {
        copies = new RollupProgress[](ROLLUPS);
        for (uint256 i = 0; i < ROLLUPS; i++) {
            RollupProgress memory rollup = progress[i];
            copies[i] = RollupProgress(rollup.isOpen, rollup.newest, rollup.root, rollup.balance);
        }
    }

    function _addMet(GeneratorState memory state, uint256 index) private pure {
        for (uint256 i = 0; i < state.metCount; i++) if (state.met[i] == index) return;
        state.met[state.metCount++] = index;
    }

    function _abandon(
        GeneratorState memory state,
        RollupProgress[] memory reached,
        RollupProgress[] memory before,
        uint256 aware,
        uint256 alsoAware
    ) private pure {
        for (uint256 i = 0; i < state.metCount; i++) {
            uint256 index = state.met[i];
            RollupProgress memory rollup = reached[index];
            if (!rollup.isOpen || index == aware || index == alsoAware) continue;
            if (rollup.newest != before[index].newest) _addVisit(state, index, rollup.root, rollup.root);
        }
    }

    function _addVisit(
        GeneratorState memory state,
        uint256 index,
        StateRoot rootBefore,
        StateRoot rootAfter
    ) private pure {
        state.visits[state.visitCount++] = Visit(rollupAt(index), rootBefore, rootAfter);
    }

    // ------------------------------------------------------------------------------------------------- lists

    function executionOf(GeneratorState memory state) internal pure returns (Execution memory execution) {
        execution.actions = new Action[](state.actionCount);
        for (uint256 i = 0; i < state.actionCount; i++) execution.actions[i] = state.actions[i];
        execution.visits = new Visit[](state.visitCount);
        for (uint256 i = 0; i < state.visitCount; i++) execution.visits[i] = state.visits[i];
        execution.marks = _marksOf(state);
    }

    /// Appends variant 1 to variant 0: another alternative of the turn where it branches off.
    function join(GeneratorState memory first, GeneratorState memory other) internal pure {
        uint256 branchAt = first.branchAction;
        uint256 shift = first.actionCount - branchAt;
        // The newest alternative of the turn in variant 0.
        first.resumes[first.alternatives[first.branchTurn] - 1] = first.actionCount;
        for (uint256 i = 0; i < other.actionCount; i++) {
            if (i < branchAt) {
                if (other.spans[i] > first.spans[i]) first.spans[i] = other.spans[i];
                continue;
            }
            first.actions[i + shift] = other.actions[i];
            first.spans[i + shift] = other.spans[i];
            if (other.resumes[i] != 0) first.resumes[i + shift] = other.resumes[i] + shift;
        }
        first.actionCount = other.actionCount + shift;
        for (uint256 i = other.branchVisits; i < other.visitCount; i++) {
            first.visits[first.visitCount++] = other.visits[i];
        }
    }

    function _marksOf(GeneratorState memory state) private pure returns (Mark[] memory marks) {
        uint256 count = 0;
        for (uint256 i = 0; i < state.actionCount; i++) {
            if (state.spans[i] != 0) count++;
            if (state.resumes[i] != 0) count++;
        }
        marks = new Mark[](count);
        count = 0;
        for (uint256 i = 0; i < state.actionCount; i++) {
            if (state.spans[i] != 0) marks[count++] = Mark(SPAN, uint32(i), uint32(state.spans[i]));
            if (state.resumes[i] != 0) marks[count++] = Mark(RESUME, uint32(i), uint32(state.resumes[i]));
        }
    }

    // ----------------------------------------------------------------------------------------------- actions

    function result(
        ChainId from,
        ChainId to,
        bool failed,
        bytes memory data
    ) internal pure returns (Action memory) {
        return Action(RESULT, from, to, address(0), address(0), 0, failed, false, 0, data);
    }

    function plain(
        uint8 kind,
        ChainId from,
        ChainId to,
        bytes memory data
    ) internal pure returns (Action memory) {
        return Action(kind, from, to, address(0), address(0), 0, false, false, 0, data);
    }
}
