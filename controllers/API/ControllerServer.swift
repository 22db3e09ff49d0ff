internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import ServiceLifecycle

/// The HTTPS server with all its APIs on one port.
package struct ControllerServer: Service {
    private let application: any Service

    /// Time for a client to finish a request, its TLS handshake included, and between two requests.
    private static let idleTimeout = TimeAmount.seconds(75)

    /// - Parameter onRunning: gets the port, once connections are taken.
    init(
        listen: ListenAddress, tls: TLSConfiguration, apis: [(Router<APIContext>) -> Void],
        onRunning: @escaping @Sendable (Int) async -> Void, logger: Logger
    ) throws {
        let router = Router(context: APIContext.self)
        router.add(middleware: ErrorResponses())
        for add in apis { add(router) }
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)
        let limits = ConnectionLimits()
        let server = HTTPServerBuilder { responder in
            let http = HTTP1Channel(
                responder: responder,
                configuration: .init(idleTimeout: Self.idleTimeout, httpDecoderConfiguration: decoder))
            return LimitedChannel(
                base: try TLSChannel(http, configuration: TLSChannelConfiguration(tlsConfiguration: tls)),
                limits: limits)
        }
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        application = Application(
            router: router, server: server,
            configuration: ApplicationConfiguration(
                address: .hostname(listen.host, port: listen.port), serverName: nil, backlog: 4096),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? listen.port) },
            logger: quiet)
    }

    package func run() async throws {
        try await application.run()
    }
}

/// Makes an answer of whatever a handler throws. What is no `APIError` is ours, and its words stay in the log.
struct ErrorResponses: RouterMiddleware {
    typealias Context = APIContext

    func handle(
        _ input: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(input, context)
        } catch let error as APIError {
            return try error.response(from: input, context: context)
        } catch let error as HTTPError {
            let error = APIError(
                error.status, error.status == .notFound ? "not-found" : "bad-request", error.status.reasonPhrase)
            return try error.response(from: input, context: context)
        } catch {
            context.logger.error("a request failed", metadata: ["path": "\(input.uri.path)", "error": "\(error)"])
            let error = APIError(
                .internalServerError, "internal", "something went wrong here; see the controller's log")
            return try error.response(from: input, context: context)
        }
    }
}
