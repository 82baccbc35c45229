//! The keys that a process holds, each on the device from its first proof on.

use std::collections::HashMap;
use std::path::PathBuf;

use snarkrs_lib::{Backend, PreparedCircuit, ProvingKey};

use crate::commitment::CommitmentKey;

struct Paths {
    zkey: PathBuf,
    ckey: Option<PathBuf>,
}

pub struct Keys {
    paths: Vec<Paths>,
    circuits: HashMap<usize, Box<dyn PreparedCircuit>>,
    commitments: HashMap<usize, CommitmentKey>,
}

impl Keys {
    /// Of pairs of paths; `-` stands for no `.ckey`.
    pub fn at(given: &[&str]) -> Self {
        let paths = given
            .chunks_exact(2)
            .map(|pair| Paths {
                zkey: pair[0].into(),
                ckey: (pair[1] != "-").then(|| pair[1].into()),
            })
            .collect();
        Self {
            paths,
            circuits: HashMap::new(),
            commitments: HashMap::new(),
        }
    }

    pub fn circuit(
        &mut self,
        number: usize,
        device: &dyn Backend,
    ) -> Result<&dyn PreparedCircuit, String> {
        let Paths { zkey, .. } = self.paths.get(number).ok_or_else(|| no_key(number))?;
        if !self.circuits.contains_key(&number) {
            let key =
                ProvingKey::load(zkey).map_err(|error| format!("{}: {error}", zkey.display()))?;
            self.circuits.insert(
                number,
                device.prepare(key).map_err(|error| error.to_string())?,
            );
        }
        Ok(self.circuits[&number].as_ref())
    }

    pub fn commitment(&mut self, number: usize) -> Result<&CommitmentKey, String> {
        let Paths { ckey, .. } = self.paths.get(number).ok_or_else(|| no_key(number))?;
        let ckey = ckey.as_ref().ok_or("the circuit has no committed wires")?;
        if !self.commitments.contains_key(&number) {
            let key = CommitmentKey::load(ckey)
                .map_err(|error| format!("{}: {error}", ckey.display()))?;
            self.commitments.insert(number, key);
        }
        Ok(&self.commitments[&number])
    }
}

fn no_key(number: usize) -> String {
    format!("there is no key {number}")
}
