// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";

/// @title Takes tips, and spends them for its owner
contract TipJar {
    using SafeTransferLib for address;

    /// @notice Thrown when anybody but the owner spends.
    error NotOwner(address caller);

    event Tipped(address indexed from, uint256 amount, string note);

    /// @notice Who spends: an account of this chain, or the proxy of one of another.
    address public immutable OWNER;

    /// @notice Wei that each account tipped.
    mapping(address from => uint256 amount) public tips;

    constructor(address owner) {
        OWNER = owner;
    }

    receive() external payable {
        _take("");
    }

    /// @notice Tips the Ether of this call.
    /// @return total Wei that the caller has tipped so far.
    function tip(string calldata note) external payable returns (uint256 total) {
        return _take(note);
    }

    /// @notice Pays `to`, on whatever chain it is: reverts, with the payee's own data, if that fails.
    function pay(address to, uint256 amount, bytes calldata data) external returns (bytes memory answer) {
        if (msg.sender != OWNER) revert NotOwner(msg.sender);
        bool success;
        (success, answer) = to.call{value: amount}(data);
        if (success) return answer;
        assembly {
            revert(add(answer, 32), mload(answer))
        }
    }

    /// @notice The same, but carries on when it fails.
    /// @return paid Whether the payee took it.
    /// @return answer What the payee returned or reverted with.
    function tryPay(
        address to,
        uint256 amount,
        bytes calldata data
    ) external returns (bool paid, bytes memory answer) {
        try this.pay(to, amount, data) returns (bytes memory given) {
            return (true, given);
        } catch (bytes memory reason) {
            return (false, reason);
        }
    }

    function _take(string memory note) private returns (uint256 total) {
        total = tips[msg.sender] + msg.value;
        tips[msg.sender] = total;
        emit Tipped(msg.sender, msg.value, note);
    }
}
