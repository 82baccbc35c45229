// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title FOR TESTS ONLY: passes on the Ether it is given
contract Courier {
    Courier public next;
    /// Wei that came through here.
    uint256 public passed;

    function setNext(Courier following) external {
        next = following;
    }

    /// Starts a round of so many hops.
    function send(uint256 hops) external payable {
        next.carry{value: msg.value}(hops - 1);
    }

    /// @param hops How many couriers the Ether is still to pass; the last one keeps it.
    function carry(uint256 hops) external payable returns (uint256 carried) {
        passed += msg.value;
        carried = hops == 0 ? 1 : 1 + next.carry{value: msg.value}(hops - 1);
    }
}
