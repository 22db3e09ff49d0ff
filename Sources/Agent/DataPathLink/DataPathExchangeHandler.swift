internal import Foundation
internal import NIOCore
internal import WireFormat

/// One request and where its reply goes.
struct DataPathExchange {
    let request: WireDataPathRequest
    let reply: EventLoopPromise<WireDataPathReply>
}

/// Writes requests and gives each its reply, first in first out.
final class DataPathExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = DataPathExchange
    typealias OutboundOut = ByteBuffer

    /// Applying 100,000 operations takes seconds; an engine that is silent for longer is stuck.
    static let timeout = TimeAmount.seconds(60)
    /// A reply is as long as the state of its interfaces: 100,000 peers take some 10 MB.
    static let maximumReply = 256 << 20

    private var frames = FrameDecoder(.fixed32, limit: maximumReply)
    private var waiting: [EventLoopPromise<WireDataPathReply>] = []
    private var alarm: Scheduled<Void>?

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let exchange = unwrapOutboundIn(data)
        do {
            let frame = try Framing.fixed32.encode(exchange.request)
            waiting.append(exchange.reply)
            context.write(wrapOutboundOut(ByteBuffer(bytes: frame)), promise: promise)
            armIfNeeded(context)
        } catch {
            exchange.reply.fail(error)
            promise?.fail(error)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        frames.append(unwrapInboundIn(data).readableBytesView)
        do {
            while let frame = try frames.next() {
                guard !waiting.isEmpty else { throw DataPathLinkError.unexpectedReply }
                alarm?.cancel()
                alarm = nil
                let reply = waiting.removeFirst()
                reply.completeWith(Result { try WireDataPathReply(serializedBytes: frame) })
                armIfNeeded(context)
            }
        } catch {
            fail(with: .unexpectedReply)
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(with: .closed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(with: .closed)
        context.close(promise: nil)
    }

    private func armIfNeeded(_ context: ChannelHandlerContext) {
        guard alarm == nil, !waiting.isEmpty else { return }
        alarm = context.eventLoop.assumeIsolated().scheduleTask(in: Self.timeout) {
            self.fail(with: .timedOut)
            context.close(promise: nil)
        }
    }

    private func fail(with error: DataPathLinkError) {
        alarm?.cancel()
        alarm = nil
        let failed = waiting
        waiting = []
        for promise in failed { promise.fail(error) }
    }
}
