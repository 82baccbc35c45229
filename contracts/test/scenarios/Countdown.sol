// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title FOR TESTS ONLY: counts down with a peer that counts down with it, and folds up what came back
contract Countdown {
    Countdown public peer;
    /// Calls that have ended here.
    uint256 public count;
    /// What the last of them returned.
    bytes32 public lastResult;

    function setPeer(Countdown other) external {
        peer = other;
    }

    /// Depends on every call below, on their order, and on what those that are still open had written when it
    /// was made.
    function deep(uint256 n) external returns (bytes32 result) {
        uint256 before = ++count;
        bytes32 below = n == 0 ? bytes32(0) : peer.deep(n - 1);
        result = keccak256(abi.encode(n, below, before, count));
        lastResult = result;
    }
}
