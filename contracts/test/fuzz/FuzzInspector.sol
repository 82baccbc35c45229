// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title FOR TESTS ONLY: reads what actors have in storage and in Ether, children included
contract FuzzInspector {
    struct Contents {
        uint256[8] slots;
        uint256 childCount;
        uint256 balance;
    }

    /// @return contents For each actor its own, then those of its children, oldest place first.
    function inspect(address[] calldata actors) external view returns (Contents[][] memory contents) {
        contents = new Contents[][](actors.length);
        for (uint256 i = 0; i < actors.length; i++) {
            (Contents memory own, address[4] memory children) = _dump(actors[i]);
            uint256 count = own.childCount < 4 ? own.childCount : 4;
            contents[i] = new Contents[](1 + count);
            contents[i][0] = own;
            for (uint256 j = 0; j < count; j++) (contents[i][j + 1], ) = _dump(children[j]);
        }
    }

    function _dump(
        address actor
    ) private view returns (Contents memory contents, address[4] memory children) {
        (bool success, bytes memory data) = actor.staticcall(hex"ff");
        require(success, "actors answer");
        (contents.slots, contents.childCount, children, contents.balance) = abi.decode(
            data,
            (uint256[8], uint256, address[4], uint256)
        );
    }
}
