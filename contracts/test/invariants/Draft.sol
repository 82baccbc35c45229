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
import {Place, placeOf, rollupAt, ROLLUPS, Trait} from "./Scene.sol";

/// Where one rollup is on the path.
/// @param newest Newest action that it knows of in its visit: a number that no other action has.
/// @param root At which its visit began, or the last one ended.
struct Stand {
    bool isOpen;
    uint256 newest;
    StateRoot root;
    uint256 balance;
}

/// A place on a path.
/// @param last 1 + index of the last action.
/// @param undoings By action: how often the path has gone back to it.
struct Point {
    uint256 last;
    uint256 liveCalls;
    Stand[] stands;
    uint256[] undoings;
}

/// An execution that is being written by acting it out once, and what the choice of another course needs.
/// @param origin The first choices are made with it: those of the trigger.
/// @param choices How many choices were made.
/// @param spans By action: how often undoings go back to it, on the path on which they do so most often.
/// @param resumes By action: the alternative of its turn that comes next; 0 if none does.
/// @param alternatives By 1 + index of the action that leads to a turn: 1 + index of its newest alternative.
/// @param met The rollups in the order in which they are first met.
/// @param now Where the path is.
/// @param reached Where the rollups were at `emitted`, if the path has gone back since.
/// @param emitted `last` just after the last action.
/// @param undone How many frames around will be undone.
/// @param forkChoice From this choice on, the other course is taken; at the first writing, where it will
/// begin.
/// @param forkAction Index of the first action after it.
/// @param forkTurn `last` at its turn.
/// @param forkVisits Visits that end before it.
/// @param forks How many turns were candidates.
/// @param traits Bits by {Trait}.
struct Draft {
    uint256 seed;
    uint256 origin;
    uint256 mood;
    uint256 choices;
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
    Stand[] reached;
    uint256 emitted;
    uint256 undone;
    uint256 forkChoice;
    uint256 forkAction;
    uint256 forkTurn;
    uint256 forkVisits;
    uint256 forks;
    uint256[] scripts;
    uint256 scriptCount;
    uint256 traits;
}

// No rollup, where a rollup's place may stand.
uint256 constant NOBODY = type(uint256).max;
uint256 constant NEVER = type(uint256).max;

