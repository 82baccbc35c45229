//! Opening what proves.

use std::panic::{AssertUnwindSafe, catch_unwind};

use snarkrs_lib::cuda::CudaBackend;
use snarkrs_lib::wgpu::{LimitsProfile, WgpuProver};
use snarkrs_lib::{Backend, CpuBackend};
use wgpu::DeviceType;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Api {
    Cuda,
    Wgpu,
    /// The same crate's arithmetic on processors: what the GPUs' is compared with.
    Cpu,
}

impl Api {
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "cuda" => Some(Self::Cuda),
            "wgpu" => Some(Self::Wgpu),
            "cpu" => Some(Self::Cpu),
            _ => None,
        }
    }

    /// Opens the device and compiles its kernels, or says why not.
    pub fn open(self, takes_software: bool) -> Result<Box<dyn Backend>, String> {
        match self {
            Self::Cpu => Ok(Box::new(CpuBackend::new())),
            Self::Cuda => {
                let opened = guarded(CudaBackend::new)?;
                Ok(Box::new(opened.map_err(|error| error.to_string())?))
            }
            Self::Wgpu => {
                // Buffers as large as the adapter has them: the keys of large circuits do not fit the least that WebGPU promises.
                let opened = guarded(|| WgpuProver::with_profile(LimitsProfile::Auto))?;
                let prover = opened.map_err(|error| error.to_string())?;
                let info = prover.device().adapter_info();
                if info.device_type == DeviceType::Cpu && !takes_software {
                    return Err(format!(
                        "its adapter, {}, is software, which processors beat",
                        info.name
                    ));
                }
                Ok(Box::new(prover))
            }
        }
    }
}

/// A panic as an error: a driver that is not there panics.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        text.unwrap_or("it panicked").to_owned()
    })
}
