// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";

/// @title FOR TESTS ONLY: keeps tokens of another chain, and is asked by their hooks whether it wants them
contract Shelf is IERC721Receiver, ERC1155Holder {
    /// Thrown when a token is not wanted.
    error Unwanted(address token, uint256 id);

    event Put(address indexed token, address operator, address from, uint256 id, uint256 amount, bytes note);

    /// The id that is refused.
    uint256 public constant UNWANTED = 13;

    /// How many tokens were put here.
    uint256 public count;

    function onERC721Received(
        address operator,
        address from,
        uint256 id,
        bytes calldata note
    ) external returns (bytes4) {
        _put(operator, from, id, 1, note);
        return this.onERC721Received.selector;
    }

    function onERC1155Received(
        address operator,
        address from,
        uint256 id,
        uint256 amount,
        bytes memory note
    ) public override returns (bytes4) {
        _put(operator, from, id, amount, note);
        return this.onERC1155Received.selector;
    }

    /// Gives a card back: a call to the token's chain, in which this contract is the owner's proxy.
    /// @param self This contract, as the token's chain knows it.
    function giveBack(IERC721 token, address self, address to, uint256 id) external {
        token.safeTransferFrom(self, to, id);
    }

    function giveBack(IERC1155 token, address self, address to, uint256 id, uint256 amount) external {
        token.safeTransferFrom(self, to, id, amount, "");
    }

    function _put(address operator, address from, uint256 id, uint256 amount, bytes memory note) private {
        if (id == UNWANTED) revert Unwanted(msg.sender, id);
        ++count;
        emit Put(msg.sender, operator, from, id, amount, note);
    }
}
