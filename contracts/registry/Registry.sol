// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {LibTransient} from "solady/src/utils/LibTransient.sol";
import {IProofSystem} from "../interfaces/IProofSystem.sol";
import {IRollups, Pending, Registration, Rollup} from "../interfaces/IRollups.sol";
import {ChainId, FIELD_MODULUS, StateRoot} from "../interfaces/Actions.sol";
import {Cursor} from "../table/Cursor.sol";

/// @title Rollups, their keys, roots and Ether
abstract contract Registry is IRollups {
    using LibTransient for LibTransient.TBool;

    /// Ordered so that a batch reads three slots and a consumed call writes two.
    /// @param verificationDelay Seconds between proposing another proof system or other keys, and applying
    /// that.
    /// @param keyGeneration Counts replacements of the keys: those of older generations are void.
    /// @param hasWholeWords The proof system takes data in words of 32 bytes, not of 31.
    struct State {
        StateRoot root;
        uint128 etherBalance;
        bool nativeToken;
        uint32 verificationDelay;
        IProofSystem proofSystem;
        uint64 keyGeneration;
        bool hasWholeWords;
        address owner;
    }

    /// Answers of {IProofSystem.dataWordBytes}.
    bytes32 private constant ELEMENT_WORDS = keccak256(abi.encode(31));
    bytes32 private constant WHOLE_WORDS = keccak256(abi.encode(32));

    bytes32 private constant SUSPENDED_SEED = keccak256("lockstep.asleep");

    /// @inheritdoc IRollups
    uint64 public rollupCount;

    mapping(ChainId => State) internal _states;
    mapping(ChainId => Pending) private _pending;
    mapping(ChainId => mapping(uint64 generation => mapping(bytes32 key => bool))) private _keys;

    /// Where L1 is in the open execution.
    Cursor internal transient _cursor;
    /// A batch is being posted.
    bool internal transient _isPosting;

    modifier whenIdle() {
        if (_isPosting || _cursor.isOpen()) revert Busy();
        _;
    }

    modifier onlyOwner(ChainId rollup) {
        _requireKnown(rollup);
        if (msg.sender != _states[rollup].owner) revert NotOwner(rollup, msg.sender);
        _;
    }

    /// @inheritdoc IRollups
    function register(Registration calldata registration) external returns (ChainId rollup) {
        StateRoot genesis = registration.genesisRoot;
        if (uint256(StateRoot.unwrap(genesis)) >= FIELD_MODULUS) revert RootOutOfField(genesis);
        rollup = ChainId.wrap(++rollupCount);
        State storage state = _states[rollup];
        state.root = genesis;
        state.nativeToken = registration.nativeToken;
        state.verificationDelay = registration.verificationDelay;
        state.owner = registration.owner;
        _setVerification(rollup, registration.proofSystem, registration.verificationKeys);
        emit RollupRegistered(
            rollup,
            registration.owner,
            registration.proofSystem,
            registration.verificationKeys,
            genesis,
            registration.nativeToken,
            registration.verificationDelay
        );
    }

    /// @inheritdoc IRollups
    function transferOwnership(ChainId rollup, address newOwner) external onlyOwner(rollup) {
        if (newOwner == address(0)) {
            delete _pending[rollup];
            _setOwner(rollup, newOwner);
        } else {
            _pending[rollup].owner = newOwner;
            emit OwnershipOffered(rollup, msg.sender, newOwner);
        }
    }

    /// @inheritdoc IRollups
    function acceptOwnership(ChainId rollup) external {
        _requireKnown(rollup);
        Pending storage pending = _pending[rollup];
        if (msg.sender != pending.owner) revert NotOfferedTo(rollup, msg.sender);
        delete pending.owner;
        _setOwner(rollup, msg.sender);
    }

    /// @inheritdoc IRollups
    function proposeVerification(
        ChainId rollup,
        IProofSystem proofSystem,
        bytes32[] calldata verificationKeys
    ) external onlyOwner(rollup) {
        _checkVerification(proofSystem, verificationKeys);
        Pending storage pending = _pending[rollup];
        uint64 applicableAt = uint64(block.timestamp) + _states[rollup].verificationDelay;
        pending.verification = _hashOf(proofSystem, verificationKeys);
        pending.applicableAt = applicableAt;
        emit VerificationProposed(rollup, proofSystem, verificationKeys, applicableAt);
    }

    /// @inheritdoc IRollups
    function cancelVerification(ChainId rollup) external onlyOwner(rollup) {
        if (_pending[rollup].verification == 0) revert NotProposed(rollup);
        _clearProposal(rollup);
        emit VerificationCancelled(rollup);
    }

    /// @inheritdoc IRollups
    function applyVerification(
        ChainId rollup,
        IProofSystem proofSystem,
        bytes32[] calldata verificationKeys
    ) external onlyOwner(rollup) whenIdle {
        Pending storage pending = _pending[rollup];
        if (pending.verification != _hashOf(proofSystem, verificationKeys)) revert NotProposed(rollup);
        if (block.timestamp < pending.applicableAt) revert ProposalTooNew(rollup, pending.applicableAt);
        _clearProposal(rollup);
        _states[rollup].keyGeneration++;
        _setVerification(rollup, proofSystem, verificationKeys);
        emit VerificationReplaced(rollup, proofSystem, verificationKeys);
    }

    /// @inheritdoc IRollups
    function pendingOf(ChainId rollup) external view returns (Pending memory) {
        _requireKnown(rollup);
        return _pending[rollup];
    }

    /// @inheritdoc IRollups
    function rollupOf(ChainId rollup) external view returns (Rollup memory) {
        _requireKnown(rollup);
        State storage state = _states[rollup];
        return
            Rollup({
                owner: state.owner,
                proofSystem: state.proofSystem,
                root: _visibleRoot(rollup),
                etherBalance: state.etherBalance,
                nativeToken: state.nativeToken,
                verificationDelay: state.verificationDelay
            });
    }

    /// @inheritdoc IRollups
    function dataWordBytesOf(ChainId rollup) external view returns (uint256) {
        return _states[rollup].hasWholeWords ? 32 : 31;
    }

    /// @inheritdoc IRollups
    function isVerificationKey(ChainId rollup, bytes32 verificationKey) public view returns (bool) {
        return _keys[rollup][_states[rollup].keyGeneration][verificationKey];
    }

    function _setOwner(ChainId rollup, address newOwner) private {
        emit OwnershipTransferred(rollup, _states[rollup].owner, newOwner);
        _states[rollup].owner = newOwner;
    }

    function _clearProposal(ChainId rollup) private {
        delete _pending[rollup].verification;
        delete _pending[rollup].applicableAt;
    }

    function _hashOf(IProofSystem proofSystem, bytes32[] calldata keys) private pure returns (bytes32) {
        return keccak256(abi.encode(proofSystem, keys));
    }

    /// @return hasWholeWords See {State}.
    function _checkVerification(
        IProofSystem proofSystem,
        bytes32[] calldata keys
    ) private view returns (bool hasWholeWords) {
        if (address(proofSystem).code.length == 0) revert ProofSystemWithoutCode(address(proofSystem));
        if (keys.length == 0) revert NoVerificationKey();
        // What does not know the question is refused by name, as what gives another answer is.
        (bool success, bytes memory answer) = address(proofSystem).staticcall(
            abi.encodeCall(proofSystem.dataWordBytes, ())
        );
        bytes32 form = keccak256(answer);
        hasWholeWords = form == WHOLE_WORDS;
        if (!success || (!hasWholeWords && form != ELEMENT_WORDS))
            revert UnknownStatementForm(address(proofSystem));
    }

    function _setVerification(ChainId rollup, IProofSystem proofSystem, bytes32[] calldata keys) private {
        State storage state = _states[rollup];
        state.hasWholeWords = _checkVerification(proofSystem, keys);
        state.proofSystem = proofSystem;
        for (uint256 i = 0; i < keys.length; i++) _keys[rollup][state.keyGeneration][keys[i]] = true;
    }

    /// A rollup has a proof system from its first moment on.
    function _requireKnown(ChainId rollup) internal view {
        if (address(_states[rollup].proofSystem) == address(0)) revert UnknownRollup(rollup);
    }

    /// @return The root, or a marker made of it and of the execution so far while the rollup waits in an
    /// outgoing call.
    function _visibleRoot(ChainId rollup) internal view returns (StateRoot) {
        StateRoot root = _states[rollup].root;
        if (!_suspended(rollup).get()) return root;
        // Block, table and offset name the execution and how far it has come.
        return StateRoot.wrap(keccak256(abi.encode(root, block.number, _cursor)));
    }

    /// Whether the rollup waits in an outgoing call, in transient storage.
    function _suspended(ChainId rollup) internal pure returns (LibTransient.TBool storage) {
        bytes32 seed = SUSPENDED_SEED;
        bytes32 slot;
        assembly ("memory-safe") {
            mstore(0, seed)
            mstore(32, rollup)
            slot := keccak256(0, 64)
        }
        return LibTransient.tBool(slot);
    }

    function _setRoot(ChainId rollup, StateRoot root) internal {
        emit RootChanged(rollup, _states[rollup].root, root);
        _states[rollup].root = root;
    }

    /// Takes `debit` from what is held for the rollup, then adds `credit`.
    function _moveEther(ChainId rollup, uint256 debit, uint256 credit) internal {
        uint256 balance = _states[rollup].etherBalance;
        if (debit > balance) revert InsufficientRollupBalance(rollup, balance, debit);
        balance = balance - debit + credit;
        if (balance > type(uint128).max) revert ValueTooLarge(balance);
        _states[rollup].etherBalance = uint128(balance);
    }
}
