// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";
import {FlashLender, IFlashBorrower} from "./FlashLender.sol";
import {HoldersClub} from "./HoldersClub.sol";
import {TokenVault} from "./TokenVault.sol";

/// @title Joins a club on a rollup with borrowed money
/// @notice Borrows on this chain, takes the loan through the bridge to the club's chain, joins there, brings
/// the tokens back and repays, all in one transaction. If any step fails, on either chain, nothing of it has
/// happened.
contract FlashMember is IFlashBorrower {
    using SafeTransferLib for address;

    /// @notice Thrown when a loan arrives that this contract did not ask for.
    error UnexpectedLoan(address lender, address initiator);

    FlashLender public immutable LENDER;
    TokenVault public immutable VAULT;
    /// @notice The club, or its proxy on this chain.
    HoldersClub public immutable CLUB;

    /// @notice The number under which the club admitted this contract.
    uint256 public memberNumber;

    constructor(FlashLender lender, TokenVault vault, HoldersClub club) {
        LENDER = lender;
        VAULT = vault;
        CLUB = club;
    }

    /// @notice Joins the club with a loan of `amount`. The fee must be here already.
    /// @param self This contract as the club's chain sees it: the address of its proxy there.
    function join(uint256 amount, address self) external {
        LENDER.flashLoan(this, LENDER.TOKEN(), amount, abi.encode(self));
    }

    /// @inheritdoc IFlashBorrower
    function onFlashLoan(
        address initiator,
        address token,
        uint256 amount,
        uint256 fee,
        bytes calldata data
    ) external returns (bytes32) {
        if (msg.sender != address(LENDER) || initiator != address(this))
            revert UnexpectedLoan(msg.sender, initiator);
        token.safeApprove(address(VAULT), amount);
        VAULT.lock(abi.decode(data, (address)), amount);
        memberNumber = CLUB.join();
        VAULT.wrapped().unlock(address(this), amount);
        _repay(token, amount + fee);
        return keccak256("ERC3156FlashBorrower.onFlashLoan");
    }

    function _repay(address token, uint256 owed) internal virtual {
        token.safeApprove(address(LENDER), owed);
    }
}
