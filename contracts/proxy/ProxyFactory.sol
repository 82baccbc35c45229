// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CrossChainProxy} from "./CrossChainProxy.sol";
import {ICrossChainManager} from "../interfaces/ICrossChainManager.sol";
import {ChainId} from "../interfaces/Actions.sol";

/// @title Proxies: recognised by their address, listed nowhere
abstract contract ProxyFactory is ICrossChainManager {
    /// @inheritdoc ICrossChainManager
    function proxyOf(address original, ChainId rollup) public view returns (address) {
        bytes memory code = type(CrossChainProxy).creationCode;
        bytes32 digest;
        // keccak256(0xff ‖ this ‖ salt 0 ‖ keccak256(code ‖ abi.encode(original, rollup))): the code lies at
        // the end of what is allocated, so its arguments can be written after it.
        assembly ("memory-safe") {
            let length := mload(code)
            let end := add(add(code, 32), length)
            mstore(end, original)
            mstore(add(end, 32), rollup)
            let codeHash := keccak256(add(code, 32), add(length, 64))
            mstore(end, or(shl(248, 0xff), shl(88, address())))
            mstore(add(end, 21), 0)
            mstore(add(end, 53), codeHash)
            digest := keccak256(end, 85)
        }
        return address(uint160(uint256(digest)));
    }

    /// @inheritdoc ICrossChainManager
    function createProxy(address original, ChainId rollup) public virtual returns (address) {
        return _ensureProxy(original, rollup);
    }

    /// @inheritdoc ICrossChainManager
    function passOn(address original, ChainId rollup) external {
        address proxy = createProxy(original, rollup);
        if (proxy.balance == 0) return;
        (bool success, ) = proxy.call("");
        if (success) return;
        assembly ("memory-safe") {
            let reason := mload(64)
            returndatacopy(reason, 0, returndatasize())
            revert(reason, returndatasize())
        }
    }

    function _ensureProxy(address original, ChainId rollup) internal returns (address proxy) {
        proxy = proxyOf(original, rollup);
        if (proxy.code.length != 0) return proxy;
        new CrossChainProxy{salt: 0}(original, rollup);
        emit ProxyCreated(proxy, original, rollup);
    }
}
