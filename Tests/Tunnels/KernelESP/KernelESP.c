#define _GNU_SOURCE
#include "KernelESP.h"

#include <dlfcn.h>
#include <errno.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <sys/socket.h>

static int is_netlink(int descriptor) {
    int domain = 0;
    socklen_t length = sizeof domain;
    return getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_NETLINK;
}

static void consent(void *message, size_t count) {
    struct nlmsghdr *header = message;
    if (count < NLMSG_LENGTH(sizeof(struct nlmsgerr)) || header->nlmsg_type != NLMSG_ERROR) return;
    struct nlmsgerr *answer = NLMSG_DATA(header);
    if (answer->error == -ENOSYS) answer->error = 0;
}

ssize_t recvfrom(
    int descriptor, void *restrict buffer, size_t size, int flags, struct sockaddr *restrict from,
    socklen_t *restrict length) {
    static ssize_t (*next)(int, void *, size_t, int, struct sockaddr *, socklen_t *);
    if (!next) next = (ssize_t(*)(int, void *, size_t, int, struct sockaddr *, socklen_t *))dlsym(RTLD_NEXT, "recvfrom");
    ssize_t count = next(descriptor, buffer, size, flags, from, length);
    if (count > 0 && is_netlink(descriptor)) consent(buffer, (size_t)count < size ? (size_t)count : size);
    return count;
}
