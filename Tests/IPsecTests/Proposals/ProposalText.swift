import IPsec

/// Proposals from lines in the form of a log: `IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048`.
func proposals(_ text: String) -> [Proposal] {
    text.split(separator: "\n").enumerated().map { index, line in
        let isIKE = line.hasPrefix("IKE:")
        let transforms = line.dropFirst(4).split(separator: "/").compactMap { named[String($0)] }
        // A name that is not known would change the test quietly.
        precondition(transforms.count == line.split(separator: "/").count, "\(line)")
        return Proposal(
            number: UInt8(index + 1), proto: isIKE ? .ike : .esp, spi: isIKE ? [] : [0xC0, 0, 0, 1],
            transforms: transforms)
    }
}

/// All transforms of which the product knows the name, with the key lengths in use.
private let named: [String: Transform] = {
    var named: [String: Transform] = [:]
    for type in 1...5 as ClosedRange<UInt8> {
        for identifier in 0...40 as ClosedRange<UInt16> {
            let type = TransformType(rawValue: type)
            let lengths: [UInt16?] = type == .encryption ? [nil, 128, 192, 256] : [nil]
            for length in lengths {
                let transform = Transform(type, identifier, keyLength: length)
                named[transform.description] = transform
            }
        }
    }
    return named
}()

extension ProposalDecision {
    var choice: SuiteChoice<Chosen>? {
        if case .chosen(let choice) = self { choice } else { nil }
    }

    var refusal: ProposalRefusal? {
        if case .refused(let refusal) = self { refusal } else { nil }
    }
}
