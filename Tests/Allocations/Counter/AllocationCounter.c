// Counts what the threads that move packets allocate. For LD_PRELOAD into cvland; CVLAN_ALLOCATION_COUNTS names the file
// that the counts are kept in (see the header).
#define _GNU_SOURCE
#include "AllocationCounter.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

// What glibc's own functions of these names do.
extern void *__libc_malloc(size_t count);
extern void *__libc_calloc(size_t items, size_t count);
extern void *__libc_realloc(void *memory, size_t count);
extern void *__libc_memalign(size_t alignment, size_t count);
extern void __libc_free(void *memory);

static const char WORKER[] = "packets-";

static struct allocation_counts nowhere;
static struct allocation_counts *counts = &nowhere;
static void *(*next_mmap)(void *, size_t, int, int, int, off_t);
static int (*next_recvmmsg)(int, struct mmsghdr *, unsigned int, int, struct timespec *);

// A thread gets its name after it has begun: one that has none of a worker's is asked again.
static __thread bool is_worker __attribute__((tls_model("initial-exec")));
static __thread bool is_tracing __attribute__((tls_model("initial-exec")));

static bool works(void) {
    if (!is_worker) {
        char name[16] = {0};
        prctl(PR_GET_NAME, name);
        is_worker = strncmp(name, WORKER, sizeof WORKER - 1) == 0;
    }
    return is_worker;
}

static void add(uint64_t *count) { __atomic_fetch_add(count, 1, __ATOMIC_RELAXED); }

static uint64_t value(const uint64_t *count) { return __atomic_load_n(count, __ATOMIC_RELAXED); }

static void trace(void) {
    uint64_t left = value(&counts->traces);
    if (left == 0 || is_tracing) return;
    is_tracing = true;
    __atomic_store_n(&counts->traces, left - 1, __ATOMIC_RELAXED);
    void *frames[24];
    dprintf(STDERR_FILENO, "allocation:\n");
    backtrace_symbols_fd(frames, backtrace(frames, 24), STDERR_FILENO);
    is_tracing = false;
}

static void note_allocation(void) {
    if (is_tracing || !works()) return;
    add(&counts->allocations);
    trace();
}

__attribute__((constructor)) static void start(void) {
    next_mmap = dlsym(RTLD_NEXT, "mmap");
    next_recvmmsg = dlsym(RTLD_NEXT, "recvmmsg");
    // The first trace would load a library.
    void *frame;
    backtrace(&frame, 1);
    const char *path = getenv("CVLAN_ALLOCATION_COUNTS");
    if (path == NULL) return;
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || ftruncate(file, sizeof *counts) != 0) return;
    void *memory = next_mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (memory != MAP_FAILED) counts = memory;
}

// MARK: In place of the C library's

void *malloc(size_t count) {
    note_allocation();
    return __libc_malloc(count);
}

void *calloc(size_t items, size_t count) {
    note_allocation();
    return __libc_calloc(items, count);
}

void *realloc(void *memory, size_t count) {
    note_allocation();
    return __libc_realloc(memory, count);
}

void *memalign(size_t alignment, size_t count) {
    note_allocation();
    return __libc_memalign(alignment, count);
}

void *aligned_alloc(size_t alignment, size_t count) { return memalign(alignment, count); }

int posix_memalign(void **memory, size_t alignment, size_t count) {
    void *allocated = memalign(alignment, count);
    if (allocated == NULL) return ENOMEM;
    *memory = allocated;
    return 0;
}

void free(void *memory) {
    if (memory != NULL && works()) add(&counts->frees);
    __libc_free(memory);
}

void *mmap(void *address, size_t count, int protection, int flags, int file, off_t offset) {
    if (next_mmap == NULL) next_mmap = dlsym(RTLD_NEXT, "mmap");
    note_allocation();
    return next_mmap(address, count, protection, flags, file, offset);
}

int recvmmsg(int socket, struct mmsghdr *messages, unsigned int count, int flags, struct timespec *timeout) {
    if (value(&counts->spoils) != 0) {
        // Not to be optimised away.
        void *volatile memory = malloc(64);
        free(memory);
    }
    int received = next_recvmmsg(socket, messages, count, flags, timeout);
    if (received > 0 && works()) add(&counts->receives);
    return received;
}
