// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "solady/src/tokens/ERC20.sol";
import {TokenVault} from "./TokenVault.sol";

/// @title The far side of a token bridge: stands for tokens that a vault on their home chain holds
contract WrappedToken is ERC20 {
    /// @notice Thrown when tokens are minted by another account than the vault.
    error NotVault(address caller);

    /// @notice The vault, or its proxy on this chain.
    TokenVault public immutable VAULT;

    constructor(TokenVault vault) {
        VAULT = vault;
    }

    /// @notice Called by the vault for tokens that it has locked.
    function mint(address to, uint256 amount) external {
        if (msg.sender != address(VAULT)) revert NotVault(msg.sender);
        _mint(to, amount);
    }

    /// @notice Burns the caller's tokens and releases as many at home.
    /// @param to Who gets them: an address of the home chain.
    function unlock(address to, uint256 amount) external {
        _burn(msg.sender, amount);
        VAULT.release(to, amount);
    }

    /// @inheritdoc ERC20
    function name() public pure override returns (string memory) {
        return "Wrapped Lockstep Demo";
    }

    /// @inheritdoc ERC20
    function symbol() public pure override returns (string memory) {
        return "wDEMO";
    }
}
