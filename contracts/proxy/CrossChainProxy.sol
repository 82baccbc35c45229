// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICrossChainManager} from "../interfaces/ICrossChainManager.sol";
import {ChainId} from "../interfaces/Actions.sol";

/// @title A contract of another chain, as seen from this one
/// @notice Calling it calls `original` on chain `rollup`; a call that `original` makes to this chain comes
/// from here.
/// @dev Has no function of its own, so that no selector of the original's is hidden. Created by the manager
/// with CREATE2 and salt 0; the address depends on manager, original and rollup alone, and the same code
/// serves on every chain. Holds no Ether between calls but what came here in ways that run no code, or with
/// too little gas for any, which {ICrossChainManager.passOn} passes on.
contract CrossChainProxy {
    /// What the EVM adds to the gas of a call with value; all that Solidity's `transfer` and `send` give.
    uint256 private constant STIPEND = 2300;

    address private immutable MANAGER = msg.sender;
    address private immutable ORIGINAL;
    ChainId private immutable ROLLUP;

    constructor(address original, ChainId rollup) {
        ORIGINAL = original;
        ROLLUP = rollup;
    }

    /// @dev From the manager: calldata is `target (20 bytes) ‖ gas (4 bytes) ‖ data`, a call made on behalf
    /// of the original; or nothing, and the Ether that lies here goes to the original, as if this account
    /// sent it. From any other account: a call to the original. Either way the answer is passed on as it
    /// comes, byte for byte.
    ///
    /// The target gets exactly that gas, 0 being what there is; with value 2,300 at least, as by any call,
    /// which are part of it. That there is enough, the manager makes sure of.
    ///
    /// Ether with no data and no more gas than `transfer` and `send` give stays here until it is passed on:
    /// contracts that pay so (WETH9) could pay no account of another chain. A caller that gives all its gas
    /// does not come to this by having little: it would keep 36 of 2,300, too little to go on with.
    ///
    /// In assembly, since each byte of this code is paid for with each proxy, and hashed with each call. The
    /// frame ends here, so memory may be overwritten from 0.
    fallback() external payable {
        address manager = MANAGER;
        address original = ORIGINAL;
        ChainId rollup = ROLLUP;
        bytes32 relay = ICrossChainManager.relay.selector;
        assembly {
            let success
            let isManager := eq(caller(), manager)
            if iszero(calldatasize()) {
                if gt(callvalue(), 0) {
                    if iszero(gt(gas(), STIPEND)) {
                        return(0, 0)
                    }
                }
            }
            switch mul(isManager, calldatasize())
            case 0 {
                let sender := caller()
                let value := callvalue()
                if isManager {
                    sender := address()
                    value := selfbalance()
                }
                // relay(rollup, original, sender, msg.data)
                mstore(0, relay)
                mstore(4, rollup)
                mstore(36, original)
                mstore(68, sender)
                mstore(100, 128)
                mstore(132, calldatasize())
                calldatacopy(164, 0, calldatasize())
                let size := add(164, and(add(calldatasize(), 31), not(31)))
                success := call(gas(), manager, value, 0, size, 0, 0)
            }
            default {
                let length := sub(calldatasize(), 24)
                calldatacopy(0, 24, length)
                let head := calldataload(0)
                let limit := and(shr(64, head), 0xffffffff)
                switch limit
                case 0 {
                    limit := gas()
                }
                default {
                    if callvalue() {
                        limit := mul(gt(limit, STIPEND), sub(limit, STIPEND))
                    }
                }
                success := call(limit, shr(96, head), callvalue(), 0, length, 0, 0)
            }
            returndatacopy(0, 0, returndatasize())
            if success {
                return(0, returndatasize())
            }
            revert(0, returndatasize())
        }
    }
}
