package main

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc"
	curve "github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Sections of a `.ckey` file, as ../../../keys/commitment-key.ts writes it.
const (
	sectionCommitted = 1
	sectionPoints    = 2

	// The first committed wire, their number, η.
	committedBytes = 4 + 4 + g2Bytes
)

// What a proof's commitment is made with: a point for each committed wire.
type commitmentKey []curve.G1Affine

func loadCommitmentKey(path string) (commitmentKey, error) {
	return readFile(path, "ckey", readCommitmentKey)
}

func readCommitmentKey(found sections) (commitmentKey, error) {
	header := found.open(sectionCommitted, committedBytes)
	header.uint32() // the first wire: callers know which values they are
	count := int(header.uint32())
	from := found.open(sectionPoints, int64(count)*g1Bytes)
	if err := errors.Join(header.err, from.err); err != nil {
		return nil, err
	}
	key := make(commitmentKey, count)
	for wire := range key {
		key[wire] = from.g1()
	}
	return key, from.err
}

// Σ value·point. Values are 32 bytes each, little-endian.
func (key commitmentKey) commit(values []byte, threads int) (commitment [3]string, err error) {
	if len(values) != len(key)*elementBytes {
		return commitment, fmt.Errorf("%d bytes are given for %d committed wires", len(values), len(key))
	}
	scalars := make([]fr.Element, len(key))
	for wire := range scalars {
		value := (*[elementBytes]byte)(values[wire*elementBytes:])
		if scalars[wire], err = fr.LittleEndian.Element(value); err != nil {
			return commitment, fmt.Errorf("committed value %d is no element of the field", wire)
		}
	}
	var sum curve.G1Jac
	if _, err := sum.MultiExp(key, scalars, ecc.MultiExpConfig{NbTasks: threads}); err != nil {
		return commitment, err
	}
	return formatG1(&sum), nil
}
