package main

import (
	"errors"
	"fmt"
	"math/big"

	curve "github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr/fft"
)

// Sections of a `.zkey` file.
const (
	sectionProtocol     = 1
	sectionGroth16      = 2
	sectionCoefficients = 4
	sectionA            = 5
	sectionB1           = 6
	sectionB2           = 7
	sectionC            = 8
	sectionQuotient     = 9

	protocolGroth16 = 1
	// The quotient needs the roots of unity of twice the domain, and the field has 2^28 of them.
	maxDomainSize = 1 << 27

	g1Bytes          = 2 * elementBytes
	g2Bytes          = 4 * elementBytes
	coefficientBytes = 12 + elementBytes
)

// A term of a constraint: the wire's value times the factor.
type term struct {
	constraint, wire uint32
	factor           fr.Element
}

// Points that belong to wires. Those at infinity are left out.
type points[P any] struct {
	points []P
	wires  []uint32
}

// snarkjs' Groth16 proving key, as `newZKey` of snarkjs writes it. Held in memory; never changed.
type provingKey struct {
	wires, public         int
	alpha1, beta1, delta1 curve.G1Affine
	beta2, delta2         curve.G2Affine
	termsA, termsB        []term
	a, b1                 points[curve.G1Affine]
	b2                    points[curve.G2Affine]
	// Points of the wires that are not public, and after them those of the quotient: one multi-exponentiation.
	c []curve.G1Affine
	// Its coset is the odd powers of a root of unity of the doubled domain: there the quotient's points are.
	domain *fft.Domain
}

func loadProvingKey(path string) (*provingKey, error) {
	return readFile(path, "zkey", readProvingKey)
}

func readProvingKey(found sections) (*provingKey, error) {
	protocol := found.open(sectionProtocol, 4)
	if kind := protocol.uint32(); protocol.err != nil || kind != protocolGroth16 {
		return nil, errors.New("it is no key for Groth16")
	}
	key := &provingKey{}
	domainSize, err := key.readHeader(found)
	if err != nil {
		return nil, err
	}
	if err := key.readTerms(found, domainSize); err != nil {
		return nil, err
	}
	if key.a, err = readG1Points(found, sectionA, key.wires); err != nil {
		return nil, err
	}
	if key.b1, err = readG1Points(found, sectionB1, key.wires); err != nil {
		return nil, err
	}
	if key.b2, err = readG2Points(found, sectionB2, key.wires); err != nil {
		return nil, err
	}
	if err := key.readTail(found, domainSize); err != nil {
		return nil, err
	}
	generator, err := fft.Generator(uint64(2 * domainSize))
	if err != nil {
		return nil, err
	}
	key.domain = fft.NewDomain(uint64(domainSize), fft.WithShift(generator))
	return key, nil
}

// The size of the domain.
func (key *provingKey) readHeader(found sections) (int, error) {
	header := found.open(sectionGroth16, -1)
	isOf := func(modulus [4]uint64) bool {
		return header.uint32() == elementBytes && header.element() == modulus
	}
	if !isOf(words(fp.Modulus())) || !isOf(words(fr.Modulus())) {
		return 0, errors.New("it is no key for the curve BN254")
	}
	wires, public, domainSize := header.uint32(), header.uint32(), header.uint32()
	key.alpha1, key.beta1, key.beta2 = header.g1(), header.g1(), header.g2()
	header.g2() // gamma2: only verifiers need it
	key.delta1, key.delta2 = header.g1(), header.g2()
	switch {
	case header.err != nil:
		return 0, header.err
	case public >= wires:
		return 0, fmt.Errorf("it has %d public signals of %d wires", public, wires)
	case domainSize == 0 || domainSize&(domainSize-1) != 0 || domainSize > maxDomainSize:
		return 0, fmt.Errorf("%d is no size of a domain", domainSize)
	}
	key.wires, key.public = int(wires), int(public)
	return int(domainSize), nil
}

func (key *provingKey) readTerms(found sections, domainSize int) error {
	from := found.open(sectionCoefficients, -1)
	count := int(from.uint32())
	if from.err == nil && found[sectionCoefficients].Size() != 4+int64(count)*coefficientBytes {
		return fmt.Errorf("section %d does not hold %d coefficients", sectionCoefficients, count)
	}
	one := fr.Element{1}
	for range count {
		matrix, constraint, wire := from.uint32(), from.uint32(), from.uint32()
		read := term{constraint, wire, from.element()}
		// Files have a factor times R², which is Montgomery's form twice.
		read.factor.Mul(&read.factor, &one)
		switch {
		case from.err != nil:
			return from.err
		case int64(constraint) >= int64(domainSize) || int64(wire) >= int64(key.wires):
			return fmt.Errorf("a coefficient is of constraint %d and wire %d, which are not there", constraint, wire)
		case matrix == 0:
			key.termsA = append(key.termsA, read)
		case matrix == 1:
			key.termsB = append(key.termsB, read)
		default:
			return fmt.Errorf("a coefficient is of matrix %d, which is not there", matrix)
		}
	}
	return from.err
}

func readPoints[P any](
	found sections, section uint32, wires int, bytes int64, read func(*reader) P, isInfinity func(*P) bool,
) (points[P], error) {
	from := found.open(section, int64(wires)*bytes)
	var held points[P]
	// What the header says is believed once the section is as long.
	if from.err != nil {
		return held, from.err
	}
	for wire := range wires {
		point := read(from)
		if !isInfinity(&point) {
			held.points = append(held.points, point)
			held.wires = append(held.wires, uint32(wire))
		}
	}
	return held, from.err
}

func readG1Points(found sections, section uint32, wires int) (points[curve.G1Affine], error) {
	return readPoints(found, section, wires, g1Bytes, (*reader).g1, (*curve.G1Affine).IsInfinity)
}

func readG2Points(found sections, section uint32, wires int) (points[curve.G2Affine], error) {
	return readPoints(found, section, wires, g2Bytes, (*reader).g2, (*curve.G2Affine).IsInfinity)
}

func (key *provingKey) readTail(found sections, domainSize int) error {
	private := key.wires - key.public - 1
	ofWires := found.open(sectionC, int64(private)*g1Bytes)
	ofQuotient := found.open(sectionQuotient, int64(domainSize)*g1Bytes)
	if err := errors.Join(ofWires.err, ofQuotient.err); err != nil {
		return err
	}
	key.c = make([]curve.G1Affine, 0, private+domainSize)
	for range private {
		key.c = append(key.c, ofWires.g1())
	}
	for range domainSize {
		key.c = append(key.c, ofQuotient.g1())
	}
	return errors.Join(ofWires.err, ofQuotient.err)
}

// Files have coordinates in Montgomery's form, as memory has.
func (r *reader) g1() curve.G1Affine {
	return curve.G1Affine{X: r.element(), Y: r.element()}
}

func (r *reader) g2() curve.G2Affine {
	var point curve.G2Affine
	point.X.A0, point.X.A1 = r.element(), r.element()
	point.Y.A0, point.Y.A1 = r.element(), r.element()
	return point
}

// A modulus as files have it.
func words(modulus *big.Int) (words [4]uint64) {
	for index, word := range modulus.Bits() {
		words[index] = uint64(word)
	}
	return words
}
