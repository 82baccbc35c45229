// Nothing here is written in Go: the module carries rapidsnark's libraries, and go.sum pins their hash.
module lockstep/rapidsnark-worker

go 1.18

require github.com/iden3/go-rapidsnark/prover v0.0.15
