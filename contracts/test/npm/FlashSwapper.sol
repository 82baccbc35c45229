// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title What a flash swapper needs of a pair of Uniswap v2
interface IPair {
    function swap(uint256 amount0Out, uint256 amount1Out, address to, bytes calldata data) external;
}

/// @title FOR TESTS ONLY: a flash swap on a pair of Uniswap v2 on another chain
contract FlashSwapper {
    /// What it held on the other chain during its latest swap.
    uint256 public held;
    /// Who the pair said began it.
    address public sender;

    /// @param pair The pair's proxy here.
    /// @param self This contract, as the pair's chain knows it.
    /// @param data The token's proxy here, the pair as its chain knows it, and what to pay.
    function swap(IPair pair, address self, uint256 amount0Out, bytes calldata data) external {
        pair.swap(amount0Out, 0, self, data);
    }

    /// The pair calls this on its own chain; it arrives here.
    function uniswapV2Call(address by, uint256, uint256, bytes calldata data) external {
        (IERC20 token, address pair, uint256 payment) = abi.decode(data, (IERC20, address, uint256));
        sender = by;
        held = token.balanceOf(by);
        require(token.transfer(pair, payment), "not paid");
    }
}
