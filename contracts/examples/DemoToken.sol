// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "solady/src/tokens/ERC20.sol";

/// @title An ERC-20 token with a fixed supply
contract DemoToken is ERC20 {
    constructor(address holder, uint256 supply) {
        _mint(holder, supply);
    }

    /// @inheritdoc ERC20
    function name() public pure override returns (string memory) {
        return "Lockstep Demo";
    }

    /// @inheritdoc ERC20
    function symbol() public pure override returns (string memory) {
        return "DEMO";
    }
}
