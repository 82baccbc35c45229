// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "solady/src/tokens/ERC20.sol";
import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";

/// @title What takes a flash loan (ERC-3156)
interface IFlashBorrower {
    /// @notice Called with the loan in hand; `amount + fee` has to be approved to the caller when it returns.
    /// @return keccak256("ERC3156FlashBorrower.onFlashLoan")
    function onFlashLoan(
        address initiator,
        address token,
        uint256 amount,
        uint256 fee,
        bytes calldata data
    ) external returns (bytes32);
}

/// @title Lends what it holds of one token for the length of a call (ERC-3156)
/// @notice The borrower may take the loan to another chain: the call ends when everything that it did there
/// has ended.
contract FlashLender {
    using SafeTransferLib for address;

    /// @notice Thrown when another token than the pool's is asked for.
    error UnsupportedToken(address token);
    /// @notice Thrown when the borrower does not say that it is one.
    error NotABorrower(address receiver);

    /// @notice In hundredths of a percent of the loan.
    uint256 public constant FEE_BASIS_POINTS = 9;
    bytes32 private constant AGREED = keccak256("ERC3156FlashBorrower.onFlashLoan");

    address public immutable TOKEN;

    constructor(address token) {
        TOKEN = token;
    }

    /// @notice Lends `amount` to `receiver`, calls it, and takes the loan and the fee back from it.
    function flashLoan(
        IFlashBorrower receiver,
        address token,
        uint256 amount,
        bytes calldata data
    ) external returns (bool) {
        uint256 fee = flashFee(token, amount);
        TOKEN.safeTransfer(address(receiver), amount);
        if (receiver.onFlashLoan(msg.sender, token, amount, fee, data) != AGREED)
            revert NotABorrower(address(receiver));
        TOKEN.safeTransferFrom(address(receiver), address(this), amount + fee);
        return true;
    }

    /// @notice The greatest loan there is.
    function maxFlashLoan(address token) external view returns (uint256) {
        return token == TOKEN ? ERC20(TOKEN).balanceOf(address(this)) : 0;
    }

    function flashFee(address token, uint256 amount) public view returns (uint256) {
        if (token != TOKEN) revert UnsupportedToken(token);
        return (amount * FEE_BASIS_POINTS) / 10_000;
    }
}
