// Linux interfaces that Swift cannot import as they are: variadic functions, macros with casts or expressions, and what
// glibc hides unless _GNU_SOURCE was defined before its first header. Nothing here has logic of its own: see PacketIO.
#pragma once

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>

// MARK: batches of datagrams

// struct mmsghdr, which glibc shows to _GNU_SOURCE alone.
struct clinux_mmsghdr {
    struct msghdr header;
    unsigned int length;
};

// struct in_pktinfo with its addresses as plain numbers, in network byte order.
struct clinux_pktinfo4 {
    uint32_t interface;
    uint32_t source;
    uint32_t destination;
};

struct clinux_pktinfo6 {
    uint8_t address[16];
    uint32_t interface;
};

int clinux_recvmmsg(int fd, struct clinux_mmsghdr *messages, unsigned int count, int flags);
int clinux_sendmmsg(int fd, struct clinux_mmsghdr *messages, unsigned int count, int flags);

size_t clinux_cmsg_space(size_t length);
size_t clinux_cmsg_len(size_t length);
struct cmsghdr *clinux_cmsg_first(struct msghdr *header);
struct cmsghdr *clinux_cmsg_next(struct msghdr *header, struct cmsghdr *control);
void *clinux_cmsg_data(struct cmsghdr *control);

extern const int clinux_ip_pktinfo;
extern const int clinux_ipv6_recvpktinfo;
extern const int clinux_ipv6_pktinfo;
extern const int clinux_so_mark;
extern const int clinux_so_rcvbufforce;
extern const int clinux_so_sndbufforce;
extern const int clinux_so_peercred;
extern const int clinux_ip_mtu_discover;
extern const int clinux_ip_pmtudisc_dont;
extern const int clinux_ipv6_mtu_discover;
extern const int clinux_ipv6_pmtudisc_dont;
extern const int clinux_udp_segment;
extern const int clinux_udp_gro;

struct clinux_ucred {
    int32_t pid;
    uint32_t uid;
    uint32_t gid;
};

// MARK: TUN devices. Each returns 0, or -1 with errno set.

// Attaches `fd` (an open /dev/net/tun) to the device `name`, which is made if there is none. `name` has room for 16
// bytes and receives the name that the kernel chose.
int clinux_tun_attach(int fd, char name[16], uint16_t flags);
// Has the queue that `fd` is attached to bring no more packets; it takes them as before.
int clinux_tun_detach(int fd);
// The current name and flags of the device that `fd` is attached to.
int clinux_tun_query(int fd, char name[16], uint16_t *flags);
// A descriptor of the network namespace that the device is in now.
int clinux_tun_namespace(int fd);
extern const uint16_t clinux_iff_tun;
extern const uint16_t clinux_iff_no_pi;
extern const uint16_t clinux_iff_vnet_hdr;
extern const uint16_t clinux_iff_multi_queue;
// Not one that is there already.
extern const uint16_t clinux_iff_tun_excl;
// What the kernel may hand over unfinished; refused (EINVAL) by kernels that do not know a flag.
int clinux_tun_set_offload(int fd, unsigned int flags);
extern const unsigned int clinux_tun_f_csum;
extern const unsigned int clinux_tun_f_tso4;
extern const unsigned int clinux_tun_f_tso6;
extern const unsigned int clinux_tun_f_tso_ecn;
extern const unsigned int clinux_tun_f_uso;

// MARK: network devices by name, through any socket of the namespace

int clinux_interface_mtu(int socket, const char *name, int32_t *mtu);
int clinux_interface_set_mtu(int socket, const char *name, int32_t mtu);
extern const uint32_t clinux_iff_up;

// MARK: variadic functions, and those of _GNU_SOURCE

int clinux_open(const char *path, int flags);
int clinux_accept(int fd, int flags);
int clinux_set_nonblocking(int fd);

// MARK: threads

// Names the calling thread; at most 15 bytes count.
void clinux_name_thread(const char *name);

// Those that this process may run on; 1 where there are too many to tell (more than 1,024).
int clinux_usable_processors(void);
