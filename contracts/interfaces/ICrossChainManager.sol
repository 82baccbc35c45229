// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ChainId} from "../protocol/Actions.sol";

/// @title What proxies need of the contract that manages them, on every chain
/// @notice On L1 this is `Rollups`, on a rollup of the `evm` kind its system contract. docs/spec.md sections 3 and 7.
interface ICrossChainManager {
    event ProxyCreated(address indexed proxy, address indexed original, ChainId indexed rollup);

    /// Thrown when {relay} is called by anybody but the proxy it speaks of.
    error NotProxy(address caller);

    /// @notice Address of the proxy that stands on this chain for `original` on `rollup`, created or not.
    function proxyOf(address original, ChainId rollup) external view returns (address);

    /// @notice Creates a proxy if it is not there yet.
    function createProxy(address original, ChainId rollup) external returns (address);

    /// @notice A call by `sender` to the caller, which must be the proxy of `original` on `rollup`.
    /// @dev Returns or reverts with the remote contract's raw bytes, not ABI-encoded.
    function relay(ChainId rollup, address original, address sender, bytes calldata data) external payable;
}
