// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";
import {ILedger} from "../../examples/ILedger.sol";

/// @title FOR TESTS ONLY: what a contract can do with a ledger, in one transaction, from whatever chain it
/// stands on
contract LedgerUser {
    using SafeTransferLib for address;

    ILedger public immutable LEDGER;
    /// Chain id of Lockstep's under which the ledger knows this contract.
    uint256 public immutable HOME;

    event Toured(uint256 balance);
    event Answered(bytes answer);

    constructor(ILedger ledger, uint256 home) {
        LEDGER = ledger;
        HOME = home;
    }

    receive() external payable {}

    /// Deposits the Ether of this call, gives `given` of it to `(chain, to)` and takes `back` home.
    function tour(uint256 chain, address to, uint256 given, uint256 back) external payable {
        address(LEDGER).safeTransferETH(msg.value);
        require(LEDGER.transfer(chain, to, given), "transfer failed");
        bytes memory none = LEDGER.send(HOME, address(this), back, "");
        require(none.length == 0, "an answer");
        emit Toured(LEDGER.balanceOf(HOME, address(this)));
    }

    /// Sends `amount` of this contract's Ether through the ledger to a contract on `chain`, with a call.
    function payThrough(uint256 chain, address to, uint256 amount, bytes calldata data) external {
        // It is the ledger's function, not Solidity's.
        // solhint-disable-next-line check-send-result
        bytes memory answer = LEDGER.send{value: amount}(chain, to, amount, data);
        emit Answered(answer);
    }
}
