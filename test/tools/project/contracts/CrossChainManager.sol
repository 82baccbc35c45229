// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What makes proxies: `Rollups` on L1, the system contract on a rollup.
interface CrossChainManager {
    event ProxyCreated(address indexed proxy, address indexed original, uint64 indexed chain);

    function createProxy(address original, uint64 chain) external returns (address);
}
