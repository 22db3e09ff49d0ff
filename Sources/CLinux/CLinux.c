#define _GNU_SOURCE

#include "CLinux.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/udp.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

// Since Linux 6.2; Debian 12's headers are older.
#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

#ifndef TUNGETDEVNETNS
#define TUNGETDEVNETNS _IO('T', 227)
#endif

_Static_assert(sizeof(struct clinux_mmsghdr) == sizeof(struct mmsghdr), "layout");
_Static_assert(offsetof(struct clinux_mmsghdr, length) == offsetof(struct mmsghdr, msg_len), "layout");
_Static_assert(sizeof(struct clinux_pktinfo4) == sizeof(struct in_pktinfo), "layout");
_Static_assert(sizeof(struct clinux_pktinfo6) == sizeof(struct in6_pktinfo), "layout");
_Static_assert(sizeof(struct clinux_ucred) == sizeof(struct ucred), "layout");
_Static_assert(IFNAMSIZ == 16, "names of interfaces");

int clinux_recvmmsg(int fd, struct clinux_mmsghdr *messages, unsigned int count, int flags) {
    return recvmmsg(fd, (struct mmsghdr *)messages, count, flags, NULL);
}

int clinux_sendmmsg(int fd, struct clinux_mmsghdr *messages, unsigned int count, int flags) {
    return sendmmsg(fd, (struct mmsghdr *)messages, count, flags);
}

size_t clinux_cmsg_space(size_t length) { return CMSG_SPACE(length); }
size_t clinux_cmsg_len(size_t length) { return CMSG_LEN(length); }
struct cmsghdr *clinux_cmsg_first(struct msghdr *header) { return CMSG_FIRSTHDR(header); }
struct cmsghdr *clinux_cmsg_next(struct msghdr *header, struct cmsghdr *control) { return CMSG_NXTHDR(header, control); }
void *clinux_cmsg_data(struct cmsghdr *control) { return CMSG_DATA(control); }

const int clinux_ip_pktinfo = IP_PKTINFO;
const int clinux_ipv6_recvpktinfo = IPV6_RECVPKTINFO;
const int clinux_ipv6_pktinfo = IPV6_PKTINFO;
const int clinux_so_mark = SO_MARK;
const int clinux_so_rcvbufforce = SO_RCVBUFFORCE;
const int clinux_so_sndbufforce = SO_SNDBUFFORCE;
const int clinux_so_peercred = SO_PEERCRED;
const int clinux_ip_mtu_discover = IP_MTU_DISCOVER;
const int clinux_ip_pmtudisc_dont = IP_PMTUDISC_DONT;
const int clinux_ipv6_mtu_discover = IPV6_MTU_DISCOVER;
const int clinux_ipv6_pmtudisc_dont = IPV6_PMTUDISC_DONT;
const int clinux_udp_segment = UDP_SEGMENT;
const int clinux_udp_gro = UDP_GRO;

const uint16_t clinux_iff_tun = IFF_TUN;
const uint16_t clinux_iff_no_pi = IFF_NO_PI;
const uint16_t clinux_iff_vnet_hdr = IFF_VNET_HDR;
const uint16_t clinux_iff_multi_queue = IFF_MULTI_QUEUE;
const uint16_t clinux_iff_tun_excl = IFF_TUN_EXCL;
const uint32_t clinux_iff_up = IFF_UP;

static struct ifreq request_for(const char *name) {
    struct ifreq request;
    memset(&request, 0, sizeof request);
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    return request;
}

int clinux_tun_attach(int fd, char name[16], uint16_t flags) {
    struct ifreq request = request_for(name);
    request.ifr_flags = (short)flags;
    if (ioctl(fd, TUNSETIFF, &request) < 0) return -1;
    memcpy(name, request.ifr_name, IFNAMSIZ);
    return 0;
}

int clinux_tun_detach(int fd) {
    struct ifreq request = request_for("");
    request.ifr_flags = IFF_DETACH_QUEUE;
    return ioctl(fd, TUNSETQUEUE, &request);
}

int clinux_tun_query(int fd, char name[16], uint16_t *flags) {
    struct ifreq request = request_for("");
    if (ioctl(fd, TUNGETIFF, &request) < 0) return -1;
    memcpy(name, request.ifr_name, IFNAMSIZ);
    *flags = (uint16_t)request.ifr_flags;
    return 0;
}

int clinux_tun_set_offload(int fd, unsigned int flags) { return ioctl(fd, TUNSETOFFLOAD, (unsigned long)flags); }

const unsigned int clinux_tun_f_csum = TUN_F_CSUM;
const unsigned int clinux_tun_f_tso4 = TUN_F_TSO4;
const unsigned int clinux_tun_f_tso6 = TUN_F_TSO6;
const unsigned int clinux_tun_f_tso_ecn = TUN_F_TSO_ECN;
const unsigned int clinux_tun_f_uso = TUN_F_USO4 | TUN_F_USO6;

int clinux_tun_namespace(int fd) { return ioctl(fd, TUNGETDEVNETNS); }

int clinux_interface_mtu(int socket, const char *name, int32_t *mtu) {
    struct ifreq request = request_for(name);
    if (ioctl(socket, SIOCGIFMTU, &request) < 0) return -1;
    *mtu = request.ifr_mtu;
    return 0;
}

int clinux_interface_set_mtu(int socket, const char *name, int32_t mtu) {
    struct ifreq request = request_for(name);
    request.ifr_mtu = mtu;
    return ioctl(socket, SIOCSIFMTU, &request);
}

int clinux_open(const char *path, int flags) { return open(path, flags); }

int clinux_set_nonblocking(int fd) {
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

int clinux_accept(int fd, int flags) { return accept4(fd, NULL, NULL, flags); }

void clinux_name_thread(const char *name) { prctl(PR_SET_NAME, name); }

int clinux_usable_processors(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}
