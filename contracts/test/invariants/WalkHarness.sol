// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {
    Action,
    Batch,
    CALL,
    ChainId,
    Execution,
    L1,
    RESULT,
    RESUME,
    StateRoot
} from "../../interfaces/Actions.sol";
import {CanonicalBatch} from "../../batch/CanonicalBatch.sol";
import {Effects} from "../../batch/Effects.sol";
import {Executions} from "../../batch/Executions.sol";
import {Entry} from "../../table/ExecutionTable.sol";
import {Grammar} from "../../batch/Grammar.sol";
import {Steps} from "../../table/Steps.sol";
import {INITIAL_ROOT, Standing, Standings, StepLog, Track, Tracks, Walk, Walks} from "../../batch/Walk.sol";

/// @title FOR TESTS ONLY: what holds between any two actions of a walk
/// @notice Drives the walk over a batch action by action. Plays what it writes on a model of L1, which knows
/// records only: applies effects, opens and reverts frames, and goes back where L1 does.
contract WalkHarness {
    using CanonicalBatch for *;

    /// What L1 has of one rollup.
    struct Holding {
        StateRoot root;
        bool isOpen;
        int256 balance;
    }

    /// L1 while it plays.
    /// @param holdings By number of the track.
    /// @param frames What L1 has when the frames are reverted, outermost first, of which `depth` are open.
    struct Play {
        Holding[] holdings;
        Holding[][] frames;
        uint256 depth;
    }

    /// @param depths By index of a call: how many frames L1 had open when it made it.
    /// @param turns L1 at the turns to which the list comes back, newest last.
    struct Model {
        Play play;
        uint256[] depths;
        Play[] turns;
        uint256 turnCount;
    }

    /// Thrown when something does not hold after an action.
    error Broken(string what, uint256 execution, uint256 action);

    uint256 private constant MAX_FRAMES = 64;

    /// How many frames were opened, how many reverted, and how often L1 was compared: a check that reaches
    /// none shows none.
    function check(
        bytes calldata message,
        address manager
    ) external pure returns (uint256 opened, uint256 undone, uint256 compared) {
        Batch calldata batch = CanonicalBatch.read(message);
        Walk memory walk;
        walk.course.manager = manager;
        walk.visits.located = Walks.newVisits(message.length / 96);
        Execution[] calldata executions = batch.executionsOf();
        for (uint256 i = 0; i < executions.length; i++) {
            (uint256 more, uint256 reverted, uint256 seen) = _follow(walk, executions.executionAt(i), i);
            opened += more;
            undone += reverted;
            compared += seen;
        }
    }

    function _follow(
        Walk memory walk,
        Execution calldata execution,
        uint256 index
    ) private pure returns (uint256 opened, uint256 undone, uint256 compared) {
        Executions.begin(walk, execution.refTo(), index);
        Entry memory entry;
        Model memory model;
        uint256 count = execution.actionsOf().length;
        model.depths = new uint256[](count);
        model.turns = new Play[](count);
        model.play.holdings = _unmet(execution.visitsOf().length);
        model.play.frames = new Holding[][](MAX_FRAMES);
        uint256 nextMark = 0;
        for (uint256 i = 0; i < count; i++) {
            uint256 mark = nextMark;
            if (Grammar.markedAt(execution.marksOf(), mark) == i) nextMark++;
            else mark = Grammar.NEVER;
            (uint256 more, uint256 reverted, bool closes) = _take(walk, execution, model, entry, i, mark);
            opened += more;
            undone += reverted;
            _checkAll(walk, i);
            if (!closes) continue;
            compared++;
            _compare(walk, model.play.holdings, i);
        }
        Executions.finish(walk, entry);
    }

    /// Takes an action, and plays on the model what was written at it.
    function _take(
        Walk memory walk,
        Execution calldata execution,
        Model memory model,
        Entry memory entry,
        uint256 at,
        uint256 mark
    ) private pure returns (uint256 opened, uint256 undone, bool closes) {
        Action calldata action = execution.actionsOf().actionAt(at);
        StepLog memory steps = walk.steps;
        uint256 records = steps.recordCount;
        bool hadExpected = steps.hasExpected;
        if (walk.course.returnsAt == at) model.play = model.turns[--model.turnCount];
        if (mark != Grammar.NEVER && execution.marksOf()[mark].kind == RESUME)
            model.turns[model.turnCount++] = _copyOf(model.play);
        // The call that is answered, if it is.
        uint256 call = walk.course.path.frame;
        Executions.take(walk, action, at, mark, entry);
        if (action.from == L1 && action.kind == CALL) model.depths[at] = model.play.depth;
        closes = steps.recordCount != records;
        // An undoing ends that the step has an action of L1's in front.
        if (closes) (opened, undone) = _play(walk, model.play, hadExpected);
        // What L1 opened since, it has left.
        if (action.to == L1 && action.kind == RESULT && call != 0 && closes)
            model.play.depth = model.depths[call - 1];
    }

    /// Plays the record that was written last.
    function _play(
        Walk memory walk,
        Play memory play,
        bool hasExpected
    ) private pure returns (uint256 opened, uint256 undone) {
        uint256 number = walk.steps.recordCount - 1;
        bytes memory record = walk.steps.records[number];
        uint256 at = 0;
        if (number != 0) {
            at = Steps.read(record, 0, 2) & Steps.HAS_ALTERNATIVE == 0 ? 2 : 4;
            if (hasExpected) at += 32;
        }
        at = _applyEffects(walk.tracks, play.holdings, record, at);
        uint256 flags = Steps.read(record, at, 1);
        uint256 count = flags & Steps.HAS_COUNT == 0 ? 0 : Steps.read(record, at + 1, 2);
        if (flags & Steps.IS_UNDOING != 0) {
            play.depth -= count;
            play.holdings = _copyOf(play.frames[play.depth]);
            return (0, count);
        }
        if (flags & Steps.IS_CALL == 0) return (0, 0);
        for (uint256 i = 0; i < count; i++) play.frames[play.depth++] = _copyOf(play.holdings);
        return (count, 0);
    }

    function _applyEffects(
        Tracks memory tracks,
        Holding[] memory holdings,
        bytes memory record,
        uint256 at
    ) private pure returns (uint256) {
        for (uint256 left = Steps.read(record, at++, 1); left > 0; left--) {
            uint256 flags = Steps.read(record, at, 1);
            uint256 amount;
            uint64 id;
            (id, at) = Steps.readChain(record, at + 1);
            Holding memory holding = holdings[Standings.find(tracks, ChainId.wrap(id))];
            if (flags & Steps.NEW_ROOT != 0) {
                holding.root = StateRoot.wrap(bytes32(Steps.read(record, at, 32)));
                at += 32;
            }
            if (flags & Steps.DEBIT != 0) {
                (amount, at) = Steps.readNumber(record, at);
                holding.balance -= int256(amount);
            }
            if (flags & Steps.CREDIT != 0) {
                (amount, at) = Steps.readNumber(record, at);
                holding.balance += int256(amount);
            }
            if (flags & Steps.TOGGLES_SUSPENSION != 0) holding.isOpen = !holding.isOpen;
        }
        return at;
    }

    // -------------------------------------------------------------------------------------------- invariants

    /// L1 is as the walk takes it to be.
    function _compare(Walk memory walk, Holding[] memory holdings, uint256 at) private pure {
        // What a path comes to that is over, L1 undoes or forgets.
        if (walk.course.isOver) return;
        for (uint256 i = 0; i < walk.tracks.count; i++) {
            Track memory track = walk.tracks.list[i];
            Standing memory standing = track.standing;
            Holding memory holding = holdings[i];
            bool isSame = standing.l1IsOpen == holding.isOpen && standing.l1Balance == holding.balance;
            if (!isSame || Standings.rootOf(track, standing.l1Root) != Standings.rootOf(track, holding.root))
                revert Broken("L1 is not as a step says", walk.course.index, at);
        }
    }

    function _checkAll(Walk memory walk, uint256 at) private pure {
        for (uint256 i = 0; i < walk.tracks.count; i++) {
            Standing memory standing = walk.tracks.list[i].standing;
            if (standing.l1Balance - standing.balance > standing.shortfall)
                revert Broken("a rollup gives what L1 does not ask it for", walk.course.index, at);
        }
        uint256 frame = walk.course.path.frame;
        bool isL1 = walk.course.control == L1 && !walk.course.isOver && !walk.course.isUndoing;
        if (!isL1 || (frame != 0 && Grammar.frameAt(walk.course, frame - 1).isStaticFrame())) return;
        if (walk.nest.framed != Effects.heightOf(walk.nest))
            revert Broken("L1 code runs outside of frames", walk.course.index, at);
    }

    // ------------------------------------------------------------------------------------------------ copies

    function _unmet(uint256 count) private pure returns (Holding[] memory holdings) {
        holdings = new Holding[](count);
        for (uint256 i = 0; i < count; i++) holdings[i].root = INITIAL_ROOT;
    }

    function _copyOf(Holding[] memory holdings) private pure returns (Holding[] memory copies) {
        copies = new Holding[](holdings.length);
        for (uint256 i = 0; i < holdings.length; i++)
            copies[i] = Holding(holdings[i].root, holdings[i].isOpen, holdings[i].balance);
    }

    function _copyOf(Play memory play) private pure returns (Play memory copy) {
        copy.holdings = _copyOf(play.holdings);
        copy.frames = new Holding[][](MAX_FRAMES);
        // What a frame goes back to is not changed once it is there.
        for (uint256 i = 0; i < play.depth; i++) copy.frames[i] = play.frames[i];
        copy.depth = play.depth;
    }
}
