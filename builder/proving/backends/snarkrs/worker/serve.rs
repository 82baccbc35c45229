//! One job after the other.

use std::process::exit;
use std::time::Instant;

use serde_json::{Value, json};
use snarkrs_lib::groth16::prove::prove_unchecked;
use snarkrs_lib::json::{proof_to_string, public_to_string};
use snarkrs_lib::{Backend, StageTimings, Witness, rand};

use crate::device::{Api, guarded};
use crate::frames::{FORMAT, Job, answer, incoming};
use crate::keys::Keys;

pub fn serve(api: Api, threads: usize, takes_software: bool, keys: &[&str]) {
    let jobs = incoming();
    // The first use of the pool would start one thread for each processor. It fails where there is a pool already: there is none.
    let _ = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global();
    let device = match api.open(takes_software) {
        Ok(device) => device,
        Err(error) => {
            answer('E', &error);
            exit(1);
        }
    };
    let mut keys = Keys::at(keys);
    answer('R', FORMAT);
    for job in jobs {
        let made = guarded(|| make(job, device.as_ref(), &mut keys));
        match made {
            Ok(Ok((letter, made))) => answer(letter, &made.to_string()),
            Ok(Err(error)) => answer('E', &error),
            Err(panic) => {
                // What is left on the device is unknown: another process takes its place.
                answer('E', &panic);
                exit(1);
            }
        }
    }
}

fn make(job: Job, device: &dyn Backend, keys: &mut Keys) -> Result<(char, Value), String> {
    match job {
        Job::Proof(key, witness) => Ok(('P', prove(keys, key, device, witness)?)),
        Job::Commitment(key, values) => {
            let key = keys.commitment(key)?;
            let start = Instant::now();
            let commitment = key.commit(&values)?;
            Ok((
                'D',
                json!({ "milliseconds": since(start), "commitment": commitment }),
            ))
        }
        Job::Unknown => Err("a frame is neither a witness nor a trace".to_owned()),
    }
}

/// The proof is not verified here: under a key with committed wires the equation has D in it, which the worker is not told.
fn prove(
    keys: &mut Keys,
    key: usize,
    device: &dyn Backend,
    witness: Vec<u8>,
) -> Result<Value, String> {
    let circuit = keys.circuit(key, device)?;
    let start = Instant::now();
    let witness = Witness::from_bytes(witness)
        .map_err(|error| error.to_string())?
        .0;
    if witness.len() != circuit.n_vars() {
        return Err(format!(
            "the witness has {} wires, the key {}",
            witness.len(),
            circuit.n_vars()
        ));
    }
    let mut timings = StageTimings::default();
    let proof = prove_unchecked(circuit, &witness, &mut rand::thread_rng(), &mut timings)
        .map_err(|error| error.to_string())?;
    let milliseconds = since(start);
    let public = public_to_string(&witness[1..=circuit.n_public()]);
    Ok(
        json!({ "milliseconds": milliseconds, "proof": parsed(&proof_to_string(&proof))?, "publicSignals": parsed(&public)? }),
    )
}

fn parsed(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn since(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1_000.0
}
