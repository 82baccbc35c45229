// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title FOR TESTS ONLY: a counter that writes and then reverts, with a custom error that carries data
contract FaultyCounter {
    error Broken(address by, uint256 count, bytes note);

    uint256 public count;

    function increment() external returns (uint256) {
        ++count;
        revert Broken(
            msg.sender,
            count,
            hex"00ff00ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021"
        );
    }
}
