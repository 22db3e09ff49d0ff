#pragma once
// The names of the standard's own structures, not those of CRYPTOKI_COMPAT, which are macros.
#define CRYPTOKI_GNU 1
#include <p11-kit/pkcs11.h>
