// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ChainId} from "../interfaces/Actions.sol";
import {CallerProxies} from "../proofs/bus/CallerProxies.sol";

/// @title Shows what {CallerProxies} computes, and what it costs
contract CallerProxiesProbe is CallerProxies {
    constructor(bytes memory init) CallerProxies(init) {}

    function callerProxy(
        address original,
        ChainId rollup
    ) external view returns (address proxy, bytes32 codeHash, uint256 gas) {
        gas = gasleft();
        (proxy, codeHash) = _callerProxy(original, rollup);
        gas -= gasleft();
    }
}
