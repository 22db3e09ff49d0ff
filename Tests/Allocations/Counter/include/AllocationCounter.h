// What the allocation counter, a library for LD_PRELOAD, shares with the test that reads it: a file that both map.
#pragma once

#include <stdint.h>

/// All words are written atomically; the counts only grow.
struct allocation_counts {
    /// malloc, calloc, realloc, aligned_alloc, posix_memalign, memalign and mmap, by packet workers.
    uint64_t allocations;
    uint64_t frees;
    /// Calls for datagrams that returned some, by packet workers.
    uint64_t receives;
    /// To be set by the test: of how many of the next allocations the stack goes to standard error.
    uint64_t traces;
    /// To be set by the test: whether each call for datagrams allocates, as a data path that is not free of it would.
    uint64_t spoils;
};
