internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Trust
internal import WireFormat

/// What a machine that is no node yet talks to: the root document and enrolment.
struct JoinAPI: Sendable {
    /// From version 1 to the one in force.
    let roots: [TrustedRoot]
    let enrollment: EnrollmentService

    func add(to router: Router<APIContext>) {
        router.get("v1/root") { _, _ in try Response.protobuf(roots[roots.count - 1].envelope) }
        router.get("v1/root/{version}") { _, context in
            let version = try context.parameters.require("version")
            guard let root = roots.first(where: { "\($0.document.version)" == version }) else {
                throw APIError(.notFound, "no-such-root", "there is no root document of this version")
            }
            return try Response.protobuf(root.envelope)
        }
        router.post("v1/enroll", use: enroll)
    }

    @Sendable private func enroll(_ request: Request, _ context: APIContext) async throws -> Response {
        do {
            let body: WireEnrollRequest = try await request.message(limit: EnrollmentRequest.maximumByteCount)
            let response = try await enrollment.enroll(body)
            return try .protobuf(response, status: response.status == .pendingReview ? .accepted : .ok)
        } catch let error as APIError {
            context.logger.warning(
                "enrolment refused", metadata: ["from": "\(context.clientAddress)", "reason": "\(error)"])
            throw error
        }
    }
}
