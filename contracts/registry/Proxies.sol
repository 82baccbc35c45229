// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICrossChainManager} from "../interfaces/ICrossChainManager.sol";
import {ChainId} from "../interfaces/Actions.sol";
import {ProxyFactory} from "../proxy/ProxyFactory.sol";
import {Registry} from "./Registry.sol";

/// @title Proxies of registered rollups' contracts
abstract contract Proxies is ProxyFactory, Registry {
    /// @inheritdoc ICrossChainManager
    function createProxy(
        address original,
        ChainId rollup
    ) public override(ICrossChainManager, ProxyFactory) returns (address) {
        _requireKnown(rollup);
        return super.createProxy(original, rollup);
    }
}
