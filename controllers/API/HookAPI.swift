internal import Crypto
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Trust

/// `POST /v1/hooks/git`: a git server says that something was pushed. What it says is not looked at, only that it knows
/// the secret: the branches are then read anew.
struct HookAPI: Sendable {
    /// Read for each call, so that it can be changed without a restart.
    let secretFile: String?
    let poke: @Sendable () -> Void

    /// What a push of a fleet tells of fits; a stranger can make the controller hold no more than this.
    private static let maximumBody = 1 << 20

    func add(to router: Router<APIContext>) {
        router.post("v1/hooks/git", use: hook)
    }

    @Sendable private func hook(_ request: Request, _ context: APIContext) async throws -> Response {
        guard let secretFile else {
            throw APIError(.notFound, "no-hook", "no hookSecretFile is set, so the hook is off")
        }
        guard let name = HTTPField.Name("X-Hub-Signature-256"), let header = request.headers[name],
            header.hasPrefix("sha256="), let signature = Self.bytes(hex: header.dropFirst("sha256=".count))
        else { throw APIError(.unauthorized, "no-signature", "X-Hub-Signature-256 is missing or malformed") }
        let secret: [UInt8]
        do {
            secret = try DurableFile.read(secretFile, limit: 4096)
        } catch {
            context.logger.error("the hook's secret cannot be read", metadata: ["error": "\(error)"])
            throw APIError(.serviceUnavailable, "no-secret", "the hook's secret cannot be read")
        }
        let trimmed = secret.reversed().drop { $0 == 10 || $0 == 13 }.reversed()
        guard !trimmed.isEmpty else { throw APIError(.serviceUnavailable, "no-secret", "the hook's secret is empty") }
        let body = try await request.bytes(limit: Self.maximumBody)
        let key = SymmetricKey(data: Array(trimmed))
        guard
            HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: Array(body.readableBytesView), using: key)
        else { throw APIError(.forbidden, "wrong-signature", "the body was not signed with the hook's secret") }
        poke()
        return Response(status: .accepted)
    }

    private static func bytes(hex: Substring) -> [UInt8]? {
        let digits = Array(hex.utf8)
        guard digits.count == 64 else { return nil }
        return try? stride(from: 0, to: 64, by: 2).map { index in
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
                throw APIError.malformed
            }
            return byte
        }
    }
}
