// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IUniswapV3Pool} from "@uniswap/v3-core/contracts/interfaces/IUniswapV3Pool.sol";

/// @title FOR TESTS ONLY: provides liquidity to a pool of Uniswap v3 on another chain, and trades on it
/// @dev The pool asks for its payment in the middle of each call.
contract PoolKeeper {
    /// Tokens' proxies here.
    IERC20 public immutable TOKEN0;
    IERC20 public immutable TOKEN1;
    /// How often the pool asked for a payment.
    uint256 public payments;

    constructor(IERC20 token0, IERC20 token1) {
        TOKEN0 = token0;
        TOKEN1 = token1;
    }

    /// @param self This contract, as the pool's chain knows it.
    /// @param home The pool, as its own chain knows it.
    function provide(
        IUniswapV3Pool pool,
        address self,
        address home,
        int24 lower,
        int24 upper,
        uint128 liquidity
    ) external returns (uint256 amount0, uint256 amount1) {
        return pool.mint(self, lower, upper, liquidity, abi.encode(home));
    }

    function trade(
        IUniswapV3Pool pool,
        address self,
        address home,
        int256 amount,
        uint160 limit
    ) external returns (int256 amount0, int256 amount1) {
        return pool.swap(self, true, amount, limit, abi.encode(home));
    }

    function uniswapV3MintCallback(uint256 owed0, uint256 owed1, bytes calldata data) external {
        _pay(int256(owed0), int256(owed1), data);
    }

    function uniswapV3SwapCallback(int256 owed0, int256 owed1, bytes calldata data) external {
        _pay(owed0, owed1, data);
    }

    function _pay(int256 owed0, int256 owed1, bytes calldata data) private {
        address home = abi.decode(data, (address));
        ++payments;
        if (owed0 > 0) require(TOKEN0.transfer(home, uint256(owed0)), "not paid");
        if (owed1 > 0) require(TOKEN1.transfer(home, uint256(owed1)), "not paid");
    }
}
