// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Accounting} from "./Accounting.sol";
import {Token} from "./Token.sol";

/// @notice Holds tokens on L1; who owns what is written down on a rollup.
contract Vault {
    Token public immutable token;
    Accounting public immutable accounting;

    event Deposited(address indexed owner, uint256 amount, uint256 shares);

    error NothingToDeposit();

    /// @param accounting_ On this chain: the proxy of the contract on the rollup.
    constructor(Token token_, Accounting accounting_) {
        token = token_;
        accounting = accounting_;
    }

    function deposit(uint256 amount) public returns (uint256 shares) {
        require(amount > 0, NothingToDeposit());
        token.transferFrom(msg.sender, address(this), amount);
        shares = accounting.credit(msg.sender, amount);
        emit Deposited(msg.sender, amount, shares);
    }

    function withdraw(uint256 shares) external returns (uint256 amount) {
        amount = accounting.debit(msg.sender, shares);
        token.transfer(msg.sender, amount);
    }

    function sharesOf(address owner) external view returns (uint256) {
        return accounting.shares(owner);
    }

    /// @notice Fails after the deposit, and with it the deposit does, on both chains.
    function depositAndFail(uint256 amount) external {
        deposit(amount);
        revert("changed my mind");
    }

    /// @notice Goes on where a deposit fails on the rollup.
    function tryDeposit(uint256 amount) external returns (bool) {
        token.transferFrom(msg.sender, address(this), amount);
        try accounting.credit(msg.sender, amount) {
            return true;
        } catch {
            token.transfer(msg.sender, amount);
            return false;
        }
    }
}
