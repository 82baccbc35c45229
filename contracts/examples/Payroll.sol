// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ClosedDesk} from "./ClosedDesk.sol";
import {ILedger} from "./ILedger.sol";
import {InvoiceDesk} from "./InvoiceDesk.sol";

/// @title Pays salaries inside a rollup, from L1, in one transaction
/// @notice Nothing here knows of proofs or messages: `LEDGER` is called like a contract next door, its
/// answers are checked on the spot, and if any check fails the whole transaction is undone, on the rollup
/// too.
contract Payroll {
    struct Salary {
        /// Home chain of the employee's account: 0 for L1, or the ledger's own id.
        uint256 chain;
        address employee;
        uint256 amount;
    }

    event Paid(uint256 salaries, uint256 receipt, uint256 left);
    /// @notice The ledger refused a payment, and this contract went on.
    event Refused(bytes reason);

    /// @notice The ledger's proxy.
    ILedger public immutable LEDGER;
    address public immutable OWNER;

    modifier onlyOwner() {
        require(msg.sender == OWNER, "not the owner");
        _;
    }

    constructor(ILedger ledger) {
        LEDGER = ledger;
        OWNER = msg.sender;
    }

    /// @notice Deposits the Ether of this call, pays salaries inside the ledger and one invoice on L1 out of
    /// it.
    /// @return receipt The invoice desk's receipt number, which came back through the ledger.
    function payday(
        Salary[] calldata salaries,
        InvoiceDesk desk,
        uint256 invoice,
        uint256 invoiceAmount
    ) external payable onlyOwner returns (uint256 receipt) {
        (bool ok, bytes memory none) = address(LEDGER).call{value: msg.value}("");
        require(ok && none.length == 0, "deposit failed");

        uint256 held = LEDGER.balanceOf(0, address(this));
        require(held >= msg.value, "deposit not credited");

        for (uint256 i = 0; i < salaries.length; ++i) {
            Salary calldata salary = salaries[i];
            require(LEDGER.transfer(salary.chain, salary.employee, salary.amount), "salary not paid");
            held -= salary.amount;
        }

        receipt = _payInvoice(desk, invoice, invoiceAmount);
        emit Paid(salaries.length, receipt, held - invoiceAmount);
    }

    /// @notice Tries to pay `salary`, which exceeds what is there, and carries on.
    /// @return available What the ledger says this contract holds.
    function overdraw(Salary calldata salary) external onlyOwner returns (uint256 available) {
        try LEDGER.transfer(salary.chain, salary.employee, salary.amount) returns (bool) {
            revert("the overdraft was paid");
        } catch (bytes memory reason) {
            require(bytes4(reason) == ILedger.InsufficientBalance.selector, "another error");
            uint256 amount;
            (available, amount) = abi.decode(_withoutSelector(reason), (uint256, uint256));
            require(amount == salary.amount && available < amount, "wrong numbers");
            emit Refused(reason);
        }
    }

    /// @notice Tries to send Ether to a contract that rejects it, and carries on.
    function sendToClosedDesk(ClosedDesk desk, uint256 amount) external onlyOwner {
        try LEDGER.send(0, address(desk), amount, "") returns (bytes memory) {
            revert("the desk took it");
        } catch (bytes memory reason) {
            bytes memory expected = abi.encodeWithSelector(
                ClosedDesk.NotAccepting.selector,
                address(LEDGER),
                amount
            );
            require(keccak256(reason) == keccak256(expected), "another error");
            require(address(desk).balance == 0, "Ether arrived");
            emit Refused(reason);
        }
    }

    function _payInvoice(
        InvoiceDesk desk,
        uint256 invoice,
        uint256 amount
    ) private returns (uint256 receipt) {
        uint256 before = address(desk).balance;
        bytes memory answer = LEDGER.send(
            0,
            address(desk),
            amount,
            abi.encodeCall(InvoiceDesk.pay, (invoice))
        );
        uint256 arrived;
        (receipt, arrived) = abi.decode(answer, (uint256, uint256));
        require(arrived == amount, "another amount arrived");
        require(address(desk).balance == before + amount, "Ether missing at the desk");
        require(desk.paid(invoice) == amount, "invoice not marked as paid");
    }

    function _withoutSelector(bytes memory data) private pure returns (bytes memory rest) {
        rest = new bytes(data.length - 4);
        for (uint256 i = 0; i < rest.length; ++i) rest[i] = data[i + 4];
    }
}
