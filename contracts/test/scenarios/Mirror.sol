// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title FOR TESTS ONLY: what a {Mirror} asks of its caller
interface IMirrored {
    function value() external view returns (uint256);

    function answer() external returns (uint256);
}

/// @title FOR TESTS ONLY: answers with what its caller answers it
contract Mirror {
    function look() external view returns (uint256) {
        return 10 * IMirrored(msg.sender).value();
    }

    function ask() external returns (uint256) {
        return 10 * IMirrored(msg.sender).answer();
    }
}