/// @title Writing executions
/// @notice Keeps the books of docs/spec.md section 1 from what the chains do, without looking at the list:
/// which turn of L1 an action belongs to, which visits end or are abandoned, what the rollups have. The
/// planner reads it all from the list.
library Drafts {
    /// Actions, visits, scripts at most.
    uint256 private constant ROOM = 128;
    /// So many choices make a trigger, at most.
    uint256 private constant TRIGGER_CHOICES = 7;

    function start(
        uint256 seed,
        uint256 origin,
        Place[] memory places
    ) internal pure returns (Draft memory draft) {
        draft.seed = seed;
        draft.origin = origin;
        draft.actions = new Action[](ROOM);
        draft.visits = new Visit[](ROOM);
        draft.spans = new uint256[](ROOM);
        draft.resumes = new uint256[](ROOM);
        draft.alternatives = new uint256[](ROOM);
        draft.scripts = new uint256[](ROOM);
        draft.met = new uint256[](ROLLUPS);
        draft.now.stands = new Stand[](ROLLUPS);
        draft.now.undoings = new uint256[](ROOM);
        for (uint256 i = 0; i < ROLLUPS; i++) {
            draft.now.stands[i] = Stand(false, 0, places[i].root, places[i].balance);
        }
        draft.forkChoice = NEVER;
        draft.forkAction = NEVER;
    }

    // ----------------------------------------------------------------------------------------------- choices

    function below(Draft memory draft, uint256 limit) internal pure returns (uint256) {
        return word(draft) % limit;
    }

    function chance(Draft memory draft, uint256 percent) internal pure returns (bool) {
        return below(draft, 100) < percent;
    }

    /// The same word for the same choice of the same course.
    function word(Draft memory draft) internal pure returns (uint256) {
        uint256 choice = draft.choices++;
        uint256 seed = choice < TRIGGER_CHOICES ? draft.origin : draft.seed;
        return uint256(keccak256(abi.encode(seed, hasParted(draft), choice)));
    }

    /// Whether the choice made last is not that of the first course.
    function hasParted(Draft memory draft) internal pure returns (bool) {
        return draft.mood != 0 && draft.choices > draft.forkChoice;
    }

    /// The path is at a turn of L1 from which another course may be taken: one of them is chosen, each as
    /// probable.
    function offerFork(Draft memory draft) internal pure {
        if (draft.undone != 0 || draft.mood != 0) return;
        draft.forks++;
        if (uint256(keccak256(abi.encode(draft.seed, "fork", draft.forks))) % draft.forks != 0) return;
        draft.forkChoice = draft.choices;
        draft.forkAction = draft.actionCount;
        draft.forkTurn = draft.now.last;
    }

    function note(Draft memory draft, Trait trait) internal pure {
        draft.traits |= 1 << uint256(trait);
    }

    // ------------------------------------------------------------------------------------------------- paths

    function here(Draft memory draft) internal pure returns (Point memory) {
        return _copyOf(draft, draft.now);
    }

    /// What happened since `point` was undone on L1.
    function goBack(Draft memory draft, Point memory point) internal pure {
        if (draft.now.last == draft.emitted) draft.reached = draft.now.stands;
        draft.now = _copyOf(draft, point);
    }

    function _copyOf(Draft memory draft, Point memory point) private pure returns (Point memory) {
        uint256[] memory undoings = new uint256[](ROOM);
        for (uint256 i = 0; i < draft.actionCount; i++) undoings[i] = point.undoings[i];
        return Point(point.last, point.liveCalls, copyOf(point.stands), undoings);
    }

    /// The next action.
    /// @return wakes Whether it begins a visit.
    function add(Draft memory draft, Action memory action) internal pure returns (bool wakes) {
        Point memory now_ = draft.now;
        uint256 index = draft.actionCount;
        if (now_.last != draft.emitted) _abandon(draft, draft.reached, now_.stands, NOBODY, NOBODY);
        if (index == draft.forkAction) draft.forkVisits = draft.visitCount;
        if (action.from == L1 && action.kind != REVERT_CONTINUE) {
            uint256 before = draft.alternatives[now_.last];
            if (before != 0) draft.resumes[before - 1] = index;
            draft.alternatives[now_.last] = index + 1;
        }
        bool enters = action.kind == CALL || action.kind == L2TX;
        if (enters && !action.isStatic) now_.liveCalls++;
        if (action.from != L1) now_.stands[placeOf(action.from)].newest = 2 * index + 1;
        if (action.to != L1) {
            Stand memory stand = now_.stands[placeOf(action.to)];
            wakes = !stand.isOpen;
            if (wakes) _meet(draft, placeOf(action.to));
            else if (enters) note(draft, Trait.RE_ENTRY);
            stand.isOpen = true;
            stand.newest = 2 * index + 2;
        }
        draft.actions[index] = action;
        draft.actionCount = draft.emitted = now_.last = index + 1;
    }

    /// The rollup's visit ends.
    function close(Draft memory draft, uint256 place, StateRoot rootAfter) internal pure {
        Stand memory stand = draft.now.stands[place];
        _addVisit(draft, place, stand.root, rootAfter);
        stand.isOpen = false;
        stand.root = rootAfter;
    }

    /// Rollups undo what happened since they were as in `before`.
    /// @param at Index of the call that they go back to.
    /// @param knowing The rollups that know of it.
    function undo(
        Draft memory draft,
        uint256 at,
        Stand[] memory before,
        uint256 knowing,
        uint256 alsoKnowing
    ) internal pure {
        uint256 count = ++draft.now.undoings[at];
        if (count > draft.spans[at]) draft.spans[at] = count;
        Stand[] memory stands = draft.now.stands;
        _abandon(draft, stands, before, knowing, alsoKnowing);
        for (uint256 i = 0; i < ROLLUPS; i++) {
            stands[i].root = before[i].root;
            stands[i].balance = before[i].balance;
            if (i != knowing && i != alsoKnowing) stands[i].newest = before[i].newest;
        }
    }

    function copyOf(Stand[] memory stands) internal pure returns (Stand[] memory copies) {
        copies = new Stand[](ROLLUPS);
        for (uint256 i = 0; i < ROLLUPS; i++) {
            Stand memory stand = stands[i];
            copies[i] = Stand(stand.isOpen, stand.newest, stand.root, stand.balance);
        }
    }

    function _meet(Draft memory draft, uint256 place) private pure {
        for (uint256 i = 0; i < draft.metCount; i++) if (draft.met[i] == place) return;
        draft.met[draft.metCount++] = place;
    }

    function _abandon(
        Draft memory draft,
        Stand[] memory reached,
        Stand[] memory before,
        uint256 knowing,
        uint256 alsoKnowing
    ) private pure {
        for (uint256 i = 0; i < draft.metCount; i++) {
            uint256 place = draft.met[i];
            Stand memory stand = reached[place];
            if (!stand.isOpen || place == knowing || place == alsoKnowing) continue;
            if (stand.newest != before[place].newest) _addVisit(draft, place, stand.root, stand.root);
        }
    }

    function _addVisit(
        Draft memory draft,
        uint256 place,
        StateRoot rootBefore,
        StateRoot rootAfter
    ) private pure {
        draft.visits[draft.visitCount++] = Visit(rollupAt(place), rootBefore, rootAfter);
    }

    // ------------------------------------------------------------------------------------------------- lists

    function executionOf(Draft memory draft) internal pure returns (Execution memory execution) {
        execution.actions = new Action[](draft.actionCount);
        for (uint256 i = 0; i < draft.actionCount; i++) execution.actions[i] = draft.actions[i];
        execution.visits = new Visit[](draft.visitCount);
        for (uint256 i = 0; i < draft.visitCount; i++) execution.visits[i] = draft.visits[i];
        execution.marks = _marksOf(draft);
    }

    /// Puts the other course behind the first: another alternative of the turn where they part.
    function join(Draft memory first, Draft memory other) internal pure {
        uint256 fork = first.forkAction;
        uint256 shift = first.actionCount - fork;
        // The newest alternative of the turn, on the first course.
        first.resumes[first.alternatives[first.forkTurn] - 1] = first.actionCount;
        for (uint256 i = 0; i < other.actionCount; i++) {
            if (i < fork) {
                if (other.spans[i] > first.spans[i]) first.spans[i] = other.spans[i];
                continue;
            }
            first.actions[i + shift] = other.actions[i];
            first.spans[i + shift] = other.spans[i];
            if (other.resumes[i] != 0) first.resumes[i + shift] = other.resumes[i] + shift;
        }
        first.actionCount = other.actionCount + shift;
        for (uint256 i = other.forkVisits; i < other.visitCount; i++) {
            first.visits[first.visitCount++] = other.visits[i];
        }
    }

    function _marksOf(Draft memory draft) private pure returns (Mark[] memory marks) {
        uint256 count = 0;
        for (uint256 i = 0; i < draft.actionCount; i++) {
            if (draft.spans[i] != 0) count++;
            if (draft.resumes[i] != 0) count++;
        }
        marks = new Mark[](count);
        count = 0;
        for (uint256 i = 0; i < draft.actionCount; i++) {
            if (draft.spans[i] != 0) marks[count++] = Mark(SPAN, uint32(i), uint32(draft.spans[i]));
            if (draft.resumes[i] != 0) marks[count++] = Mark(RESUME, uint32(i), uint32(draft.resumes[i]));
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
