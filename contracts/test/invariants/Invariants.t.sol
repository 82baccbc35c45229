// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Mutation, nameOfMutation} from "./BatchMutations.sol";
import {nameOf, Trait} from "./GeneratedExecution.sol";
import {InvariantHandler} from "./InvariantHandler.sol";

/// @title Invariants of `Rollups`
/// @notice Most is checked by {InvariantSetup} and {InvariantAccounting} at the end of each handler function,
/// which fails a test by reverting.
contract InvariantsTest is InvariantHandler {
    struct FuzzSelector {
        address target;
        bytes4[] selectors;
    }

    /// An outcome that must be seen, and the handler function that leads to it.
    struct Outcome {
        string name;
        function(uint256) external execute;
    }

    /// Most calls that may be needed for one outcome.
    uint256 private constant ATTEMPTS = 400;

    // ------------------------------------------------------------------------------------ sequences of calls

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(this);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](12);
        selectors[0] = this.post.selector;
        selectors[1] = this.makeCall.selector;
        selectors[2] = this.makeCallWithDeviation.selector;
        selectors[3] = this.makeCallWithLittleGas.selector;
        selectors[4] = this.repeatCall.selector;
        selectors[5] = this.makeCallInNextBlock.selector;
        selectors[6] = this.lookUp.selector;
        selectors[7] = this.donateEther.selector;
        selectors[8] = this.repostBatch.selector;
        selectors[9] = this.postMutated.selector;
        selectors[10] = this.postWithLittleGas.selector;
        selectors[11] = this.makeCallAfterOtherBatch.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(this), selectors);
    }

    function invariantBalancesAreBackedAndRootsProven() external view {
        checkBacked();
        checkRoots();
    }

    /// A sequence in which nothing happens would show nothing.
    function afterInvariant() external {
        _reach(Outcome("transaction done", this.post));
        _reach(Outcome("consumed", this.makeCall));
        _reach(Outcome("looked up", this.lookUp));
    }

    // ------------------------------------------------------------------------------------------ single calls

    function testBalancesAreBacked(uint256 seed) external {
        this.post(seed);
        this.makeCall(seed);
        this.donateEther(seed);
        this.makeCallWithDeviation(seed);
    }

    function testNoRootWithoutStatement(uint256 seed) external {
        this.postMutated(seed);
        this.makeCall(seed);
        this.repostBatch(seed);
        this.makeCallAfterOtherBatch(seed);
        this.postWithLittleGas(seed);
        checkRoots();
    }

    function testCursorIsNeverLeft(uint256 seed) external {
        this.makeCallWithDeviation(seed);
        this.makeCallWithLittleGas(seed);
    }

    function testNothingIsConsumedTwice(uint256 seed) external {
        this.repeatCall(seed);
        this.makeCallInNextBlock(seed);
    }

    function testStaticCallsChangeNothing(uint256 seed) external {
        this.lookUp(seed);
        this.makeCall(seed);
        this.lookUp(seed);
    }

    // ---------------------------------------------------------------------------------------- coverage

    /// Each outcome is reached: none of the checks passes for want of cases.
    function testAllOfItHappens() external {
        for (uint256 i = 0; i <= uint256(type(Trait).max); i++)
            _reach(Outcome(nameOf(Trait(i)), Trait(i) == Trait.JOINT ? this.post : this.makeCall));
        Outcome[30] memory required = [
            Outcome("frames opened", this.post),
            Outcome("frames reverted", this.post),
            Outcome("transaction done", this.post),
            Outcome("transaction failed", this.post),
            Outcome("transaction contradicted", this.post),
            Outcome("batch posted and undone", this.post),
            Outcome("consumed", this.makeCall),
            Outcome("consumed on another branch", this.makeCall),
            Outcome("failed as expected", this.makeCall),
            Outcome("call made and undone", this.makeCall),
            Outcome("rival consumed", this.makeCall),
            Outcome("deviation did not matter", this.makeCallWithDeviation),
            Outcome("deviation was refused", this.makeCallWithDeviation),
            Outcome("call had enough gas", this.makeCallWithLittleGas),
            Outcome("call ran out of gas", this.makeCallWithLittleGas),
            Outcome("twin consumed", this.repeatCall),
            Outcome("refused again at the same roots", this.repeatCall),
            Outcome("refused again at other roots", this.repeatCall),
            Outcome("refused again after another batch", this.repeatCall),
            Outcome("call answered after another batch", this.makeCallAfterOtherBatch),
            Outcome("call refused after another batch", this.makeCallAfterOtherBatch),
            Outcome("call missed in the next block", this.makeCallInNextBlock),
            Outcome("looked up", this.lookUp),
            Outcome("looked up a failure", this.lookUp),
            Outcome("call did not pass for a look-up", this.lookUp),
            Outcome("Ether donated", this.donateEther),
            Outcome("batch reposted", this.repostBatch),
            Outcome("transaction done by a reposted batch", this.repostBatch),
            Outcome("batch had enough gas", this.postWithLittleGas),
            Outcome("batch ran out of gas", this.postWithLittleGas)
        ];
        for (uint256 i = 0; i < required.length; i++) _reach(required[i]);
        for (uint256 i = 0; i <= uint256(type(Mutation).max); i++)
            _reach(Outcome(nameOfMutation(Mutation(i)), this.postMutated));
    }

    function _reach(Outcome memory outcome) private {
        for (uint256 i = 0; outcomes[outcome.name] == 0; i++) {
            require(i < ATTEMPTS, string.concat("never seen: ", outcome.name));
            outcome.execute(uint256(keccak256(abi.encode(outcome.name, i))));
        }
    }
}
