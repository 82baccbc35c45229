// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICrossChainManager} from "../../interfaces/ICrossChainManager.sol";
import {ChainId} from "../../interfaces/Actions.sol";
import {Cell} from "./Cell.sol";
import {CellFactory} from "./CellFactory.sol";

/// @title FOR TESTS ONLY: has a factory create a cell, and adds to it at once
contract CellFounder {
    CellFactory public immutable FACTORY;
    /// Address under which the cell was added to.
    address public cell;

    constructor(CellFactory factory) {
        FACTORY = factory;
    }

    /// @param manager Of proxies on this chain; zero where the factory is on this chain itself.
    /// @param chain Where the factory is at home.
    function found(bytes32 salt, ICrossChainManager manager, ChainId chain, uint256 amount) external {
        address made = address(FACTORY.create(salt));
        cell = address(manager) == address(0) ? made : manager.createProxy(made, chain);
        Cell(cell).add(amount);
    }
}
