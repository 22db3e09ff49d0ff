internal import Tunneling

/// One IKE SA: its SPIs, its keys, its message IDs, and how far it has come.
///
///     as initiator   initiating ──IKE_SA_INIT──▶ authenticating ──IKE_AUTH──▶ established
///     as responder   halfOpen ──IKE_AUTH──▶ established
///                       └──EAP──▶ inEAP ──AUTH──▶ established
///
///     established ──rekeyed──▶ replaced ──DELETE──▶ ended
///          └──────our DELETE──▶ closing ──answer──▶ ended
///
/// What outlives a rekeying – the peer, its CHILD SAs, its path – is in `session`.
final class IKESA: Timed {
    enum State {
        case initiating(Initiation)
        case authenticating(Authentication)
        case halfOpen(HalfOpen)
        case inEAP(EAPAuthentication)
        case established
        /// Another IKE SA has taken its place.
        case replaced
        case closing
        /// Only there to answer a peer that repeats its last request.
        case ended
    }

    let id: UInt64
    /// 0 until known.
    var remoteSPI: UInt64
    let isInitiator: Bool
    var path: IKEPath
    var state: State
    var session: Session?
    var protection: MessageProtection?
    var requests = RequestWindow()
    var answers = AnswerWindow()
    var tasks: [ExchangeTask] = []
    let created: Instant
    /// When it is given up: a half-open one by its age, a replaced or ended one some time after.
    var endsAt = Instant.never
    var slot: UInt32 = 0

    init(id: UInt64, remoteSPI: UInt64, isInitiator: Bool, path: IKEPath, state: State, now: Instant) {
        self.id = id
        self.remoteSPI = remoteSPI
        self.isInitiator = isInitiator
        self.path = path
        self.state = state
        created = now
    }

    var initiatorSPI: UInt64 { isInitiator ? id : remoteSPI }
    var responderSPI: UInt64 { isInitiator ? remoteSPI : id }
    var deadline: Instant { min(requests.deadline, endsAt) }

    var isEstablished: Bool {
        if case .established = state { true } else { false }
    }

    func header(_ type: ExchangeType, isResponse: Bool, messageID: UInt32) -> IKEHeader {
        var flags: IKEHeader.Flags = []
        if isInitiator { flags.insert(.initiator) }
        if isResponse { flags.insert(.response) }
        return IKEHeader(
            initiatorSPI: initiatorSPI, responderSPI: responderSPI, exchange: type, flags: flags, messageID: messageID)
    }

    /// Puts a task at the end of the queue, once.
    func add(_ task: ExchangeTask) {
        if !tasks.contains(task) { tasks.append(task) }
    }
}
