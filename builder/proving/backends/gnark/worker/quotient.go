package main

import (
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr/fft"
)

// The scalars of the quotient's points: (A·w)(B·w) − C·w at the domain's coset, where the vanishing polynomial is constant and
// has been divided out of the points. C·w is the product on the domain itself, since the witness satisfies the constraints.
func (key *provingKey) quotient(witness []fr.Element, threads int) []fr.Element {
	size := key.domain.Cardinality
	a, b, c := make([]fr.Element, size), make([]fr.Element, size), make([]fr.Element, size)
	concurrently(
		func() { evaluate(key.termsA, witness, a) },
		func() { evaluate(key.termsB, witness, b) },
	)
	for index := range c {
		c[index].Mul(&a[index], &b[index])
	}
	tasks := fft.WithNbTasks(threads)
	for _, values := range [][]fr.Element{a, b, c} {
		key.domain.FFTInverse(values, fft.DIF, tasks)
		key.domain.FFT(values, fft.DIT, fft.OnCoset(), tasks)
	}
	for index := range a {
		a[index].Mul(&a[index], &b[index]).Sub(&a[index], &c[index])
	}
	return a
}

// Adds each constraint's terms up.
func evaluate(terms []term, witness, sums []fr.Element) {
	var product fr.Element
	for index := range terms {
		each := &terms[index]
		product.Mul(&each.factor, &witness[each.wire])
		sums[each.constraint].Add(&sums[each.constraint], &product)
	}
}
