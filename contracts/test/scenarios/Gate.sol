// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title FOR TESTS ONLY: what a {Gate} asks of those who enter
interface IVisitor {
    function isReady() external view returns (bool);
}

/// @title FOR TESTS ONLY: lets in who is ready, by that one's own word
contract Gate {
    error NotReady(uint256 tries);

    uint256 public entered;
    uint256 public tries;

    function enter() external returns (uint256) {
        ++tries;
        if (!IVisitor(msg.sender).isReady()) revert NotReady(tries);
        return ++entered;
    }
}
