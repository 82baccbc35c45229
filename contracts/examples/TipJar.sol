// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Takes tips, and spends them for its owner
contract TipJar {
    /// @notice Thrown when an account other than the owner spends.
    error NotOwner(address caller);

    event Tipped(address indexed from, uint256 amount, string note);
    event Paid(address indexed to, uint256 amount, bytes answer);
    event Refused(address indexed to, uint256 amount, bytes reason);

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

    /// @notice Pays `to`, which may be the proxy of an account on another chain. Carries on if the payee does
    /// not take it.
    /// @return paid Whether it did.
    /// @return answer What the payee returned or reverted with.
    function pay(
        address to,
        uint256 amount,
        bytes calldata data
    ) external returns (bool paid, bytes memory answer) {
        if (msg.sender != OWNER) revert NotOwner(msg.sender);
        (paid, answer) = to.call{value: amount}(data);
        if (paid) emit Paid(to, amount, answer);
        else emit Refused(to, amount, answer);
    }

    function _take(string memory note) private returns (uint256 total) {
        total = tips[msg.sender] + msg.value;
        tips[msg.sender] = total;
        emit Tipped(msg.sender, msg.value, note);
    }
}
