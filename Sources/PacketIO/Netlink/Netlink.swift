/// Questions and orders to the kernel about interfaces, addresses and routes of the namespace in which this was made
/// (rtnetlink). Every call waits for the kernel's answer; one thread at a time.
///
/// Deleting what is not there throws an error whose `isNotFound` is true; adding what is there, one whose
/// `alreadyExists` is.
package final class Netlink {
    let socket: NetlinkSocket

    package init() throws(IOError) {
        socket = try NetlinkSocket(groups: 0)
    }
}
