// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title FOR TESTS ONLY: makes a STATICCALL, of whatever it is told, and notes what came of it
contract StaticProbe {
    bool public succeeded;
    bytes public answer;
    uint256 public count;

    /// @param given Gas for the call: a write in a static call uses up all of it.
    function probe(address target, bytes calldata data, uint256 given) external {
        (succeeded, answer) = target.staticcall{gas: given}(data);
        ++count;
    }
}
