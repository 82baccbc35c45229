//! What this machine has that could prove.

use cudarc::driver::CudaContext;
use serde_json::{Value, json};
use snarkrs_lib::cuda::Cuda;
use wgpu::{Backends, DeviceType, Instance, InstanceDescriptor};

use crate::device::guarded;

/// `{"cuda": …, "wgpu": …}`: each a list of adapters, or `{"error": why none can be looked for}`.
pub fn all() -> Value {
    json!({ "cuda": listed(cuda), "wgpu": listed(wgpu_adapters) })
}

fn listed(find: impl FnOnce() -> Result<Vec<Value>, String>) -> Value {
    match guarded(find).and_then(|found| found) {
        Ok(adapters) => Value::Array(adapters),
        Err(error) => json!({ "error": error }),
    }
}

fn cuda() -> Result<Vec<Value>, String> {
    // Says why the driver's library cannot be loaded, where the functions below panic.
    Cuda::new(0).map_err(|error| error.to_string())?;
    let count = CudaContext::device_count().map_err(|error| error.to_string())?;
    (0..count)
        .map(|ordinal| cuda_device(ordinal as usize))
        .collect()
}

fn cuda_device(ordinal: usize) -> Result<Value, String> {
    let context = CudaContext::new(ordinal).map_err(|error| error.to_string())?;
    let name = context.name().map_err(|error| error.to_string())?;
    let memory = context.total_mem().map_err(|error| error.to_string())?;
    let (major, minor) = context
        .compute_capability()
        .map_err(|error| error.to_string())?;
    let driver = format!(
        "CUDA, compute capability {major}.{minor}{}",
        kernel_module()
    );
    Ok(json!({ "name": name, "driver": driver, "memory": memory, "software": false }))
}

/// As Linux tells it; elsewhere nothing.
fn kernel_module() -> String {
    let text = std::fs::read_to_string("/proc/driver/nvidia/version").unwrap_or_default();
    let version = text
        .split_whitespace()
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()));
    version
        .map(|version| format!(", driver {version}"))
        .unwrap_or_default()
}

fn wgpu_adapters() -> Result<Vec<Value>, String> {
    let instance = Instance::new(InstanceDescriptor::new_without_display_handle_from_env());
    let found = pollster::block_on(instance.enumerate_adapters(Backends::all()));
    Ok(found
        .iter()
        .map(|adapter| {
            let info = adapter.get_info();
            json!({
                "name": info.name,
                "driver": format!("{:?} {} {}", info.backend, info.driver, info.driver_info).trim_end(),
                // The longest buffer that it has: wgpu does not tell how much memory there is.
                "buffer": adapter.limits().max_buffer_size,
                "software": info.device_type == DeviceType::Cpu,
            })
        })
        .collect())
}
