internal import HTTPTypes
package import Hummingbird
internal import Reconciling
internal import WireFormat

/// A refusal of the HTTP API: an HTTP status, a stable code for programs, and a sentence for people.
package struct APIError: Error, Hashable, CustomStringConvertible {
    package let status: HTTPResponse.Status
    /// Kebab-case and stable: agents decide by it.
    package let code: String
    package let message: String

    @inline(never)
    package init(_ status: HTTPResponse.Status, _ code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    package var description: String { "\(status.code) \(code): \(message)" }
}

extension APIError {
    static let notReady = APIError(
        .serviceUnavailable, "not-ready", "the controller has not published anything yet; ask again in a moment")
    static let certificateNeeded = APIError(
        .unauthorized, "certificate-needed", "this call needs the client certificate that enrolment gave")
    static let malformed = APIError(.badRequest, "malformed", "the body is not the message that belongs here")
    static let tooLarge = APIError(.contentTooLarge, "too-large", "the body is larger than this call takes")
    static let unsent = APIError(.requestTimeout, "too-slow", "the body did not arrive in time")

    static func keyReplaced(_ node: NodeKey) -> APIError {
        APIError(.forbidden, "key-replaced", "\(node) has another key in the repository than this certificate is for")
    }

    static func nodeRemoved(_ node: NodeKey) -> APIError {
        APIError(.forbidden, "node-removed", "\(node) is not in the repository, or is expired")
    }
}

extension APIError: HTTPResponseError {
    /// Agents get an `ErrorResponse`; everyone else gets the same as JSON.
    package func response(from request: Request, context: some RequestContext) throws -> Response {
        if request.uri.path.hasPrefix("/v1/agent/") || request.uri.path == "/v1/enroll" {
            return try Response.protobuf(
                WireErrorResponse.with {
                    $0.code = code
                    $0.message = message
                }, status: status)
        }
        return try Response.json(ErrorDocument(error: .init(code: code, message: message)), status: status)
    }

    private struct ErrorDocument: Encodable {
        struct Body: Encodable {
            let code: String
            let message: String
        }
        let error: Body
    }
}
