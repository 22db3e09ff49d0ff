// Made by `make`, beside this file.

/// PEM. Valid from 2026 to the end of 2035 where nothing else is said; issued by `issuing` where nothing else is said.
package enum Certificates {
    /// 1 June 2026.
    package static let time: Int64 = 1_780_272_000

    /// The root: P-384.
    package static let root = """
        -----BEGIN CERTIFICATE-----
        MIICAzCCAYigAwIBAgIUZLV90fjNoyKZuTrrDJOiVxLpxG8wCgYIKoZIzj0EAwMw
        MDELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxEjAQBgNVBAMMCUFjbWUgUm9v
        dDAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMDAxCzAJBgNVBAYTAkNI
        MQ0wCwYDVQQKDARBY21lMRIwEAYDVQQDDAlBY21lIFJvb3QwdjAQBgcqhkjOPQIB
        BgUrgQQAIgNiAAQd7Ce3en3S7eve3vvo99qz/F7XIlitt6Ifs+mnVvkKgnl14fXB
        G0BRKFMDIdntqmpOaIkAR5WNw32XXqqyD55kCCkx9zrZZjM/I7ACqM0sE+sAgaZB
        a7MyMpxMldb5PuqjYzBhMB0GA1UdDgQWBBQHAl+dtPbyAhxbvWM3bCSUM0KXWjAf
        BgNVHSMEGDAWgBQHAl+dtPbyAhxbvWM3bCSUM0KXWjAPBgNVHRMBAf8EBTADAQH/
        MA4GA1UdDwEB/wQEAwIBBjAKBggqhkjOPQQDAwNpADBmAjEA0bdS3CC4F/2nxNNU
        2eY+8sqqjGTwcwly30zn7Jez8zU5svqKYjESPh3u0ecMLGiJAjEAzSJbGsmyyMdy
        DSfe2ARVfk7iGVMWaa3Ah7nzSR0L24nDhf5HCZvoYdzDuCEt96Wy
        -----END CERTIFICATE-----
        """

    /// Below the root, and may issue end certificates alone.
    package static let issuing = """
        -----BEGIN CERTIFICATE-----
        MIIB7DCCAXGgAwIBAgIUXWzgScpOwWDHZ29epAwP0DnupSwwCgYIKoZIzj0EAwIw
        MDELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxEjAQBgNVBAMMCUFjbWUgUm9v
        dDAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMDMxCzAJBgNVBAYTAkNI
        MQ0wCwYDVQQKDARBY21lMRUwEwYDVQQDDAxBY21lIElzc3VpbmcwWTATBgcqhkjO
        PQIBBggqhkjOPQMBBwNCAARK4lWKFBq3D9q7SezfS9MXTyeUJrt2iaQKkXW60OuE
        nIJg78KI3H2qAsjFxmi0vjP6gJ7U2vJyDpsXOAvcVV+Bo2YwZDAdBgNVHQ4EFgQU
        NylWwasoq4qVtPSuRhZVbnbPV+EwHwYDVR0jBBgwFoAUBwJfnbT28gIcW71jN2wk
        lDNCl1owEgYDVR0TAQH/BAgwBgEB/wIBADAOBgNVHQ8BAf8EBAMCAQYwCgYIKoZI
        zj0EAwIDaQAwZgIxAIj4128zoguK2O1piOgc5OLDvqD2iG/37/z25p5P7qW0D6HD
        +/be8KM0O47iXSRQjgIxAJVjPTeDp6O1drBhvDO4z2gPXZnzG67fY5HTfqHRryqZ
        ZlZ9vJ68RBht33s807ob1Q==
        -----END CERTIFICATE-----
        """

    /// P-256, with a name of every kind.
    package static let gate = """
        -----BEGIN CERTIFICATE-----
        MIICfDCCAiGgAwIBAgIUH2d0r+rCj1LU+XjJ5VpkMYpwfzwwCgYIKoZIzj0EAwIw
        MzELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxFTATBgNVBAMMDEFjbWUgSXNz
        dWluZzAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMCsxCzAJBgNVBAYT
        AkNIMQ0wCwYDVQQKDARBY21lMQ0wCwYDVQQDDARnYXRlMFkwEwYHKoZIzj0CAQYI
        KoZIzj0DAQcDQgAEomM5hZBXF387NTcKwGLIOoHcjH4as6WR9VV6R23xTQpGOSu+
        zymzU6axHNavZwsxFB84S41xPqFdk3meUGH8qqOCARkwggEVMB0GA1UdDgQWBBTc
        bhIE+Jqg8yxMSleflXcEIMAasTAfBgNVHSMEGDAWgBQ3KVbBqyiripW09K5GFlVu
        ds9X4TAOBgNVHQ8BAf8EBAMCB4AwHQYDVR0lBBYwFAYIKwYBBQUHAwEGCCsGAQUF
        BwMCMIGjBgNVHREEgZswgZiGKHNwaWZmZTovL2FjbWUuZXhhbXBsZS90ZW5hbnQv
        YS9ub2RlL2dhdGWCEWdhdGUuYWNtZS5leGFtcGxlhwTAAAIBhxAgAQ24AAAAAAAA
        AAAAAAABgRFnYXRlQGFjbWUuZXhhbXBsZaQuMCwxCzAJBgNVBAYTAkNIMQ0wCwYD
        VQQKDARBY21lMQ4wDAYDVQQDDAVvdGhlcjAKBggqhkjOPQQDAgNJADBGAiEAw3z6
        HcFUjNLLSHj8u1us1PwCOehLtfjMyF1N+ugHOB8CIQCheo2xthGbCqodLonw68qT
        x5/LJLL1zlC31sdLUCb/vg==
        -----END CERTIFICATE-----
        """

    /// Of `gate`: PKCS#8.
    package static let gateKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMZHwxdkocVLCDFoQ
        o6zScih3JDZFyiULwCSBp8ObL7ahRANCAASiYzmFkFcXfzs1NwrAYsg6gdyMfhqz
        pZH1VXpHbfFNCkY5K77PKbNTprEc1q9nCzEUHzhLjXE+oV2TeZ5QYfyq
        -----END PRIVATE KEY-----
        """

    /// The same: SEC1.
    package static let gateKeySEC1 = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIDGR8MXZKHFSwgxaEKOs0nIodyQ2RcolC8AkgafDmy+2oAoGCCqGSM49
        AwEHoUQDQgAEomM5hZBXF387NTcKwGLIOoHcjH4as6WR9VV6R23xTQpGOSu+zymz
        U6axHNavZwsxFB84S41xPqFdk3meUGH8qg==
        -----END EC PRIVATE KEY-----
        """

    /// The same, with a passphrase.
    package static let gateKeyEncrypted = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIH0MF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBBiTHvvsQgq5VIEx9HS
        GFAwAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQKbWt4r6VoJd+X1Iw
        zhpeDwSBkLeLE5+NqvU8chxNEjCp14vwXpws6+Gm064hiOCT+O9CwAXn1XT7VoG1
        L9dy1ilZr91OeY99IDW+HH9eXv90F1/DBwcaUH57aoL0Eoj+YXkrVWaW9tXJsEr8
        4SymPOMyD7j88LpMccwT8dg96uBLN1AWEDgepIfoOGWQd4/rNcoL9ioyepgeEx8e
        J/0O1hzQpg==
        -----END ENCRYPTED PRIVATE KEY-----
        """

    /// Its other half.
    package static let gatePublicKey = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEomM5hZBXF387NTcKwGLIOoHcjH4a
        s6WR9VV6R23xTQpGOSu+zymzU6axHNavZwsxFB84S41xPqFdk3meUGH8qg==
        -----END PUBLIC KEY-----
        """

    /// RSA of 2,048 bits.
    package static let router = """
        -----BEGIN CERTIFICATE-----
        MIICwDCCAmagAwIBAgIUcuXdnT4teSBAylQccBnIe6TygRgwCgYIKoZIzj0EAwIw
        MzELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxFTATBgNVBAMMDEFjbWUgSXNz
        dWluZzAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMC0xCzAJBgNVBAYT
        AkNIMQ0wCwYDVQQKDARBY21lMQ8wDQYDVQQDDAZyb3V0ZXIwggEiMA0GCSqGSIb3
        DQEBAQUAA4IBDwAwggEKAoIBAQCmViaplhoBeWH3WWUNwYbjetEWnviI6kLeT3Cj
        uF4KIlLz76w4xcGDybGNDWFqYyk6IU76By+nUUYbhj+0vaGcPT/RZZlBS8TBbbOD
        /eg8L0JiHd7k13QESGIu4k3nvX2MKDqH6te5iejiVNhwY4qQ2zy+0uZvtuLgNL3E
        wdHSmzy0FZJ8pi/HFwUlORo8U+bRgjBUpHhGgzbeuBc2WgxUbMILtuUKN5rEmzed
        rteFjTN5aFWpTYHwxGezqw4AJT5IHensEpHCZeaNa2ks5YhZaAId4VrK7lnz+U6L
        5cMuhHQmOGrmo5tn8lHwPZ+Z+isQ6H1OFf9H2KvgulRRdQxhAgMBAAGjgZIwgY8w
        HQYDVR0OBBYEFB+ySweJ7hJu7R7jwJ1NaiE+fAHuMB8GA1UdIwQYMBaAFDcpVsGr
        KKuKlbT0rkYWVW52z1fhMA4GA1UdDwEB/wQEAwIHgDAdBgNVHSUEFjAUBggrBgEF
        BQcDAQYIKwYBBQUHAwIwHgYDVR0RBBcwFYITcm91dGVyLmFjbWUuZXhhbXBsZTAK
        BggqhkjOPQQDAgNIADBFAiAagbojCDSE5I3rmlEaUY5TMdZPeQ9p/vm+TbjW8djZ
        fQIhANW5UxhJHaooIOTaaEVX55a6yrsyRPftJWlWv6MPat5E
        -----END CERTIFICATE-----
        """

    /// Of `router`: PKCS#8.
    package static let routerKey = """
        -----BEGIN PRIVATE KEY-----
        MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCmViaplhoBeWH3
        WWUNwYbjetEWnviI6kLeT3CjuF4KIlLz76w4xcGDybGNDWFqYyk6IU76By+nUUYb
        hj+0vaGcPT/RZZlBS8TBbbOD/eg8L0JiHd7k13QESGIu4k3nvX2MKDqH6te5ieji
        VNhwY4qQ2zy+0uZvtuLgNL3EwdHSmzy0FZJ8pi/HFwUlORo8U+bRgjBUpHhGgzbe
        uBc2WgxUbMILtuUKN5rEmzedrteFjTN5aFWpTYHwxGezqw4AJT5IHensEpHCZeaN
        a2ks5YhZaAId4VrK7lnz+U6L5cMuhHQmOGrmo5tn8lHwPZ+Z+isQ6H1OFf9H2Kvg
        ulRRdQxhAgMBAAECggEAOuvDkEkidyk3QbZB7KiEDqqfzEKNyXoqK7O6M9SIQ1C7
        T7uzpvyuOu/EXDHEMzpjDTtlTX4kLEHG8tMQWAbga4bqx1MVAaNEVDx23aegj0ky
        W603GpsTdrzpQrBZZmCiS3aonSLcPdYTT7E8ZjtshzmSAAqXJDWFkmQ8YKlDmTVf
        d5O2NKoENPRHtzjixnC80RqlXFGvbnK9T3MODpI/oKxnnwPBZr8+HuU/dAPK7gS3
        yrpSXgyPVD00X+F2JINWUeZVx1dxLu+DxZ3NaGZDyCBhaSzi/ty8qQRT9bvI5rWB
        V/xJoTvoD22nv3du16y3nh4jkSAT7mWzDeV1qlFULQKBgQDhvOoMLTKrC+lC/CgK
        C78JV1rVNbu7ZN/5RxrkLAPILZtnWjHnz1C20ogCYI65kZ+Y4CHEWdj++6QNsV28
        S72xG4T/gqNjKxK6TmApqpEU3qJabQEVbAhi+wfPgGsw21gxrXguIaYGfRCfzUwu
        4eV89RGmZD1OgxMxTUubM/cUgwKBgQC8oqS05ZM+34qlPbx+l49v1Xz6bBmf9IaP
        pQqVy2DiJDFjY68s3NqCFlyrGKIbqUbfVp0yjFlWAyLhkTq3O9v1Qj9xenrrm1eZ
        GIez2G9gvWL0TYcAryAP5Z+hJAdLsHLjpzDw8I3ABQ17yAVGbZASrhYvIR6UzEvP
        HbW414uuSwKBgG0bHhSck+zQaQITVlbkroUZT7HVstM0Qnz9vSWjkIBkasRdd9mO
        /nge8dYUTWer1vPRAQEiXBuCDR0BKUklYp4DqxjET6xS2U5rK1d4NX9czCPgo7Fy
        8erFYlUMwMJwggQg0AGcCd8A+9QBKl1Omdj3qnw93tPfzpr5vR1a1IV5AoGAEjDd
        EVTSTk3gYO8DLnIPMwmzc7LZBcPe9htEWg2y2hwDZ0JFsl3Z9JGTfixx9ZjtbLw9
        jJJcSx8iTf5jWyg6nfw1ggv9rprcZ7cl3wIQO5QH5udTDY3V2bKbIj8HNRVe/vUw
        kwufn9Tc6ALx/0ixjBudqA3ZlR/eb6q9y4V9wuECgYANg5nM956qIp77V992z5Ln
        h2+8N23P1wfPBjgKZmbfMzI1kZgQiaThGHQ5kdaxT4ucK0LraLzfDGDZCgkbZZfB
        V/ZKWcQX4KbevJJ/R0TadhuuFIH7EZklgTHfSOqQjXBSeOzk5Ym5YTbTsC2HOH86
        SzYqnULtOf7evLo3tb4rrQ==
        -----END PRIVATE KEY-----
        """

    /// The same: PKCS#1.
    package static let routerKeyPKCS1 = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEogIBAAKCAQEAplYmqZYaAXlh91llDcGG43rRFp74iOpC3k9wo7heCiJS8++s
        OMXBg8mxjQ1hamMpOiFO+gcvp1FGG4Y/tL2hnD0/0WWZQUvEwW2zg/3oPC9CYh3e
        5Nd0BEhiLuJN5719jCg6h+rXuYno4lTYcGOKkNs8vtLmb7bi4DS9xMHR0ps8tBWS
        fKYvxxcFJTkaPFPm0YIwVKR4RoM23rgXNloMVGzCC7blCjeaxJs3na7XhY0zeWhV
        qU2B8MRns6sOACU+SB3p7BKRwmXmjWtpLOWIWWgCHeFayu5Z8/lOi+XDLoR0Jjhq
        5qObZ/JR8D2fmforEOh9ThX/R9ir4LpUUXUMYQIDAQABAoIBADrrw5BJIncpN0G2
        QeyohA6qn8xCjcl6KiuzujPUiENQu0+7s6b8rjrvxFwxxDM6Yw07ZU1+JCxBxvLT
        EFgG4GuG6sdTFQGjRFQ8dt2noI9JMlutNxqbE3a86UKwWWZgokt2qJ0i3D3WE0+x
        PGY7bIc5kgAKlyQ1hZJkPGCpQ5k1X3eTtjSqBDT0R7c44sZwvNEapVxRr25yvU9z
        Dg6SP6CsZ58DwWa/Ph7lP3QDyu4Et8q6Ul4Mj1Q9NF/hdiSDVlHmVcdXcS7vg8Wd
        zWhmQ8ggYWks4v7cvKkEU/W7yOa1gVf8SaE76A9tp793btest54eI5EgE+5lsw3l
        dapRVC0CgYEA4bzqDC0yqwvpQvwoCgu/CVda1TW7u2Tf+Uca5CwDyC2bZ1ox589Q
        ttKIAmCOuZGfmOAhxFnY/vukDbFdvEu9sRuE/4KjYysSuk5gKaqRFN6iWm0BFWwI
        YvsHz4BrMNtYMa14LiGmBn0Qn81MLuHlfPURpmQ9ToMTMU1LmzP3FIMCgYEAvKKk
        tOWTPt+KpT28fpePb9V8+mwZn/SGj6UKlctg4iQxY2OvLNzaghZcqxiiG6lG31ad
        MoxZVgMi4ZE6tzvb9UI/cXp665tXmRiHs9hvYL1i9E2HAK8gD+WfoSQHS7By46cw
        8PCNwAUNe8gFRm2QEq4WLyEelMxLzx21uNeLrksCgYBtGx4UnJPs0GkCE1ZW5K6F
        GU+x1bLTNEJ8/b0lo5CAZGrEXXfZjv54HvHWFE1nq9bz0QEBIlwbgg0dASlJJWKe
        A6sYxE+sUtlOaytXeDV/XMwj4KOxcvHqxWJVDMDCcIIEINABnAnfAPvUASpdTpnY
        96p8Pd7T386a+b0dWtSFeQKBgBIw3RFU0k5N4GDvAy5yDzMJs3Oy2QXD3vYbRFoN
        stocA2dCRbJd2fSRk34scfWY7Wy8PYySXEsfIk3+Y1soOp38NYIL/a6a3Ge3Jd8C
        EDuUB+bnUw2N1dmymyI/BzUVXv71MJMLn5/U3OgC8f9IsYwbnagN2ZUf3m+qvcuF
        fcLhAoGADYOZzPeeqiKe+1ffds+S54dvvDdtz9cHzwY4CmZm3zMyNZGYEImk4Rh0
        OZHWsU+LnCtC62i83wxg2QoJG2WXwVf2SlnEF+Cm3rySf0dE2nYbrhSB+xGZJYEx
        30jqkI1wUnjs5OWJuWE207Athzh/Oks2Kp1C7Tn+3ry6N7W+K60=
        -----END RSA PRIVATE KEY-----
        """

    /// P-384.
    package static let core = """
        -----BEGIN CERTIFICATE-----
        MIICDTCCAbSgAwIBAgIUVsw9eBxUgE0MGPVNHhY3PZv3FoUwCgYIKoZIzj0EAwIw
        MzELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxFTATBgNVBAMMDEFjbWUgSXNz
        dWluZzAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMCsxCzAJBgNVBAYT
        AkNIMQ0wCwYDVQQKDARBY21lMQ0wCwYDVQQDDARjb3JlMHYwEAYHKoZIzj0CAQYF
        K4EEACIDYgAEXaOT5K3rXy68psCKjoaD2WCjXakkOrq0aPMzWxrJU3HI5Kf267Xg
        aJ/j9JRdXrBusyx+377yfAzh5Wobjw1bIsv7qosUICZ7JfABvDYYuzab8iKANh+L
        smieBA30yq2To4GQMIGNMB0GA1UdDgQWBBS7t3IiQ1jo6h82WngYmGR4ddCgkjAf
        BgNVHSMEGDAWgBQ3KVbBqyiripW09K5GFlVuds9X4TAOBgNVHQ8BAf8EBAMCB4Aw
        HQYDVR0lBBYwFAYIKwYBBQUHAwEGCCsGAQUFBwMCMBwGA1UdEQQVMBOCEWNvcmUu
        YWNtZS5leGFtcGxlMAoGCCqGSM49BAMCA0cAMEQCICxKeCZDBD2xNcKQmQVdz9Ts
        qnezzTBwvFVgaDmQNWwKAiAvQbJTnrvjdHSpyFPjPeYN/iraGsnvhRW3NeOz9j76
        /A==
        -----END CERTIFICATE-----
        """

    /// Of `core`.
    package static let coreKey = """
        -----BEGIN PRIVATE KEY-----
        MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDA4IUi1YnDUpQQFctTL
        2nqAHJpn+ceZwXBJ/eFb6TNaGgO+uxi0l6V40QUM90CNfqehZANiAARdo5Pkretf
        LrymwIqOhoPZYKNdqSQ6urRo8zNbGslTccjkp/brteBon+P0lF1esG6zLH7fvvJ8
        DOHlahuPDVsiy/uqixQgJnsl8AG8Nhi7NpvyIoA2H4uyaJ4EDfTKrZM=
        -----END PRIVATE KEY-----
        """

    /// P-521, without a certificate.
    package static let largeKey = """
        -----BEGIN PRIVATE KEY-----
        MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIB5oLRpPzrR0/KFQN0
        UGpGD932Q9Jc6weivSOENrqZ3s573QQmGXBWtPA/mRx23U4RUPfvqfvoFs3xh1x2
        Ovz/I1yhgYkDgYYABAE1vSaKgmuC/yRPGWHCbh+22v+mpSpv8ZMwq25akt2bg4/R
        psVTFKZfTvgWiXUtkfSR0ifeSALwwfoMmmtNUKpD+QFLxhhfBCZJMsUlNnmgijr3
        jdM+IShQW5U3+7n5RyhDXnHLVH+gMOv5iS34l+ARdv3EOHeNbR/EFa02CpQ9C+V+
        +A==
        -----END PRIVATE KEY-----
        """

    /// Until 1 February 2026.
    package static let expired = """
        -----BEGIN CERTIFICATE-----
        MIIB0jCCAXegAwIBAgIUUqNuviF2OE5tiJNljBUg+vXG3FYwCgYIKoZIzj0EAwIw
        MzELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxFTATBgNVBAMMDEFjbWUgSXNz
        dWluZzAeFw0yNjAxMDEwMDAwMDBaFw0yNjAyMDEwMDAwMDBaMCsxCzAJBgNVBAYT
        AkNIMQ0wCwYDVQQKDARBY21lMQ0wCwYDVQQDDARnYXRlMFkwEwYHKoZIzj0CAQYI
        KoZIzj0DAQcDQgAEomM5hZBXF387NTcKwGLIOoHcjH4as6WR9VV6R23xTQpGOSu+
        zymzU6axHNavZwsxFB84S41xPqFdk3meUGH8qqNxMG8wHQYDVR0OBBYEFNxuEgT4
        mqDzLExKV5+VdwQgwBqxMB8GA1UdIwQYMBaAFDcpVsGrKKuKlbT0rkYWVW52z1fh
        MA4GA1UdDwEB/wQEAwIHgDAdBgNVHSUEFjAUBggrBgEFBQcDAQYIKwYBBQUHAwIw
        CgYIKoZIzj0EAwIDSQAwRgIhAONY0NMwXjIti6M+oWxS6EyKA8W3/+uBElOKglre
        zFYRAiEAm1/zHroOSMYzKuGQaGNFlhdDfQbxb1tE8ADKJe+rk2Q=
        -----END CERTIFICATE-----
        """

    /// From 2030 on.
    package static let early = """
        -----BEGIN CERTIFICATE-----
        MIIB0DCCAXegAwIBAgIUXdC54QQy5rmRTv3yYQjOLh5IDIYwCgYIKoZIzj0EAwIw
        MzELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxFTATBgNVBAMMDEFjbWUgSXNz
        dWluZzAeFw0zMDAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMCsxCzAJBgNVBAYT
        AkNIMQ0wCwYDVQQKDARBY21lMQ0wCwYDVQQDDARnYXRlMFkwEwYHKoZIzj0CAQYI
        KoZIzj0DAQcDQgAEomM5hZBXF387NTcKwGLIOoHcjH4as6WR9VV6R23xTQpGOSu+
        zymzU6axHNavZwsxFB84S41xPqFdk3meUGH8qqNxMG8wHQYDVR0OBBYEFNxuEgT4
        mqDzLExKV5+VdwQgwBqxMB8GA1UdIwQYMBaAFDcpVsGrKKuKlbT0rkYWVW52z1fh
        MA4GA1UdDwEB/wQEAwIHgDAdBgNVHSUEFjAUBggrBgEFBQcDAQYIKwYBBQUHAwIw
        CgYIKoZIzj0EAwIDRwAwRAIgdERk7jdz+c1Gqle7eso1mxP9evZ/dgtlrewifDXL
        YEQCIBdtu5/Vn7WYRguDg0ZcvYN6hey0DcOesCK4uGXPeDu2
        -----END CERTIFICATE-----
        """

    /// For signing code alone.
    package static let codeSigning = """
        -----BEGIN CERTIFICATE-----
        MIIB5jCCAY2gAwIBAgIUKqa3D9nPG1HWmRWgE2yY5dSucZcwCgYIKoZIzj0EAwIw
        MzELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxFTATBgNVBAMMDEFjbWUgSXNz
        dWluZzAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMCsxCzAJBgNVBAYT
        AkNIMQ0wCwYDVQQKDARBY21lMQ0wCwYDVQQDDARnYXRlMFkwEwYHKoZIzj0CAQYI
        KoZIzj0DAQcDQgAEomM5hZBXF387NTcKwGLIOoHcjH4as6WR9VV6R23xTQpGOSu+
        zymzU6axHNavZwsxFB84S41xPqFdk3meUGH8qqOBhjCBgzAdBgNVHQ4EFgQU3G4S
        BPiaoPMsTEpXn5V3BCDAGrEwHwYDVR0jBBgwFoAUNylWwasoq4qVtPSuRhZVbnbP
        V+EwDgYDVR0PAQH/BAQDAgeAMBMGA1UdJQQMMAoGCCsGAQUFBwMDMBwGA1UdEQQV
        MBOCEWdhdGUuYWNtZS5leGFtcGxlMAoGCCqGSM49BAMCA0cAMEQCIEBddvmh4uS5
        jiA/J6BqCYm58TpL8pHHpUXD4U2QV/IrAiB+1XsbU6aVROoixXFOoBxqDysBoHHB
        dTeAgL0xcxFAmw==
        -----END CERTIFICATE-----
        """

    /// A key that may not sign.
    package static let agreeing = """
        -----BEGIN CERTIFICATE-----
        MIIB8TCCAZegAwIBAgIUR2HnJHu098hIpdUmVWrNRGO4Xv8wCgYIKoZIzj0EAwIw
        MzELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxFTATBgNVBAMMDEFjbWUgSXNz
        dWluZzAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMCsxCzAJBgNVBAYT
        AkNIMQ0wCwYDVQQKDARBY21lMQ0wCwYDVQQDDARnYXRlMFkwEwYHKoZIzj0CAQYI
        KoZIzj0DAQcDQgAEomM5hZBXF387NTcKwGLIOoHcjH4as6WR9VV6R23xTQpGOSu+
        zymzU6axHNavZwsxFB84S41xPqFdk3meUGH8qqOBkDCBjTAdBgNVHQ4EFgQU3G4S
        BPiaoPMsTEpXn5V3BCDAGrEwHwYDVR0jBBgwFoAUNylWwasoq4qVtPSuRhZVbnbP
        V+EwDgYDVR0PAQH/BAQDAgUgMB0GA1UdJQQWMBQGCCsGAQUFBwMBBggrBgEFBQcD
        AjAcBgNVHREEFTATghFnYXRlLmFjbWUuZXhhbXBsZTAKBggqhkjOPQQDAgNIADBF
        AiEA4K4CTlfAjdw9u20l00dIXHMvictuM9oaqFFeqPdLnhQCIDcl9h1rNu7lrSPD
        rOnm1zVnmPnuqz/UqzzP8c+pwH62
        -----END CERTIFICATE-----
        """

    /// Without extended key usages or names.
    package static let plain = """
        -----BEGIN CERTIFICATE-----
        MIIBtDCCAVmgAwIBAgIUTXmMVRtKVCMkW0OK15ymejmUFK0wCgYIKoZIzj0EAwIw
        MzELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxFTATBgNVBAMMDEFjbWUgSXNz
        dWluZzAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMCwxCzAJBgNVBAYT
        AkNIMQ0wCwYDVQQKDARBY21lMQ4wDAYDVQQDDAVwbGFpbjBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABKJjOYWQVxd/OzU3CsBiyDqB3Ix+GrOlkfVVekdt8U0KRjkr
        vs8ps1OmsRzWr2cLMRQfOEuNcT6hXZN5nlBh/KqjUjBQMB0GA1UdDgQWBBTcbhIE
        +Jqg8yxMSleflXcEIMAasTAfBgNVHSMEGDAWgBQ3KVbBqyiripW09K5GFlVuds9X
        4TAOBgNVHQ8BAf8EBAMCB4AwCgYIKoZIzj0EAwIDSQAwRgIhANxEAkmgmQCjKjJs
        HciyJSbldrt8wzVCgjnMEzOWWEchAiEAsFtH086Rkzds6+x27C5KSUPLVrlTIj45
        j2RBuCn58gY=
        -----END CERTIFICATE-----
        """

    /// An authority below `issuing`, which may not have one.
    package static let tooDeep = """
        -----BEGIN CERTIFICATE-----
        MIIByzCCAXGgAwIBAgIUGoKrewaMuHglMQKq94dQoopgZEowCgYIKoZIzj0EAwIw
        MzELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxFTATBgNVBAMMDEFjbWUgSXNz
        dWluZzAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMDAxCzAJBgNVBAYT
        AkNIMQ0wCwYDVQQKDARBY21lMRIwEAYDVQQDDAlBY21lIERlZXAwWTATBgcqhkjO
        PQIBBggqhkjOPQMBBwNCAASI5hVa6XMHX+WDpMfes1ZtiBHYNxUFX3T4o7MLdA2k
        4S/OmInTEzaNu41WMsytlRn25yb+SPXSlL69aJTY5YWio2YwZDAdBgNVHQ4EFgQU
        Ne3fy/Xfq15UoT2+tTtjJP+6moYwHwYDVR0jBBgwFoAUNylWwasoq4qVtPSuRhZV
        bnbPV+EwEgYDVR0TAQH/BAgwBgEB/wIBADAOBgNVHQ8BAf8EBAMCAQYwCgYIKoZI
        zj0EAwIDSAAwRQIhAKi5aRttFjaU8dKLSGfWvTDnWVLv3YeoiQs76e+rzfcrAiBR
        /CYXhUs7vTZcilnkxnHY3V30/9yKNu+uUfVzF22FXg==
        -----END CERTIFICATE-----
        """

    /// An end certificate of `tooDeep`.
    package static let belowTooDeep = """
        -----BEGIN CERTIFICATE-----
        MIIBzjCCAXSgAwIBAgIUbahJ3Hv6/tB1FxZOG0uOn26f1pAwCgYIKoZIzj0EAwIw
        MDELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxEjAQBgNVBAMMCUFjbWUgRGVl
        cDAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMCsxCzAJBgNVBAYTAkNI
        MQ0wCwYDVQQKDARBY21lMQ0wCwYDVQQDDARkZWVwMFkwEwYHKoZIzj0CAQYIKoZI
        zj0DAQcDQgAEomM5hZBXF387NTcKwGLIOoHcjH4as6WR9VV6R23xTQpGOSu+zymz
        U6axHNavZwsxFB84S41xPqFdk3meUGH8qqNxMG8wHQYDVR0OBBYEFNxuEgT4mqDz
        LExKV5+VdwQgwBqxMB8GA1UdIwQYMBaAFDXt38v136teVKE9vrU7YyT/upqGMA4G
        A1UdDwEB/wQEAwIHgDAdBgNVHSUEFjAUBggrBgEFBQcDAQYIKwYBBQUHAwIwCgYI
        KoZIzj0EAwIDSAAwRQIhAPuOJOAHJewj799hwFYowjRMKlCxzLzFYq9xcqOrVsit
        AiAqAyrzBobhfhcy4ZrTeRVumJ/dX9m5r9tsykTK8rPRcw==
        -----END CERTIFICATE-----
        """

    /// An end certificate that `gate` issued.
    package static let ofNoAuthority = """
        -----BEGIN CERTIFICATE-----
        MIIByjCCAW+gAwIBAgIUVQWtJOWUu7CMSJ1v3jV3wyDHfjgwCgYIKoZIzj0EAwIw
        KzELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxDTALBgNVBAMMBGdhdGUwHhcN
        MjYwMTAxMDAwMDAwWhcNMzYwMTAxMDAwMDAwWjArMQswCQYDVQQGEwJDSDENMAsG
        A1UECgwEQWNtZTENMAsGA1UEAwwEZmFrZTBZMBMGByqGSM49AgEGCCqGSM49AwEH
        A0IABKJjOYWQVxd/OzU3CsBiyDqB3Ix+GrOlkfVVekdt8U0KRjkrvs8ps1OmsRzW
        r2cLMRQfOEuNcT6hXZN5nlBh/KqjcTBvMB0GA1UdDgQWBBTcbhIE+Jqg8yxMSlef
        lXcEIMAasTAfBgNVHSMEGDAWgBTcbhIE+Jqg8yxMSleflXcEIMAasTAOBgNVHQ8B
        Af8EBAMCB4AwHQYDVR0lBBYwFAYIKwYBBQUHAwEGCCsGAQUFBwMCMAoGCCqGSM49
        BAMCA0kAMEYCIQC3lhWrfVQbYds3eiKfKa+CiCr9qsjfPn396sJjZ/ydhwIhAIst
        VvVgNG0Bq/g8v/oClml+w0PsjODxcHrNvfPHtH+S
        -----END CERTIFICATE-----
        """

    /// A root of somebody else's.
    package static let stranger = """
        -----BEGIN CERTIFICATE-----
        MIIBxDCCAWmgAwIBAgIUe/RCiQe7++/D/upLMLALTth+JMYwCgYIKoZIzj0EAwIw
        LzELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxETAPBgNVBAMMCFN0cmFuZ2Vy
        MB4XDTI2MDEwMTAwMDAwMFoXDTM2MDEwMTAwMDAwMFowLzELMAkGA1UEBhMCQ0gx
        DTALBgNVBAoMBEFjbWUxETAPBgNVBAMMCFN0cmFuZ2VyMFkwEwYHKoZIzj0CAQYI
        KoZIzj0DAQcDQgAEizeIwlrOiU2GQnA233IFyqFEtTa5u+XTACA8xq5QAk7AKVA1
        fOiL/jBdbexR0Od23qJqltAsztVE6z1HhvXw8qNjMGEwHQYDVR0OBBYEFBdHCBpa
        hAlzv5x6L1mKWP5X7x6RMB8GA1UdIwQYMBaAFBdHCBpahAlzv5x6L1mKWP5X7x6R
        MA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMAoGCCqGSM49BAMCA0kA
        MEYCIQC7KC1N7y0rw8nmmybCJ40LImGbNhZ0xxY/KCBMFTQIqQIhAMt3sT2U7JLr
        8VAYV+fFEHrZU5B/I1KKbUiglzNSAY1y
        -----END CERTIFICATE-----
        """

    /// RSA of 1,024 bits.
    package static let weak = """
        -----BEGIN CERTIFICATE-----
        MIICGDCCAb6gAwIBAgIUdts+vZh7P5dv3+DLePehjbyIHLAwCgYIKoZIzj0EAwIw
        MzELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxFTATBgNVBAMMDEFjbWUgSXNz
        dWluZzAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMCsxCzAJBgNVBAYT
        AkNIMQ0wCwYDVQQKDARBY21lMQ0wCwYDVQQDDAR3ZWFrMIGfMA0GCSqGSIb3DQEB
        AQUAA4GNADCBiQKBgQDetRXmWSnZ0aWAJEp2EW4pZnoP8uNiNEG1M9S9lXVhjJi0
        OpI5ytBDFoSC+RP9hix7ed6fey2cVop/TczYS4qA8+YMbVak35u3i9TkJM/5SCFq
        p4u6r85KHa6rfE2+xRnm3HpiXs6CnbeCWNGuOcpX83uYuB1trQhCHxS1/R3gTQID
        AQABo3EwbzAdBgNVHQ4EFgQUQ+Nen40UepDV21MstIf6bOq1VNkwHwYDVR0jBBgw
        FoAUNylWwasoq4qVtPSuRhZVbnbPV+EwDgYDVR0PAQH/BAQDAgeAMB0GA1UdJQQW
        MBQGCCsGAQUFBwMBBggrBgEFBQcDAjAKBggqhkjOPQQDAgNIADBFAiAYFlM3nQ6L
        HzFFLEPYM/EKv8GhaThX3RvM9TsAPGX3agIhAOJMALBvg2nqFHV16mCNt4vSu5dm
        iz/KV4mFSjoSd20T
        -----END CERTIFICATE-----
        """

    /// Ed25519.
    package static let edwards = """
        -----BEGIN CERTIFICATE-----
        MIIBpjCCAUugAwIBAgIUeglEKGH2eTdDfY+RsdLAYim0EBUwCgYIKoZIzj0EAwIw
        MzELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxFTATBgNVBAMMDEFjbWUgSXNz
        dWluZzAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMC4xCzAJBgNVBAYT
        AkNIMQ0wCwYDVQQKDARBY21lMRAwDgYDVQQDDAdlZHdhcmRzMCowBQYDK2VwAyEA
        BotWP7ijy1qNTzG3NQ1Je56IDhphrWUVP/kfivqss0WjcTBvMB0GA1UdDgQWBBSg
        GLglCRUPZPyldMcYzDQDPspJmDAfBgNVHSMEGDAWgBQ3KVbBqyiripW09K5GFlVu
        ds9X4TAOBgNVHQ8BAf8EBAMCB4AwHQYDVR0lBBYwFAYIKwYBBQUHAwEGCCsGAQUF
        BwMCMAoGCCqGSM49BAMCA0kAMEYCIQCJ6+6K+BRV5TDtvJ9gEA6H5LLAn4z3NP7/
        J7joXOrilgIhAPXDfqkVtw6oQes49JplTjPbk2I3exOARMJAh/ztxbEu
        -----END CERTIFICATE-----
        """

    /// For *.acme.example.
    package static let wildcard = """
        -----BEGIN CERTIFICATE-----
        MIIB8jCCAZigAwIBAgIUER7FymYRE1lg5yA3UZLskp2c924wCgYIKoZIzj0EAwIw
        MzELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxFTATBgNVBAMMDEFjbWUgSXNz
        dWluZzAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMC8xCzAJBgNVBAYT
        AkNIMQ0wCwYDVQQKDARBY21lMREwDwYDVQQDDAh3aWxkY2FyZDBZMBMGByqGSM49
        AgEGCCqGSM49AwEHA0IABKJjOYWQVxd/OzU3CsBiyDqB3Ix+GrOlkfVVekdt8U0K
        Rjkrvs8ps1OmsRzWr2cLMRQfOEuNcT6hXZN5nlBh/KqjgY0wgYowHQYDVR0OBBYE
        FNxuEgT4mqDzLExKV5+VdwQgwBqxMB8GA1UdIwQYMBaAFDcpVsGrKKuKlbT0rkYW
        VW52z1fhMA4GA1UdDwEB/wQEAwIHgDAdBgNVHSUEFjAUBggrBgEFBQcDAQYIKwYB
        BQUHAwIwGQYDVR0RBBIwEIIOKi5hY21lLmV4YW1wbGUwCgYIKoZIzj0EAwIDSAAw
        RQIgG6x1N1ZlOdpw/hxo4GrQUOVuV1XcyBl2BTL+sGRO58ECIQDIpKF9s7URp5XS
        v10iOL9ByzKfE3JWX5B6Sz1K9ptHgw==
        -----END CERTIFICATE-----
        """

    /// A DNS name with a zero byte in it.
    package static let embeddedZero = """
        -----BEGIN CERTIFICATE-----
        MIIB/zCCAaWgAwIBAgIUQoclddBzN77rjS6rA7zUD5/M0I0wCgYIKoZIzj0EAwIw
        MzELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxFTATBgNVBAMMDEFjbWUgSXNz
        dWluZzAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMCsxCzAJBgNVBAYT
        AkNIMQ0wCwYDVQQKDARBY21lMQ0wCwYDVQQDDAR6ZXJvMFkwEwYHKoZIzj0CAQYI
        KoZIzj0DAQcDQgAEomM5hZBXF387NTcKwGLIOoHcjH4as6WR9VV6R23xTQpGOSu+
        zymzU6axHNavZwsxFB84S41xPqFdk3meUGH8qqOBnjCBmzAdBgNVHQ4EFgQU3G4S
        BPiaoPMsTEpXn5V3BCDAGrEwHwYDVR0jBBgwFoAUNylWwasoq4qVtPSuRhZVbnbP
        V+EwDgYDVR0PAQH/BAQDAgeAMB0GA1UdJQQWMBQGCCsGAQUFBwMBBggrBgEFBQcD
        AjAqBgNVHREEIzAhgh9nYXRlLmFjbWUuZXhhbXBsZQAuZXZpbC5leGFtcGxlMAoG
        CCqGSM49BAMCA0gAMEUCIQD3lSePpCi0WzE/dmQxh/GLLg0T3drIg9KKuTv3t1sF
        WAIgZ+OV4wRg25Xad9h8SZwDfm771PFsjDHO/Flsm3BJIUg=
        -----END CERTIFICATE-----
        """

    /// May issue for acme.example alone.
    package static let narrow = """
        -----BEGIN CERTIFICATE-----
        MIICDDCCAZKgAwIBAgIUfw/IRTTN3K5T2bLDEucQO7BvpMQwCgYIKoZIzj0EAwIw
        MDELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxEjAQBgNVBAMMCUFjbWUgUm9v
        dDAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMDIxCzAJBgNVBAYTAkNI
        MQ0wCwYDVQQKDARBY21lMRQwEgYDVQQDDAtBY21lIE5hcnJvdzBZMBMGByqGSM49
        AgEGCCqGSM49AwEHA0IABNAASpKLPsLs6CMFP0+QCqXxI/eSCnV3e2xRXZWIqva3
        JGHcEkpx5wwkgBx6OT93KtqtR2bs3qri8fc12f5kabWjgYcwgYQwHQYDVR0OBBYE
        FLrP/Arbjuh3IcyI0c2y7d3l9upRMB8GA1UdIwQYMBaAFAcCX5209vICHFu9Yzds
        JJQzQpdaMBIGA1UdEwEB/wQIMAYBAf8CAQAwDgYDVR0PAQH/BAQDAgEGMB4GA1Ud
        HgEB/wQUMBKgEDAOggxhY21lLmV4YW1wbGUwCgYIKoZIzj0EAwIDaAAwZQIxAPoT
        rW2KApcPVsKvSsbIBvnY1d2vOlZrv48cHcDe8pyx8VM6WVgsmCz6+hxQwgBsiQIw
        dfXHvRzpJVfB7a8cpeQWT8+HnntLGYjbUl3XGooLoJC3qaAOmU3s7QqKxQRV1Q9R
        -----END CERTIFICATE-----
        """

    /// Of `narrow`, for evil.example.
    package static let outside = """
        -----BEGIN CERTIFICATE-----
        MIIB7zCCAZSgAwIBAgIUA6wsD/8GO9LyxHwKA1AfkKoc1kowCgYIKoZIzj0EAwIw
        MjELMAkGA1UEBhMCQ0gxDTALBgNVBAoMBEFjbWUxFDASBgNVBAMMC0FjbWUgTmFy
        cm93MB4XDTI2MDEwMTAwMDAwMFoXDTM2MDEwMTAwMDAwMFowLjELMAkGA1UEBhMC
        Q0gxDTALBgNVBAoMBEFjbWUxEDAOBgNVBAMMB291dHNpZGUwWTATBgcqhkjOPQIB
        BggqhkjOPQMBBwNCAASiYzmFkFcXfzs1NwrAYsg6gdyMfhqzpZH1VXpHbfFNCkY5
        K77PKbNTprEc1q9nCzEUHzhLjXE+oV2TeZ5QYfyqo4GLMIGIMB0GA1UdDgQWBBTc
        bhIE+Jqg8yxMSleflXcEIMAasTAfBgNVHSMEGDAWgBS6z/wK247odyHMiNHNsu3d
        5fbqUTAOBgNVHQ8BAf8EBAMCB4AwHQYDVR0lBBYwFAYIKwYBBQUHAwEGCCsGAQUF
        BwMCMBcGA1UdEQQQMA6CDGV2aWwuZXhhbXBsZTAKBggqhkjOPQQDAgNJADBGAiEA
        rMqLDnTLH8DR4+JcYv17CMEzbDIc19j6qtpAg0RHsBYCIQDjgujni31+pDj7pXXY
        4jQcWYKWbrsGSIkb0AD6o+aG8w==
        -----END CERTIFICATE-----
        """

    /// The list of `issuing` with `gate` on it.
    package static let revokingGate = """
        -----BEGIN X509 CRL-----
        MIIBFDCBvAIBATAKBggqhkjOPQQDAjAzMQswCQYDVQQGEwJDSDENMAsGA1UECgwE
        QWNtZTEVMBMGA1UEAwwMQWNtZSBJc3N1aW5nFw0yNjAxMDEwMDAwMDBaFw0zNjAx
        MDEwMDAwMDBaMCcwJQIUH2d0r+rCj1LU+XjJ5VpkMYpwfzwXDTI2MDEwMTAwMDAw
        MFqgLzAtMAoGA1UdFAQDAgEBMB8GA1UdIwQYMBaAFDcpVsGrKKuKlbT0rkYWVW52
        z1fhMAoGCCqGSM49BAMCA0cAMEQCIGRfG+2faLyP1meVcEDQqWg88lo+trfFm0HA
        /RXfUcyYAiA2QWxjCVPuq2ktiO4BgrPmjrZ6sFv2J4SuHWcWKEcXZg==
        -----END X509 CRL-----
        """

    /// An empty list.
    package static let revokingNobody = """
        -----BEGIN X509 CRL-----
        MIHrMIGTAgEBMAoGCCqGSM49BAMCMDMxCzAJBgNVBAYTAkNIMQ0wCwYDVQQKDARB
        Y21lMRUwEwYDVQQDDAxBY21lIElzc3VpbmcXDTI2MDEwMTAwMDAwMFoXDTM2MDEw
        MTAwMDAwMFqgLzAtMAoGA1UdFAQDAgEBMB8GA1UdIwQYMBaAFDcpVsGrKKuKlbT0
        rkYWVW52z1fhMAoGCCqGSM49BAMCA0cAMEQCIFkXAEOs+9ixdaShChlWCcBL3Qk9
        2klM3GLMmNWs46jYAiBb0Ue4esjo/iK0y65T3AK7914CdTBkQ57yEcOEX6HV/w==
        -----END X509 CRL-----
        """

    /// An empty list, until 1 February 2026.
    package static let staleList = """
        -----BEGIN X509 CRL-----
        MIHsMIGTAgEBMAoGCCqGSM49BAMCMDMxCzAJBgNVBAYTAkNIMQ0wCwYDVQQKDARB
        Y21lMRUwEwYDVQQDDAxBY21lIElzc3VpbmcXDTI2MDEwMTAwMDAwMFoXDTI2MDIw
        MTAwMDAwMFqgLzAtMAoGA1UdFAQDAgEBMB8GA1UdIwQYMBaAFDcpVsGrKKuKlbT0
        rkYWVW52z1fhMAoGCCqGSM49BAMCA0gAMEUCIQCf/WOrMhcBZiXFYjVC72LFnL6W
        tz0JxS7HCOeTRUBR1wIgJulG31gtFh/RuNh4JdRQPq0DY062PxRE9uyJ2f0l4Bw=
        -----END X509 CRL-----
        """
}
