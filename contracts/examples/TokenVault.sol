// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";
import {WrappedToken} from "./WrappedToken.sol";

/// @title The home side of a token bridge: holds an ERC-20 token for as long as it is in use on another chain
/// @notice Locking and minting are one call, as are burning and releasing: either both happen or neither
/// does, so the vault holds exactly the wrapped token's supply after every transaction, and there is no
/// message to wait for.
contract TokenVault {
    using SafeTransferLib for address;

    /// @notice Thrown when tokens are released by another account than the wrapped token.
    error NotWrappedToken(address caller);
    /// @notice Thrown when the bridge is used before, or connected after, it was connected.
    error WrongConnection();

    event Locked(address indexed from, address indexed to, uint256 amount);
    event Released(address indexed to, uint256 amount);

    address public immutable TOKEN;
    address private immutable DEPLOYER = msg.sender;

    /// @notice The wrapped token, or its proxy on this chain.
    WrappedToken public wrapped;

    constructor(address token) {
        TOKEN = token;
    }

    /// @notice Names the other side of the bridge, once and for all.
    function connect(WrappedToken other) external {
        if (msg.sender != DEPLOYER || address(wrapped) != address(0)) revert WrongConnection();
        wrapped = other;
    }

    /// @notice Locks the caller's tokens and mints as many wrapped ones.
    /// @param to Who gets them: an address of the other chain.
    function lock(address to, uint256 amount) external {
        if (address(wrapped) == address(0)) revert WrongConnection();
        TOKEN.safeTransferFrom(msg.sender, address(this), amount);
        wrapped.mint(to, amount);
        emit Locked(msg.sender, to, amount);
    }

    /// @notice Called by the wrapped token for tokens that it has burnt.
    function release(address to, uint256 amount) external {
        if (msg.sender != address(wrapped)) revert NotWrappedToken(msg.sender);
        TOKEN.safeTransfer(to, amount);
        emit Released(to, amount);
    }
}
