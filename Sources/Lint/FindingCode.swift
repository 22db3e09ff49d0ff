package import Manifests

/// What kind of thing a finding is. Codes are stable: users filter by them.
package enum FindingCode: String, Sendable, Hashable, CaseIterable {
    // A manifest by itself.
    case syntax = "CV001"
    case limit = "CV002"
    case duplicateKey = "CV003"
    case unknownField = "CV004"
    case missingField = "CV005"
    case wrongType = "CV006"
    case badChoice = "CV007"
    case badName = "CV008"
    case badAddress = "CV009"
    case badPort = "CV010"
    case badKey = "CV011"
    case badTime = "CV012"
    case badValue = "CV013"
    case unsupportedVersion = "CV014"
    case unsupportedKind = "CV015"
    case unreadable = "CV016"

    // Manifests with each other.
    case unknownTenant = "CV101"
    case unknownNetwork = "CV102"
    case unknownGroup = "CV103"
    case unknownNode = "CV104"
    case duplicateName = "CV105"
    case duplicateAddress = "CV106"
    case addressOutsideNetwork = "CV107"
    case unusableAddress = "CV108"
    case sharedKey = "CV109"
    case overlappingNetworks = "CV110"
    case unplaceableNetwork = "CV111"
    case expired = "CV112"
    case expiresSoon = "CV113"
    case routeInsideNetwork = "CV114"
    case groupCycle = "CV115"
    case reservedAddress = "CV116"
    case cannotBeCarriedOut = "CV117"
    case policyTestFails = "CV118"

    /// What comes with time alone, without a commit, is never an error: it would hold back a tenant that did nothing.
    package var severity: Finding.Severity {
        switch self {
        case .expired, .expiresSoon, .reservedAddress: .warning
        default: .error
        }
    }

    package init(_ kind: ManifestProblem.Kind) {
        self =
            switch kind {
            case .unreadable: .unreadable
            case .syntax: .syntax
            case .limit: .limit
            case .duplicateKey: .duplicateKey
            case .unknownField: .unknownField
            case .missingField: .missingField
            case .wrongType: .wrongType
            case .badChoice: .badChoice
            case .badName: .badName
            case .badAddress: .badAddress
            case .badPort: .badPort
            case .badKey: .badKey
            case .badTime: .badTime
            case .badValue: .badValue
            case .unsupportedVersion: .unsupportedVersion
            case .unsupportedKind: .unsupportedKind
            }
    }
}
