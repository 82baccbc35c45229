// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {ChainId} from "./Actions.sol";

/// @title What proxies need of the contract that manages them, on every chain
/// @notice On L1 this is `Rollups`, on a rollup of the `evm` kind its system contract. docs/spec.md sections
/// 3 and 7.
interface ICrossChainManager {
    event ProxyCreated(address indexed proxy, address indexed original, ChainId indexed rollup);

    /// Thrown when {relay} is called by another account than the proxy it speaks of.
    error NotProxy(address caller);

    /// @notice Address of the proxy that stands on this chain for `original` on `rollup`, created or not.
    /// @dev Until it is created, by {createProxy} or by the original's first call to this chain, the address
    /// is an account without code: a call to it does nothing, and a token that asks receivers with code does
    /// not ask it. Who hands the address to others takes it from {createProxy}.
    function proxyOf(address original, ChainId rollup) external view returns (address);

    /// @notice Creates a proxy if it is not there yet.
    function createProxy(address original, ChainId rollup) external returns (address);

    /// @notice Sends what Ether lies at the proxy's address on to its original, with no data: what came there
    /// before the proxy did, or in ways that run no code. Any account may call this; the proxy is created if
    /// it is not there yet.
    /// @dev The original sees the proxy of the proxy as `msg.sender`. Reverts with what the original reverts
    /// with, and then the Ether stays where it is. Nothing happens if there is none.
    function passOn(address original, ChainId rollup) external;

    /// @notice A call by `sender` to the caller, which must be the proxy of `original` on `rollup`.
    /// @dev Returns or reverts with the remote contract's raw bytes, not ABI-encoded.
    function relay(ChainId rollup, address original, address sender, bytes calldata data) external payable;
}
