// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "solady/src/tokens/ERC20.sol";
import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";
import {ConstantProductPool} from "./ConstantProductPool.sol";
import {TokenVault} from "./TokenVault.sol";

/// @title Buys a token here, sells it on a rollup, and has the Ether back before the transaction ends
/// @notice There is no risk in between: if the prices are not what they were, everything is undone on both
/// chains.
contract Arbitrageur {
    using SafeTransferLib for address;

    /// @notice Thrown when the trade would end with less than is asked for.
    error NotWorthIt(uint256 spent, uint256 earned);
    /// @notice Thrown when an account other than the owner trades or takes the money.
    error NotOwner(address caller);

    /// @param home The pool on this chain.
    /// @param vault Bridge of its token.
    /// @param away The pool on the other chain, by its proxy on this one.
    /// @param awayThere The same pool, by its address on its own chain.
    /// @param self This contract, by the address of its proxy on the other chain.
    struct Route {
        ConstantProductPool home;
        TokenVault vault;
        ConstantProductPool away;
        address awayThere;
        address self;
    }

    event Traded(uint256 spent, uint256 earned);

    address public immutable OWNER = msg.sender;

    modifier onlyOwner() {
        if (msg.sender != OWNER) revert NotOwner(msg.sender);
        _;
    }

    /// @dev Ether comes here from the pool on the other chain, in the middle of {trade}.
    receive() external payable {}

    /// @notice Buys for `spent` wei of this contract's at home, and sells what that gives away.
    /// @param minProfit Wei that must be left over.
    /// @return earned Wei that the sale gave.
    function trade(
        Route calldata route,
        uint256 spent,
        uint256 minProfit
    ) external onlyOwner returns (uint256 earned) {
        uint256 tokens = route.home.buy{value: spent}(0);
        uint256 balance = address(this).balance;

        route.home.TOKEN().safeApprove(address(route.vault), tokens);
        route.vault.lock(route.self, tokens);
        // Both are calls to the other chain.
        ERC20(address(route.vault.wrapped())).approve(route.awayThere, tokens);
        route.away.sell(tokens, 0);

        earned = address(this).balance - balance;
        if (earned < spent + minProfit) revert NotWorthIt(spent, earned);
        emit Traded(spent, earned);
    }

    function withdraw(uint256 amount) external onlyOwner {
        OWNER.safeTransferETH(amount);
    }
}
