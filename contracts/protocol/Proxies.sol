// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICrossChainManager} from "../interfaces/ICrossChainManager.sol";
import {ChainId} from "./Actions.sol";
import {ProxyFactory} from "./ProxyFactory.sol";
import {Registry} from "./Registry.sol";

/// @title Proxies of registered rollups' contracts
abstract contract Proxies is ProxyFactory, Registry {
    /// @inheritdoc ICrossChainManager
    function createProxy(address original, ChainId rollup) external returns (address) {
        _requireKnown(rollup);
        return _ensureProxy(original, rollup);
    }
}
