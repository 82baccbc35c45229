// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CrossChainProxy} from "../CrossChainProxy.sol";
import {ICrossChainManager} from "../interfaces/ICrossChainManager.sol";
import {ChainId} from "./Actions.sol";

/// @title Proxies: recognised by their address, listed nowhere
abstract contract ProxyFactory is ICrossChainManager {
    /// @inheritdoc ICrossChainManager
    function proxyOf(address original, ChainId rollup) public view returns (address) {
        bytes32 initCodeHash = keccak256(
            abi.encodePacked(type(CrossChainProxy).creationCode, abi.encode(original, rollup))
        );
        bytes32 digest = keccak256(abi.encodePacked(bytes1(0xff), address(this), bytes32(0), initCodeHash));
        return address(uint160(uint256(digest)));
    }

    function _ensureProxy(address original, ChainId rollup) internal returns (address proxy) {
        proxy = proxyOf(original, rollup);
        if (proxy.code.length != 0) return proxy;
        new CrossChainProxy{salt: 0}(original, rollup);
        emit ProxyCreated(proxy, original, rollup);
    }
}
