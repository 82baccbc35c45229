// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Flaw, nameOfFlaw} from "./Forgeries.sol";
import {nameOf, Trait} from "./Scene.sol";
import {Troupe} from "./Troupe.sol";

/// @title What holds whatever builders and users of L1 do
/// @notice Most is checked by {Stage} and {Books} at the end of each thing that they do, which fails a test
/// by reverting.
contract InvariantsTest is Troupe {
    struct FuzzSelector {
        address target;
        bytes4[] selectors;
    }

    /// Something that must be seen to happen, and what is done for it.
    struct Deed {
        string name;
        function(uint256) external act;
    }

    /// So often a deed is tried at most.
    uint256 private constant ATTEMPTS = 400;

    // ------------------------------------------------------------------------------- whatever comes in a row

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(this);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](12);
        selectors[0] = this.post.selector;
        selectors[1] = this.perform.selector;
        selectors[2] = this.improvise.selector;
        selectors[3] = this.starve.selector;
        selectors[4] = this.insist.selector;
        selectors[5] = this.late.selector;
        selectors[6] = this.lookUp.selector;
        selectors[7] = this.endow.selector;
        selectors[8] = this.replay.selector;
        selectors[9] = this.forge.selector;
        selectors[10] = this.skimp.selector;
        selectors[11] = this.overtake.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(this), selectors);
    }

    function invariantBalancesAreBackedAndRootsProven() external view {
        checkBacked();
        checkRoots();
    }

    /// A row of actions in which nothing happens shows nothing.
    function afterInvariant() external {
        _bringAbout(Deed("transaction done", this.post));
        _bringAbout(Deed("consumed", this.perform));
        _bringAbout(Deed("looked up", this.lookUp));
    }

    // ----------------------------------------------------------------------------------- one thing at a time

    function testBalancesAreBacked(uint256 seed) external {
        this.post(seed);
        this.perform(seed);
        this.endow(seed);
        this.improvise(seed);
    }

    function testNoRootWithoutStatement(uint256 seed) external {
        this.forge(seed);
        this.perform(seed);
        this.replay(seed);
        this.overtake(seed);
        this.skimp(seed);
        checkRoots();
    }

    function testCursorIsNeverLeft(uint256 seed) external {
        this.improvise(seed);
        this.starve(seed);
    }

    function testNothingIsConsumedTwice(uint256 seed) external {
        this.insist(seed);
        this.late(seed);
    }

    function testStaticCallsChangeNothing(uint256 seed) external {
        this.lookUp(seed);
        this.perform(seed);
        this.lookUp(seed);
    }

    // ---------------------------------------------------------------------------------------- what is tested

    /// What the tests count on to happen does happen.
    function testAllOfItHappens() external {
        for (uint256 i = 0; i <= uint256(type(Trait).max); i++)
            _bringAbout(Deed(nameOf(Trait(i)), this.perform));
        Deed[30] memory deeds_ = [
            Deed("frames opened", this.post),
            Deed("frames reverted", this.post),
            Deed("transaction done", this.post),
            Deed("transaction failed", this.post),
            Deed("transaction contradicted", this.post),
            Deed("batch rehearsed", this.post),
            Deed("consumed", this.perform),
            Deed("consumed on another course", this.perform),
            Deed("failed as foreseen", this.perform),
            Deed("rehearsed", this.perform),
            Deed("rival consumed", this.perform),
            Deed("whim did not matter", this.improvise),
            Deed("whim was refused", this.improvise),
            Deed("call had enough gas", this.starve),
            Deed("call was starved", this.starve),
            Deed("twin consumed", this.insist),
            Deed("refused again at the same roots", this.insist),
            Deed("refused again at other roots", this.insist),
            Deed("refused again after another batch", this.insist),
            Deed("overtaken call answered", this.overtake),
            Deed("overtaken call refused", this.overtake),
            Deed("late call missed", this.late),
            Deed("looked up", this.lookUp),
            Deed("looked up a failure", this.lookUp),
            Deed("call did not pass for a look-up", this.lookUp),
            Deed("endowed", this.endow),
            Deed("replayed", this.replay),
            Deed("transaction done by a replay", this.replay),
            Deed("batch had enough gas", this.skimp),
            Deed("batch was starved", this.skimp)
        ];
        for (uint256 i = 0; i < deeds_.length; i++) _bringAbout(deeds_[i]);
        for (uint256 i = 0; i <= uint256(type(Flaw).max); i++)
            _bringAbout(Deed(nameOfFlaw(Flaw(i)), this.forge));
    }

    function _bringAbout(Deed memory deed) private {
        for (uint256 i = 0; deeds[deed.name] == 0; i++) {
            require(i < ATTEMPTS, string.concat("never seen: ", deed.name));
            deed.act(uint256(keccak256(abi.encode(deed.name, i))));
        }
    }
}
