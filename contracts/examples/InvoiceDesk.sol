// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title A contract on L1 that is paid from a rollup and answers with data
contract InvoiceDesk {
    /// @notice Thrown when an invoice is paid twice.
    error AlreadyPaid(uint256 invoice);
    /// @notice Thrown when a payment brings no Ether.
    error NothingPaid(uint256 invoice);

    event InvoicePaid(uint256 indexed invoice, address indexed payer, uint256 amount);

    /// @notice Wei received for an invoice.
    mapping(uint256 invoice => uint256 amount) public paid;
    /// @notice Number of invoices paid so far.
    uint256 public receipts;

    /// @notice Pays an invoice with the Ether of this call.
    /// @return receipt Running number of the payment, from 1.
    /// @return amount Wei that arrived.
    function pay(uint256 invoice) external payable returns (uint256 receipt, uint256 amount) {
        if (msg.value == 0) revert NothingPaid(invoice);
        if (paid[invoice] != 0) revert AlreadyPaid(invoice);
        paid[invoice] = msg.value;
        receipt = ++receipts;
        emit InvoicePaid(invoice, msg.sender, msg.value);
        return (receipt, msg.value);
    }
}
