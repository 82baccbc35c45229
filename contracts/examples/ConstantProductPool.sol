// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "solady/src/tokens/ERC20.sol";
import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";

/// @title Exchanges Ether and one token so that the product of what it holds of the two does not fall
/// @notice Liquidity is what the pool holds: Ether or tokens that are sent to it belong to it, for good.
contract ConstantProductPool {
    using SafeTransferLib for address;

    /// @notice Thrown when a trade would give less than the trader asked for.
    error TooLittle(uint256 amount, uint256 minimum);

    event Bought(address indexed trader, uint256 etherIn, uint256 tokensOut);
    event Sold(address indexed trader, uint256 tokensIn, uint256 etherOut);

    /// @notice Of 1000 that come in, this many count for the trade; the rest is the pool's fee.
    uint256 public constant COUNTED_PER_MILLE = 997;

    address public immutable TOKEN;

    constructor(address token) {
        TOKEN = token;
    }

    receive() external payable {}

    /// @notice Sells tokens for the Ether of this call.
    function buy(uint256 minimum) external payable returns (uint256 tokens) {
        tokens = _outputDown(msg.value, address(this).balance - msg.value, tokenReserve());
        if (tokens < minimum) revert TooLittle(tokens, minimum);
        TOKEN.safeTransfer(msg.sender, tokens);
        emit Bought(msg.sender, msg.value, tokens);
    }

    /// @notice Takes tokens, which must be approved, and pays Ether to the caller.
    /// @dev If the caller stands on another chain, the Ether goes there through the caller's proxy.
    function sell(uint256 tokens, uint256 minimum) external returns (uint256 amount) {
        amount = _outputDown(tokens, tokenReserve(), address(this).balance);
        if (amount < minimum) revert TooLittle(amount, minimum);
        TOKEN.safeTransferFrom(msg.sender, address(this), tokens);
        msg.sender.safeTransferETH(amount);
        emit Sold(msg.sender, tokens, amount);
    }

    /// @notice Tokens in the pool.
    function tokenReserve() public view returns (uint256) {
        return ERC20(TOKEN).balanceOf(address(this));
    }

    function _outputDown(
        uint256 input,
        uint256 reserveIn,
        uint256 reserveOut
    ) private pure returns (uint256) {
        uint256 counted = input * COUNTED_PER_MILLE;
        return (counted * reserveOut) / (reserveIn * 1_000 + counted);
    }
}
