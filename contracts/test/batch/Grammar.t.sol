// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRollups} from "../../interfaces/IRollups.sol";
import {Action, CALL, ChainId, L1, L2TX, RESULT, REVERT, REVERT_CONTINUE} from "../../interfaces/Actions.sol";
import {ExecutionRef} from "../../batch/CanonicalBatch.sol";
import {Frame} from "../../batch/Frame.sol";
import {Grammar} from "../../batch/Grammar.sol";
import {Course, SpanRef} from "../../batch/Walk.sol";

/// @title Grammar alone: rows of actions, without roots, Ether or steps
contract GrammarTest {
    ChainId private constant A = ChainId.wrap(1);
    ChainId private constant B = ChainId.wrap(2);

    Action[] private _list;

    /// Reads a list without alternatives.
    /// @return isEnded The path may end after it.
    /// @return isOver It must.
    function read(Action[] calldata actions) external pure returns (bool isEnded, bool isOver) {
        Course memory course;
        course.manager = address(1);
        Grammar.begin(course, ExecutionRef.wrap(0), 7, actions.length);
        for (uint256 i = 0; i < actions.length; i++) {
            Action calldata action = actions[i];
            (ChainId from, ChainId to) = (action.from, action.to);
            Grammar.next(course, action, i, from, to);
            if (action.kind == CALL || action.kind == L2TX) {
                uint256 flags = Grammar.enter(course, action, i, from, action.isStatic);
                Grammar.open(course, i, from, to, SpanRef.wrap(0), flags);
            } else if (action.kind == RESULT) {
                (, Frame frame) = Grammar.leave(course, action, i, from, to);
                bool goesOn = Grammar.goesOn(course, action, i);
                if (to == L1 && !goesOn) Grammar.answer(course, action.failed, i, frame);
            }
            course.path.last = i;
        }
        return (course.canEnd, course.isOver);
    }

    function testTriggerIsAnswered() external {
        _call(L1, A);
        _result(A, L1);
        _isOver(true);
    }

    function testTransactionIsAnsweredOnce() external {
        _add(L2TX, L1, A);
        _call(A, B);
        _result(B, A);
        _result(A, L1);
        _isOver(true);
        _result(A, L1);
        _isRefused(IRollups.ActionsAfterEnd.selector, 4);
    }

    function testTransactionsFollowEachOther() external {
        for (uint256 i = 0; i < 3; i++) _transaction(A);
        _isOver(true);
        _result(A, L1);
        _isRefused(IRollups.ActionsAfterEnd.selector, 6);
    }

    function testTransactionsAreOfOneRollup() external {
        _transaction(A);
        _transaction(B);
        _isRefused(IRollups.NotJoint.selector, 2);
    }

    function testTransactionThatCallsIsAlone() external {
        _transaction(A);
        _add(L2TX, L1, A);
        _call(A, B);
        _isRefused(IRollups.NotJoint.selector, 3);
    }

    function testNothingFollowsATransactionThatCalled() external {
        _add(L2TX, L1, A);
        _call(A, B);
        _result(B, A);
        _result(A, L1);
        _transaction(A);
        _isRefused(IRollups.NotJoint.selector, 4);
    }

    function testTransactionDoesNotFollowACall() external {
        _call(L1, A);
        _result(A, L1);
        _transaction(A);
        _isRefused(IRollups.ActionsAfterEnd.selector, 2);
    }

    function testTransactionDoesNotComeInsideACall() external {
        _add(L2TX, L1, A);
        _call(A, L1);
        _list[1].gas = 1;
        _transaction(A);
        _isRefused(IRollups.BadTrigger.selector, 2);
    }

    function testCallDoesNotFollowATransaction() external {
        _transaction(A);
        _call(L1, A);
        _isRefused(IRollups.ActionsAfterEnd.selector, 2);
    }

    function testLastTransactionIsAnswered() external {
        _transaction(A);
        _add(L2TX, L1, A);
        (bool isEnded, ) = this.read(_list);
        require(!isEnded, "a path can end with a transaction");
    }

    function testControlPassesOn() external {
        _call(L1, A);
        _call(B, A);
        _isRefused(IRollups.BrokenChain.selector, 1);
    }

    function testChainDoesNotCallItself() external {
        _call(L1, A);
        _call(A, A);
        _isRefused(IRollups.BrokenChain.selector, 1);
    }

    function testResultAnswersInnermostCall() external {
        _call(L1, A);
        _call(A, B);
        _result(B, L1);
        _isRefused(IRollups.ResultNotNested.selector, 2);
    }

    function testNothingButATriggerComesFirst() external {
        _result(L1, A);
        _isRefused(IRollups.BadTrigger.selector, 0);
    }

    function testTransactionComesFirstOnly() external {
        _call(L1, A);
        _call(A, L1);
        _add(L2TX, L1, A);
        _isRefused(IRollups.BadTrigger.selector, 2);
    }

    function testRevertIsAnsweredAtOnce() external {
        _call(L1, A);
        _add(REVERT, A, L1);
        _list[1].data = hex"00000000";
        _result(L1, A);
        _isRefused(IRollups.RevertNotContinued.selector, 2);
    }

    function testRevertIsAnsweredToItsRollup() external {
        _call(L1, A);
        _call(A, B);
        _add(REVERT, B, L1);
        _list[2].data = hex"00000000";
        _add(REVERT_CONTINUE, L1, A);
        _isRefused(IRollups.RevertNotContinued.selector, 3);
    }

    function testStaticIsInherited() external {
        _call(L1, A);
        _list[0].isStatic = true;
        _call(A, B);
        _isRefused(IRollups.StaticViolation.selector, 1);
    }

    function testStaticCallFromL1EndsItsPath() external {
        _call(L1, A);
        _call(A, L1);
        _call(L1, B);
        _list[2].isStatic = true;
        _result(B, L1);
        _isOver(true);
    }

    function testAnswerInsideMayEndAPath() external {
        _call(L1, A);
        _call(A, L1);
        _call(L1, B);
        _result(B, L1);
        _isOver(false);
        _result(L1, A);
        (bool isEnded, ) = this.read(_list);
        require(!isEnded, "a path can end while a rollup has control");
    }

    function testAnswerThatFailedFollowsItsCall() external {
        _call(L1, A);
        _call(A, L1);
        _call(L1, B);
        _result(B, L1);
        _result(L1, A);
        _list[4].failed = true;
        _isRefused(IRollups.NotUndone.selector, 4);
    }

    function testManagerIsNotCalled() external {
        _call(L1, A);
        _call(A, L1);
        _list[1].target = address(1);
        _isRefused(IRollups.CallToManager.selector, 1);
    }

    function testTransactionBindsGas() external {
        _add(L2TX, L1, A);
        _call(A, B);
        _call(B, L1);
        _isRefused(IRollups.GasNotBound.selector, 2);
        _list[2].gas = 1;
        _call(L1, A);
        _call(A, L1);
        (bool isEnded, ) = this.read(_list);
        require(!isEnded, "a path can end with a call");
    }

    function _add(uint8 kind, ChainId from, ChainId to) private {
        Action storage action = _list.push();
        (action.kind, action.from, action.to) = (kind, from, to);
    }

    function _transaction(ChainId rollup) private {
        _add(L2TX, L1, rollup);
        _result(rollup, L1);
    }

    function _call(ChainId from, ChainId to) private {
        _add(CALL, from, to);
    }

    function _result(ChainId from, ChainId to) private {
        _add(RESULT, from, to);
    }

    function _isOver(bool expected) private view {
        (bool isEnded, bool isOver) = this.read(_list);
        require(isEnded && isOver == expected, "not the end that it should be");
    }

    function _isRefused(bytes4 selector, uint256 at) private view {
        try this.read(_list) {
            revert("taken");
        } catch (bytes memory reason) {
            bytes memory expected = abi.encodeWithSelector(selector, 7, at);
            require(keccak256(reason) == keccak256(expected), "refused for something else");
        }
    }
}
