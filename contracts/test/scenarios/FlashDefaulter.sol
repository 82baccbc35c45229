// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FlashMember, FlashLender, TokenVault, HoldersClub} from "../../examples/FlashMember.sol";

/// @title FOR TESTS ONLY: a borrower that does not repay
contract FlashDefaulter is FlashMember {
    constructor(FlashLender lender, TokenVault vault, HoldersClub club) FlashMember(lender, vault, club) {}

    function _repay(address, uint256) internal override {}
}
