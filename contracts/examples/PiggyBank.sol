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
        (bool ok, ) = address(LEDGER).call{value: msg.value}(""); // runs on the rollup …
        require(ok, "deposit failed");
        balance = LEDGER.balanceOf(0, address(this)); // … and so does this, after it
        require(balance >= msg.value, "deposit not credited");
    }
}
