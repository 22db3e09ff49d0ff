internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Sodium
internal import Trust

/// Lets only those through who know the management token: the API tells of all tenants, on a port that every node of
/// every tenant reaches.
struct ManagementAuthentication: RouterMiddleware {
    typealias Context = APIContext

    /// Read for each call, so that it can be changed without a restart. Without one the API is off.
    let tokenFile: String?

    func handle(
        _ input: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard let tokenFile else {
            throw APIError(
                .forbidden, "management-off", "no managementTokenFile is set in controller.yaml, so this is off")
        }
        let text: SecretBytes
        do {
            text = try KeyFile(tokenFile).read()
        } catch {
            context.logger.error("the management token cannot be read", metadata: ["error": "\(error)"])
            throw APIError(.serviceUnavailable, "no-token", "the management token cannot be read; see the log")
        }
        let expected = text.withUnsafeBytes { bytes in
            Array(bytes.reversed().drop { [9, 10, 13, 32].contains($0) }.reversed())
        }
        guard !expected.isEmpty else {
            throw APIError(.serviceUnavailable, "no-token", "the management token is empty")
        }
        let words = input.headers[.authorization]?.split(separator: " ") ?? []
        guard words.count == 2, words[0].lowercased() == "bearer", Self.isEqual(Array(words[1].utf8), expected) else {
            let name = tokenFile.split(separator: "/").last ?? "management.token"
            throw APIError(
                .unauthorized, "token-needed",
                "this wants `Authorization: Bearer TOKEN`; the token is in \(name) in the controller's directory")
        }
        return try await next(input, context)
    }

    /// Takes as long whatever the bytes are; only the lengths show.
    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
    }
}
