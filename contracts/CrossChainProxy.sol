// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICrossChainManager} from "./interfaces/ICrossChainManager.sol";
import {ChainId} from "./protocol/Actions.sol";

/// @title A contract of another chain, as seen from this one
/// @notice Calling it calls `original` on chain `rollup`; a call that `original` makes to this chain comes from here.
/// @dev Has no function of its own, so that no selector of the original's is hidden. Created by the manager with CREATE2
/// and salt 0; the address depends on manager, original and rollup alone, and the same code serves on every chain.
/// Holds no Ether between calls.
contract CrossChainProxy {
    address private immutable MANAGER = msg.sender;
    address private immutable ORIGINAL;
    ChainId private immutable ROLLUP;

    constructor(address original, ChainId rollup) {
        ORIGINAL = original;
        ROLLUP = rollup;
    }

    /// @dev From the manager: calldata is `target (20 bytes) ‖ data`, a call made on behalf of the original.
    /// From anybody else: a call to the original. Either way the answer is passed on as it comes, byte for byte.
    fallback() external payable {
        bool success;
        if (msg.sender == MANAGER) {
            (success, ) = address(bytes20(msg.data)).call{value: msg.value}(msg.data[20:]);
        } else {
            (success, ) = MANAGER.call{value: msg.value}(
                abi.encodeCall(ICrossChainManager.relay, (ROLLUP, ORIGINAL, msg.sender, msg.data))
            );
        }
        // Solidity can only return ABI-encoded values; the answer must be passed on raw. The frame ends here, so memory
        // may be overwritten from 0.
        assembly {
            returndatacopy(0, 0, returndatasize())
            if success {
                return(0, returndatasize())
            }
            revert(0, returndatasize())
        }
    }
}
