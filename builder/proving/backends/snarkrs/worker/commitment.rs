//! Commitments D = Σ value·point, on processors: values of a trace are small, and the device is busy with proofs.

use std::path::Path;

use snarkrs_lib::field::{BigInteger, CurveGroup, Fq, Fr, G1Affine, PrimeField, Zero};
use snarkrs_lib::msm::{CpuMsm, MsmBackend};

const ELEMENT: usize = 32;
const POINT: usize = 2 * ELEMENT;
const ETA: usize = 2 * POINT;
/// The first committed wire, and how many there are.
const HEADER: usize = 4 + 4 + ETA;
/// Sections of a `.ckey` file, as ../../../../keys/commitment-key.ts writes it.
const COMMITTED: u32 = 1;
const POINTS: u32 = 2;

/// A point for each committed wire.
pub struct CommitmentKey(Vec<G1Affine>);

impl CommitmentKey {
    pub fn load(path: &Path) -> Result<Self, String> {
        let content = std::fs::read(path).map_err(|error| error.to_string())?;
        let header = section(&content, COMMITTED)?;
        if header.len() != HEADER {
            return Err(format!(
                "section {COMMITTED} has {} bytes, not {HEADER}",
                header.len()
            ));
        }
        let count = u32_at(header, 4)? as usize;
        let points = section(&content, POINTS)?;
        if points.len() != count * POINT {
            return Err(format!(
                "section {POINTS} has {} bytes for {count} points",
                points.len()
            ));
        }
        points
            .chunks_exact(POINT)
            .map(point)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// In snarkjs' form: x, y and z, decimal.
    pub fn commit(&self, values: &[u8]) -> Result<[String; 3], String> {
        if values.len() != self.0.len() * ELEMENT {
            return Err(format!(
                "{} bytes are given for {} committed wires",
                values.len(),
                self.0.len()
            ));
        }
        let scalars = values
            .chunks_exact(ELEMENT)
            .enumerate()
            .map(|(wire, bytes)| {
                let value = Fr::from_le_bytes_mod_order(bytes);
                let is_element = little_endian(&value) == bytes;
                is_element
                    .then_some(value)
                    .ok_or(format!("committed value {wire} is no element of the field"))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let sum = CpuMsm::new()
            .try_msm_g1(&self.0, &scalars)
            .map_err(|error| error.to_string())?;
        if sum.is_zero() {
            return Ok(["0", "1", "0"].map(str::to_owned));
        }
        let sum = sum.into_affine();
        Ok([
            sum.x.into_bigint().to_string(),
            sum.y.into_bigint().to_string(),
            "1".to_owned(),
        ])
    }
}

/// Coordinates in Montgomery's form, as snarkjs has them; zeros are infinity.
fn point(bytes: &[u8]) -> Result<G1Affine, String> {
    if bytes.iter().all(|byte| *byte == 0) {
        return Ok(G1Affine::identity());
    }
    let (x, y) = bytes.split_at(ELEMENT);
    let point = G1Affine::new_unchecked(montgomery(x)?, montgomery(y)?);
    if point.is_on_curve() {
        Ok(point)
    } else {
        Err("a point is not on the curve".to_owned())
    }
}

fn montgomery(bytes: &[u8]) -> Result<Fq, String> {
    let mut limbs = Fq::MODULUS;
    for (limb, bytes) in limbs.0.iter_mut().zip(bytes.chunks_exact(8)) {
        *limb = u64::from_le_bytes(
            bytes
                .try_into()
                .map_err(|_| "a limb is cut off".to_owned())?,
        );
    }
    let element = Fq::new_unchecked(limbs);
    let is_element = element.0 < Fq::MODULUS;
    is_element
        .then_some(element)
        .ok_or("a coordinate is no element of the field".to_owned())
}

fn little_endian(value: &Fr) -> Vec<u8> {
    value.into_bigint().to_bytes_le()
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, String> {
    let end = "the .ckey file ends amid its sections";
    let four = bytes.get(at..at + 4).ok_or(end)?;
    Ok(u32::from_le_bytes(four.try_into().map_err(|_| end)?))
}

/// The files of circom and snarkjs: four letters, a version, a number of sections, and sections of a type and a length.
fn section(file: &[u8], wanted: u32) -> Result<&[u8], String> {
    if file.get(..4) != Some(b"ckey") {
        return Err("it is no .ckey file".to_owned());
    }
    let mut at = 12;
    let mut found = None;
    for _ in 0..u32_at(file, 8)? {
        let kind = u32_at(file, at)?;
        let length = u64::from(u32_at(file, at + 4)?) | (u64::from(u32_at(file, at + 8)?) << 32);
        let start = at + 12;
        let end = usize::try_from(length)
            .ok()
            .and_then(|length| start.checked_add(length));
        let content = end
            .and_then(|end| file.get(start..end))
            .ok_or(format!("section {kind} is cut off"))?;
        if kind == wanted && found.replace(content).is_some() {
            return Err(format!("section {kind} is there twice"));
        }
        at = start + content.len();
    }
    found.ok_or(format!("there is no section {wanted}"))
}
