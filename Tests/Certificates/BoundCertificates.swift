// Made by `make bound`, beside this file.

/// PEM. Certificates with one name, told apart by the serialNumber of their subjects: 00aa and 00bb.
package enum BoundCertificates {
    /// Their root: P-256.
    package static let root = """
        -----BEGIN CERTIFICATE-----
        MIIByDCCAW2gAwIBAgIUXjtIisCIjrT6iIr2wzFfOI71clIwCgYIKoZIzj0EAwIw
        MTELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxEzARBgNVBAMMCkFjbWUgQm91
        bmQwHhcNMjYwMTAxMDAwMDAwWhcNMzYwMTAxMDAwMDAwWjAxMQswCQYDVQQGEwJD
        SDENMAsGA1UECgwEQWNtZTETMBEGA1UEAwwKQWNtZSBCb3VuZDBZMBMGByqGSM49
        AgEGCCqGSM49AwEHA0IABNvNM3nRu62ukMKMtA9tZicm6ACYrh0RnNiB2jVvPO35
        mH5BVYPUVhBsCxtlY0ZFtJ/9nFbtNInJyGBnnj4EwoejYzBhMB0GA1UdDgQWBBTS
        PwnjavVrtXqoMOiCxZz5/tM4bzAfBgNVHSMEGDAWgBTSPwnjavVrtXqoMOiCxZz5
        /tM4bzAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAKBggqhkjOPQQD
        AgNJADBGAiEA9HI/wedAz+ncV5yQ9/GLurmJNaCZ6CbLBmNjbSnCwBQCIQC0rz8o
        bYoJmmVPAW9QXsl1znujbkvzG4sci+tnm1E0Qw==
        -----END CERTIFICATE-----
        """

    /// Of the machine that had the name first.
    package static let first = """
        -----BEGIN CERTIFICATE-----
        MIICFjCCAbugAwIBAgIUC8t7kx71g4c4qY36PkVHvL1vXkcwCgYIKoZIzj0EAwIw
        MTELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxEzARBgNVBAMMCkFjbWUgQm91
        bmQwHhcNMjYwMTAxMDAwMDAwWhcNMzYwMTAxMDAwMDAwWjA6MQswCQYDVQQGEwJD
        SDENMAsGA1UECgwEQWNtZTENMAsGA1UEAwwEZ2F0ZTENMAsGA1UEBRMEMDBhYTBZ
        MBMGByqGSM49AgEGCCqGSM49AwEHA0IABI9nGIPQZjQoeCIZCLpp83xYd2rX+C96
        metx4fDCyiJDez3xugXoiOuWnlogq/5xSDltUGbwAoz38nYQCWni9MGjgacwgaQw
        HQYDVR0OBBYEFPz/OzsNwRWvfvlH1oBPwx27FAHDMB8GA1UdIwQYMBaAFNI/CeNq
        9Wu1eqgw6ILFnPn+0zhvMA4GA1UdDwEB/wQEAwIHgDAdBgNVHSUEFjAUBggrBgEF
        BQcDAQYIKwYBBQUHAwIwMwYDVR0RBCwwKoYoc3BpZmZlOi8vYWNtZS5leGFtcGxl
        L3RlbmFudC9hL25vZGUvZ2F0ZTAKBggqhkjOPQQDAgNJADBGAiEA2+AvCpbIqPiw
        nz1fJ8ZFk9RXiV4bWlxmDomnqI9ASW8CIQC3zIKvIKd6VwcngUB0lODCvTK1XulT
        c/qxmLAgB/+9rA==
        -----END CERTIFICATE-----
        """

    /// Of the one that has it now.
    package static let second = """
        -----BEGIN CERTIFICATE-----
        MIICFTCCAbugAwIBAgIUKxFAqHemluNbRr8Y4PWk8MC1InkwCgYIKoZIzj0EAwIw
        MTELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxEzARBgNVBAMMCkFjbWUgQm91
        bmQwHhcNMjYwMTAxMDAwMDAwWhcNMzYwMTAxMDAwMDAwWjA6MQswCQYDVQQGEwJD
        SDENMAsGA1UECgwEQWNtZTENMAsGA1UEAwwEZ2F0ZTENMAsGA1UEBRMEMDBiYjBZ
        MBMGByqGSM49AgEGCCqGSM49AwEHA0IABI0qFtgh+/MkZ9KN8kJCfb4XsZfO+oXm
        RqzUua27WP40Dr3ujkgbZS3yeBg2k5ZfOqdG+MlMx8Jyw3lNeY+IgsWjgacwgaQw
        HQYDVR0OBBYEFDoCyaG8UdCgqkU02wPsp7iItWJ8MB8GA1UdIwQYMBaAFNI/CeNq
        9Wu1eqgw6ILFnPn+0zhvMA4GA1UdDwEB/wQEAwIHgDAdBgNVHSUEFjAUBggrBgEF
        BQcDAQYIKwYBBQUHAwIwMwYDVR0RBCwwKoYoc3BpZmZlOi8vYWNtZS5leGFtcGxl
        L3RlbmFudC9hL25vZGUvZ2F0ZTAKBggqhkjOPQQDAgNIADBFAiBiH1lk2DoYnSTV
        ALBVEQRtAeS/lfw750QKVgMG8wOcCwIhAKDUWZyh2A2nLmRYKKuZMoTONDUS5PNf
        laC8HsmETTHI
        -----END CERTIFICATE-----
        """

    /// Of one that would pass for either.
    package static let both = """
        -----BEGIN CERTIFICATE-----
        MIICJDCCAcqgAwIBAgIUEhzg/1t4Z8QuQntqT1eJ+DtWfqcwCgYIKoZIzj0EAwIw
        MTELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxEzARBgNVBAMMCkFjbWUgQm91
        bmQwHhcNMjYwMTAxMDAwMDAwWhcNMzYwMTAxMDAwMDAwWjBJMQswCQYDVQQGEwJD
        SDENMAsGA1UECgwEQWNtZTENMAsGA1UEAwwEZ2F0ZTENMAsGA1UEBRMEMDBhYTEN
        MAsGA1UEBRMEMDBiYjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABILKJehwHZ5d
        Kqi1Q2x/HW4tpe5LCbFLfDERR/tGM2DwHridvN0D6iyv/KEecV6l+zs22uFCRVLu
        xKssB/jhOtKjgacwgaQwHQYDVR0OBBYEFL5mxBUF4FHQcVQU4mVZkH+4DBOPMB8G
        A1UdIwQYMBaAFNI/CeNq9Wu1eqgw6ILFnPn+0zhvMA4GA1UdDwEB/wQEAwIHgDAd
        BgNVHSUEFjAUBggrBgEFBQcDAQYIKwYBBQUHAwIwMwYDVR0RBCwwKoYoc3BpZmZl
        Oi8vYWNtZS5leGFtcGxlL3RlbmFudC9hL25vZGUvZ2F0ZTAKBggqhkjOPQQDAgNI
        ADBFAiEA+7y3AuZIJ9niG7v0ZMwlgwopuZXXccb/KkoMBNUF7gUCICjxsOqa5x+v
        lWgIRMfCKJ0flrLTcWtSh2EgxY+hzLD0
        -----END CERTIFICATE-----
        """
}
