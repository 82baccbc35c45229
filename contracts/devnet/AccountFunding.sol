// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ICrossChainManager} from "../interfaces/ICrossChainManager.sol";
import {ChainId} from "../interfaces/Actions.sol";

/// @title Brings Ether to accounts on rollups while it is deployed, in one transaction
/// @notice What any user can do: Ether that is sent to an account's proxy arrives on the account's chain.
contract AccountFunding {
    /// @notice Thrown when an account does not take what it gets.
    error NotTaken(address account, ChainId rollup, bytes reason);

    /// @param manager `Rollups`.
    /// @param accounts Each of them gets the same share of the transaction's Ether on each of the rollups.
    constructor(ICrossChainManager manager, ChainId[] memory rollups, address[] memory accounts) payable {
        uint256 share = msg.value / (rollups.length * accounts.length);
        for (uint256 i = 0; i < rollups.length; i++) {
            for (uint256 j = 0; j < accounts.length; j++) {
                address proxy = manager.createProxy(accounts[j], rollups[i]);
                (bool taken, bytes memory reason) = proxy.call{value: share}("");
                if (!taken) revert NotTaken(accounts[j], rollups[i], reason);
            }
        }
    }
}
