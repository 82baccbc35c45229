// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @title What a contract on L1 sees of a `ledger` rollup, at the address of the ledger's proxy
/// @notice An account is a pair (home chain, address): L1 is chain 0. The caller of a function is
/// `(0, msg.sender)`. Plain Ether sent to the proxy is credited to the caller. Every function also credits
/// the Ether sent with it.
interface ILedger {
    /// @notice Thrown, with the ledger's own revert data, when the caller holds less than `amount`.
    error InsufficientBalance(uint256 available, uint256 amount);

    /// @notice Moves `amount` wei from the caller to the account `(chain, to)`, inside the ledger.
    /// @return success Always true; the call reverts otherwise.
    function transfer(uint256 chain, address to, uint256 amount) external payable returns (bool success);

    /// @notice The balance in wei of the account `(chain, who)`.
    /// @return balance 0 for an account that was never used.
    function balanceOf(uint256 chain, address who) external view returns (uint256 balance);

    /// @notice Takes `amount` wei from the caller and calls `to` on another chain with them and with `data`.
    /// @dev The callee sees the ledger's proxy as `msg.sender`. If it reverts, so does this, with the
    /// callee's data.
    /// @return answer What the callee returned.
    function send(
        uint256 chain,
        address to,
        uint256 amount,
        bytes calldata data
    ) external payable returns (bytes memory answer);
}
