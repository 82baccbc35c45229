// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ILedger} from "lockstep/contracts/examples/ILedger.sol";
import {ChainId} from "lockstep/contracts/interfaces/Actions.sol";
import {CrossChain} from "lockstep/contracts/interfaces/CrossChain.sol";
import {IRollups} from "lockstep/contracts/interfaces/IRollups.sol";

/// @title Keeps its takings on a ledger, and goes on without it if that refuses
contract Till {
    IRollups public immutable ROLLUPS;
    ILedger public immutable LEDGER;

    constructor(IRollups rollups, address ledger, ChainId rollup) {
        ROLLUPS = rollups;
        LEDGER = ILedger(rollups.createProxy(ledger, rollup));
    }

    function take() external payable returns (bool kept) {
        (kept, ) = CrossChain.tryCall(address(LEDGER), msg.value, "");
    }
}
