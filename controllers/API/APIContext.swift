package import Hummingbird
package import NIOCore
package import Trust

package import struct Foundation.Data

/// What the handlers know of a request besides the request.
package struct APIContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The X25519 key that its certificate is bound to; set along with it.
    package var nodeKey = Data()
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
