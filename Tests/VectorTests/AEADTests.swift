import AEAD
import Testing

/// Project Wycheproof's vectors: edge cases of the arithmetic, and tags that are wrong by a little.
@Suite struct AEADTests {
    private struct Vector {
        let number: String
        let isValid: Bool
        /// The key, and the nonce's first four bytes.
        let keyingMaterial: [UInt8]
        let counter: UInt64
        let header: [UInt8]
        let text: [UInt8]
        let sealed: [UInt8]

        init(_ fields: [String]) throws {
            try #require(fields.count == 8)
            number = fields[0]
            isValid = fields[1] == "valid"
            let parts = fields[2...].map(VectorFile.bytes)
            let nonce = parts[1]
            try #require(nonce.count == 12)
            keyingMaterial = parts[0] + nonce[..<4]
            counter = nonce[4...].reduce(0) { $0 << 8 | UInt64($1) }
            header = parts[2]
            text = parts[3]
            sealed = parts[4] + parts[5]
        }
    }

    static let engines: [AEADEngine.Kind] = {
        #if arch(x86_64)
            [.ipsecMB, .openSSL]
        #else
            [.openSSL]
        #endif
    }()

    @Test(arguments: engines)
    func aesGCM(_ kind: AEADEngine.Kind) throws {
        let vectors = try VectorFile("wycheproof/aes-gcm.txt").lines.map(Vector.init)
        try expect(vectors, of: AEADEngine(kind)) { $0.keyingMaterial.count == 20 ? .aes128GCM : .aes256GCM }
    }

    @Test(arguments: engines)
    func chaCha20Poly1305(_ kind: AEADEngine.Kind) throws {
        let vectors = try VectorFile("wycheproof/chacha20-poly1305.txt").lines.map(Vector.init)
        try expect(vectors, of: AEADEngine(kind)) { _ in .saltedChaCha20Poly1305 }
    }

    private func expect(
        _ vectors: [Vector], of engine: AEADEngine, _ algorithm: (Vector) -> AEADAlgorithm
    ) throws {
        #expect(vectors.count > 100 && vectors.contains { !$0.isValid })
        for vector in vectors {
            let key = try #require(
                vector.keyingMaterial.withUnsafeBytes { AEADKey(algorithm(vector), keyingMaterial: $0) })
            var text = vector.text + [UInt8](repeating: 0, count: AEADAlgorithm.tagCount)
            _ = run(&text, vector) { engine.seal($0, with: key) }
            #expect((text == vector.sealed) == vector.isValid, "test \(vector.number)")
            text = vector.sealed
            let isAuthentic = run(&text, vector) { engine.open($0, with: key) }
            #expect(isAuthentic == vector.isValid, "test \(vector.number)")
            #expect(text.starts(with: vector.text) || !vector.isValid, "test \(vector.number)")
        }
    }

    /// In place. Returns whether the job is authentic afterwards.
    private func run(
        _ text: inout [UInt8], _ vector: Vector, _ work: (UnsafeMutableBufferPointer<AEADJob>) -> Void
    ) -> Bool {
        text.withUnsafeMutableBytes { text in
            vector.header.withUnsafeBytes { header in
                guard let base = text.baseAddress else { return false }
                var job = AEADJob(
                    source: base, destination: base, count: vector.text.count, counter: vector.counter,
                    authenticated: header.baseAddress, authenticatedCount: header.count)
                withUnsafeMutablePointer(to: &job) { work(UnsafeMutableBufferPointer(start: $0, count: 1)) }
                return job.isAuthentic
            }
        }
    }
}
