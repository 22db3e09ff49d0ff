internal import COpenSSL

/// OpenSSL in FIPS mode: its configuration asks for `fips=yes` wherever an algorithm is fetched (fips_module(7)). Then nothing but the FIPS
/// provider may do the cryptography of IPsec, and WireGuard, whose algorithms are not approved, is not to be had.
package enum ApprovedMode {
    package static let isOn = EVP_default_properties_is_fips_enabled(nil) == 1

    /// What that provider lacks is fetched here: code that only WireGuard uses stays whole, though nothing may come to use it. `nil`, which is
    /// OpenSSL's usual library, outside FIPS mode.
    // Invariant of `nonisolated(unsafe)`: made once; OpenSSL shares libraries between threads.
    nonisolated(unsafe) static let unapprovedLibrary: OpaquePointer? =
        isOn ? required(OSSL_LIB_CTX_new(), "memory") : nil
}
