// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ILedger} from "./ILedger.sol";

/// @notice Keeps its Ether on a rollup, and knows in the same transaction that it is there.
contract PiggyBank {
    ILedger public immutable LEDGER;

    constructor(ILedger ledger) {
        LEDGER = ledger; // the address of the ledger's proxy: Rollups.proxyOf(…)
    }

    function save() external payable returns (uint256 balance) {
        // Runs on the rollup, here and now: brings the Ether there and asks what the balance is then.
        bytes memory question = abi.encodeCall(ILedger.balanceOf, (0, address(this)));
        (bool ok, bytes memory answer) = address(LEDGER).call{value: msg.value}(question);
        require(ok, "deposit failed");
        balance = abi.decode(answer, (uint256));
        require(balance >= msg.value, "deposit not credited");
    }
}
