/// Why bytes are no message: what is wrong, and where.
package struct MessageError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// The bytes end before what they say they hold.
        case truncated
        /// So many bytes are left after the last thing that is there to be read.
        case leftOver(Int)
        /// A structure contradicts itself or RFC 7296.
        case malformed(Part)
        /// More than the product takes.
        case tooMany(Counted)
        case unsupportedMajorVersion(UInt8)
        case unsupportedCriticalPayload(PayloadType)
        /// A payload that there may be one of is there twice.
        case repeated(PayloadType)
        /// The exchange cannot do without it.
        case missing(PayloadType)
    }

    package enum Part: Hashable, Sendable {
        case header
        case payloadHeader
        case payload(PayloadType)
        case proposal
        case transform
        case trafficSelector
        case configurationAttribute
        case notify(NotifyType)
    }

    package enum Counted: Hashable, Sendable {
        case payloads
        case proposals
        case transforms
        case attributes
        case certificates
        case configurationAttributes
        case spis
    }

    package let reason: Reason
    /// Bytes from the start of what was decoded: the message, or the plaintext of its encrypted payload. `nil` where the
    /// fault is in no single place.
    package let offset: Int?

    init(_ reason: Reason, at offset: Int? = nil) {
        self.reason = reason
        self.offset = offset
    }

    /// What a responder answers a request with (RFC 7296 §2.21); `nil` for what deserves no answer at all.
    package var answer: Notify? {
        switch reason {
        case .malformed(.header): nil
        case .unsupportedMajorVersion(let version): version > 2 ? Notify(.invalidMajorVersion) : nil
        case .unsupportedCriticalPayload(let type): Notify(.unsupportedCriticalPayload, data: [type.rawValue])
        case .truncated, .leftOver, .malformed, .tooMany, .repeated, .missing: Notify(.invalidSyntax)
        }
    }
}

extension MessageError: CustomStringConvertible {
    package var description: String {
        offset.map { "\(reason) at byte \($0)" } ?? "\(reason)"
    }
}

extension MessageError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .truncated: "truncated"
        case .leftOver(let count): "\(count) bytes left over"
        case .malformed(let part): "malformed \(part)"
        case .tooMany(let counted): "too many \(counted)"
        case .unsupportedMajorVersion(let version): "major version \(version)"
        case .unsupportedCriticalPayload(let type): "critical payload \(type) not supported"
        case .repeated(let type): "more than one \(type) payload"
        case .missing(let type): "no \(type) payload"
        }
    }
}

extension MessageError.Part: CustomStringConvertible {
    package var description: String {
        switch self {
        case .header: "header"
        case .payloadHeader: "payload header"
        case .payload(let type): "\(type) payload"
        case .proposal: "proposal"
        case .transform: "transform"
        case .trafficSelector: "traffic selector"
        case .configurationAttribute: "configuration attribute"
        case .notify(let type): "\(type) notify"
        }
    }
}

extension MessageError.Counted: CustomStringConvertible {
    package var description: String {
        switch self {
        case .payloads: "payloads"
        case .proposals: "proposals"
        case .transforms: "transforms"
        case .attributes: "transform attributes"
        case .certificates: "certificates"
        case .configurationAttributes: "configuration attributes"
        case .spis: "SPIs"
        }
    }
}
