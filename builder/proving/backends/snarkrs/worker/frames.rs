//! What goes over standard input and output: a length in bytes (32 bits, little-endian) and so many bytes, the first of which is a
//! letter.

use std::io::{self, Read, Write};
use std::process::exit;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Of the frames, as in ../../process.ts.
pub const FORMAT: &str = "lockstep.worker.v3+keys";
/// Far beyond any circuit that fits the field's 2^28 roots of unity in practice: a longer frame is garbage.
const MOST_BYTES: u32 = 1 << 31;

/// One thing to make.
pub enum Job {
    /// A proof: the number of its key, and the content of a `.wtns` file.
    Proof(usize, Vec<u8>),
    /// A commitment: the number of its key, and the values of the committed wires, 32 bytes each.
    Commitment(usize, Vec<u8>),
    Unknown,
}

/// Jobs as they come in. The process ends with its input.
pub fn incoming() -> Receiver<Job> {
    // One may wait, and the end of the input is seen all the same.
    let (to, from) = sync_channel(1);
    thread::spawn(move || read_all(&to));
    from
}

fn read_all(to: &SyncSender<Job>) {
    let mut input = io::stdin().lock();
    loop {
        let mut length = [0; 4];
        if input.read_exact(&mut length).is_err() {
            exit(0);
        }
        let length = u32::from_le_bytes(length);
        if length > MOST_BYTES {
            answer('E', "a frame is too long");
            exit(1);
        }
        let mut content = vec![0; length as usize];
        if input.read_exact(&mut content).is_err() || to.send(job(content)).is_err() {
            exit(0);
        }
    }
}

fn job(mut frame: Vec<u8>) -> Job {
    let (letter, key) = match frame.as_slice() {
        [letter, key, ..] => (*letter, usize::from(*key)),
        _ => return Job::Unknown,
    };
    frame.drain(..2);
    match letter {
        b'W' => Job::Proof(key, frame),
        b'T' => Job::Commitment(key, frame),
        _ => Job::Unknown,
    }
}

/// `R`, `P`, `D` and `E`, as ../../../native/worker-process.ts says.
pub fn answer(letter: char, text: &str) {
    let mut frame = ((text.len() + 1) as u32).to_le_bytes().to_vec();
    frame.push(letter as u8);
    frame.extend_from_slice(text.as_bytes());
    let mut output = io::stdout().lock();
    if output
        .write_all(&frame)
        .and_then(|()| output.flush())
        .is_err()
    {
        exit(1);
    }
}
