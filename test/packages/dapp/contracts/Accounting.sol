// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Oracle} from "./Oracle.sol";

/// @notice Shares of a vault's owners. The price that it asks for is on L1.
contract Accounting {
    Oracle public oracle;
    address public vault;
    mapping(address => uint256) public shares;
    uint256 public total;

    event Credited(address indexed owner, uint256 shares, uint256 price);

    error NotVault(address caller);
    error TooFewShares(uint256 has, uint256 wants);

    /// @param oracle_ The proxy of the oracle on this chain.
    /// @param vault_ The proxy of the vault on this chain.
    function open(Oracle oracle_, address vault_) external {
        require(vault == address(0));
        oracle = oracle_;
        vault = vault_;
    }

    function credit(address owner, uint256 amount) external returns (uint256 minted) {
        require(msg.sender == vault, NotVault(msg.sender));
        uint256 price = oracle.price();
        minted = (amount * 1e18) / price;
        shares[owner] += minted;
        total += minted;
        emit Credited(owner, minted, price);
    }

    function debit(address owner, uint256 burnt) external returns (uint256 amount) {
        require(msg.sender == vault, NotVault(msg.sender));
        require(shares[owner] >= burnt, TooFewShares(shares[owner], burnt));
        shares[owner] -= burnt;
        total -= burnt;
        amount = (burnt * oracle.price()) / 1e18;
    }
}
