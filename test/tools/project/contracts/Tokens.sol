// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";

contract Coin is ERC20 {
    constructor() ERC20("Coin", "COIN") {
        _mint(msg.sender, 1_000_000 ether);
    }
}

contract Card is ERC721 {
    constructor() ERC721("Card", "CARD") {
        _mint(msg.sender, 1);
    }
}

contract Goods is ERC1155 {
    constructor() ERC1155("") {
        _mint(msg.sender, 7, 100, "");
    }
}
