// For LD_PRELOAD into what ThreadSanitizer watches: tells it of the locks of Swift's `Mutex` that were waited for. Those
// pass through the kernel and a library that is not instrumented, and would look like none.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

#define SELF __attribute__((swift_context)) void *mutex
typedef __attribute__((swiftcall)) void lock_slow(uint32_t thread, SELF);
typedef __attribute__((swiftcall)) void unlock_slow(SELF);

// Synchronization._MutexHandle._lockSlow(UInt32) and ._unlockSlow()
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

__attribute__((swiftcall)) void lock(uint32_t thread, SELF) __asm__(LOCK_SLOW);
__attribute__((swiftcall)) void unlock(SELF) __asm__(UNLOCK_SLOW);

__attribute__((swiftcall)) void lock(uint32_t thread, SELF) {
    static lock_slow *next;
    if (!next) next = (lock_slow *)dlsym(RTLD_NEXT, LOCK_SLOW);
    next(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

__attribute__((swiftcall)) void unlock(SELF) {
    static unlock_slow *next;
    if (!next) next = (unlock_slow *)dlsym(RTLD_NEXT, UNLOCK_SLOW);
    if (__tsan_release) __tsan_release(mutex);
    next(mutex);
}
