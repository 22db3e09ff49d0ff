package import Hummingbird
package import NIOCore
package import Trust

/// What the handlers know of a request besides the request.
package struct APIContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    package let channel: any Channel
    /// Who the client certificate speaks for; set by `AgentAuthentication` alone.
    package var identity: NodeIdentity?

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// The client's address without its port; empty when the connection is gone.
    package var clientAddress: String { channel.remoteAddress?.ipAddress ?? "" }
}
