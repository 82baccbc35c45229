// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICrossChainManager} from "lockstep/contracts/interfaces/ICrossChainManager.sol";
import {ChainId} from "lockstep/contracts/interfaces/Actions.sol";

/// @notice Remembers who came last, passes on calls, and takes Ether.
contract Postbox {
    address public last;
    uint256 public visits;

    function visit() external payable returns (uint256) {
        last = msg.sender;
        return ++visits;
    }

    /// @notice The address on this chain of a box that is on another one.
    function nameOf(ICrossChainManager manager, address box, ChainId chain) external view returns (address) {
        return manager.proxyOf(box, chain);
    }

    /// @notice A visit of another box, on this chain or, through its proxy, on any other.
    function pass(Postbox other) external payable returns (uint256) {
        visits++;
        return other.visit{value: msg.value}();
    }
}
