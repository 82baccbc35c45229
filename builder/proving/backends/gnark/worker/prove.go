package main

import (
	"errors"
	"math/big"
	"slices"
	"sync"

	"github.com/consensys/gnark-crypto/ecc"
	curve "github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// A proof as snarkjs writes it: projective coordinates in decimals.
type proof struct {
	A        [3]string    `json:"pi_a"`
	B        [3][2]string `json:"pi_b"`
	C        [3]string    `json:"pi_c"`
	Protocol string       `json:"protocol"`
	Curve    string       `json:"curve"`
}

// Groth16 (eprint 2016/260, section 3.2). Whether the witness satisfies the circuit is not checked: if it does not, the proof does
// not verify.
func (key *provingKey) prove(witness []fr.Element, threads int) (proof, error) {
	// They hide the witness: of two proofs of one witness nothing is equal.
	var r, s fr.Element
	if _, err := r.SetRandom(); err != nil {
		return proof{}, err
	}
	if _, err := s.SetRandom(); err != nil {
		return proof{}, err
	}
	var a, b1, c curve.G1Jac
	var b2 curve.G2Jac
	use := ecc.MultiExpConfig{NbTasks: threads}
	var failures [4]error
	// Side by side: what one of them leaves idle at its end, the others use.
	concurrently(
		func() { _, failures[0] = a.MultiExp(key.a.points, gather(witness, key.a.wires), use) },
		func() { _, failures[1] = b1.MultiExp(key.b1.points, gather(witness, key.b1.wires), use) },
		func() { _, failures[2] = b2.MultiExp(key.b2.points, gather(witness, key.b2.wires), use) },
		func() {
			scalars := slices.Concat(witness[1+key.public:], key.quotient(witness, threads))
			_, failures[3] = c.MultiExp(key.c, scalars, use)
		},
	)
	if err := errors.Join(failures[:]...); err != nil {
		return proof{}, err
	}
	// A = α + Σ + r·δ, B = β + Σ + s·δ, C = Σ + s·A + r·B − rs·δ
	var delta1 curve.G1Jac
	var delta2 curve.G2Jac
	delta1.FromAffine(&key.delta1)
	delta2.FromAffine(&key.delta2)
	a.AddMixed(&key.alpha1).AddAssign(times(&delta1, &r))
	b1.AddMixed(&key.beta1).AddAssign(times(&delta1, &s))
	b2.AddMixed(&key.beta2).AddAssign(new(curve.G2Jac).ScalarMultiplication(&delta2, integer(&s)))
	var minusRS fr.Element
	minusRS.Mul(&r, &s).Neg(&minusRS)
	c.AddAssign(times(&a, &s)).AddAssign(times(&b1, &r)).AddAssign(times(&delta1, &minusRS))
	return format(&a, &b2, &c), nil
}

// Returns when all have.
func concurrently(work ...func()) {
	var all sync.WaitGroup
	for _, each := range work {
		all.Add(1)
		go func() {
			defer all.Done()
			each()
		}()
	}
	all.Wait()
}

// The values of these wires.
func gather(witness []fr.Element, wires []uint32) []fr.Element {
	values := make([]fr.Element, len(wires))
	for index, wire := range wires {
		values[index] = witness[wire]
	}
	return values
}

func times(point *curve.G1Jac, factor *fr.Element) *curve.G1Jac {
	return new(curve.G1Jac).ScalarMultiplication(point, integer(factor))
}

func integer(of *fr.Element) *big.Int {
	return of.BigInt(new(big.Int))
}

func format(a *curve.G1Jac, b *curve.G2Jac, c *curve.G1Jac) proof {
	var affineB curve.G2Affine
	affineB.FromJacobian(b)
	return proof{
		A: formatG1(a),
		B: [3][2]string{
			{decimal(&affineB.X.A0), decimal(&affineB.X.A1)},
			{decimal(&affineB.Y.A0), decimal(&affineB.Y.A1)},
			{"1", "0"},
		},
		C:        formatG1(c),
		Protocol: "groth16",
		Curve:    "bn128",
	}
}

func formatG1(point *curve.G1Jac) [3]string {
	var affine curve.G1Affine
	affine.FromJacobian(point)
	return [3]string{decimal(&affine.X), decimal(&affine.Y), "1"}
}

// Not the elements' own String, which writes -1 for the largest.
func decimal(of interface{ BigInt(*big.Int) *big.Int }) string {
	return of.BigInt(new(big.Int)).String()
}
