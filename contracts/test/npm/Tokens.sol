// SPDX-License-Identifier: MIT
// solhint-disable one-contract-per-file
pragma solidity 0.8.30;

import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {WETH} from "solady/src/tokens/WETH.sol";

/// @title FOR TESTS ONLY: OpenZeppelin's ERC-20
contract NpmCoin is ERC20 {
    constructor() ERC20("Coin", "COIN") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @title FOR TESTS ONLY: OpenZeppelin's ERC-721
contract NpmCard is ERC721 {
    constructor() ERC721("Card", "CARD") {}

    function mint(address to, uint256 id) external {
        _safeMint(to, id);
    }
}

/// @title FOR TESTS ONLY: OpenZeppelin's ERC-1155
contract NpmGoods is ERC1155 {
    constructor() ERC1155("") {}

    function mint(address to, uint256 id, uint256 amount) external {
        _mint(to, id, amount, "");
    }
}

/// @title FOR TESTS ONLY: solady's WETH, which does what WETH9 does
contract NpmWeth is WETH {}
