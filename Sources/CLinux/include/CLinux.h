// Linux interfaces that Swift cannot import as they are: macros with casts, and headers outside Glibc's module.
#pragma once
