/*
 * A libcuda that pretends to be one device of compute capability 9.0 and does nothing, so that the worker compiles its kernels to PTX where
 * no GPU is: nvrtc needs none. All functions answer CUDA_SUCCESS.
 */
#include <stddef.h>
#include <string.h>

enum { MAJOR = 75, MINOR = 76 };

static int handle;

int cuInit(unsigned flags) { return 0; }
int cuDriverGetVersion(int *version) { *version = 12080; return 0; }
int cuDeviceGet(int *device, int ordinal) { *device = 0; return 0; }
int cuDeviceGetCount(int *count) { *count = 1; return 0; }
int cuDeviceGetName(char *name, int length, int device) { strncpy(name, "none", length); return 0; }
int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = 0; return 0; }
int cuDeviceGetAttribute(int *value, int attribute, int device) {
    *value = attribute == MAJOR ? 9 : attribute == MINOR ? 0 : 1;
    return 0;
}
int cuDevicePrimaryCtxRetain(void **context, int device) { *context = &handle; return 0; }
int cuDevicePrimaryCtxRelease_v2(int device) { return 0; }
int cuCtxGetCurrent(void **context) { *context = &handle; return 0; }
int cuCtxSetCurrent(void *context) { return 0; }
int cuModuleLoadData(void **module, const void *image) { *module = &handle; return 0; }
int cuModuleUnload(void *module) { return 0; }
int cuModuleGetFunction(void **function, void *module, const char *name) { *function = &handle; return 0; }
