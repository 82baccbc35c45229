// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRollups} from "../interfaces/IRollups.sol";
import {
    Action,
    CALL,
    ChainId,
    isBare,
    L1,
    L2TX,
    Mark,
    RESULT,
    REVERT,
    REVERT_CONTINUE
} from "../interfaces/Actions.sol";
import {CanonicalBatch, ExecutionRef} from "./CanonicalBatch.sol";
import {BINDS_GAS, Frame, newFrame, ON_STATIC_PATH, STATIC_FRAME} from "./Frame.sol";
import {Course, Fork, Path, SpanRef, Walks} from "./Walk.sol";

/// @title Which action may come when
/// @notice The rules of docs/spec.md section 1 that need nothing but the actions: who has control, forms, how
/// calls and RESULTs nest, where paths end and where L1 may go on in another way. Knows no roots, no Ether,
/// and no undoing.
/// @dev On every path, between two actions: `path.frame` leads through `frames` to all calls that wait,
/// innermost first; `control` is the callee of the innermost one if the last action was a call, else its
/// caller.
library Grammar {
    using CanonicalBatch for Action;

    uint256 internal constant NEVER = type(uint256).max;

    /// @param index Of the execution in the batch.
    /// @param count How many actions it has.
    function begin(Course memory course, ExecutionRef execution, uint256 index, uint256 count) internal pure {
        course.execution = execution;
        course.index = index;
        course.count = count;
        course.control = L1;
        course.frames = new uint256[](count);
        course.endings = course.transactions = 0;
        course.hasEffect = false;
        course.returnsAt = NEVER;
        course.isTransaction = course.canEnd = course.isOver = course.isUndoing = false;
        Path memory path = course.path;
        path.frame = path.calls = path.liveCalls = path.last = 0;
    }

    /// Checks what can be said of any action: that it may come now.
    function next(
        Course memory course,
        Action calldata action,
        uint256 at,
        ChainId from,
        ChainId to
    ) internal pure {
        if (course.isOver) revert IRollups.ActionsAfterEnd(course.index, at);
        if (from != course.control || to == from) revert IRollups.BrokenChain(course.index, at);
        course.control = to;
        uint256 kind = action.kindOf();
        if (course.isUndoing || kind > L2TX) _checkUndoing(course, action, at);
        if (at == 0) {
            if (kind != CALL && kind != L2TX) revert IRollups.BadTrigger(course.index, at);
            course.rollup = to;
        }
        if (kind == L2TX)
            _checkTransaction(course, at, to);
            // What is joint crosses no other border.
        else if (course.transactions > 1 && kind != RESULT) revert IRollups.NotJoint(course.index, at);
        course.canEnd = false;
    }

    /// An L2TX triggers the execution, or follows in it upon transactions of the same rollup which crossed no
    /// other border: each of them took two actions.
    function _checkTransaction(Course memory course, uint256 at, ChainId to) private pure {
        unchecked {
            if (course.path.frame != 0 || (at != 0 && !course.isTransaction))
                revert IRollups.BadTrigger(course.index, at);
            if (at != 2 * course.transactions++ || to != course.rollup)
                revert IRollups.NotJoint(course.index, at);
        }
    }

    /// A REVERT is answered at once, and nothing else is.
    function _checkUndoing(Course memory course, Action calldata action, uint256 at) private pure {
        uint8 kind = action.kindOf();
        bool isAnswer = kind == REVERT_CONTINUE;
        if (isAnswer != course.isUndoing || (isAnswer && action.toOf() != course.undoing)) {
            revert IRollups.RevertNotContinued(course.index, at);
        }
        course.isUndoing = kind == REVERT;
        if (kind <= L2TX) return;
        if (kind > REVERT_CONTINUE) revert IRollups.UnsupportedKind(course.index, at, kind);
        course.undoing = action.fromOf();
        bool isCanonical =
            isBare(action) && !action.hasFailed() && action.dataOf().length == (isAnswer ? 0 : 4);
        if (!isCanonical || (!isAnswer && action.toOf() != L1))
            revert IRollups.NotCanonical(course.index, at);
    }

    // ------------------------------------------------------------------------------------- calls and results

    /// Checks a CALL or L2TX.
    /// @return flags Of its frame, but for whether it begins a visit.
    function enter(
        Course memory course,
        Action calldata action,
        uint256 at,
        ChainId from,
        bool isStatic
    ) internal pure returns (uint256 flags) {
        unchecked {
            bool isCall = action.kindOf() == CALL;
            if (action.hasFailed() || !(isCall || isBare(action)))
                revert IRollups.NotCanonical(course.index, at);
            // What L1 calls for itself has all that L1 gives it.
            if (action.gasOf() != 0 && from == L1) revert IRollups.NotCanonical(course.index, at);
            if (!isCall) {
                course.isTransaction = true;
                flags = BINDS_GAS;
            } else if (at != 0) {
                flags = _checkInner(course, action, at, isStatic);
            }
            if (!isStatic) {
                course.path.liveCalls++;
                return flags;
            }
            if (action.valueOf() != 0) revert IRollups.StaticViolation(course.index, at);
            flags |= STATIC_FRAME;
            if (from == L1) flags |= ON_STATIC_PATH;
        }
    }

    /// Checks a call that another one contains.
    /// @return flags Of its frame, as far as it has them from the one around it.
    function _checkInner(
        Course memory course,
        Action calldata action,
        uint256 at,
        bool isStatic
    ) private pure returns (uint256 flags) {
        unchecked {
            Frame parent = frameAt(course, course.path.frame - 1);
            if (parent.isStaticFrame() && !isStatic) revert IRollups.StaticViolation(course.index, at);
            if (parent.isOnStaticPath()) {
                // L1 has stored no cursor, so what it calls then is found as if nothing had been called
                // before.
                if (action.fromOf() == L1) revert IRollups.StaticNotPlayable(course.index, at);
                flags = ON_STATIC_PATH;
            }
            if (action.toOf() == L1) {
                if (action.targetOf() == course.manager) revert IRollups.CallToManager(course.index, at);
                // Else the submitter of the batch would choose how much the callee gets.
                if (parent.bindsGas() && action.gasOf() == 0) revert IRollups.GasNotBound(course.index, at);
            } else if (parent.bindsGas()) {
                flags |= BINDS_GAS;
            }
        }
    }

    /// The call that {enter} has checked waits for its RESULT from now on.
    /// @param spans The newest span before it.
    function open(
        Course memory course,
        uint256 at,
        ChainId from,
        ChainId to,
        SpanRef spans,
        uint256 flags
    ) internal pure {
        unchecked {
            Path memory path = course.path;
            Frame frame = newFrame(from, to, path.frame, path.liveCalls, spans, path.calls, flags);
            Walks.setWord(course.frames, at, Frame.unwrap(frame));
            path.frame = at + 1;
            path.calls = 0;
        }
    }

    /// Checks a RESULT: it answers the innermost call, which waits no more.
    /// @return call Index of that call.
    /// @return frame Of that call.
    function leave(
        Course memory course,
        Action calldata action,
        uint256 at,
        ChainId from,
        ChainId to
    ) internal pure returns (uint256 call, Frame frame) {
        unchecked {
            if (!isBare(action)) revert IRollups.NotCanonical(course.index, at);
            Path memory path = course.path;
            call = path.frame - 1;
            frame = frameAt(course, call);
            if (to != frame.fromOf()) revert IRollups.ResultNotNested(course.index, at);
            // Only what was undone on L1 lies between.
            if (from == L1 && action.hasFailed() && path.last != call)
                revert IRollups.NotUndone(course.index, at);
            path.frame = frame.parentOf();
            path.calls = frame.orderOf() + 1;
        }
    }

    /// Whether another transaction of a joint execution follows upon a RESULT, once that has left its frame:
    /// then L1 is told of both at once.
    function goesOn(Course memory course, Action calldata action, uint256 at) internal pure returns (bool) {
        unchecked {
            bool isAnswer = course.isTransaction && course.path.frame == 0 && at + 1 < course.count;
            return isAnswer && action.nextOf().kindOf() == L2TX;
        }
    }

    /// Whether the path can end with what L1 is told now, and must.
    /// @param failed What came of the call.
    /// @param frame Of the call.
    /// @return isEnding The trigger is answered.
    /// @return isDead L1 undoes what leads here, whatever follows.
    function answer(
        Course memory course,
        bool failed,
        uint256 at,
        Frame frame
    ) internal pure returns (bool isEnding, bool isDead) {
        unchecked {
            isEnding = course.path.frame == 0;
            bool isOver = isEnding || failed || frame.isStaticFrame();
            course.canEnd = true;
            course.isOver = isOver;
            if (isEnding) {
                if (course.endings++ != 0 && course.isTransaction) {
                    revert IRollups.SecondEnding(course.index, at);
                }
            } else if (!isOver) {
                isDead = at + 1 == course.returnsAt || at + 1 == course.count;
            }
        }
    }

    function frameAt(Course memory course, uint256 call) internal pure returns (Frame) {
        return Frame.wrap(Walks.wordAt(course.frames, call));
    }

    // ------------------------------------------------------------------------------------------------- paths

    /// Whether a SPAN for so many undoings can stand at an action.
    function takesSpan(
        Course memory course,
        Action calldata action,
        uint256 count
    ) internal pure returns (bool) {
        bool isCall = action.kindOf() == CALL && action.fromOf() != L1 && !action.isStaticCall();
        // Each undoing is an action of its own, so a greater count is never used: it would only be long to
        // announce.
        return isCall && count != 0 && count < course.count;
    }

    /// Whether a RESUME can stand at an action.
    function takesResume(
        Course memory course,
        Action calldata action,
        uint256 at,
        uint256 to
    ) internal pure returns (bool) {
        // L1 has no choice but to answer a REVERT, and what triggers the execution, or follows in a joint
        // one, is no turn in it.
        uint256 kind = action.kindOf();
        bool isTurn = at != 0 && action.fromOf() == L1 && kind != REVERT_CONTINUE && kind != L2TX;
        return isTurn && to > at && to < course.count && to < course.returnsAt;
    }

    /// Ends the path before `at`, and goes on from the turn of L1 that the newest RESUME has seen.
    function goBack(Course memory course, Fork memory fork) internal pure {
        course.path = fork.path;
        course.control = L1;
        course.isOver = false;
        course.returnsAt = fork.below.isNone() ? NEVER : fork.below.get().to;
    }

    /// Where a mark stands; nowhere if there are no more.
    function markedAt(Mark[] calldata marks, uint256 number) internal pure returns (uint256) {
        return number < marks.length ? marks[number].at : NEVER;
    }
}
