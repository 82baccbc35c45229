//! Groth16 for keys in snarkjs' format on a GPU, by the crates of snarkrs.
//!
//!     snarkrs adapters                                      what could prove here, as JSON
//!     snarkrs serve <api> <threads> <adapters> <key>…       many proofs and commitments, as ../../process.ts says
//!
//! `<api>` is cuda, wgpu or cpu. `<adapters>` is hardware, or any: then an adapter that is software is taken too. `<key>` is the path
//! of a `.zkey` and that of its `.ckey`, or `-` where the circuit has no committed wires.
//!
//! One process holds several keys: a device is opened and its kernels are compiled once. When input is closed, as it is when whatever
//! started the worker dies, it ends at once, even amid a proof.

mod adapters;
mod commitment;
mod device;
mod frames;
mod keys;
mod serve;

use std::process::exit;

/// What a call without arguments ends with.
const USAGE: i32 = 2;

fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    match given.as_slice() {
        ["adapters"] => println!("{}", adapters::all()),
        ["serve", api, threads, adapters, keys @ ..] if !keys.is_empty() && keys.len() % 2 == 0 => {
            let Ok(threads) = threads.parse::<usize>() else {
                usage()
            };
            let takes_software = match *adapters {
                "any" => true,
                "hardware" => false,
                _ => usage(),
            };
            let Some(api) = device::Api::named(api) else {
                usage()
            };
            serve::serve(api, threads.max(1), takes_software, keys);
        }
        _ => usage(),
    }
}

fn usage() -> ! {
    eprintln!(
        "usage: snarkrs adapters | serve <cuda|wgpu|cpu> <threads> <hardware|any> (<zkey> <ckey|->)…"
    );
    exit(USAGE);
}
