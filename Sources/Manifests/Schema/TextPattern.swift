/// Regular expressions (ECMA-262) for schemas: each accepts all that the type's own parser does. What they accept beyond
/// that is for lint to refuse.
enum TextPattern {
    static let label = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"
    static let domain = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$"
    static let labelValue = "^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$"
    static let labelKey =
        "^([a-z0-9][-a-z0-9.]{0,252}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$"
    static let address = "^(\(v4)|\(v6))$"
    static let prefix = "^(\(v4)/\(v4Length)|\(v6)/\(v6Length))$"
    static let range = "^(\(v4)/\(v4Length)|\(v6)/\(v6Length)|\(v4)(-\(v4))?|\(v6)(-\(v6))?)$"
    static let publicKey = "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"
    static let sshKey = "^ *[^ ]+ +[A-Za-z0-9+/]+={0,2}( .*)?$"
    static let tokenKey = "^k4\\.public\\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"
    static let timestamp =
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?([Zz]|[-+][0-9]{2}:[0-9]{2})$"
    static let port = "^(icmp|(tcp|udp)/[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})?)$"
    static let endpoint = "^(\\[[0-9A-Fa-f:.]+\\]|[-a-z0-9.]+):[0-9]{1,5}$"
    static let host = "^(\(v6)|[-a-z0-9.]+)$"
    static let identity = "^[ -~]{1,255}$"
    static let loginName = "^[^\\\\]{1,255}$"
    static let sealed = "^([A-Za-z0-9+/]{4}){16,}([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
    static let duration =
        "^([0-9]{1,9}h([0-9]{1,9}m)?([0-9]{1,9}s)?|[0-9]{1,9}m([0-9]{1,9}s)?|[0-9]{1,9}s)$"

    private static let octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
    private static let v4 = "\(octet)(\\.\(octet)){3}"
    private static let v4Length = "(3[0-2]|[12]?[0-9])"
    private static let v6 = "[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*"
    private static let v6Length = "(12[0-8]|1[01][0-9]|[1-9]?[0-9])"
}
