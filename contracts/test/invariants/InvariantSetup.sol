// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRollups, Registration, Rollup} from "../../interfaces/IRollups.sol";
import {ChainId, StateRoot} from "../../interfaces/Actions.sol";
import {vm} from "./IVm.sol";
import {IWalkHarness} from "./IWalkHarness.sol";
import {RecordingProofSystem} from "./RecordingProofSystem.sol";
import {ExecutionGenerator} from "./ExecutionGenerator.sol";
import {ScriptedActor} from "./ScriptedActor.sol";
import {isNative, nameOf, RollupSnapshot, indexOf, rollupAt, ROLLUPS, Trait} from "./GeneratedExecution.sol";

/// @title Setup and invariants
/// @notice Deploys `Rollups`, rollups whose builder this contract is, and L1 contracts that it calls. Checks
/// what must hold.
abstract contract InvariantSetup is ExecutionGenerator {
    uint256 internal constant MAX_BATCH_AGE = 60;

    /// Proof systems by rollup. The first two share one: only a rollup itself can say how it came to a root.
    RecordingProofSystem[ROLLUPS] internal _proofSystems;
    bytes32[2] internal _keys;

    /// Walks over whatever is posted, and looks between actions.
    IWalkHarness internal _harness;

    /// Ghost variable: Ether that no action has brought.
    uint256 internal _donated;
    StateRoot[ROLLUPS] private _roots;

    /// Ghost variable: how often each outcome was seen.
    mapping(string outcome => uint256) public outcomes;

    function setUp() public {
        vm.warp(1_000_000_000);
        _harness = IWalkHarness(_create(vm.getCode("WalkHarness.sol:WalkHarness")));
        // Not imported: it would be compiled once more for this contract, which takes the compiler long.
        bytes memory code = vm.getCode("Rollups.sol:Rollups");
        address created = _create(abi.encodePacked(code, abi.encode(MAX_BATCH_AGE)));
        _rollups = IRollups(created);
        _keys = [keccak256("first key"), keccak256("second key")];
        for (uint256 i = 0; i < ROLLUPS; i++) {
            _roots[i] = StateRoot.wrap(bytes32(i + 1));
            ChainId rollup = rollupAt(i);
            _proofSystems[i] = i == 1 ? _proofSystems[0] : new RecordingProofSystem();
            _rollups.register(
                Registration(address(this), _proofSystems[i], _keyList(), _roots[i], isNative(rollup), 0)
            );
            for (uint256 j = 0; j < REMOTES; j++) _rollups.createProxy(_remote(j), rollup);
        }
        for (uint256 i = 0; i < _actors.length; i++) {
            _actors[i] = new ScriptedActor();
            vm.deal(address(_actors[i]), 1e24);
        }
    }

    function _create(bytes memory code) private returns (address created) {
        assembly ("memory-safe") {
            created := create(0, add(code, 32), mload(code))
        }
    }

    // -------------------------------------------------------------------------------------------- invariants

    /// @inheritdoc ExecutionGenerator
    function checkBacked() public view override {
        uint256 sum = 0;
        for (uint256 i = 0; i < ROLLUPS; i++) sum += _rollups.rollupOf(rollupAt(i)).etherBalance;
        require(sum + _donated <= address(_rollups).balance, "balances exceed what is held");
        require(sum + _donated == address(_rollups).balance, "Ether is stranded");
    }

    /// Follows each rollup's root back, through statements that were verified, to its first one.
    function checkRoots() public view {
        for (uint256 i = 0; i < ROLLUPS; i++) {
            StateRoot root = _rollups.rollupOf(rollupAt(i)).root;
            while (StateRoot.unwrap(root) != bytes32(i + 1)) (root, ) = _stepBack(rollupAt(i), root);
        }
    }

    /// Called at the end of each handler function.
    function _checkAll() internal {
        // Refused while a batch is posted or an execution is open.
        for (uint256 i = 0; i < ROLLUPS; i++) {
            _rollups.proposeVerification(rollupAt(i), _proofSystems[i], _keyList());
            try _rollups.applyVerification(rollupAt(i), _proofSystems[i], _keyList()) {} catch {
                require(false, "the cursor is left inside an execution");
            }
        }
        checkBacked();
        for (uint256 i = 0; i < ROLLUPS; i++) {
            StateRoot current = _rollups.rollupOf(rollupAt(i)).root;
            StateRoot root = current;
            while (root != _roots[i]) {
                uint256 blockNumber;
                (root, blockNumber) = _stepBack(rollupAt(i), root);
                require(blockNumber == block.number, "a root was changed by a statement of another block");
            }
            _roots[i] = current;
        }
    }

    function _stepBack(
        ChainId rollup,
        StateRoot root
    ) private view returns (StateRoot before, uint256 blockNumber) {
        RecordingProofSystem.Transition memory note = _proofSystems[indexOf(rollup)].transitionTo(
            rollup,
            root
        );
        require(note.blockNumber != 0, "a root was changed without a verified statement");
        return (StateRoot.wrap(note.rootBefore), note.blockNumber);
    }

    // ------------------------------------------------------------------------------------------------- state

    function _snapshots() internal view returns (RollupSnapshot[] memory snapshots) {
        snapshots = new RollupSnapshot[](ROLLUPS);
        for (uint256 i = 0; i < ROLLUPS; i++) {
            Rollup memory rollup = _rollups.rollupOf(rollupAt(i));
            snapshots[i] = RollupSnapshot(rollup.root, rollup.etherBalance);
        }
    }

    /// Everything that a look-up could change.
    function _stateHash() internal view returns (bytes32) {
        bytes32[16] memory words;
        for (uint256 i = 0; i < words.length; i++) words[i] = vm.load(address(_rollups), bytes32(i));
        uint256[2] memory writes = [_actors[0].writes(), _actors[1].writes()];
        uint256[3] memory balances = [
            address(_rollups).balance,
            address(_actors[0]).balance,
            address(_actors[1]).balance
        ];
        return keccak256(abi.encode(words, writes, balances, _snapshots()));
    }

    function _keyList() internal view returns (bytes32[] memory keys) {
        keys = new bytes32[](2);
        (keys[0], keys[1]) = (_keys[0], _keys[1]);
    }

    function _count(string memory outcome) internal {
        outcomes[outcome]++;
    }

    function _countTraits(uint256 traits) internal {
        for (uint256 i = 0; i <= uint256(type(Trait).max); i++) {
            if ((traits >> i) & 1 != 0) _count(nameOf(Trait(i)));
        }
    }
}
