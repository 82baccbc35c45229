// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "solady/src/tokens/ERC20.sol";
import {TokenVault} from "../../examples/TokenVault.sol";

/// @title FOR TESTS ONLY: takes tokens over the bridge, pays with some, and comes back with the rest, in one
/// transaction
contract BridgeTourist {
    TokenVault public immutable VAULT;

    /// Wrapped supply as it was on the far side.
    uint256 public supplyThere;

    constructor(TokenVault vault) {
        VAULT = vault;
    }

    /// @param self This contract, as the far side sees it.
    /// @param payee An address of the far side.
    function travel(uint256 amount, uint256 spent, address self, address payee) external {
        ERC20(VAULT.TOKEN()).approve(address(VAULT), amount);
        VAULT.lock(self, amount);
        ERC20 wrapped = ERC20(address(VAULT.wrapped()));
        supplyThere = wrapped.totalSupply();
        wrapped.transfer(payee, spent);
        VAULT.wrapped().unlock(address(this), amount - spent);
    }
}
