// Made by `make brief`, beside this file.

/// PEM. Certificates that end a day after `Certificates.time`, and those that take their places.
package enum BriefCertificates {
    /// Their root: P-256.
    package static let root = """
        -----BEGIN CERTIFICATE-----
        MIIBxzCCAW2gAwIBAgIUUrWt8lGk5dZ3kr+d9mU6psgrRYQwCgYIKoZIzj0EAwIw
        MTELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxEzARBgNVBAMMCkFjbWUgQnJp
        ZWYwHhcNMjYwMTAxMDAwMDAwWhcNMzYwMTAxMDAwMDAwWjAxMQswCQYDVQQGEwJD
        SDENMAsGA1UECgwEQWNtZTETMBEGA1UEAwwKQWNtZSBCcmllZjBZMBMGByqGSM49
        AgEGCCqGSM49AwEHA0IABPBWsjyFeAZKcMSASuC+gzHC8igcFRbM6ocSyUz643D2
        G/6xOhRYz62ilmOv5tkeRIjQGKE34jDO+Jt8ZI1zpCmjYzBhMB0GA1UdDgQWBBQL
        XUVw5YYJkv4c2Ri46kPIoUkg0jAfBgNVHSMEGDAWgBQLXUVw5YYJkv4c2Ri46kPI
        oUkg0jAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAKBggqhkjOPQQD
        AgNIADBFAiEA2M49S+WM4UUILGgHArfV+jSfVRMFYO68RgnMnMGJxSkCIGLWtc28
        GGEyY1ruqxzKiiFxC32pKsz8BA/tUf4HbF6k
        -----END CERTIFICATE-----
        """

    /// Until 2 June 2026.
    package static let gate = """
        -----BEGIN CERTIFICATE-----
        MIIB8DCCAZWgAwIBAgIUX5vmHExgjNIzvB31qeALyaFVXKkwCgYIKoZIzj0EAwIw
        MTELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxEzARBgNVBAMMCkFjbWUgQnJp
        ZWYwHhcNMjYwMTAxMDAwMDAwWhcNMjYwNjAyMDAwMDAwWjArMQswCQYDVQQGEwJD
        SDENMAsGA1UECgwEQWNtZTENMAsGA1UEAwwEZ2F0ZTBZMBMGByqGSM49AgEGCCqG
        SM49AwEHA0IABMyfFOjVStZFKMMiWvEB50fVLt26J/a6N/2KEAhHARtpfULXmgL1
        a+o0t2VeKSDjaSEX60Ami1wBmOwClqZ2tGujgZAwgY0wHQYDVR0OBBYEFHgEnpZl
        A3oQEwOb2NwJXNr5Qy30MB8GA1UdIwQYMBaAFAtdRXDlhgmS/hzZGLjqQ8ihSSDS
        MA4GA1UdDwEB/wQEAwIHgDAdBgNVHSUEFjAUBggrBgEFBQcDAQYIKwYBBQUHAwIw
        HAYDVR0RBBUwE4IRZ2F0ZS5hY21lLmV4YW1wbGUwCgYIKoZIzj0EAwIDSQAwRgIh
        AI4+Rl5SWbkNKggzWjLzmwLsq98YregGbiZLqTPqYnnrAiEAnGHSCemfM9Ojx86V
        2OYw47BUmvkHFqjdyw+yPvwjFik=
        -----END CERTIFICATE-----
        """

    /// Of the same key, until 2 July 2026.
    package static let gateRenewed = """
        -----BEGIN CERTIFICATE-----
        MIIB8DCCAZWgAwIBAgIUDoSgBvqSv2WaSenusi1rai75sowwCgYIKoZIzj0EAwIw
        MTELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxEzARBgNVBAMMCkFjbWUgQnJp
        ZWYwHhcNMjYwMTAxMDAwMDAwWhcNMjYwNzAyMDAwMDAwWjArMQswCQYDVQQGEwJD
        SDENMAsGA1UECgwEQWNtZTENMAsGA1UEAwwEZ2F0ZTBZMBMGByqGSM49AgEGCCqG
        SM49AwEHA0IABMyfFOjVStZFKMMiWvEB50fVLt26J/a6N/2KEAhHARtpfULXmgL1
        a+o0t2VeKSDjaSEX60Ami1wBmOwClqZ2tGujgZAwgY0wHQYDVR0OBBYEFHgEnpZl
        A3oQEwOb2NwJXNr5Qy30MB8GA1UdIwQYMBaAFAtdRXDlhgmS/hzZGLjqQ8ihSSDS
        MA4GA1UdDwEB/wQEAwIHgDAdBgNVHSUEFjAUBggrBgEFBQcDAQYIKwYBBQUHAwIw
        HAYDVR0RBBUwE4IRZ2F0ZS5hY21lLmV4YW1wbGUwCgYIKoZIzj0EAwIDSQAwRgIh
        AIM4uiFcukBvV8esiVUh23c+FTJsiCYwIqlcAJoHo6QHAiEApx2p/q5oy1XyRlOD
        A/HX3jnyACbRbMlV6nXzcBw/m/s=
        -----END CERTIFICATE-----
        """

    /// Of both.
    package static let gateKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjUa1nUHB/6/YhGFf
        umk5aIeQb8Aor+BzKRU+aapT0JqhRANCAATMnxTo1UrWRSjDIlrxAedH1S7duif2
        ujf9ihAIRwEbaX1C15oC9WvqNLdlXikg42khF+tAJotcAZjsApamdrRr
        -----END PRIVATE KEY-----
        """

    /// Until 2 June 2026.
    package static let router = """
        -----BEGIN CERTIFICATE-----
        MIIB8zCCAZmgAwIBAgIUQZJN7QQVrkTLdNFz31nPm9Wv7cowCgYIKoZIzj0EAwIw
        MTELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxEzARBgNVBAMMCkFjbWUgQnJp
        ZWYwHhcNMjYwMTAxMDAwMDAwWhcNMjYwNjAyMDAwMDAwWjAtMQswCQYDVQQGEwJD
        SDENMAsGA1UECgwEQWNtZTEPMA0GA1UEAwwGcm91dGVyMFkwEwYHKoZIzj0CAQYI
        KoZIzj0DAQcDQgAEfJ84PEF46/QMmbxFDIOFnwpO6/C4jNeUga6NOizrgO9TQRD8
        5av1vgrkOOElXsm3DlFQaCg2lGfYLUoPfwnhXqOBkjCBjzAdBgNVHQ4EFgQUIhGW
        1vDE7K/24qNk2xksPdrqeNwwHwYDVR0jBBgwFoAUC11FcOWGCZL+HNkYuOpDyKFJ
        INIwDgYDVR0PAQH/BAQDAgeAMB0GA1UdJQQWMBQGCCsGAQUFBwMBBggrBgEFBQcD
        AjAeBgNVHREEFzAVghNyb3V0ZXIuYWNtZS5leGFtcGxlMAoGCCqGSM49BAMCA0gA
        MEUCIQD5MTzEP5faVSM4pj9NI8CpcRvWTIzgLtPT+lxH1RWhYAIgLw0pyxOMUFD5
        nqPp3rqYdX5maOtnheLWs2DB4KibX+8=
        -----END CERTIFICATE-----
        """

    /// Of the same key, until 2 July 2026.
    package static let routerRenewed = """
        -----BEGIN CERTIFICATE-----
        MIIB9DCCAZmgAwIBAgIUdVtZ3dqq2Xb5EDgJZikcRkMTaY0wCgYIKoZIzj0EAwIw
        MTELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxEzARBgNVBAMMCkFjbWUgQnJp
        ZWYwHhcNMjYwMTAxMDAwMDAwWhcNMjYwNzAyMDAwMDAwWjAtMQswCQYDVQQGEwJD
        SDENMAsGA1UECgwEQWNtZTEPMA0GA1UEAwwGcm91dGVyMFkwEwYHKoZIzj0CAQYI
        KoZIzj0DAQcDQgAEfJ84PEF46/QMmbxFDIOFnwpO6/C4jNeUga6NOizrgO9TQRD8
        5av1vgrkOOElXsm3DlFQaCg2lGfYLUoPfwnhXqOBkjCBjzAdBgNVHQ4EFgQUIhGW
        1vDE7K/24qNk2xksPdrqeNwwHwYDVR0jBBgwFoAUC11FcOWGCZL+HNkYuOpDyKFJ
        INIwDgYDVR0PAQH/BAQDAgeAMB0GA1UdJQQWMBQGCCsGAQUFBwMBBggrBgEFBQcD
        AjAeBgNVHREEFzAVghNyb3V0ZXIuYWNtZS5leGFtcGxlMAoGCCqGSM49BAMCA0kA
        MEYCIQD80U/GdzA1rpEPTy0dcI2zNxnn6uuJFuqvHNGkuIgfaQIhAMGoc+0rJWjw
        9r+sVwpMKuzTFbtc/7j8cT9/zUtdfXvB
        -----END CERTIFICATE-----
        """

    /// Of both.
    package static let routerKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5nIx75STWIeD/FnW
        xQzYZ2toBM7gizF3ApKRlLFIdJChRANCAAR8nzg8QXjr9AyZvEUMg4WfCk7r8LiM
        15SBro06LOuA71NBEPzlq/W+CuQ44SVeybcOUVBoKDaUZ9gtSg9/CeFe
        -----END PRIVATE KEY-----
        """
}
