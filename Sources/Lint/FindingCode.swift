package import Manifests
internal import OverlayNetwork

/// What kind of thing a finding is. Codes are stable: users filter by them, and `cvlan lint --explain` has a page for
/// each.
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
    case unusedIgnore = "CV017"
    case badIgnore = "CV018"
    case saysNothing = "CV019"
    case ambiguousWord = "CV020"
    case nonCanonicalText = "CV021"
    case repeatedElement = "CV022"
    case plainSecret = "CV023"

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
    case ruleNeverMatches = "CV119"
    case allowNeverTakesEffect = "CV120"
    case ruleAlreadyCovered = "CV121"
    case allowAndDenyOverlap = "CV122"
    case opensRoutedSubnet = "CV123"
    case routeWithoutPriority = "CV124"
    case networkNearlyFull = "CV125"
    case keyInOtherTenant = "CV126"
    case weakIPsecProfile = "CV127"
    case meshTooLarge = "CV128"
    case vacuousTest = "CV129"

    // IPsec, and what is sealed for it.
    case misplacedIPsec = "CV130"
    case noIPsecGateway = "CV131"
    case deviceWithoutIPsec = "CV132"
    case badAuthority = "CV133"
    case authorityExpired = "CV134"
    case presharedKeyInCNSA = "CV135"
    case selectorOutside = "CV136"
    case unknownSecret = "CV137"
    case secretNotSealed = "CV138"
    case mtuTooLarge = "CV139"
    case gatewayNameTaken = "CV140"
    case loginTwice = "CV141"
    case gatewayWithoutName = "CV142"
    case movedSecret = "CV143"

    // Who may change what.
    case tooFewApprovers = "CV150"
    case unusableMemberKey = "CV151"
    case sharedMemberKey = "CV152"

    /// What comes with time alone, without a commit, is never an error: it would hold back a tenant that did nothing.
    package var severity: Finding.Severity {
        switch self {
        case .allowAndDenyOverlap: .note
        case .expired, .expiresSoon, .reservedAddress, .unusedIgnore, .badIgnore, .saysNothing, .ambiguousWord,
            .nonCanonicalText, .repeatedElement, .ruleNeverMatches, .allowNeverTakesEffect, .ruleAlreadyCovered,
            .opensRoutedSubnet, .routeWithoutPriority, .networkNearlyFull, .keyInOtherTenant, .weakIPsecProfile,
            .meshTooLarge, .vacuousTest, .authorityExpired, .presharedKeyInCNSA, .mtuTooLarge,
            .gatewayWithoutName, .tooFewApprovers, .unusableMemberKey, .sharedMemberKey:
            .warning
        default: .error
        }
    }

    /// Whether the controller keeps a tenant at its last good commit for it. What lint alone calls an error can be
    /// carried out: a secret in git is no less known for holding a network back; and the key that a value must be sealed to
    /// comes with enrolment, which must not be what holds its tenant back. Nor may another tenant be, who takes a name.
    package var holdsBack: Bool {
        severity == .error && ![.plainSecret, .secretNotSealed, .movedSecret, .gatewayNameTaken].contains(self)
    }

    /// Whether a comment `# cvlan: ignore` can silence it: not where the controller would refuse the manifest, or what it
    /// is about, anyway, and not what is said of such comments.
    package var canBeIgnored: Bool {
        !holdsBack && ![.unusedIgnore, .badIgnore, .gatewayNameTaken].contains(self)
    }

    init(_ code: NetworkError.Code) {
        self =
            switch code {
            case .noIPsecGateway: .noIPsecGateway
            case .deviceWithoutIPsec: .deviceWithoutIPsec
            case .badAuthority: .badAuthority
            case .selectorOutside: .selectorOutside
            case .nameTaken: .gatewayNameTaken
            default: .cannotBeCarriedOut
            }
    }

    package init(_ kind: ManifestRemark.Kind) {
        self =
            switch kind {
            case .plainSecret: .plainSecret
            case .saysNothing: .saysNothing
            case .ambiguousWord: .ambiguousWord
            case .nonCanonicalText: .nonCanonicalText
            case .repeatedElement: .repeatedElement
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
