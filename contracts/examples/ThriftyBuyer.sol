// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {CrossChain} from "../interfaces/CrossChain.sol";

/// @title Buys at a shop that may stand on any chain, and goes on without if the shop refuses
/// @notice Only the shop can refuse: that no batch was posted for the call is no refusal, and cannot be made
/// to look like one.
contract ThriftyBuyer {
    /// @notice The shop, or its proxy on this chain.
    address public immutable SHOP;

    /// @notice How often the shop has sold.
    uint256 public bought;
    /// @notice How often it has refused.
    uint256 public refused;
    /// @notice What it reverted with last, byte for byte.
    bytes public lastRefusal;

    constructor(address shop) {
        SHOP = shop;
    }

    /// @notice Gives the shop an order.
    /// @param order Calldata of the shop.
    function buy(bytes calldata order) external payable {
        (bool success, bytes memory answer) = CrossChain.tryCall(SHOP, msg.value, order);
        if (success) {
            ++bought;
        } else {
            ++refused;
            lastRefusal = answer;
        }
    }
}
