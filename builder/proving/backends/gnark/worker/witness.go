package main

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// Sections of a `.wtns` file.
const (
	sectionField  = 1
	sectionValues = 2
)

// A value per wire, wire 0 being one.
func (key *provingKey) readWitness(content []byte) ([]fr.Element, error) {
	found, err := readSections(bytes.NewReader(content), int64(len(content)), "wtns")
	if err != nil {
		return nil, err
	}
	header := found.open(sectionField, -1)
	if header.uint32() != elementBytes || header.element() != words(fr.Modulus()) {
		return nil, errors.New("the witness is not of BN254's scalar field")
	}
	count := int(header.uint32())
	if header.err != nil {
		return nil, header.err
	}
	if count != key.wires {
		return nil, fmt.Errorf("the witness has %d wires, the key %d", count, key.wires)
	}
	from := found.open(sectionValues, int64(count)*elementBytes)
	witness := make([]fr.Element, count)
	for wire := range witness {
		witness[wire], err = fr.LittleEndian.Element((*[elementBytes]byte)(from.next(elementBytes)))
		if err != nil {
			return nil, fmt.Errorf("the value of wire %d is no element of the field", wire)
		}
	}
	return witness, from.err
}

// Decimals, as snarkjs writes them.
func (key *provingKey) publicSignals(witness []fr.Element) []string {
	signals := make([]string, key.public)
	for index := range signals {
		signals[index] = decimal(&witness[1+index])
	}
	return signals
}
