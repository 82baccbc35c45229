// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICrossChainManager} from "../interfaces/ICrossChainManager.sol";
import {ChainId} from "../interfaces/Actions.sol";
import {ProxyFactory} from "../proxy/ProxyFactory.sol";

/// @title The system contract of `evm` rollups
/// @notice Stands at a fixed address from genesis on (docs/spec.md section 7), with this contract's runtime
/// code: it has no constructor, no immutables and no storage, so it does not know which rollup it is on.
contract CrossChainManager is ProxyFactory {
    /// Thrown by a relay that leads nowhere: to the rollup that the caller is on.
    error OwnChain(ChainId rollup);

    /// @inheritdoc ICrossChainManager
    /// @dev A relay by a proxy of another chain's contract never runs this code: it is where the rollup's
    /// machine lets a call leave the rollup. What is left is refused, with the value that came along.
    function relay(ChainId rollup, address original, address, bytes calldata) external payable {
        if (msg.sender != proxyOf(original, rollup)) revert NotProxy(msg.sender);
        revert OwnChain(rollup);
    }
}
